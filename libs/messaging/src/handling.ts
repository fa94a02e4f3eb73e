import { postgresAway, transaction } from '@chandlery/database';
import { transient } from '@chandlery/errors';
import { backoffMs, enabled } from '@chandlery/resilience';
import { counter, span } from '@chandlery/telemetry';
import { v7 } from 'uuid';
import { bury, originalTopic } from './bury.ts';
import { postgresBusy } from './busy.ts';
import type { ConsumerOptions } from './consumer.ts';
import { firstTime } from './inbox.ts';
import type { Delivery, Handler, Message } from './message.ts';
import type { On } from './on.ts';
import { pause } from './pause.ts';
import { reason } from './persist.ts';

type Outcome = 'handled' | 'duplicate' | 'retried' | 'dead';

/** What a consumer does with each message, from first try to its end. Messages of types that nobody handles are not for this group. */
export function handling(options: ConsumerOptions): Handler {
  const { group, handlers, log, attempts = 9, backoff = { baseMs: 100, maxMs: 10_000 } } = options;
  const byType = new Map(handlers.map((handler) => [handler.event.type, handler]));

  return async (message, delivery) => {
    const handler = byType.get(message.type);
    if (!handler) return;
    for (let attempt = 1, waits = 0; ; waits++) {
      try {
        return count(options, message, await apply(options, handler, message));
      } catch (error) {
        const noFault = postgresAway(error);
        const fields = { messageId: message.id, type: message.type, attempt, reason: reason(error) };
        if (!noFault && (!passing(error) || attempt === attempts)) {
          await bury(options, message, { error, attempts: attempt, position: delivery.position }, delivery.signal);
          log.error({ ...fields, group }, 'message is a dead letter');
          return count(options, message, 'dead');
        }
        log.warn(fields, noFault ? 'a message waits for the database' : 'a message will be tried again');
        count(options, message, 'retried');
        if (!noFault) attempt++;
        await holding(backoffMs(backoff, waits), delivery);
      }
    }
  };
}

/** Waits; but a message that is no longer ours is given back. */
async function holding(ms: number, { signal }: Delivery): Promise<void> {
  await pause(ms, signal);
  signal.throwIfAborted();
}

const passing = (error: unknown): boolean => transient(error) || postgresBusy(error);

/** Inbox row and effect in one transaction: a message that has had its effect has no other. */
function apply(options: ConsumerOptions, handler: On, message: Message): Promise<Outcome> {
  const { db, group } = options;
  return span(`process ${originalTopic(message.topic, group)}`, spanOptions(message, options), () =>
    transaction(db, async (tx) => {
      if (enabled('inbox') && !(await firstTime(tx, group, message.id))) return 'duplicate' as const;
      await handler.handle({ tx, message: known(message) });
      return 'handled' as const;
    }),
  );
}

/** With the inbox switched off nobody can tell a copy from a new message, by its id neither. */
const known = (message: Message): Message => (enabled('inbox') ? message : { ...message, id: v7() });

const spanOptions = ({ topic, id, type, traceparent }: Message, { bus, group }: ConsumerOptions) => ({
  kind: 'CONSUMER' as const,
  parent: traceparent,
  attributes: {
    'messaging.system': bus.system,
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
    'messaging.consumer.group.name': group,
    'messaging.message.id': id,
    'cloudevents.event_type': type,
  },
});

const count = ({ group }: ConsumerOptions, { type }: Message, outcome: Outcome): void =>
  counter('messaging_handled_total', 'What became of messages', ['group', 'type', 'outcome']).inc({
    group,
    type,
    outcome,
  });
