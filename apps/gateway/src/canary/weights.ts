import { Failure } from '@chandlery/errors';
import type { KeyValue } from '@chandlery/keyvalue';

/** The services that can have a canary. */
export const peers = ['user', 'order', 'payment', 'notification'] as const;
export type Peer = (typeof peers)[number];

export interface Weight {
  /** Share of the requests that goes to the canary, in percent. */
  weight: number;
  /** When it was set; this begins a new step. */
  since: string;
  rolledBack?: { at: string; reason: string };
}

/** Longer than any canary is out. */
const KEPT_MS = 30 * 24 * 3_600_000;
const none: Weight = { weight: 0, since: '' };
const keyOf = (peer: Peer) => `canary:${peer}`;

export type Weights = ReturnType<typeof weights>;

/** The weights that all gateways share, as they were when last read; where nothing can be read they stay as they were. */
export function weights(kept: KeyValue, now: () => Date = () => new Date()) {
  const known = new Map<Peer, string>();
  const current = new Map<Peer, Weight>();
  const believe = (peer: Peer, text: string) => {
    known.set(peer, text);
    current.set(peer, JSON.parse(text));
  };
  const record = (weight: Omit<Weight, 'since'>, since: string) => JSON.stringify({ ...weight, since });

  return {
    of: (peer: Peer): Weight => current.get(peer) ?? none,

    async read(peer: Peer): Promise<void> {
      const text = await kept.get(keyOf(peer));
      if (text) believe(peer, text);
    },

    /** Sets it for all, or fails. */
    async set(peer: Peer, weight: number): Promise<void> {
      const text = record({ weight }, now().toISOString());
      if (kept.healthy()) await kept.set(keyOf(peer), text, KEPT_MS);
      if ((await kept.get(keyOf(peer))) !== text)
        throw new Failure('unavailable', 'the state that gateways share is away');
      believe(peer, text);
    },

    /** Back to 0, here at once, and for all unless somebody has set it anew meanwhile. */
    async rollBack(peer: Peer, reason: string): Promise<void> {
      const before = known.get(peer) ?? '';
      const at = now().toISOString();
      const text = record({ weight: 0, rolledBack: { at, reason } }, at);
      believe(peer, text);
      await kept.replace(keyOf(peer), before, text, KEPT_MS);
    },
  };
}
