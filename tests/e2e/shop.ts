import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject } from 'vitest';

interface Running {
  name: string;
  pid: number;
  http?: string;
  metrics?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers are what tests are about
  body: any;
}

export const { gateway, data, databases } = inject('system');

/** What runs, as `run.json` has it now. */
export const processes = (): Running[] => JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')).processes;

export function processOf(name: string): Running {
  const found = processes().find((process) => process.name === name);
  if (!found) throw new Error(`${name} does not run`);
  return found;
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  const json = answer.headers.get('content-type')?.includes('json') && text !== '';
  return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) : text };
}

export interface Asking {
  body?: unknown;
  headers?: Record<string, string>;
}

/** One call to the API. */
export const call = (method: string, path: string, { body, headers = {} }: Asking = {}): Promise<Answer> =>
  ask(`${gateway}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

/** One call to the outside world. */
export const sandbox = (method: string, path: string, body?: unknown): Promise<Answer> =>
  ask(`${processOf('sandbox').http}/sandbox${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });

export const password = 'correct horse battery staple';

export type Customer = Awaited<ReturnType<typeof newCustomer>>;

/** Somebody who has just signed up and signed in. */
export async function newCustomer() {
  const email = `sailor-${randomUUID()}@chandlery.example`;
  const { body: user } = await call('POST', '/api/v1/users', { body: { email, password, name: 'Sailor' } });
  const { body: tokens } = await call('POST', '/api/v1/sessions', { body: { email, password } });
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

export const anchor = [{ sku: 'ANC-001', quantity: 1 }];

/** Waits until an order has a status, and gives the order. */
export async function settled(customer: Customer, id: string, status: string, timeout = 30_000) {
  const read = async () => (await customer.as('GET', `/orders/${id}`)).body;
  await expect.poll(async () => (await read()).status, { timeout, interval: 100 }).toBe(status);
  return read();
}

/** What the provider holds for an order. */
export const charges = async (orderId: string) => {
  const { body } = await sandbox('GET', '/charges');
  return body.items.filter((charge: { orderId: string }) => charge.orderId === orderId);
};

/** The mails about an order. */
export const mails = async (orderId: string) => {
  const { body } = await sandbox('GET', '/mails');
  return body.items.filter((mail: { orderId: string }) => mail.orderId === orderId);
};
