import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { logger } from '@chandlery/telemetry';
import { proxyTo, type TcpProxy } from '@chandlery/testing';
import pg from 'pg';
import { afterAll, beforeAll, inject, onTestFinished } from 'vitest';
import { kafkaBus } from './kafka.ts';
import type { Bus, Handler, Message } from './message.ts';
import { postgresBus } from './postgres.ts';

export const log = logger('test', 'silent');

/** Letters and digits that nobody else has: topics and groups of a broker that is shared and never cleaned. */
export const unique = (prefix: string) => `${prefix}-${randomBytes(6).toString('hex')}`;

/** A broker under test. */
export interface Broker {
  /** A client of it, as another process would have; it ends with the test. */
  connect(): Bus;
  /** A client whose line can be cut. */
  behind(): Promise<{ bus: Bus; proxy: TcpProxy }>;
  /** What `subscriber-for-tests.ts` needs to connect. */
  address: string;
}

const ending = (bus: Bus): Bus => {
  onTestFinished(() => bus.stop());
  return bus;
};

/** The shortest session that Kafka allows by default: a dead consumer is noticed after it. */
const sessionTimeoutMs = 6_000;

export async function kafkaBroker(address: string): Promise<Broker> {
  const options = { brokers: [address], clientId: 'test', log, sessionTimeoutMs };
  return {
    address,
    connect: () => ending(kafkaBus(options)),
    async behind() {
      const proxy = await proxyTo(`kafka://${address}`);
      const bus = kafkaBus({
        ...options,
        socketFactory: ({ onConnect }) => connect(proxy.port, '127.0.0.1', onConnect),
      });
      return { proxy, bus: ending(bus) };
    },
  };
}

/** One bus database for all tests of a file, as they share one Kafka: it is the topics that are new for each. */
export function postgresBroker(): () => Promise<Broker> {
  const name = unique('bus').replace('-', '_');
  const url = new URL(inject('postgresUrl'));
  url.pathname = name;
  const options = { url: url.href, log };
  beforeAll(() => administer(`create database ${name}`));
  afterAll(() => administer(`drop database ${name} with (force)`));
  return async () => ({
    address: url.href,
    connect: () => ending(postgresBus(options)),
    async behind() {
      const proxy = await proxyTo(url.href);
      return { proxy, bus: ending(postgresBus({ ...options, url: proxy.url })) };
    },
  });
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** A message whose `data` is a number. */
export const message = (topic: string, key: string, data: unknown): Message => ({
  id: unique(key),
  topic,
  key,
  type: 'test.happened.v1',
  source: 'test',
  time: new Date().toISOString(),
  data,
});

/** A handler that remembers, by key, what it was given. */
export function recorder() {
  const all: Message[] = [];
  const handler: Handler = async (message) => void all.push(message);
  return {
    all,
    handler,
    data: () => all.map(({ data }) => data),
    of: (key: string) => all.filter((message) => message.key === key).map(({ data }) => data),
  };
}

export const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, index) => first + index);

/** How long to wait for messages that are on their way. */
export const soon = { timeout: 15_000, interval: 20 };
