import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';

/** The one algorithm: Ed25519. No header can choose another. */
export const algorithm = 'EdDSA';

export interface PrivateKey {
  id: string;
  key: KeyObject;
}

/** A new private key, as JSON (a JWK named `kid`). */
export const newKey = (kid: string): string =>
  JSON.stringify({ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid, alg: algorithm });

/** Reads a private JWK. What is wrong with it is not said: the parser's own message can quote the key. */
export function privateKey(jwk: JWK): PrivateKey {
  try {
    const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
    if (jwk.kid && key.asymmetricKeyType === 'ed25519') return { id: jwk.kid, key };
  } catch {}
  throw new Error('expected a private Ed25519 key (JWK) with a kid');
}

/** Reads JSON that holds keys, without ever quoting it. */
export function readJson<T>(json: string): T {
  try {
    return JSON.parse(json) as T;
  } catch {
    throw new Error('expected keys as JSON');
  }
}

/** The public halves of `keys`: what may be shown to everyone. */
export const publicSet = (keys: readonly PrivateKey[]): JSONWebKeySet => ({
  keys: keys.map(({ id, key }) => ({
    ...(createPublicKey(key).export({ format: 'jwk' }) as { kty: 'OKP'; crv: string; x: string }),
    kid: id,
    alg: algorithm,
    use: 'sig',
  })),
});

/** The public halves of private JWKs, as JSON (a JWKS). */
export const publicKeys = (...privateKeys: string[]): string =>
  JSON.stringify(publicSet(privateKeys.map((json) => privateKey(readJson(json)))));
