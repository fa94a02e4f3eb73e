import { loginUrl } from '../databases.ts';
import { newSecrets, type Secrets, secretFor } from '../secrets.ts';
import { type ServiceName, services, topology } from '../topology.ts';
import { apply, kubectl, type Place } from './kubectl.ts';

type Data = Record<string, string>;

/** What the launcher itself remembers, in the namespace: every secret, as it was made. */
const memory = 'launcher';
const server = 'postgres://postgresql:5432';

/** The Secret of an app: its variables. */
function ofApp(name: ServiceName, secrets: Secrets): Data {
  const { secrets: needed, database } = topology[name];
  const entries = Object.entries(needed).map(([variable, secret]) => [
    variable,
    secretFor(name, secret, secrets) ?? '',
  ]);
  const login = database && { name: database, password: secrets.passwords[database] ?? '' };
  return { ...Object.fromEntries(entries), ...(login && { DATABASE_URL: loginUrl(server, login) }) };
}

/** The Secret of the database server: the passwords of its logins. */
function ofServer({ passwords }: Secrets): Data {
  const databases = services.flatMap((name) => topology[name].database ?? []);
  const logins = databases.map((name) => [`${name.toUpperCase()}_PASSWORD`, passwords[name] ?? '']);
  return { POSTGRES_PASSWORD: passwords.postgres ?? '', ...Object.fromEntries(logins) };
}

const decoded = (data: Data) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));

async function present(place: Place): Promise<Map<string, Data>> {
  const { items } = JSON.parse(await kubectl(place, 'get', 'secrets', '--output', 'json')) as {
    items: { metadata: { name: string }; data?: Data }[];
  };
  return new Map(items.map(({ metadata, data = {} }) => [metadata.name, decoded(data)]));
}

const secret = (name: string, stringData: Data) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, labels: { 'app.kubernetes.io/part-of': 'chandlery' } },
  stringData,
});

/** Makes the Secrets that the releases read; what is in the namespace stays as it is, so that a rotated password does not come back. */
export async function prepareSecrets(place: Place): Promise<Secrets> {
  const there = await present(place);
  const kept = there.get(memory)?.secrets;
  const secrets: Secrets = kept ? JSON.parse(kept) : await newSecrets();
  const wanted: [string, Data][] = [
    [memory, { secrets: JSON.stringify(secrets) }],
    ['postgresql', ofServer(secrets)],
    ...services.map((name): [string, Data] => [name, ofApp(name, secrets)]),
  ];
  const missing = wanted.filter(([name, data]) =>
    Object.keys(data).some((key) => there.get(name)?.[key] === undefined),
  );
  await apply(
    place,
    missing.map(([name, data]) => secret(name, { ...data, ...there.get(name) })),
  );
  return secrets;
}
