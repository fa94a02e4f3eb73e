import { counter, histogram } from '@chandlery/telemetry';
import { type Figures, tally } from './verdict.ts';
import type { Track } from './ways.ts';
import type { Peer } from './weights.ts';

/** Told how a call ended: whether the service failed it. */
export type End = (failed: boolean) => void;

/** The calls to each peer's two tracks since its present weight was set, and the same for Prometheus since the start. */
export function measures(since: (peer: Peer) => string, now: () => number) {
  const steps = new Map<Peer, { since: string } & Record<Track, ReturnType<typeof tally>>>();

  function step(peer: Peer) {
    const present = steps.get(peer);
    if (present?.since === since(peer)) return present;
    const next = { since: since(peer), stable: tally(), canary: tally() };
    steps.set(peer, next);
    return next;
  }

  return {
    begin(peer: Peer, track: Track): End {
      const counted = step(peer)[track];
      const began = now();
      return (failed) => {
        const ms = now() - began;
        const outcome = failed ? 'failed' : 'answered';
        counted.add(ms, failed);
        counter('gateway_calls_total', 'Calls to services', ['peer', 'track', 'outcome']).inc({ peer, track, outcome });
        const seconds = histogram('gateway_call_duration_seconds', 'Duration of calls to services', ['peer', 'track']);
        seconds.observe({ peer, track }, ms / 1_000);
      };
    },

    figures(peer: Peer): Record<Track, Figures> {
      const { stable, canary } = step(peer);
      return { stable: stable.figures(), canary: canary.figures() };
    },
  };
}
