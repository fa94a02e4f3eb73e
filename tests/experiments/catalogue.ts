import type { Lesson } from './lesson.ts';
import { breaker } from './lessons/breaker.ts';
import { bulkhead } from './lessons/bulkhead.ts';
import { cacheGuard } from './lessons/cache-guard.ts';
import { connectionPool } from './lessons/connection-pool.ts';
import { deadline } from './lessons/deadline.ts';
import { deadlinePropagation } from './lessons/deadline-propagation.ts';
import { drain } from './lessons/drain.ts';
import { idempotencyKey } from './lessons/idempotency-key.ts';
import { inbox } from './lessons/inbox.ts';
import { jitter } from './lessons/jitter.ts';
import { metastable } from './lessons/metastable.ts';
import { outbox } from './lessons/outbox.ts';
import { rateLimit } from './lessons/rate-limit.ts';
import { retry } from './lessons/retry.ts';
import { retryBudget } from './lessons/retry-budget.ts';
import { sagaWorker } from './lessons/saga-worker.ts';
import { shedding } from './lessons/shedding.ts';

/** A lesson for each defence that can be switched off, and one for several. */
export const lessons: readonly Lesson[] = [
  deadline,
  deadlinePropagation,
  retry,
  retryBudget,
  jitter,
  breaker,
  bulkhead,
  shedding,
  rateLimit,
  idempotencyKey,
  outbox,
  inbox,
  sagaWorker,
  drain,
  cacheGuard,
  connectionPool,
  metastable,
];
