import { UserService } from '@chandlery/contracts/user/v1/user';
import { type Implementation, implement } from '@chandlery/grpc';
import { type Accounts, accounts } from './accounts.ts';
import { type ApiKeys, apiKeyMethods } from './api-keys.ts';
import { type Sessions, sessionMethods } from './sessions.ts';

/** UserService. What happens before there is a user is for the gateway, the rest for the user whose token it is. */
export const userService = (needs: Accounts & Sessions & ApiKeys): Implementation =>
  implement(UserService, { ...accounts(needs), ...sessionMethods(needs), ...apiKeyMethods(needs) });
