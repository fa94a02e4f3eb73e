import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyRequest } from 'fastify';
import type { Peer } from './weights.ts';

export type Track = 'stable' | 'canary';

export interface Way {
  track: Track;
  /** Whether the request itself has asked for it. */
  asked: boolean;
}

/** Decides once for each request and peer, so that one request never sees two versions of a service. */
export function ways(weightOf: (peer: Peer) => number, random: () => number) {
  const requests = new AsyncLocalStorage<{ header: unknown; drawn: Map<Peer, Track> }>();
  return {
    /** A fastify hook. The header `canary: true` or `false` decides for its request. */
    hook: ({ headers }: FastifyRequest, _reply: unknown, done: () => void) =>
      requests.run({ header: headers.canary, drawn: new Map() }, done),

    of(peer: Peer): Way {
      const request = requests.getStore();
      if (request?.header === 'true') return { track: 'canary', asked: true };
      if (request?.header === 'false') return { track: 'stable', asked: true };
      const track = request?.drawn.get(peer) ?? (100 * random() < weightOf(peer) ? 'canary' : 'stable');
      request?.drawn.set(peer, track);
      return { track, asked: false };
    },
  };
}
