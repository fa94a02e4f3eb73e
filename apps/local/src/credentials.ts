import { auditor } from './auditor.ts';
import { loginUrl } from './databases.ts';
import { type Secrets, secretFor } from './secrets.ts';
import { type ServiceName, services, topology } from './topology.ts';

/** Variable → value. */
export type Variables = Record<string, string>;

/** The server as containers and pods find it. */
const server = 'postgres://postgresql:5432';

/** The database of a service, for its own login; nothing for one that has none. */
export function databaseOf(name: ServiceName, { passwords }: Secrets): Variables {
  const { database } = topology[name];
  return database ? { DATABASE_URL: loginUrl(server, { name: database, password: passwords[database] ?? '' }) } : {};
}

/** The secret variables of a service: those which the topology gives it, and no others. */
export function credentialsOf(name: ServiceName, secrets: Secrets): Variables {
  const entries = Object.entries(topology[name].secrets).map(([variable, secret]) => [
    variable,
    secretFor(name, secret, secrets) ?? '',
  ]);
  return { ...databaseOf(name, secrets), ...Object.fromEntries(entries) };
}

/** The passwords of the logins on the database server. */
export function serverCredentials({ passwords }: Secrets): Variables {
  const databases = services.flatMap((name) => topology[name].database ?? []);
  // secrets that were made before there was an auditor have none
  const names = [...databases, ...(passwords[auditor] ? [auditor] : [])];
  const logins = names.map((name) => [`${name.toUpperCase()}_PASSWORD`, passwords[name] ?? '']);
  return { POSTGRES_PASSWORD: passwords.postgres ?? '', ...Object.fromEntries(logins) };
}
