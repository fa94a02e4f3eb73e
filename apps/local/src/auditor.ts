/** The login that may read what every service has stored, and write nothing. */
export const auditor = 'auditor';

/**
 * What the owner of a database says once: `reader` may open it and read all that is there, or that a later migration makes.
 * Both are identifiers as SQL has them. helm/infra/files/init-databases.sh says the same in containers, where this
 * file is not; a test compares them.
 */
export const letRead = (database: string, reader: string): string => `
  grant connect on database ${database} to ${reader};
  grant select on all tables in schema public to ${reader};
  alter default privileges grant usage on schemas to ${reader};
  alter default privileges grant select on tables to ${reader};
`;
