import { type Verdict, verdict } from '../audit/verdict.ts';
import type { Victim } from './victim.ts';

const QUIET_WITHIN_MS = 180_000;

/** Waits until nothing is on its way in a shop, then audits it. */
export async function auditOf(
  victim: Victim,
  accepted: readonly string[],
  say: (line: string) => void,
): Promise<Verdict> {
  await using ways = new AsyncDisposableStack();
  const patience = { timeoutMs: QUIET_WITHIN_MS, say: (line: string) => say(`waiting for ${line}`) };
  return await verdict(await victim.sources(ways), { target: victim.target, accepted, ...patience });
}
