import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { auditor } from '../../apps/local/src/auditor.ts';
import { directory as composeDirectory, published } from '../../apps/local/src/compose/docker.ts';
import { root } from '../../apps/local/src/images.ts';
import { context } from '../../apps/local/src/kind/cluster.ts';
import { kubectl } from '../../apps/local/src/kind/kubectl.ts';
import { portForward } from '../../apps/local/src/kind/port-forward.ts';
import { namespaceOf } from '../../apps/local/src/kind/releases.ts';
import { Problem } from '../../apps/local/src/problem.ts';
import { readRunFile } from '../../apps/local/src/run-file.ts';
import { busDatabase } from '../../apps/local/src/topology.ts';
import type { Arguments } from './cli.ts';
import type { Settings } from './config.ts';
import { inKafka, inPostgres, type KafkaAddress } from './dead-letter-topics.ts';
import type { Sources } from './sources.ts';

interface Addresses {
  /** URL of the server, with the auditor's login. */
  postgres: string;
  sandbox: string;
  /** Without it PostgreSQL is the broker. */
  kafka?: KafkaAddress | undefined;
}

interface Target {
  /** What is audited, in words. */
  name: string;
  addresses: Addresses;
}

/** Where a target's facts are. */
export function sourcesOf({ postgres, sandbox, kafka }: Addresses): Sources {
  const at = (database: string) => Object.assign(new URL(postgres), { pathname: `/${database}` }).href;
  return {
    databases: {
      orders: at('orders'),
      payments: at('payments'),
      notifications: at('notifications'),
      users: at('users'),
    },
    sandbox: sandbox.replace(/\/$/, ''),
    deadLetterTopics: () => (kafka ? inKafka(kafka) : inPostgres(at(busDatabase))),
  };
}

const unable = (message: string) => new Problem(message, { exitCode: 2 });

const kafkaOf = (brokers: string | undefined) => brokers && { kafka: { brokers: brokers.split(',') } };

function login(server: string, password: string | undefined, anew: string): string {
  if (!password) throw unable(`this shop was made before there was an auditor: begin anew with ${anew}`);
  return Object.assign(new URL(server), { username: auditor, password }).href;
}

function kept<Content>(file: string, start: string): Content {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Content;
  } catch {
    throw unable(`can't read ${file}: start the shop with ${start}`);
  }
}

interface Secrets {
  passwords: Record<string, string>;
}

/** Where the embedded shop keeps its state. */
const directoryOf = (data = join(root, '.data')) => resolve(data);

/** URL of a process of the embedded shop that keeps its state in `data`. */
export function embeddedUrl(name: string, data?: string): string {
  const directory = directoryOf(data);
  const url = readRunFile(join(directory, 'run.json')).processes.find((process) => process.name === name)?.http;
  if (!url) throw unable(`no shop runs in ${directory}: start it with npm start, or name its --data DIR`);
  return url;
}

function embedded(data: string | undefined, settings: Settings): Target {
  const directory = directoryOf(data);
  const sandbox = embeddedUrl('sandbox', data);
  const { passwords } = kept<Secrets>(join(directory, 'secrets.json'), 'npm start');
  const ports = kept<Record<string, number>>(join(directory, 'ports.json'), 'npm start');
  const server = settings.POSTGRES_URL ?? `postgres://127.0.0.1:${ports['postgres.sql']}`;
  const postgres = login(server, passwords[auditor], 'npm start -- --fresh');
  return {
    name: `the embedded shop in ${directory}`,
    addresses: { postgres, sandbox, ...kafkaOf(settings.KAFKA_BROKERS) },
  };
}

async function compose(): Promise<Target> {
  const { passwords } = kept<Secrets>(join(composeDirectory, 'secrets.json'), 'npm run start:compose');
  const [server, sandbox, broker] = await Promise.all([
    published('postgresql', 5432),
    published('sandbox', 4010),
    published('kafka', 9192),
  ]);
  const postgres = login(`postgres://${server}`, passwords[auditor], 'npm run start:compose -- --fresh');
  return {
    name: 'the shop on Docker Compose',
    addresses: { postgres, sandbox: `http://${sandbox}`, kafka: { brokers: [broker] } },
  };
}

async function kind(ways: AsyncDisposableStack): Promise<Target> {
  const place = { context, namespace: namespaceOf('dev') };
  const { data } = JSON.parse(await kubectl(place, 'get', 'secret', 'postgresql', '--output', 'json'));
  const password = data.AUDITOR_PASSWORD && Buffer.from(data.AUDITOR_PASSWORD, 'base64').toString();
  const server = ways.use(await portForward(place, 'service/postgresql', 5432));
  const broker = ways.use(await portForward(place, 'service/kafka', 9092));
  const postgres = login(`postgres://127.0.0.1:${server.port}`, password, 'npm run stop:kind, npm run start:kind');
  return {
    name: `the shop in ${place.namespace} of ${context}`,
    // the NodePort of k8s/kind
    addresses: { postgres, sandbox: 'http://127.0.0.1:4210', kafka: { brokers: ['kafka:9092'], through: broker.port } },
  };
}

function given({ AUDIT_POSTGRES_URL: postgres, AUDIT_SANDBOX_URL: sandbox, AUDIT_KAFKA_BROKERS }: Settings): Target {
  if (!postgres || !sandbox) throw unable('AUDIT_POSTGRES_URL and AUDIT_SANDBOX_URL are needed both');
  return { name: `the shop of ${sandbox}`, addresses: { postgres, sandbox, ...kafkaOf(AUDIT_KAFKA_BROKERS) } };
}

/** Finds the shop that is to be audited; what that opens is for `ways` to close. */
export async function findTarget(
  args: Pick<Arguments, 'target' | 'data'>,
  settings: Settings,
  ways: AsyncDisposableStack,
): Promise<Target> {
  if (settings.AUDIT_POSTGRES_URL || settings.AUDIT_SANDBOX_URL) return given(settings);
  if (args.target === 'compose') return compose();
  return args.target === 'kind' ? kind(ways) : embedded(args.data, settings);
}
