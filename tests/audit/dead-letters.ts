import type { Statement } from './facts.ts';
import { query, type Sources, traceOf } from './sources.ts';

/** What somebody has given up: an event that could not be applied, a mail that was refused. */
export interface DeadLetter {
  /** Where it lies. */
  place: string;
  type: string;
  /** Id of what it is about. */
  key: string;
  reason: string | null;
  trace: string | null;
}

const failedMails = ({ databases }: Sources): Promise<DeadLetter[]> =>
  query(
    databases.notifications,
    `select 'mails of notifications' as place, template as type, order_id::text as key, last_error as reason,
       ${traceOf('traceparent')} as trace
     from mails where status = 'failed' order by id`,
  );

export async function readDeadLetters(sources: Sources): Promise<DeadLetter[]> {
  const [mails, events] = await Promise.all([failedMails(sources), sources.deadLetterTopics?.() ?? []]);
  return [...events, ...mails];
}

/** Who finds a dead letter can tell why it died. */
export const deathsHaveReasons: Statement = ({ deadLetters, orders }) =>
  deadLetters
    .filter(({ reason }) => !reason || reason === 'unknown')
    .map(({ place, type, key, trace }) => ({
      statement: 'nothing stays among the dead letters without a reason that a person can read',
      ...(orders.has(key) && { order: key }),
      expected: `a reason for ${type} of ${key} in ${place}`,
      found: 'none',
      ...(trace && { trace }),
    }));
