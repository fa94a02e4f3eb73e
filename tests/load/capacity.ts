import { Agent } from 'undici';
import { attempt, served } from './attempt.ts';
import { choose, type Scenario } from './load.ts';

interface Crowd {
  /** The gateway. */
  url: string;
  mix: readonly Scenario[];
  visitors: number;
  ms: number;
}

/** Visits a second that are served to so many visitors, each of whom waits for an answer before the next request. */
export async function capacity({ url, mix, visitors, ms }: Crowd): Promise<number> {
  const pool = new Agent({ connections: null, pipelining: 1 });
  const end = performance.now() + ms;
  let answers = 0;
  const visitor = async () => {
    while (performance.now() < end)
      if (served(await attempt(pool, url, choose(mix, Math.random).call(), ms))) answers++;
  };
  await Promise.all(Array.from({ length: visitors }, visitor));
  await pool.close();
  return (answers * 1_000) / ms;
}
