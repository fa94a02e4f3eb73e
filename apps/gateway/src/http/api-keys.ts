import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { ApiKey } from '@chandlery/contracts/user/v1/user';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Authentication } from '../authentication.ts';
import type { Clients } from '../clients.ts';
import type { Sessions } from '../sessions.ts';
import { Id, Strict } from './bodies.ts';

const members = { id: Id, name: Type.String(), prefix: Type.String(), createdAt: Type.String({ format: 'date-time' }) };

const apiKeyBody = ({ id, name, prefix, createdAt }: ApiKey) => ({
  id,
  name,
  prefix,
  createdAt: createdAt ? timestampDate(createdAt).toISOString() : '',
});

interface Options {
  clients: Clients;
  who: Authentication;
  sessions: Sessions;
}

export const apiKeyRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { clients: { users }, who, sessions }) => {
  app.post('/api-keys', {
    schema: {
      summary: 'Makes an API key, which is shown this once.',
      body: Strict({ name: Type.String({ minLength: 1, maxLength: 100 }) }),
      response: { 201: Type.Object({ ...members, key: Type.String() }) },
    },
    handler: async (request, reply) => {
      const { token } = who.user(request);
      const { apiKey, key } = await users.createApiKey(request.body, { token });
      return reply.status(201).send({ ...apiKeyBody(apiKey as ApiKey), key });
    },
  });

  app.get('/api-keys', {
    schema: {
      summary: 'The caller’s API keys.',
      response: { 200: Type.Object({ items: Type.Array(Type.Object(members)) }) },
    },
    handler: async (request) => {
      const { token } = who.user(request);
      const { apiKeys } = await users.listApiKeys({}, { token });
      return { items: apiKeys.map(apiKeyBody) };
    },
  });

  app.delete('/api-keys/:id', {
    schema: { summary: 'Ends an API key.', params: Strict({ id: Id }), response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      const { token } = who.user(request);
      const { id } = request.params;
      await users.deleteApiKey({ id }, { token });
      // tokens made for a key carry its id as their session
      await sessions.ended(id);
      return reply.status(204).send(null);
    },
  });
};
