import { Agent } from 'undici';
import { attempt, served } from '../load/attempt.ts';
import type { Scenario } from '../load/load.ts';

export interface Crowd {
  /** The gateway. */
  url: string;
  scenario: () => Scenario;
  visitors: number;
  ms: number;
}

/** Visits a second that are served where each visitor waits for an answer before the next request: as many as there can be, since nobody is in a queue for long. */
export async function capacity({ url, scenario, visitors, ms }: Crowd): Promise<number> {
  const pool = new Agent({ connections: null, pipelining: 1 });
  const end = performance.now() + ms;
  let answers = 0;
  const visitor = async () => {
    while (performance.now() < end) if (served(await attempt(pool, url, scenario().call(), ms))) answers++;
  };
  await Promise.all(Array.from({ length: visitors }, visitor));
  await pool.close();
  return (answers * 1_000) / ms;
}
