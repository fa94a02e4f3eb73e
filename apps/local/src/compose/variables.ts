import { loginUrl } from '../databases.ts';
import { type Secrets, secretFor } from '../secrets.ts';
import { type ServiceName, services, topology } from '../topology.ts';

/** Variable → value. */
export type Variables = Record<string, string>;

const server = 'postgres://postgresql:5432';

function databaseOf(name: ServiceName, { passwords }: Secrets): Variables {
  const { database } = topology[name];
  return database ? { DATABASE_URL: loginUrl(server, { name: database, password: passwords[database] ?? '' }) } : {};
}

/** The secret variables of a service: those which the topology gives it, and no others. */
function ofService(name: ServiceName, secrets: Secrets): Variables {
  const entries = Object.entries(topology[name].secrets).map(([variable, secret]) => [
    variable,
    secretFor(name, secret, secrets) ?? '',
  ]);
  return { ...databaseOf(name, secrets), ...Object.fromEntries(entries) };
}

/** The passwords of the logins on the database server. */
function ofServer({ passwords }: Secrets): Variables {
  const databases = services.flatMap((name) => topology[name].database ?? []);
  const logins = databases.map((name) => [`${name.toUpperCase()}_PASSWORD`, passwords[name] ?? '']);
  return { POSTGRES_PASSWORD: passwords.postgres ?? '', ...Object.fromEntries(logins) };
}

/** Container → its secret variables. A migration knows its database, and nothing else. */
export function secretVariables(secrets: Secrets): Record<string, Variables> {
  const migrated = services.filter((name) => topology[name].database);
  return {
    postgresql: ofServer(secrets),
    ...Object.fromEntries(services.map((name) => [name, ofService(name, secrets)])),
    ...Object.fromEntries(migrated.map((name) => [`${name}-migrate`, databaseOf(name, secrets)])),
  };
}

/** A file of variables, as Compose reads it: nothing is replaced in single quotes. */
export function fileOf(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => {
      if (/['\n\r\\]/.test(value)) throw new Error(`${name} has a character that can't be quoted`);
      return `${name}='${value}'\n`;
    })
    .join('');
}
