import pg from 'pg';

/** Where the truth is. */
export interface Sources {
  databases: Record<'orders' | 'payments' | 'notifications' | 'users', string>;
  /** URL of the outside world: provider's ledger and mailbox. */
  sandbox: string;
}

export interface Breach {
  statement: string;
  order?: string;
  expected: string;
  found: string;
}

interface Order {
  id: string;
  status: string;
  amount: number;
}
interface Charge {
  id: string;
  orderId: string;
  amount: number;
  status: string;
  amountRefunded: number;
}
interface Mail {
  orderId: string | null;
  subject: string;
  messageId: string;
}

async function query<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

async function items<Item>(url: string): Promise<Item[]> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return ((await answer.json()) as { items: Item[] }).items;
}

const orders = ({ databases }: Sources) =>
  query<Order>(databases.orders, 'select id::text, status, total_amount::int as amount from orders');

/** Every order answered with 2xx exists, and has ended. */
function acceptedOrders(found: Map<string, Order>, accepted: readonly string[]): Breach[] {
  const statement = 'every order answered with 2xx exists, and reaches PAID or CANCELLED';
  const missing = accepted.filter((id) => !found.has(id));
  const open = [...found.values()].filter(({ status }) => status === 'pending');
  return [
    ...missing.map((order) => ({ statement, order, expected: 'an order', found: 'nothing' })),
    ...open.map(({ id }) => ({ statement, order: id, expected: 'paid or cancelled', found: 'pending' })),
  ];
}

/** What a charge still costs its customer. */
const standing = ({ status, amount, amountRefunded }: Charge) => (status === 'canceled' ? 0 : amount - amountRefunded);

function chargesMatch(found: Map<string, Order>, charges: readonly Charge[]): Breach[] {
  const ofOrder = Map.groupBy(charges, ({ orderId }) => orderId);
  const breaches: Breach[] = [];
  for (const { id, status, amount } of found.values()) {
    const left = (ofOrder.get(id) ?? []).filter((charge) => standing(charge) > 0);
    const captured = left.filter((charge) => charge.status === 'succeeded').map(standing);
    const saying = left.map((charge) => `${charge.status} ${standing(charge)}`).join(', ') || 'no charge';
    if (status === 'paid' && !(left.length === 1 && captured.length === 1 && captured[0] === amount)) {
      const statement = 'PAID: exactly one captured charge of exactly its total';
      breaches.push({ statement, order: id, expected: `succeeded ${amount}`, found: saying });
    }
    if (status === 'cancelled' && left.length > 0) {
      const statement = 'CANCELLED: no charge that is not voided or refunded';
      breaches.push({ statement, order: id, expected: 'no charge', found: saying });
    }
  }
  for (const { id, orderId } of charges.filter((charge) => !found.has(charge.orderId) && standing(charge) > 0)) {
    breaches.push({
      statement: 'no charge without an order',
      order: orderId,
      expected: 'an order',
      found: `charge ${id}`,
    });
  }
  return breaches;
}

async function stockMatches({ databases }: Sources): Promise<Breach[]> {
  const rows = await query<{
    sku: string;
    initial: number;
    now: number;
    low: number;
    reserved: number;
    wanted: number;
    sold: number;
    bought: number;
  }>(
    databases.orders,
    `select p.sku, p.initial, p.stock + p.reserved + p.sold as now, least(p.stock, p.reserved, p.sold) as low, p.reserved, p.sold,
       coalesce(sum(i.quantity) filter (where o.status = 'pending'), 0)::int as wanted,
       coalesce(sum(i.quantity) filter (where o.status = 'paid'), 0)::int as bought
     from products p left join order_items i using (sku) left join orders o on o.id = i.order_id group by p.sku`,
  );
  const statement = 'stock at the start = stock now + sold + reserved, and never negative';
  return rows
    .filter((row) => row.now !== row.initial || row.low < 0 || row.reserved !== row.wanted || row.sold !== row.bought)
    .map(({ sku, initial, now, wanted, reserved, bought, sold }) => ({
      statement,
      expected: `${sku}: ${initial} in all, ${wanted} reserved, ${bought} sold`,
      found: `${now} in all, ${reserved} reserved, ${sold} sold`,
    }));
}

function mailsMatch(found: Map<string, Order>, mails: readonly Mail[]): Breach[] {
  const paidMails = mails.filter(({ subject }) => /paid|confirmed/i.test(subject));
  const ofOrder = Map.groupBy(paidMails, ({ orderId }) => orderId);
  return [...found.values()]
    .filter(({ status }) => status === 'paid')
    .map(({ id }) => ({ id, messages: new Set((ofOrder.get(id) ?? []).map(({ messageId }) => messageId)).size }))
    .filter(({ messages }) => messages !== 1)
    .map(({ id, messages }) => ({
      statement: 'every PAID order’s mail is sent once; a second one has the same Message-ID',
      order: id,
      expected: '1 Message-ID',
      found: String(messages),
    }));
}

async function outboxesEmpty({ databases }: Sources): Promise<Breach[]> {
  const breaches: Breach[] = [];
  for (const name of ['users', 'orders', 'payments'] as const) {
    const rows = await query<{ type: string; key: string }>(databases[name], 'select type, key from outbox');
    const statement = 'nothing stays in an outbox';
    breaches.push(
      ...rows.map(({ type, key }) => ({ statement, order: key, expected: 'empty', found: `${name}: ${type}` })),
    );
  }
  return breaches;
}

/** What must always be true, asked of the databases, the provider's ledger and the mail server. `accepted`: the orders that got a 2xx. */
export async function audit(sources: Sources, accepted: readonly string[] = []): Promise<Breach[]> {
  const found = new Map((await orders(sources)).map((order) => [order.id, order]));
  const charges = await items<Charge>(`${sources.sandbox}/sandbox/charges`);
  const mails = await items<Mail>(`${sources.sandbox}/sandbox/mails`);
  return [
    ...acceptedOrders(found, accepted),
    ...chargesMatch(found, charges),
    ...(await stockMatches(sources)),
    ...mailsMatch(found, mails),
    ...(await outboxesEmpty(sources)),
  ];
}
