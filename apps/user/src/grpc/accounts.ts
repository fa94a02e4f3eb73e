import { onlyService, onlyUser } from '@chandlery/auth';
import type { UserService } from '@chandlery/contracts/user/v1/user';
import { Failure } from '@chandlery/errors';
import type { Methods } from '@chandlery/grpc';
import type { Logger } from '@chandlery/telemetry';
import { emailProblem, nameProblem } from '../domain/account.ts';
import { passwordProblem } from '../domain/password.ts';
import type { Passwords } from '../passwords.ts';
import type { User, UserStore } from '../store/users.ts';
import { checkFields } from './fields.ts';
import { timestamp } from './timestamp.ts';

export interface Accounts {
  users: UserStore;
  passwords: Passwords;
  log: Logger;
}

const reply = (user: User) => ({ ...user, createdAt: timestamp(user.createdAt) });

function checkPassword(password: string, email: string): void {
  const message = passwordProblem(password, email);
  if (message)
    throw new Failure('unprocessable', 'the password is too weak', {
      reason: 'weak-password',
      fields: [{ field: 'password', message }],
    });
}

const orGone = (user: User | undefined): User => {
  if (!user) throw new Failure('not_found', 'no such account');
  return user;
};

/** Signing up, and one's own profile. */
export const accounts = ({
  users,
  passwords,
  log,
}: Accounts): Pick<Methods<typeof UserService>, 'register' | 'getMe' | 'updateMe'> => ({
  async register({ email, password, name }, { identity, signal }) {
    onlyService(identity, 'gateway');
    checkFields({ email: emailProblem(email), name: nameProblem(name) });
    checkPassword(password, email);
    const user = await users.register({ email, name, passwordHash: await passwords.hash(password, signal) });
    log.info({ user_id: user.id, action: 'register' }, 'user registered');
    return reply(user);
  },

  async getMe(_, { identity }) {
    return reply(orGone(await users.find(onlyUser(identity).id)));
  },

  async updateMe({ email, name }, { identity }) {
    const { id } = onlyUser(identity);
    checkFields({
      email: email === undefined ? undefined : emailProblem(email),
      name: name === undefined ? undefined : nameProblem(name),
    });
    const changes = { ...(email !== undefined && { email }), ...(name !== undefined && { name }) };
    const user = orGone(await users.update(id, changes));
    log.info({ user_id: id, action: 'update-profile' }, 'profile updated');
    return reply(user);
  },
});
