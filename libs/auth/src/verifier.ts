import { Failure } from '@chandlery/errors';
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Identity } from './identity.ts';
import { algorithm, readJson } from './keys.ts';
import { remoteKeys } from './remote-keys.ts';
import { audience, tokenSeconds, userIssuer } from './tokens.ts';

/** Whose token it is, or a Failure: `unauthenticated` (token-expired, token-invalid), `unavailable` where its key can't be fetched. */
export type Verify = (token: string) => Promise<Identity>;

/** Where the user service's public keys are, or the keys themselves. */
export type UserKeys = URL | JSONWebKeySet;

/** Seconds by which the clocks of two machines may differ. */
const clockTolerance = 5;

const invalid = () => new Failure('unauthenticated', 'the token is not valid', { reason: 'token-invalid' });
const expired = () => new Failure('unauthenticated', 'the token has expired', { reason: 'token-expired' });

/** So many tokens that were found good are believed for so long, until they expire, without a look at their signatures: that look costs more than many a request. */
const MOST_BELIEVED = 1_000;
const BELIEVED_MS = 60_000;

/** What was wrong with a token is nobody's business: it helps only those who make them up. */
function refuse(error: unknown): never {
  if (error instanceof Failure) throw error;
  throw error instanceof errors.JWTExpired ? expired() : invalid();
}

/** The issuer that an unverified token names; it only decides whose keys must have signed it. */
function issuerOf(token: string): string {
  try {
    const { iss } = decodeJwt(token);
    if (iss) return iss;
  } catch {}
  throw invalid();
}

/** Verifies users' tokens by the user service's keys and services' tokens by their own: whose, the issuer says. A key that is withdrawn is believed for a minute more. */
export function verifier({
  userKeys,
  serviceKeys,
  now = Date.now,
}: {
  userKeys: UserKeys;
  serviceKeys: string;
  now?: () => number;
}): Verify {
  const users = userKeys instanceof URL ? remoteKeys(userKeys, now) : createLocalJWKSet(userKeys);
  const services = createLocalJWKSet(readJson(serviceKeys));

  const keysOf =
    (issuer: string): JWTVerifyGetKey =>
    (header, token) => {
      // a service's key vouches for that service alone, else each of them could speak for all
      if (!header.kid || (issuer !== userIssuer && header.kid !== issuer)) throw invalid();
      return issuer === userIssuer ? users(header, token) : services(header, token);
    };

  async function verified(token: string): Promise<{ identity: Identity; untilMs: number }> {
    const issuer = issuerOf(token);
    const { payload } = await jwtVerify<{ sid?: string }>(token, keysOf(issuer), {
      algorithms: [algorithm],
      issuer,
      audience,
      requiredClaims: ['exp', 'sub', 'jti', ...(issuer === userIssuer ? ['sid'] : [])],
      maxTokenAge: tokenSeconds,
      clockTolerance,
      currentDate: new Date(now()),
    }).catch(refuse);
    const { sub = '', sid, exp = 0, iat = 0 } = payload;
    const expiresMs = (Math.min(exp, iat + tokenSeconds) + clockTolerance) * 1_000;
    const untilMs = Math.min(expiresMs, now() + BELIEVED_MS);
    if (issuer === userIssuer) return { identity: { kind: 'user', id: sub, sessionId: sid ?? '', token }, untilMs };
    if (sub !== issuer) throw invalid();
    return { identity: { kind: 'service', id: sub, token }, untilMs };
  }

  const believed = new LRUCache<string, Awaited<ReturnType<typeof verified>>>({ max: MOST_BELIEVED });

  return async (token) => {
    const known = believed.get(token);
    if (known && now() < known.untilMs) return known.identity;
    const found = await verified(token);
    believed.set(token, found);
    return found.identity;
  };
}
