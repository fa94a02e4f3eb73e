import { onlyService, onlyUser, type Signer, tokenSeconds } from '@chandlery/auth';
import type { UserService } from '@chandlery/contracts/user/v1/user';
import { Failure } from '@chandlery/errors';
import type { Methods } from '@chandlery/grpc';
import { counter, type Logger } from '@chandlery/telemetry';
import { emailProblem } from '../domain/account.ts';
import type { Passwords } from '../passwords.ts';
import type { ApiKeyStore } from '../store/api-keys.ts';
import type { Session, SessionStore } from '../store/sessions.ts';
import type { UserStore } from '../store/users.ts';

export interface Sessions {
  users: UserStore;
  sessions: SessionStore;
  apiKeys: ApiKeyStore;
  passwords: Passwords;
  signer: Signer;
  log: Logger;
}

type Handlers = Pick<Methods<typeof UserService>, 'signIn' | 'refresh' | 'signOut' | 'checkSession'>;

const signIns = counter('user_sign_ins_total', 'Attempts to sign in', ['outcome']);
const rotations = counter('user_refreshes_total', 'Refresh tokens presented', ['outcome']);

/** Signing in, staying in, signing out. */
export function sessionMethods({ users, sessions, apiKeys, passwords, signer, log }: Sessions): Handlers {
  const tokens = async ({ id, userId, refreshToken }: Session) => ({
    accessToken: await signer.sign({ userId, sessionId: id }),
    refreshToken,
    expiresIn: tokenSeconds,
    sessionId: id,
  });

  return {
    /** Says the same, after the same time, whether the address or the password is wrong. */
    async signIn({ email, password }, { identity, signal }) {
      onlyService(identity, 'gateway');
      const account = emailProblem(email) ? undefined : await users.credentials(email);
      const matches = await passwords.matches(password, account?.passwordHash, signal);
      signIns.inc({ outcome: matches ? 'accepted' : 'refused' });
      if (!account || !matches)
        throw new Failure('unauthenticated', 'wrong mail address or password', { reason: 'bad-credentials' });
      const session = await sessions.open(account.id);
      log.info({ user_id: account.id, session_id: session.id, action: 'sign-in' }, 'signed in');
      return tokens(session);
    },

    async refresh({ refreshToken }, { identity }) {
      onlyService(identity, 'gateway');
      const rotation = await sessions.rotate(refreshToken);
      rotations.inc({ outcome: rotation.outcome });
      if (rotation.outcome === 'rotated') return { outcome: { case: 'tokens', value: await tokens(rotation.session) } };
      if (rotation.outcome === 'unknown')
        throw new Failure('unauthenticated', 'the refresh token is not valid', { reason: 'refresh-token-invalid' });
      log.warn({ session_id: rotation.sessionId, action: 'refresh' }, 'refresh token used twice, session ended');
      return { outcome: { case: 'endedSessionId', value: rotation.sessionId } };
    },

    /** Ends the caller's session. The token of an API key has none: it ends with its key. */
    async signOut(_, { identity }) {
      const { id, sessionId } = onlyUser(identity);
      await sessions.end(sessionId);
      log.info({ user_id: id, session_id: sessionId, action: 'sign-out' }, 'signed out');
      return {};
    },

    async checkSession({ sessionId }, { identity }) {
      onlyService(identity, 'gateway');
      return { open: (await sessions.isOpen(sessionId)) || (await apiKeys.exists(sessionId)) };
    },
  };
}
