import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Authentication } from '../authentication.ts';
import type { Clients } from '../clients.ts';
import type { Limits } from '../limits.ts';
import { Strict, UserBody, userBody } from './bodies.ts';

const Email = Type.String({ format: 'email', maxLength: 254 });
const Name = Type.String({ minLength: 1, maxLength: 100 });
const Password = Type.String({ minLength: 1, maxLength: 1_000 });

export const userRoutes: FastifyPluginAsyncTypebox<{ clients: Clients; who: Authentication; limits: Limits }> = async (
  app,
  { clients: { users }, who, limits },
) => {
  app.post('/users', {
    onRequest: limits.signIn,
    schema: {
      summary: 'Opens an account.',
      body: Strict({ email: Email, password: Password, name: Name }),
      response: { 201: UserBody },
    },
    handler: async ({ body }, reply) => reply.status(201).send(userBody(await users.register(body))),
  });

  app.get('/users/me', {
    schema: { summary: 'The caller’s account.', response: { 200: UserBody } },
    handler: async (request) => {
      const { token } = who.user(request);
      return userBody(await users.getMe({}, { token }));
    },
  });

  app.patch('/users/me', {
    schema: {
      summary: 'Changes the caller’s account.',
      body: Type.Object(
        { name: Type.Optional(Name), email: Type.Optional(Email) },
        { additionalProperties: false, minProperties: 1 },
      ),
      response: { 200: UserBody },
    },
    handler: async (request) => {
      const { token } = who.user(request);
      return userBody(await users.updateMe(request.body, { token }));
    },
  });
};
