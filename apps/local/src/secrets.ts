import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { auditor } from './auditor.ts';
import { damaged } from './problem.ts';
import { replaceFile } from './replace-file.ts';
import { busDatabase, type SecretName, type ServiceName, services, topology } from './topology.ts';

/** Everything secret of one data directory, made on its first start. */
export interface Secrets {
  /** Of PostgreSQL logins: `postgres`, `auditor`, and one for each database. */
  passwords: Record<string, string>;
  /** Service → its private key. */
  serviceKeys: Record<string, string>;
  /** The public halves of `serviceKeys`. */
  publicKeys: string;
  /** What the user service signs access tokens with. */
  userKeys: string;
  stripeKey: string;
  webhookSecret: string;
  /** Who places the sample orders. */
  customer: { email: string; password: string };
}

const random = () => randomBytes(18).toString('base64url');

/** New secrets, all of them. */
export async function newSecrets(): Promise<Secrets> {
  const { newKey, publicKeys } = await import('@chandlery/auth');
  const databases = services.flatMap((name) => topology[name].database ?? []);
  const signers = services.filter((name) => Object.values(topology[name].secrets).includes('ownKey'));
  const serviceKeys = signers.map((name) => [name, newKey(name)] as const);
  return {
    passwords: Object.fromEntries(['postgres', auditor, busDatabase, ...databases].map((login) => [login, random()])),
    serviceKeys: Object.fromEntries(serviceKeys),
    publicKeys: publicKeys(...serviceKeys.map(([, key]) => key)),
    userKeys: JSON.stringify({ keys: [JSON.parse(newKey(`user-${randomBytes(4).toString('hex')}`))] }),
    stripeKey: 'sk_test_sandbox',
    webhookSecret: `whsec_${random()}`,
    customer: { email: `sailor-${randomBytes(3).toString('hex')}@chandlery.example`, password: random() },
  };
}

function read(file: string, start?: string): Secrets {
  try {
    const { passwords, serviceKeys, publicKeys, userKeys, stripeKey, webhookSecret, customer } = JSON.parse(
      readFileSync(file, 'utf8'),
    ) as Secrets;
    const all = { passwords, serviceKeys, publicKeys, userKeys, stripeKey, webhookSecret, customer };
    if (passwords.postgres && Object.values(all).every(Boolean)) return all;
  } catch {
    // the parser's own message could quote a secret
  }
  throw damaged(`${file} is damaged`, undefined, start);
}

export interface SecretsOptions {
  /** What there is already that can't be opened without the secrets. */
  locked: string | undefined;
  /** The command that can begin anew. */
  start?: string;
}

/** The secrets of `file`: those that are there, or new ones. */
export async function secretsOf(file: string, { locked, start }: SecretsOptions): Promise<Secrets> {
  if (existsSync(file)) return read(file, start);
  if (locked) throw damaged(`${file} is missing, without it ${locked} can't be opened`, undefined, start);
  const secrets = await newSecrets();
  replaceFile(file, secrets, 0o600);
  return secrets;
}

/** The value of a secret, as `service` gets it. */
export function secretFor(service: ServiceName, secret: SecretName, secrets: Secrets): string | undefined {
  if (secret === 'ownKey') return secrets.serviceKeys[service];
  return secret === 'peerKeys' ? secrets.publicKeys : secrets[secret];
}
