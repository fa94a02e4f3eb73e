import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actions, cancel, capture, confirm, type Intent, newIntent } from './intent.ts';
import { refund } from './refund.ts';
import { Refusal } from './refusal.ts';

const present = { offSession: false, errorOnRequiresAction: false };
const given = (captureMethod: Intent['captureMethod'], paymentMethod: string | null = null) =>
  newIntent({
    id: 'pi_1',
    createdAt: 0,
    amount: 1000,
    currency: 'eur',
    captureMethod,
    description: null,
    metadata: {},
    paymentMethod,
  });

test('an intent waits for a payment method, then for its confirmation', () => {
  expect(given('manual').status).toBe('requires_payment_method');
  expect(given('manual', 'pm_card_visa').status).toBe('requires_confirmation');
});

test('a declined intent takes another payment method', () => {
  const declined = confirm(given('manual', 'pm_card_chargeDeclined'), null, present);
  expect(declined).toMatchObject({ status: 'requires_payment_method', paymentMethod: null, charge: null });
  expect(confirm(declined, 'pm_card_visa', present)).toMatchObject({ status: 'requires_capture', decline: null });
});

test('a customer who is there is asked to authenticate, one who is not is declined', () => {
  const intent = given('automatic', 'pm_card_authenticationRequired');
  expect(confirm(intent, null, present).status).toBe('requires_action');
  for (const absent of [{ offSession: true }, { errorOnRequiresAction: true }]) {
    const declined = confirm(intent, null, { ...present, ...absent });
    expect(declined).toMatchObject({ status: 'requires_payment_method', decline: { code: 'authentication_required' } });
  }
});

const step = fc.oneof(
  fc
    .constantFrom('pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_authenticationRequired')
    .map((method) => ['confirm', (intent: Intent) => confirm(intent, method, present)] as const),
  fc.integer({ min: 1, max: 1100 }).map((amount) => ['capture', (intent: Intent) => capture(intent, amount)] as const),
  fc.constant(['cancel', (intent: Intent) => cancel(intent, null, 1)] as const),
  fc
    .integer({ min: 1, max: 1100 })
    .map((amount) => ['refund', (intent: Intent) => refund(intent, amount).intent] as const),
);

test('whatever is asked in whatever order, money is taken once at most and never given back twice', () => {
  fc.assert(
    fc.property(fc.constantFrom('manual', 'automatic'), fc.array(step, { maxLength: 12 }), (method, steps) => {
      let intent = given(method as Intent['captureMethod']);
      let captures = 0;
      for (const [action, act] of steps) {
        const before = intent;
        try {
          intent = act(before);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          continue;
        }
        if (action !== 'refund') expect(actions[action]).toContain(before.status);
        if (intent.charge?.amountCaptured !== before.charge?.amountCaptured && intent.status === 'succeeded')
          captures += 1;
        expect(captures).toBeLessThanOrEqual(1);
        expect(intent.charge?.amountCaptured ?? 0).toBeLessThanOrEqual(intent.amount);
        const most = intent.status === 'canceled' ? intent.amount : (intent.charge?.amountCaptured ?? 0);
        expect(intent.charge?.amountRefunded ?? 0).toBeLessThanOrEqual(most);
      }
    }),
  );
});
