import type { Logger } from '@chandlery/telemetry';
import type { EachBatchHandler, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { fromRecord } from './kafka-records.ts';
import { lag } from './lag.ts';
import type { Handler } from './message.ts';
import { pause } from './pause.ts';
import { reason } from './persist.ts';

interface BatchOptions {
  group: string;
  handler: Handler;
  stopping: AbortSignal;
  log: Logger;
  onBeat: () => void;
}

/** Well below a third of the shortest session that Kafka allows. */
const HEARTBEAT_MS = 1_000;
const REDELIVERY_MS = 1_000;

/**
 * Handles a partition's messages one by one. While a handler is busy, however long, heartbeats go on; when one of them says that the group
 * is rebalancing, the handler is told to let go, and the rest of the batch is left to the partition's next owner.
 */
export const eachBatch = (options: BatchOptions): EachBatchHandler => {
  const lags = new Map<string, number>();
  return async (payload) => {
    const { batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale } = payload;
    const { topic, partition } = batch;
    for (const record of batch.messages) {
      if (!isRunning() || isStale() || options.stopping.aborted) return;
      if (!(await handled(options, payload, record))) return;
      resolveOffset(record.offset);
      await heartbeat();
      await commitOffsetsIfNecessary();
    }
    lags.set(`${topic}/${partition}`, Number(batch.offsetLag()));
    const ofTopic = [...lags].filter(([key]) => key.startsWith(`${topic}/`)).map(([, count]) => count);
    lag().set(
      { group: options.group, topic },
      ofTopic.reduce((sum, count) => sum + count, 0),
    );
  };
};

/** False, after a pause, when the handler failed: what is not resolved comes again. */
async function handled(
  options: BatchOptions,
  { batch, heartbeat }: EachBatchPayload,
  record: KafkaMessage,
): Promise<boolean> {
  const { handler, stopping, log, onBeat } = options;
  const { topic, partition } = batch;
  const lost = new AbortController();
  const beating = setInterval(() => heartbeat().then(onBeat, (error) => lost.abort(error)), HEARTBEAT_MS);
  const signal = AbortSignal.any([stopping, lost.signal]);
  const position = `${topic}/${partition}@${record.offset}`;
  try {
    await handler(fromRecord(topic, partition, record), { signal, position });
    return true;
  } catch (error) {
    if (!signal.aborted) log.warn({ position, reason: reason(error) }, 'message not handled');
    await pause(REDELIVERY_MS, signal);
    if (lost.signal.aborted) throw lost.signal.reason;
    return false;
  } finally {
    clearInterval(beating);
  }
}
