import { createHash, randomUUID } from 'node:crypto';
import { Failure } from '@chandlery/errors';
import type { KeyValue } from '@chandlery/keyvalue';
import { enabled } from '@chandlery/resilience';

/** Longer than any request takes: when the gateway dies in the middle the claim ends by itself. */
const CLAIM_MS = 10_000;
const KEPT_MS = 24 * 3_600_000;

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

interface Entry {
  owner: string;
  bodyHash: string;
  answer?: Answer;
}

export type Idempotency = ReturnType<typeof idempotency>;

const sha256 = (...parts: string[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/**
 * The same key is the same request: its first answer is given again for 24 h; while that is being made a repeat is told to come back; with
 * another body it is refused. A comfort: order knows keys by itself, so that losing this state doubles nothing.
 */
export function idempotency(kept: KeyValue) {
  return async (scope: { userId: string; route: string; key: string }, body: unknown, work: () => Promise<Answer>) => {
    if (!enabled('idempotency-key')) return work();
    const name = `idempotency:${sha256(scope.userId, scope.route, scope.key)}`;
    const bodyHash = sha256(JSON.stringify(body));
    const entry: Entry = { owner: randomUUID(), bodyHash };
    const claim = JSON.stringify(entry);
    if (!(await kept.setIfAbsent(name, claim, CLAIM_MS))) {
      const found = await kept.get(name);
      if (found) return before(JSON.parse(found) as Entry, bodyHash);
    }
    try {
      const answer = await work();
      // an answer that will change is not kept
      if (answer.status === 202) await kept.deleteIf(name, claim);
      else await kept.replace(name, claim, JSON.stringify({ ...entry, answer }), KEPT_MS);
      return answer;
    } catch (error) {
      await kept.deleteIf(name, claim);
      throw error;
    }
  };
}

function before({ bodyHash, answer }: Entry, now: string): Answer {
  if (bodyHash !== now) {
    throw new Failure('unprocessable', 'this Idempotency-Key belongs to another request', {
      reason: 'idempotency-key-reused',
    });
  }
  if (answer) return { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } };
  throw new Failure('conflict', 'this request is being answered', {
    reason: 'request-in-progress',
    retryAfterMs: 1_000,
  });
}
