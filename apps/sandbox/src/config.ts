import { ConfigError, Port, Type } from '@chandlery/config';
import { ServiceSettings } from '@chandlery/service';
import type { Receiver } from './webhooks.ts';

/** Every setting of this service. */
export const Config = Type.Object({
  ...ServiceSettings,
  /** The payment provider (/v1), and what the sandbox shows of itself (/sandbox). */
  HTTP_PORT: Port(4010),
  /** The mail server. */
  SMTP_PORT: Port(4025),
  /** Directory of the ledger. */
  DATA_DIR: Type.String(),
  /** Who is told of payment events; without it nobody is. */
  WEBHOOK_URL: Type.Optional(Type.String()),
  /** What webhooks are signed with, as the receiver knows it. */
  WEBHOOK_SECRET: Type.Optional(Type.String()),
});

/** The receiver of webhooks, if one is set. */
export function receiver(settings: { WEBHOOK_URL?: string; WEBHOOK_SECRET?: string }): Receiver | undefined {
  const { WEBHOOK_URL: url, WEBHOOK_SECRET: secret } = settings;
  if (url === undefined) return undefined;
  if (secret === undefined) throw new ConfigError('bad configuration: WEBHOOK_URL needs WEBHOOK_SECRET');
  return { url, secret };
}
