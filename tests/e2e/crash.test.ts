import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { audit } from '../audit/audit.ts';
import { type Answer, anchor, type Customer, databases, newCustomer, processes, processOf, sandbox } from './shop.ts';

const sources = () => ({ databases, sandbox: processOf('sandbox').http ?? '' });

const away: Pick<Answer, 'status' | 'body'> = { status: 0, body: undefined };
const comeBack = ({ status }: { status: number }) => status === 0 || status === 409 || status === 503;

interface Outcome {
  answered: string[];
  failed: string[];
}

/** Buys as people do: when nothing or "later" comes back they try again, with the same key. */
async function persistently(customer: Customer, outcome: Outcome): Promise<void> {
  const key = randomUUID();
  for (let attempt = 0; attempt < 60; attempt++) {
    const answer = await customer.buy(anchor, { key }).catch(() => away);
    if (answer.status === 201 || answer.status === 202) return void outcome.answered.push(answer.body.id);
    if (!comeBack(answer)) return void outcome.failed.push(`${answer.status} ${JSON.stringify(answer.body)}`);
    await delay(250);
  }
  outcome.failed.push('gave up');
}

/** Some customers buy one thing after the other until told to stop. */
async function shopping(count: number) {
  const customers = await Promise.all(Array.from({ length: count }, newCustomer));
  const outcome: Outcome = { answered: [], failed: [] };
  let open = true;
  const all = Promise.all(
    customers.map(async (customer) => {
      while (open) {
        await persistently(customer, outcome);
        await delay(100);
      }
    }),
  );
  onTestFinished(() => {
    open = false;
  });
  return {
    outcome,
    async close() {
      open = false;
      await all;
    },
  };
}

async function upAgain(name: string, pid: number): Promise<void> {
  const serving = async () => {
    const found = processes().find((process) => process.name === name && process.pid !== pid);
    if (!found?.metrics) return found !== undefined;
    const base = new URL(found.metrics);
    return fetch(new URL('/ready', base)).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  await expect.poll(serving, { timeout: 30_000, interval: 100 }).toBe(true);
}

async function killUnderLoad(names: string[], signal: NodeJS.Signals): Promise<Outcome> {
  const { outcome, close } = await shopping(6);
  for (const name of names) {
    const before = outcome.answered.length;
    await expect.poll(() => outcome.answered.length, { timeout: 60_000 }).toBeGreaterThan(before + 3);
    const { pid } = processOf(name);
    process.kill(pid, signal);
    await upAgain(name, pid);
  }
  await close();
  return outcome;
}

const clean = async (accepted: string[]) =>
  expect.poll(() => audit(sources(), accepted), { timeout: 60_000, interval: 500 }).toEqual([]);

const services = ['gateway', 'order', 'payment', 'user', 'notification'];

test('kill -9 of any process in the middle of checkouts: nothing is lost or doubled', async () => {
  const outcome = await killUnderLoad([...services, 'sandbox', 'postgres'], 'SIGKILL');
  expect(outcome.failed).toEqual([]);
  expect(outcome.answered.length).toBeGreaterThan(20);
  expect(new Set(outcome.answered).size).toBe(outcome.answered.length);
  await clean(outcome.answered);
}, 180_000);

test('SIGTERM under load: everyone is served, at once or when told to come back', async () => {
  const outcome = await killUnderLoad(services, 'SIGTERM');
  expect(outcome.failed).toEqual([]);
  await clean(outcome.answered);
}, 180_000);

async function pendingOrders(): Promise<number> {
  const client = new pg.Client({ connectionString: databases.orders });
  await client.connect();
  const { rows } = await client.query("select count(*)::int as pending from orders where status = 'pending'");
  await client.end();
  return rows[0].pending;
}

test('SIGTERM answers every request that was in flight', async () => {
  const customers = await Promise.all(Array.from({ length: 10 }, newCustomer));
  await sandbox('POST', '/faults', { target: 'payments', latencyMs: 600, forMs: 10_000 });
  onTestFinished(() => void sandbox('DELETE', '/faults'));
  const status = (customer: Customer) => customer.buy(anchor).then((answer) => answer.status);
  const answers = Promise.allSettled(customers.map(status));
  await expect.poll(pendingOrders, { interval: 20 }).toBe(10);
  const { pid } = processOf('gateway');
  process.kill(pid, 'SIGTERM');
  for (const answer of await answers)
    expect(answer).toMatchObject({ status: 'fulfilled', value: expect.toBeOneOf([201, 202]) });
  await upAgain('gateway', pid);
});
