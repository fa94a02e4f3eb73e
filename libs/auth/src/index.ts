/** Who is calling. People carry access tokens signed by the user service, services tokens signed by themselves; both live 5 minutes. */
export { type Identity, onlyService, onlyUser, type UserIdentity } from './identity.ts';
export { newKey, publicKeys } from './keys.ts';
export { type AccessToken, ownIdentity, type Signer, signer, tokenSeconds } from './tokens.ts';
export { type UserKeys, type Verify, verifier } from './verifier.ts';
