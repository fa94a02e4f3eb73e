/** Canaries without a mesh: a share of the requests, and those that ask for it, go to the deployment beside stable; if it is worse, none do. */
import type { KeyValue } from '@chandlery/keyvalue';
import { counter, gauge, type Logger } from '@chandlery/telemetry';
import { measures } from './canary/measures.ts';
import { judge } from './canary/verdict.ts';
import { type Way, ways } from './canary/ways.ts';
import { type Peer, peers, weights } from './canary/weights.ts';

export type CanarySettings = { CANARY_MIN_CALLS: number } & {
  [Name in `${Uppercase<Peer>}_CANARY_URL`]?: string | undefined;
};

export interface CanaryOptions {
  kept: KeyValue;
  log: Logger;
  settings: CanarySettings;
  /** Chance and time; tests bring their own. */
  random?: () => number;
  now?: () => number;
}

export type Canary = ReturnType<typeof canary>;

const LOOK_MS = 1_000;

/** Decides where calls go, measures them, and looks after them once a second while `part` is up. */
export function canary({ kept, log, settings, random = Math.random, now = () => performance.now() }: CanaryOptions) {
  const url = (peer: Peer) => settings[`${peer.toUpperCase() as Uppercase<Peer>}_CANARY_URL`];
  const deployed = peers.filter(url);
  const shared = weights(kept);
  const measured = measures((peer) => shared.of(peer).since, now);

  /** The present step of a peer's canary. */
  function step(peer: Peer) {
    const figures = measured.figures(peer);
    return { ...shared.of(peer), ...figures, ...judge(figures.stable, figures.canary, settings.CANARY_MIN_CALLS) };
  }

  /** Reads the weights; where a canary is worse than stable its weight is set back to 0. */
  async function look(): Promise<void> {
    for (const peer of deployed) {
      await shared.read(peer);
      const { weight, verdict, reason = '' } = step(peer);
      gauge('canary_weight', 'Percent of the requests that go to the canary', ['peer']).set({ peer }, weight);
      if (weight === 0 || verdict !== 'failing') continue;
      await shared.rollBack(peer, reason);
      counter('canary_rollbacks_total', 'Canaries that were worse than stable', ['peer']).inc({ peer });
      log.warn({ peer, weight, reason }, 'canary rolled back');
    }
  }

  const { hook, of } = ways((peer) => shared.of(peer).weight, random);
  const way = (peer: Peer): Way => (url(peer) ? of(peer) : { track: 'stable', asked: false });
  return { url, deployed, hook, way, begin: measured.begin, step, set: shared.set, look, part: looking(look, log) };
}

function looking(look: () => Promise<void>, log: Logger) {
  let timer: NodeJS.Timeout | undefined;
  return {
    name: 'canary',
    async start() {
      await look();
      timer = setInterval(
        () => look().catch((error) => log.error({ err: error }, 'could not look after canaries')),
        LOOK_MS,
      );
    },
    stop: () => clearInterval(timer),
  };
}
