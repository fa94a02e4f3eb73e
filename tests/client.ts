import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers are what tests are about
  body: any;
}

export interface Asking {
  body?: unknown;
  headers?: Record<string, string>;
}

export const password = 'correct horse battery staple';

async function ask(url: string, method: string, { body, headers = {} }: Asking = {}): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = answer.headers.get('content-type')?.includes('json') && text !== '';
  return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) : text };
}

/** Asks until it isn't told to slow down, then must get 201. */
async function created(asking: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await asking();
    if (answer.status === 201) return answer;
    if (answer.status !== 429) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    await delay(Number(answer.headers.get('retry-after')) * 1_000);
  }
}

export type Shop = ReturnType<typeof shopAt>;
export type Customer = Awaited<ReturnType<Shop['newCustomer']>>;

/** A running shop as those outside see it: its API, and the ledger and mailbox of the outside world. */
export function shopAt(gateway: string, outside: () => string | undefined) {
  /** One call to the API. */
  const call = (method: string, path: string, asking?: Asking) => ask(`${gateway}${path}`, method, asking);

  /** One call to the outside world. */
  const sandbox = (method: string, path: string, body?: unknown) =>
    ask(`${outside()}/sandbox${path}`, method, { body });

  /** Somebody who has just signed up and signed in. */
  async function newCustomer() {
    const email = `sailor-${randomUUID()}@chandlery.example`;
    const signUp = { body: { email, password, name: 'Sailor' } };
    const { body: user } = await created(() => call('POST', '/api/v1/users', signUp));
    const { body: tokens } = await created(() => call('POST', '/api/v1/sessions', { body: { email, password } }));
    const authorization = `Bearer ${tokens.accessToken}`;
    const as = (method: string, path: string, { body, headers }: Asking = {}) =>
      call(method, `/api/v1${path}`, { body, headers: { authorization, ...headers } });
    return {
      email,
      user,
      tokens,
      authorization,
      as,
      buy: (
        items: { sku: string; quantity: number }[],
        { paymentMethod = 'pm_card_visa', key = randomUUID() as string } = {},
      ) => as('POST', '/orders', { body: { items, paymentMethod }, headers: { 'idempotency-key': key } }),
    };
  }

  /** Waits until an order has a status, and gives the order. */
  async function settled(customer: { as: Customer['as'] }, id: string, status: string, timeout = 30_000) {
    const read = async () => (await customer.as('GET', `/orders/${id}`)).body;
    await expect.poll(async () => (await read()).status, { timeout, interval: 100 }).toBe(status);
    return read();
  }

  const ofOrder = async (path: string, id: string) => {
    const { body } = await sandbox('GET', path);
    return body.items.filter(({ orderId }: { orderId: string }) => orderId === id);
  };

  return {
    call,
    sandbox,
    newCustomer,
    settled,
    /** What the provider holds for an order. */
    charges: (orderId: string) => ofOrder('/charges', orderId),
    /** The mails about an order. */
    mails: (orderId: string) => ofOrder('/mails', orderId),
  };
}

export const anchor = [{ sku: 'ANC-001', quantity: 1 }];
