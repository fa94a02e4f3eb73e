/** Who runs, what each needs, and who calls whom. The environment of every process is derived from this, and from nothing else. */

export type ServiceName = 'sandbox' | 'user' | 'payment' | 'order' | 'notification' | 'gateway';
export type DatabaseName = 'users' | 'orders' | 'payments' | 'notifications';
export type Protocol = 'http' | 'grpc' | 'smtp';

/** `ownKey` is the service's own, to prove who calls; `peerKeys` are public, to check it; `userKeys` sign access tokens. */
export type SecretName = 'ownKey' | 'peerKeys' | 'userKeys' | 'stripeKey' | 'webhookSecret';

/** The caller finds in the variable `as` where `to` listens. */
export interface Call {
  to: ServiceName;
  protocol: Protocol;
  as: string;
  path?: string;
}

export interface Service {
  /** Beside the port for probes and metrics, which everyone has. */
  listens: readonly Protocol[];
  /** A database of its own, which it alone can open. */
  database?: DatabaseName;
  /** The message broker. */
  bus?: true;
  /** Small shared state: Redis, where there is one. */
  keyvalue?: true;
  /** Variable that names a directory of its own. */
  directory?: string;
  /** Variable → secret. */
  secrets: Readonly<Record<string, SecretName>>;
  /** Variables with fixed values. */
  settings?: Readonly<Record<string, string>>;
  calls: readonly Call[];
}

const grpc = (to: ServiceName): Call => ({ to, protocol: 'grpc', as: `${to.toUpperCase()}_SERVICE_URL` });
const proves = { SERVICE_PRIVATE_KEY: 'ownKey' } as const;
const checks = { SERVICE_PUBLIC_KEYS: 'peerKeys' } as const;
const userKeys: Call = { to: 'user', protocol: 'http', as: 'USER_JWKS_URL', path: '/.well-known/jwks.json' };

/** In the order of their start; they stop the other way round. */
export const topology: Readonly<Record<ServiceName, Service>> = {
  sandbox: {
    listens: ['http', 'smtp'],
    directory: 'DATA_DIR',
    secrets: { WEBHOOK_SECRET: 'webhookSecret' },
    calls: [{ to: 'payment', protocol: 'http', as: 'WEBHOOK_URL', path: '/webhooks/stripe' }],
  },
  user: {
    listens: ['http', 'grpc'],
    database: 'users',
    bus: true,
    secrets: { ...checks, JWT_PRIVATE_KEYS: 'userKeys' },
    calls: [],
  },
  payment: {
    listens: ['http', 'grpc'],
    database: 'payments',
    bus: true,
    secrets: { ...checks, STRIPE_API_KEY: 'stripeKey', STRIPE_WEBHOOK_SECRET: 'webhookSecret' },
    calls: [userKeys, { to: 'sandbox', protocol: 'http', as: 'STRIPE_HOST' }],
  },
  order: {
    listens: ['grpc'],
    database: 'orders',
    bus: true,
    secrets: { ...proves, ...checks },
    calls: [userKeys, grpc('payment')],
  },
  notification: {
    listens: ['grpc'],
    database: 'notifications',
    bus: true,
    secrets: { ...checks },
    settings: { MAIL_FROM: 'Chandlery <shop@chandlery.example>' },
    calls: [userKeys, { to: 'sandbox', protocol: 'smtp', as: 'SMTP_URL' }],
  },
  gateway: {
    listens: ['http'],
    keyvalue: true,
    secrets: { ...proves, ...checks },
    calls: [userKeys, grpc('user'), grpc('order'), grpc('payment'), grpc('notification')],
  },
};

export const services = Object.keys(topology) as readonly ServiceName[];

/** The broker's database, where PostgreSQL is the broker. */
export const busDatabase = 'bus';
