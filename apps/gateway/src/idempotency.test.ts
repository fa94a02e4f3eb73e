import { inProcessKeyValue } from '@chandlery/keyvalue';
import { setDefence } from '@chandlery/resilience';
import { expect, onTestFinished, test } from 'vitest';
import { idempotency } from './idempotency.ts';

/** Sends the same again and again; each answer says how often the work was done by then. */
function given() {
  const once = idempotency(inProcessKeyValue());
  let done = 0;
  const work = async () => ({ status: 201, headers: {}, body: ++done });
  return async () => (await once({ userId: 'u', route: 'POST /orders', key: 'k' }, {}, work)).body;
}

test('the same key is answered with the first answer', async () => {
  const send = given();
  expect([await send(), await send(), await send()]).toEqual([1, 1, 1]);
});

test('with the idempotency key switched off each is done by itself', async () => {
  setDefence('idempotency-key', false);
  onTestFinished(() => setDefence('idempotency-key', true));
  const send = given();
  expect([await send(), await send(), await send()]).toEqual([1, 2, 3]);
});
