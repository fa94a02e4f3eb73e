import { Failure } from '@chandlery/errors';
import type { KeyValue, Limit } from '@chandlery/keyvalue';
import { enabled } from '@chandlery/resilience';
import { counter } from '@chandlery/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authentication } from './authentication.ts';

export interface LimitSettings {
  RATE_LIMIT_PER_SECOND: number;
  RATE_LIMIT_BURST: number;
  SIGN_INS_PER_MINUTE: number;
}

export type Limits = ReturnType<typeof limits>;

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** Token buckets in shared state. Answers carry RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10). */
export function limits(kept: KeyValue, who: Authentication, settings: LimitSettings): { general: Hook; signIn: Hook } {
  const limiting =
    (name: string, limit: Limit, key: (request: FastifyRequest) => string): Hook =>
    async (request, reply) => {
      if (!enabled('rate-limit')) return;
      const { allowed, remaining, retryAfterMs, resetMs } = await kept.take(`${name}:${key(request)}`, limit);
      reply.header('ratelimit-policy', `"${name}";q=${limit.burst};w=${Math.ceil(limit.burst / limit.perSecond)}`);
      reply.header('ratelimit', `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1_000)}`);
      if (allowed) return;
      counter('rate_limited_total', 'Requests over their limit', ['limit']).inc({ limit: name });
      throw new Failure('rate_limited', 'slow down', { retryAfterMs });
    };
  const { RATE_LIMIT_PER_SECOND: perSecond, RATE_LIMIT_BURST: burst, SIGN_INS_PER_MINUTE: signIns } = settings;
  return {
    // a bad credential counts for its address: else inventing tokens would be a way round
    general: limiting('default', { perSecond, burst }, (request) => who.visitor(request)?.sessionId ?? request.ip),
    signIn: limiting('sign-in', { perSecond: signIns / 60, burst: signIns }, (request) => request.ip),
  };
}
