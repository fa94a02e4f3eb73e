import { Failure } from '@chandlery/errors';
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTVerifyGetKey, jwtVerify } from 'jose';
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

/** Verifies users' tokens by the user service's keys and services' tokens by their own: whose, the issuer says. */
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

  return async (token) => {
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
    const { sub = '', sid } = payload;
    if (issuer === userIssuer) return { kind: 'user', id: sub, sessionId: sid ?? '', token };
    if (sub !== issuer) throw invalid();
    return { kind: 'service', id: sub, token };
  };
}
