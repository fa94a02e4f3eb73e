import { Port, Type } from '@chandlery/config';
import { ServiceSettings } from '@chandlery/service';

/** Every setting of this service. */
export const Config = Type.Object({
  ...ServiceSettings,
  HTTP_PORT: Port(8080),
  USER_SERVICE_URL: Type.String(),
  ORDER_SERVICE_URL: Type.String(),
  PAYMENT_SERVICE_URL: Type.String(),
  NOTIFICATION_SERVICE_URL: Type.String(),
  /** Where canaries of the services are, while they are out; `PUT /canary/order` on the ops port sets how many requests they get. */
  USER_CANARY_URL: Type.Optional(Type.String()),
  ORDER_CANARY_URL: Type.Optional(Type.String()),
  PAYMENT_CANARY_URL: Type.Optional(Type.String()),
  NOTIFICATION_CANARY_URL: Type.Optional(Type.String()),
  /** Calls to a canary after which it is judged: enough that the first slow ones of a cold process are below the 95th percentile. */
  CANARY_MIN_CALLS: Type.Integer({ minimum: 1, default: 100 }),
  USER_JWKS_URL: Type.String(),
  SERVICE_PRIVATE_KEY: Type.String(),
  SERVICE_PUBLIC_KEYS: Type.String(),
  /** Sessions, limits and kept answers; without it they are in this process, which then must be the only one. */
  REDIS_URL: Type.Optional(Type.String()),
  /** Addresses of proxies (CIDR) whose X-Forwarded-For is believed. */
  TRUST_PROXY: Type.Optional(Type.String()),
  /** Requests a second for each credential, or for each address without one. */
  RATE_LIMIT_PER_SECOND: Type.Integer({ minimum: 1, default: 100 }),
  RATE_LIMIT_BURST: Type.Integer({ minimum: 1, default: 200 }),
  /** Sign-ins and sign-ups a minute for each address. */
  SIGN_INS_PER_MINUTE: Type.Integer({ minimum: 1, default: 20 }),
});
