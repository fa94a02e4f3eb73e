/** Why a request failed, in the caller's terms. Each kind has one HTTP status, one gRPC code and one retry rule. */
export type Kind =
  | 'invalid'
  | 'unauthenticated'
  | 'declined'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'unprocessable'
  | 'rate_limited'
  | 'unavailable';

interface Meaning {
  http: number;
  /** Numbers of https://grpc.io/docs/guides/status-codes. */
  grpc: number;
  /** Whether the same request may succeed later. */
  retried: boolean;
  title: string;
}

/** The one table. Of kinds that share a gRPC code the first is what the code means when nothing else is said. */
export const kinds: Readonly<Record<Kind, Meaning>> = {
  invalid: { http: 400, grpc: 3, retried: false, title: 'The request is not valid' },
  unauthenticated: { http: 401, grpc: 16, retried: false, title: 'Sign in first' },
  declined: { http: 402, grpc: 9, retried: false, title: 'The payment was declined' },
  forbidden: { http: 403, grpc: 7, retried: false, title: 'Not allowed' },
  not_found: { http: 404, grpc: 5, retried: false, title: 'Not found' },
  conflict: { http: 409, grpc: 10, retried: false, title: 'In conflict with the present state' },
  unprocessable: { http: 422, grpc: 3, retried: false, title: 'The request cannot be processed' },
  rate_limited: { http: 429, grpc: 8, retried: true, title: 'Too many requests' },
  unavailable: { http: 503, grpc: 14, retried: true, title: 'Not available at the moment' },
};

/** What a failure can say beyond its kind and message. */
export interface FailureDetails {
  /** A stable name in kebab-case which clients may branch on; without it the kind. */
  reason?: string;
  /** What is wrong with which part of the input. */
  fields?: readonly { field: string; message: string }[];
  /** Facts the caller needs to go on, such as an order's id. */
  data?: Readonly<Record<string, string>>;
  /** Milliseconds after which another try makes sense. */
  retryAfterMs?: number;
  cause?: unknown;
}

/** A failure we expect. Anything else that is thrown is a bug, and answers 500 / INTERNAL without a word of its inside. */
export class Failure extends Error {
  readonly kind: Kind;
  readonly reason: string;
  readonly fields: NonNullable<FailureDetails['fields']>;
  readonly data: NonNullable<FailureDetails['data']>;
  readonly retryAfterMs: number | undefined;

  constructor(kind: Kind, message: string, details: FailureDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.reason = details.reason ?? kind.replaceAll('_', '-');
    this.fields = details.fields ?? [];
    this.data = details.data ?? {};
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** A call that one of our own defences ended, in the caller's terms. */
export function unavailable(rejected: Error & { reason: string; retryAfterMs: number | undefined }): Failure {
  const { message, reason, retryAfterMs } = rejected;
  const details = { reason, cause: rejected, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return new Failure('unavailable', message, details);
}

/** Whether the same call may succeed when it is repeated. */
export const transient = (error: unknown): boolean => error instanceof Failure && kinds[error.kind].retried;
