import { expect, test } from 'vitest';
import { log } from './broker-for-tests.ts';
import { persist } from './persist.ts';

const quickly = { baseMs: 1, maxMs: 2 };
const away = (error: unknown) => error instanceof Error && error.message === 'away';

test('what is away is waited for, beyond any number of tries', async () => {
  const stopping = new AbortController();
  let tries = 0;
  const session = async () => {
    if (++tries === 30) stopping.abort();
    throw new Error('away');
  };
  await persist(session, { signal: stopping.signal, log, away, backoff: quickly });
  expect(tries).toBe(30);
});

test('what cannot heal is given up after five tries', async () => {
  let tries = 0;
  const session = async () => {
    tries++;
    throw new Error('no such database');
  };
  const { signal } = new AbortController();
  await expect(persist(session, { signal, log, away, backoff: quickly })).rejects.toThrow('no such database');
  expect(tries).toBe(5);
});

test('the signal ends the wait between two tries', async () => {
  const stopping = new AbortController();
  const session = async () => {
    setTimeout(() => stopping.abort(), 10);
    throw new Error('away');
  };
  const began = Date.now();
  await persist(session, { signal: stopping.signal, log, away, backoff: { baseMs: 3_600_000, maxMs: 3_600_000 } });
  expect(Date.now() - began).toBeLessThan(10_000);
});
