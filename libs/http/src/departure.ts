import { enabled, Rejected } from '@chandlery/resilience';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Aborted when the client of a GET or HEAD goes before its answer: what is done for it is for nobody. A write goes on, since whoever repeats it
 * wants what came of it.
 */
export function departure({ method }: FastifyRequest, { raw }: FastifyReply): AbortSignal | undefined {
  if (!['GET', 'HEAD'].includes(method) || !enabled('deadline-propagation')) return undefined;
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(new Rejected('request', 'cancelled'));
  });
  return gone.signal;
}
