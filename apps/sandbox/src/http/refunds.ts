import type { FastifyPluginAsync } from 'fastify';
import { newId } from '../domain/ids.ts';
import { intentOf } from '../domain/intent.ts';
import { type Refund, refund } from '../domain/refund.ts';
import { missing, Refusal } from '../domain/refusal.ts';
import { chargeView, listView, refundView } from '../views.ts';
import type { Provider } from './payment-intents.ts';
import { CreateRefund, ListRefunds, Nothing } from './schemas.ts';

export const refundRoutes: FastifyPluginAsync<Provider> = async (app, { endpoint, ledger, webhooks, clock }) => {
  function refunded(named: { payment_intent?: string; charge?: string }) {
    const { payment_intent: intentId, charge: chargeId } = named;
    if (intentId === undefined && chargeId === undefined) {
      const message = 'One of the following params should be provided for this request: payment_intent or charge.';
      throw new Refusal(400, message, { code: 'parameter_missing' });
    }
    const found = ledger.intents.find(intentId ?? intentOf(chargeId ?? ''));
    if (!found && intentId !== undefined) throw missing(400, 'payment_intent', intentId, 'payment_intent');
    if (!found || (chargeId !== undefined && found.charge?.id !== chargeId)) {
      throw missing(400, 'charge', chargeId ?? '', 'charge');
    }
    return found;
  }

  const create = endpoint(CreateRefund, ({ parameters: { amount, reason = null, metadata = {}, ...named } }) => {
    const { intent, charge, amount: back } = refund(refunded(named), amount);
    const made: Refund = {
      id: newId('re'),
      createdAt: clock.now(),
      amount: back,
      currency: intent.currency,
      intentId: intent.id,
      chargeId: charge.id,
      reason,
      metadata,
    };
    ledger.intents.save(intent);
    ledger.refunds.add(made);
    webhooks.emit('charge.refunded', chargeView(intent, charge));
    return refundView(made);
  });

  const list = endpoint(ListRefunds, ({ parameters: { limit = 10, starting_after: after, ...named } }) => {
    const intentId = named.payment_intent ?? (named.charge && intentOf(named.charge));
    const refunds = ledger.refunds.list({ limit: limit + 1, after }, intentId);
    return listView('/v1/refunds', refunds.map(refundView), limit);
  });

  const get = endpoint(Nothing, ({ id }) => {
    const found = ledger.refunds.find(id);
    if (!found) throw missing(404, 'refund', id, 'refund');
    return refundView(found);
  });

  app.post('/refunds', create);
  app.get('/refunds', list);
  app.get('/refunds/:id', get);
};
