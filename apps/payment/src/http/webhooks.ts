import { Failure } from '@chandlery/errors';
import type { Logger } from '@chandlery/telemetry';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import Stripe from 'stripe';
import type { Outcome, PaymentStore } from '../store/payments.ts';

interface Options {
  payments: PaymentStore;
  /** What the provider signs with. */
  secret: string;
  log: Logger;
}

/** What the provider tells by itself. It may come twice, late and in any order: the transitions let nothing go backwards. */
export const stripeWebhooks: FastifyPluginAsync<Options> = async (app, { payments, secret, log }) => {
  // the signature is over the bytes as they came
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.post('/webhooks/stripe', async (request) => {
    const event = await verified(request, secret);
    const outcome = outcomeOf(event);
    const payment = outcome && (await payments.findByIntent(outcome.intentId));
    if (payment) {
      const { orderId, status } = await payments.advance(payment.orderId, outcome);
      log.info({ orderId, action: event.type, status, moved: status !== payment.status }, 'provider told');
    }
    return { received: true };
  });
};

async function verified({ body, headers }: FastifyRequest, secret: string): Promise<Stripe.Event> {
  try {
    return await Stripe.webhooks.constructEventAsync(body as Buffer, headers['stripe-signature'] ?? '', secret);
  } catch (cause) {
    throw new Failure('invalid', 'not signed by the provider', { reason: 'bad-signature', cause });
  }
}

function outcomeOf(event: Stripe.Event): (Outcome & { intentId: string }) | undefined {
  switch (event.type) {
    case 'payment_intent.succeeded':
      return { status: 'CAPTURED', intentId: event.data.object.id };
    case 'payment_intent.canceled':
      return { status: 'VOIDED', intentId: event.data.object.id };
    case 'charge.refunded': {
      // Stripe also calls it a refund when a reservation ends, and when a part goes back
      const { payment_intent: intentId, captured, refunded } = event.data.object;
      return captured && refunded && typeof intentId === 'string' ? { status: 'REFUNDED', intentId } : undefined;
    }
  }
}
