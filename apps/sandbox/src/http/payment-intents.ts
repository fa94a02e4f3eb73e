import type { FastifyPluginAsync } from 'fastify';
import type { Clock } from '../clock.ts';
import { newId } from '../domain/ids.ts';
import { cancel, capture, confirm, declined, type Intent, newIntent } from '../domain/intent.ts';
import { missing, Refusal } from '../domain/refusal.ts';
import type { Ledger } from '../store/ledger.ts';
import { intentView, listView } from '../views.ts';
import type { Webhooks } from '../webhooks.ts';
import type { Endpoint } from './endpoint.ts';
import { CancelIntent, CaptureIntent, ConfirmIntent, CreateIntent, ListIntents, Nothing } from './schemas.ts';

/** What every part of the provider's API works with. */
export interface Provider {
  endpoint: Endpoint;
  ledger: Ledger;
  webhooks: Webhooks;
  clock: Clock;
}

const events: Partial<Record<Intent['status'], string>> = {
  succeeded: 'payment_intent.succeeded',
  requires_capture: 'payment_intent.amount_capturable_updated',
  canceled: 'payment_intent.canceled',
};

const presence = (given: { off_session?: boolean; error_on_requires_action?: boolean }) => ({
  offSession: given.off_session ?? false,
  errorOnRequiresAction: given.error_on_requires_action ?? false,
});

export const paymentIntentRoutes: FastifyPluginAsync<Provider> = async (app, { endpoint, ledger, webhooks, clock }) => {
  function find(id: string): Intent {
    const intent = ledger.intents.find(id);
    if (!intent) throw missing(404, 'payment_intent', id, 'intent');
    return intent;
  }

  /** Keeps what became of an intent and tells it; a decline is kept and told too, then refused. */
  function settle(intent: Intent) {
    ledger.intents.save(intent);
    const decline = declined(intent) ? intent.decline : null;
    const type = decline ? 'payment_intent.payment_failed' : events[intent.status];
    if (type) webhooks.emit(type, intentView(intent));
    if (!decline) return intentView(intent);
    const { message, code, declineCode } = decline;
    throw new Refusal(402, message, { type: 'card_error', code, declineCode, intent });
  }

  const create = endpoint(CreateIntent, ({ parameters: given }) => {
    const intent = newIntent({
      id: newId('pi'),
      createdAt: clock.now(),
      amount: given.amount,
      currency: given.currency.toLowerCase(),
      captureMethod: given.capture_method ?? 'automatic',
      description: given.description ?? null,
      metadata: given.metadata ?? {},
      paymentMethod: given.payment_method ?? null,
    });
    return settle(given.confirm ? confirm(intent, null, presence(given)) : intent);
  });

  const confirmOne = endpoint(ConfirmIntent, ({ id, parameters: given }) =>
    settle(confirm(find(id), given.payment_method ?? null, presence(given))),
  );

  const captureOne = endpoint(CaptureIntent, ({ id, parameters: { amount_to_capture: amount } }) => {
    const intent = find(id);
    return settle(capture(intent, amount ?? intent.amount));
  });

  const cancelOne = endpoint(CancelIntent, ({ id, parameters: { cancellation_reason: reason = null } }) =>
    settle(cancel(find(id), reason, clock.now())),
  );

  const list = endpoint(ListIntents, ({ parameters: { limit = 10, starting_after: after } }) =>
    listView('/v1/payment_intents', ledger.intents.list({ limit: limit + 1, after }).map(intentView), limit),
  );

  app.post('/payment_intents', create);
  app.get('/payment_intents', list);
  app.get(
    '/payment_intents/:id',
    endpoint(Nothing, ({ id }) => intentView(find(id))),
  );
  app.post('/payment_intents/:id/confirm', confirmOne);
  app.post('/payment_intents/:id/capture', captureOne);
  app.post('/payment_intents/:id/cancel', cancelOne);
};
