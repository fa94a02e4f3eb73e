import { credentialsOf, serverCredentials, type Variables } from '../credentials.ts';
import { newSecrets, type Secrets } from '../secrets.ts';
import { services } from '../topology.ts';
import { apply, kubectl, type Place } from './kubectl.ts';

/** What the launcher itself remembers, in the namespace: every secret, as it was made. */
const memory = 'launcher';

const decoded = (data: Variables) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));

async function present(place: Place): Promise<Map<string, Variables>> {
  const { items } = JSON.parse(await kubectl(place, 'get', 'secrets', '--output', 'json')) as {
    items: { metadata: { name: string }; data?: Variables }[];
  };
  return new Map(items.map(({ metadata, data = {} }) => [metadata.name, decoded(data)]));
}

const secret = (name: string, stringData: Variables) => ({
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
  const wanted: [string, Variables][] = [
    [memory, { secrets: JSON.stringify(secrets) }],
    ['postgresql', serverCredentials(secrets)],
    ...services.map((name): [string, Variables] => [name, credentialsOf(name, secrets)]),
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
