import { isDeepStrictEqual } from 'node:util';
import type { Clock } from './clock.ts';
import { Refusal } from './domain/refusal.ts';
import type { Answer } from './store/answers.ts';
import type { Ledger } from './store/ledger.ts';
import { refusalView } from './views.ts';

/** A request that changes something. */
export interface Request {
  /** Its Idempotency-Key. */
  key: string | undefined;
  path: string;
  parameters: object;
}

export interface GivenAnswer extends Answer {
  /** Whether it is the answer of an earlier request. */
  replayed: boolean;
}

const misused = (key: string, only: string) =>
  new Refusal(
    400,
    `Keys for idempotent requests can only be used ${only} they were first used with. ` +
      `Try using a key other than '${key}' if you meant to execute a different request.`,
    { type: 'idempotency_error' },
  );

const inUse = (key: string) =>
  new Refusal(409, `There is currently another in-progress request using this Idempotent Key: ${key}.`, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
  });

function answered(work: () => object): Answer {
  try {
    return { status: 200, body: JSON.stringify(work()) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, body: JSON.stringify(refusalView(error)) };
  }
}

/** Stripe's Idempotency-Key: the first answer to a key is every answer to it for 24 hours, refusals included. */
export function idempotency({ ledger, clock }: { ledger: Ledger; clock: Clock }) {
  const inProgress = new Set<string>();

  function replay(request: Request & { key: string }): Answer | undefined {
    const kept = ledger.answers.find(request.key, clock.now());
    if (!kept) return undefined;
    if (kept.path !== request.path) throw misused(request.key, 'for the same endpoint');
    const same = isDeepStrictEqual(JSON.parse(kept.parameters), JSON.parse(JSON.stringify(request.parameters)));
    if (!same) throw misused(request.key, 'with the same parameters');
    return { status: kept.status, body: kept.body };
  }

  return {
    /** Lets one request with that key through at a time; another is refused meanwhile. */
    async alone<T>(key: string | undefined, work: () => Promise<T>): Promise<T> {
      if (key === undefined) return work();
      if (inProgress.has(key)) throw inUse(key);
      inProgress.add(key);
      try {
        return await work();
      } finally {
        inProgress.delete(key);
      }
    },

    /** Does `work` unless it was done before. What it changes and what is answered are one transaction. */
    once: ({ key, path, parameters }: Request, work: () => object): GivenAnswer =>
      ledger.transaction(() => {
        if (key === undefined) return { ...answered(work), replayed: false };
        const before = replay({ key, path, parameters });
        if (before) return { ...before, replayed: true };
        const answer = answered(work);
        ledger.answers.keep(key, { ...answer, path, parameters: JSON.stringify(parameters) }, clock.now());
        return { ...answer, replayed: false };
      }),
  };
}
