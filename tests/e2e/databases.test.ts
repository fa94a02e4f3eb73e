import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { databases } from './shop.ts';

const names = Object.keys(databases) as (keyof typeof databases)[];
const others = names.flatMap((login) => names.filter((name) => name !== login).map((name) => [login, name] as const));

async function open(login: keyof typeof databases, name: string): Promise<void> {
  const url = new URL(databases[login]);
  url.pathname = name;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.end();
}

test.each(names)('the login of %s opens its own database', (name) => open(name, name));

describe('a service can’t open another’s database', () => {
  test.each(others)('the login of %s is refused by %s', async (login, name) => {
    await expect(open(login, name)).rejects.toThrow(/permission denied for database/);
  });
});
