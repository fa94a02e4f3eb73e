import { credentialsOf, databaseOf, serverCredentials, type Variables } from '../credentials.ts';
import type { Secrets } from '../secrets.ts';
import { services, topology } from '../topology.ts';

/** Container → its secret variables. A migration knows its database, and nothing else. */
export function secretVariables(secrets: Secrets): Record<string, Variables> {
  const migrated = services.filter((name) => topology[name].database);
  return {
    postgresql: serverCredentials(secrets),
    ...Object.fromEntries(services.map((name) => [name, credentialsOf(name, secrets)])),
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
