/** The manners of Stripe's API: form bodies, Bearer keys, request ids and errors in its own shape. */
import { Failure } from '@chandlery/errors';
import type { Logger } from '@chandlery/telemetry';
import type { FastifyError, FastifyPluginAsync, FastifyRequest } from 'fastify';
import { newId } from '../domain/ids.ts';
import { Refusal } from '../domain/refusal.ts';
import { refusalView } from '../views.ts';
import { parseForm } from './form.ts';
import { type Provider, paymentIntentRoutes } from './payment-intents.ts';
import { refundRoutes } from './refunds.ts';

function authenticate({ headers: { authorization } }: FastifyRequest): void {
  if (!authorization) throw new Refusal(401, 'You did not provide an API key in the Authorization header.');
  if (!/^Bearer sk_test_\w+$/.test(authorization)) throw new Refusal(401, 'Invalid API Key provided.');
}

/** Every error as a refusal; a bug says nothing of itself. */
function refused(error: FastifyError | Failure | Refusal): Refusal {
  if (error instanceof Refusal) return error;
  const { statusCode = 500 } = error as Partial<FastifyError>;
  if (error instanceof Failure || statusCode >= 500) {
    return new Refusal(500, 'An unknown error occurred.', { type: 'api_error' });
  }
  return new Refusal(statusCode, error.message);
}

export const stripeApi: FastifyPluginAsync<{ provider: Provider; log: Logger }> = async (app, { provider, log }) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, parseForm(body as string)),
  );
  app.addHook('onRequest', async (request, reply) => {
    reply.header('request-id', newId('req'));
    authenticate(request);
  });
  app.setErrorHandler<FastifyError | Failure | Refusal>((error, request, reply) => {
    const refusal = refused(error);
    if (refusal.status === 500 && !(error instanceof Failure)) {
      log.error({ err: error, action: request.routeOptions.url }, 'a request failed by a bug');
    }
    if (refusal.status === 409) reply.header('stripe-should-retry', 'true');
    return reply.status(refusal.status).send(refusalView(refusal));
  });
  app.setNotFoundHandler(({ method, url }, reply) => {
    const refusal = new Refusal(404, `Unrecognized request URL (${method}: ${url}).`);
    return reply.status(404).send(refusalView(refusal));
  });
  await app.register(paymentIntentRoutes, provider);
  await app.register(refundRoutes, provider);
};
