import { Failure } from '@chandlery/errors';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';

const refreshMs = 5 * 60_000;
const cooldownMs = 5_000;
const timeoutMs = 2_000;

/**
 * The keys published at `url`. An unknown key id fetches them again, at most once in 5 seconds. Known keys are refreshed in the
 * background every 5 minutes, and kept while that fails: whoever published them signs nothing new while it is down.
 */
export function remoteKeys(url: URL, now: () => number): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, {
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: cooldownMs,
    timeoutDuration: timeoutMs,
  });
  let refreshAt = now() + refreshMs;
  return async (header, token) => {
    if (now() >= refreshAt) {
      refreshAt = now() + refreshMs;
      keys.reload().catch(() => undefined);
    }
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) throw error;
      throw new Failure('unavailable', 'tokens cannot be verified now', { reason: 'keys-unavailable', cause: error });
    }
  };
}
