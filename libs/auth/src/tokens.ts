import { randomUUID } from 'node:crypto';
import { type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose';
import { algorithm, type PrivateKey, privateKey, publicSet, readJson } from './keys.ts';

/** How long a token is good for, in seconds. */
export const tokenSeconds = 300;

/** Whom every token is meant for. */
export const audience = 'chandlery';

/** Who signs people's access tokens. */
export const userIssuer = 'user';

/** Milliseconds before its end at which a service's own token is replaced: longer than any call takes. */
const renewalMs = 60_000;

/** What an access token says: whose it is, and the session or API key whose end is its end too. */
export interface AccessToken {
  userId: string;
  sessionId: string;
}

interface Issued {
  issuer: string;
  subject: string;
  claims?: JWTPayload;
}

function issue(key: PrivateKey, { issuer, subject, claims = {} }: Issued, atMs: number): Promise<string> {
  const seconds = Math.floor(atMs / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, kid: key.id })
    .setIssuer(issuer)
    .setSubject(subject)
    .setAudience(audience)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + tokenSeconds)
    .setJti(randomUUID())
    .sign(key.key);
}

export interface Signer {
  sign(token: AccessToken): Promise<string>;
  /** The public keys, for everyone. */
  jwks(): JSONWebKeySet;
}

/**
 * Signs access tokens with the first of `privateKeys` (a JWKS) and publishes all of them. To change keys without refusing
 * anyone: add the new key as the second, let verifiers learn it (5 minutes), make it the first, and drop the old one 5 minutes later.
 */
export function signer(privateKeys: string, now: () => number = Date.now): Signer {
  const keys = (readJson<{ keys?: object[] }>(privateKeys).keys ?? []).map(privateKey);
  const [current] = keys;
  if (!current) throw new Error('there is no key to sign with');
  const published = publicSet(keys);
  return {
    sign: ({ userId, sessionId }) =>
      issue(current, { issuer: userIssuer, subject: userId, claims: { sid: sessionId } }, now()),
    jwks: () => published,
  };
}

/** A service's own token, for calls that no user asked for; one is used again until a minute before its end. */
export function ownIdentity(service: string, key: string, now: () => number = Date.now): () => Promise<string> {
  const own = privateKey(readJson(key));
  if (own.id !== service) throw new Error(`the key id of ${service} must be its name`);
  let token: Promise<string> | undefined;
  let renewAt = 0;
  return () => {
    if (!token || now() >= renewAt) {
      renewAt = now() + tokenSeconds * 1000 - renewalMs;
      token = issue(own, { issuer: service, subject: service }, now());
    }
    return token;
  };
}
