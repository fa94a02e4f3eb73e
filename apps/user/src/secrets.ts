import { createHash, randomBytes } from 'node:crypto';

/** A secret that nobody can guess: 256 random bits. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is stored of a secret. It needs no salt and no slow hash: there is no list of likely values to try. */
export const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();
