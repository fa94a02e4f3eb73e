import type { Shop } from './first-order.ts';
import type { Sample } from './sample.ts';

/** Lines that can be pasted into another terminal. */
export function nextSteps({ gateway, sandbox, traces, customer }: Shop, { order, sku, traceId }: Sample): string[] {
  const json = `-H 'content-type: application/json'`;
  const buy = JSON.stringify({ items: [{ sku, quantity: 2 }], paymentMethod: 'pm_card_visa' });
  const fault = JSON.stringify({ target: 'payments', errorRate: 1, forMs: 20_000 });
  return [
    '# sign in as the customer of that order',
    `TOKEN=$(curl -s ${gateway}/api/v1/sessions ${json} -d '${JSON.stringify(customer)}' | sed 's/.*"accessToken":"//; s/".*//')`,
    `curl -s ${gateway}/api/v1/orders/${order.id} -H "authorization: Bearer $TOKEN"`,
    '# buy something; pm_card_chargeDeclined instead of pm_card_visa is declined',
    `curl -si ${gateway}/api/v1/orders -H "authorization: Bearer $TOKEN" -H "idempotency-key: $(date +%s)" ${json} -d '${buy}'`,
    ...(sandbox
      ? [
          '# the payment provider is down for 20 s: buy again, you get 202, and the order is paid when it is back',
          `curl -s ${sandbox}/sandbox/faults ${json} -d '${fault}'`,
        ]
      : []),
    ...(traces ? ['# every span of the first order', `curl -s ${traces.urlOf(traceId)}`] : []),
  ];
}
