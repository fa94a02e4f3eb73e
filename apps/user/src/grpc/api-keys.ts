import { onlyService, onlyUser, type Signer, tokenSeconds } from '@chandlery/auth';
import type { UserService } from '@chandlery/contracts/user/v1/user';
import { Failure } from '@chandlery/errors';
import type { Methods } from '@chandlery/grpc';
import type { Logger } from '@chandlery/telemetry';
import { nameProblem } from '../domain/account.ts';
import type { ApiKey, ApiKeyStore } from '../store/api-keys.ts';
import { checkFields } from './fields.ts';
import { timestamp } from './timestamp.ts';

export interface ApiKeys {
  apiKeys: ApiKeyStore;
  signer: Signer;
  log: Logger;
}

type Handlers = Pick<Methods<typeof UserService>, 'createApiKey' | 'listApiKeys' | 'deleteApiKey' | 'exchangeApiKey'>;

const reply = (apiKey: ApiKey) => ({ ...apiKey, createdAt: timestamp(apiKey.createdAt) });

/** Keys for programs. In tokens made for a key, the key's id is the session: when it is deleted, they end. */
export const apiKeyMethods = ({ apiKeys, signer, log }: ApiKeys): Handlers => ({
  async createApiKey({ name }, { identity }) {
    const { id } = onlyUser(identity);
    checkFields({ name: nameProblem(name) });
    const { apiKey, key } = await apiKeys.create(id, name);
    log.info({ user_id: id, api_key_id: apiKey.id, action: 'create-api-key' }, 'api key created');
    return { apiKey: reply(apiKey), key };
  },

  async listApiKeys(_, { identity }) {
    return { apiKeys: (await apiKeys.list(onlyUser(identity).id)).map(reply) };
  },

  async deleteApiKey({ id: keyId }, { identity }) {
    const { id } = onlyUser(identity);
    if (!(await apiKeys.delete(id, keyId))) throw new Failure('not_found', 'no such api key');
    log.info({ user_id: id, api_key_id: keyId, action: 'delete-api-key' }, 'api key deleted');
    return {};
  },

  async exchangeApiKey({ key }, { identity }) {
    onlyService(identity, 'gateway');
    const found = await apiKeys.find(key);
    if (!found) throw new Failure('unauthenticated', 'the api key is not valid', { reason: 'bad-api-key' });
    const accessToken = await signer.sign({ userId: found.userId, sessionId: found.id });
    return { accessToken, expiresIn: tokenSeconds };
  },
});
