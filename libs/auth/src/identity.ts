import { Failure } from '@chandlery/errors';

/** Whose token came with a call. */
export interface Identity {
  kind: 'user' | 'service';
  /** A user's id, or a service's name. */
  id: string;
  /** The session or API key a user's token belongs to. */
  sessionId?: string;
  /** The token itself, to pass on to the next service. */
  token: string;
}

export interface UserIdentity extends Identity {
  kind: 'user';
  sessionId: string;
}

const isUser = (identity: Identity): identity is UserIdentity =>
  identity.kind === 'user' && identity.sessionId !== undefined;

function known(identity: Identity | undefined): Identity {
  if (!identity) throw new Failure('unauthenticated', 'a token is needed', { reason: 'token-missing' });
  return identity;
}

/** The user who calls; a service may not act in a user's place. */
export function onlyUser(identity: Identity | undefined): UserIdentity {
  const caller = known(identity);
  if (!isUser(caller)) throw new Failure('forbidden', 'only for users', { reason: 'user-needed' });
  return caller;
}

/** The service which calls, if it is one of `names`. */
export function onlyService(identity: Identity | undefined, ...names: [string, ...string[]]): Identity {
  const caller = known(identity);
  if (caller.kind !== 'service' || !names.includes(caller.id))
    throw new Failure('forbidden', `only for ${names.join(', ')}`, { reason: 'service-needed' });
  return caller;
}
