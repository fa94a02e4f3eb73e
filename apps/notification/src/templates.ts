import type { orderCancelled, orderPaid } from '@chandlery/contracts/events/order';
import type { Static } from 'typebox';

type Paid = Static<typeof orderPaid.data>;
type Cancelled = Static<typeof orderCancelled.data>;

/** What a reader sees. It holds nothing of the reader, so that mails can be queued before the reader is known. */
export interface Text {
  subject: string;
  body: string;
}

/** An amount as people write it: minor units are cents for EUR, whole yen for JPY. */
export function money({ amount, currency }: Paid['total']): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

const lines = (items: Paid['items']): string =>
  items.map(({ sku, name, quantity }) => `  ${quantity} x ${name} (${sku})`).join('\n');

export const orderPaidText = ({ orderId, items, total }: Paid): Text => ({
  subject: `Your order ${orderId} is paid`,
  body: `Thank you for your order ${orderId}.

${lines(items)}

Paid: ${money(total)}
`,
});

export const orderCancelledText = ({ orderId, items, total, reason }: Cancelled): Text => ({
  subject: `Your order ${orderId} was cancelled`,
  body: `Your order ${orderId} was cancelled. Why: ${reason.replaceAll(/[-_]/g, ' ')}.

${lines(items)}

You do not pay for it; ${money(total)} that you have paid already comes back to you.
`,
});
