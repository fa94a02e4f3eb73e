import { createHash } from 'node:crypto';
import type { KeyValue } from '@chandlery/keyvalue';
import type { Clients } from './clients.ts';

/** An open session is believed for so long without asking user again. Its end is written here at once. */
const SESSION_MS = 3_600_000;
/** A token for an API key is replaced this long before it expires. */
const RENEWAL_S = 60;

export type Sessions = ReturnType<typeof sessions>;

/** Which sessions are open. user's database knows; what it said is kept, so that a request need not ask. */
export function sessions(kept: KeyValue, users: Clients['users']) {
  const keyOf = (id: string) => `session:${id}`;
  return {
    opened: (id: string) => kept.set(keyOf(id), 'open', SESSION_MS),

    /** From now on tokens of this session are refused, also those that have not expired. */
    ended: (id: string) => kept.set(keyOf(id), 'ended', SESSION_MS),

    async isOpen(id: string): Promise<boolean> {
      const known = await kept.get(keyOf(id));
      if (known) return known === 'open';
      const { open } = await users.checkSession({ sessionId: id });
      await kept.set(keyOf(id), open ? 'open' : 'ended', SESSION_MS);
      return open;
    },

    /** An access token in exchange for an API key. */
    async tokenFor(apiKey: string): Promise<string> {
      const key = `api-key:${createHash('sha256').update(apiKey).digest('hex')}`;
      const known = await kept.get(key);
      if (known) return known;
      const { accessToken, expiresIn } = await users.exchangeApiKey({ key: apiKey });
      await kept.set(key, accessToken, (expiresIn - RENEWAL_S) * 1_000);
      return accessToken;
    },
  };
}
