import { PaymentService } from '@chandlery/contracts/payment/v1/payment';
import { logger, startTracing } from '@chandlery/telemetry';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { expect, onTestFinished, test } from 'vitest';
import { client, grpcServer, implement } from './index.ts';

const never = async () => {
  throw new Error('not expected');
};

test('calls to a track of a service are told apart by their spans', async () => {
  const calls: ReadableSpan[] = [];
  const collecting: SpanProcessor = {
    onStart: () => undefined,
    onEnd: (span) => void (span.kind === 2 && calls.push(span)),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const tracing = startTracing('test', { processors: [collecting] });
  const server = grpcServer({
    log: logger('test', 'silent'),
    verify: async (token) => ({ kind: 'service', id: token, token }),
    services: [implement(PaymentService, { charge: never, cancel: never, getPayment: async () => ({}) })],
  });
  const options = { url: `127.0.0.1:${await server.listen(0, '127.0.0.1')}`, identity: async () => 'gateway' };
  const peers = [client(PaymentService, options), client(PaymentService, { ...options, track: 'canary' })];
  onTestFinished(async () => {
    for (const peer of peers) peer.close();
    await Promise.all([server.stop(), tracing.stop()]);
  });
  for (const peer of peers) await peer.getPayment({});
  expect(calls.map(({ attributes }) => attributes['chandlery.track'])).toEqual([undefined, 'canary']);
});
