import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from './problem.ts';

export interface Customer {
  email: string;
  password: string;
}

interface Order {
  id: string;
  status: string;
  total: { amount: number; currency: string };
  notifications?: { status: string }[];
}

export interface Sample {
  order: Order;
  /** What was bought. */
  item: string;
  sku: string;
  traceId: string;
}

type Call = <T>(method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<T>;

/** Calls the API under `gateway`, as any client would; an unexpected answer is told as it came. */
function client(gateway: string): Call {
  return async <T>(method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${gateway}/api/v1${path}`, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Problem(`${method} /api/v1${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text) as T;
  };
}

async function signIn(call: Call, { email, password }: Customer): Promise<string> {
  await call('POST', '/users', { email, password, name: 'A. Sailor' }).catch((error: Problem) => {
    if (!error.message.includes('answered 409')) throw error; // signed up at an earlier start
  });
  const { accessToken } = await call<{ accessToken: string }>('POST', '/sessions', { email, password });
  return accessToken;
}

async function settled(call: Call, id: string, headers: Record<string, string>): Promise<Order> {
  for (const deadline = Date.now() + 15_000; ; await delay(100)) {
    const order = await call<Order>('GET', `/orders/${id}`, undefined, headers);
    const mailed = order.notifications?.some(({ status }) => status === 'sent');
    if (order.status === 'PAID' && mailed) return order;
    if (Date.now() > deadline)
      throw new Problem(`order ${id} is still ${order.status}, its mail ${mailed ? '' : 'not '}sent`);
  }
}

/** Places an order as a newcomer would, and waits until it is paid and its mail sent. */
export async function placeOrder(gateway: string, customer: Customer, say: (line: string) => void): Promise<Sample> {
  const call = client(gateway);
  const token = await signIn(call, customer);
  const authorization = `Bearer ${token}`;
  const { items } = await call<{ items: { sku: string; name: string; available: number }[] }>(
    'GET',
    '/products?limit=20',
  );
  const product = items.find(({ available }) => available > 0);
  if (!product) throw new Problem('the first twenty products are sold out: begin anew with npm start -- --fresh');
  const traceId = randomBytes(16).toString('hex');
  const placed = await call<Order>(
    'POST',
    '/orders',
    { items: [{ sku: product.sku, quantity: 1 }], paymentMethod: 'pm_card_visa' },
    {
      authorization,
      'idempotency-key': crypto.randomUUID(),
      traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
    },
  );
  say(`first order ${placed.status}`);
  const order = await settled(call, placed.id, { authorization });
  return { order, item: product.name, sku: product.sku, traceId };
}
