import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { anyPack, anyUnpack, durationFromMs, durationMs } from '@bufbuild/protobuf/wkt';
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
  StatusSchema,
} from '@chandlery/contracts/google/rpc/error_details';
import { Failure, type FailureDetails, type Kind, kinds, unavailable } from '@chandlery/errors';
import { markRepeated, Rejected, wasRepeated } from '@chandlery/resilience';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';

const DOMAIN = 'chandlery';
const DETAILS = 'grpc-status-details-bin';
/** With -1 the server says that a repeat makes no sense (gRFC A6). */
const PUSHBACK = 'grpc-retry-pushback-ms';

/** Reasons that gRPC has a code for. */
const exact: Record<string, number> = { overloaded: status.RESOURCE_EXHAUSTED, cancelled: status.CANCELLED };

/** What an error thrown by a handler becomes on the wire. Anything that is not a Failure is a bug, and says nothing. */
export function toStatus(error: unknown): { code: number; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  if (error instanceof Rejected) {
    return error.reason === 'deadline-exceeded'
      ? { code: status.DEADLINE_EXCEEDED, details: 'deadline exceeded', metadata }
      : toStatus(unavailable(error));
  }
  if (!(error instanceof Failure)) return { code: status.INTERNAL, details: 'internal error', metadata };
  const code = exact[error.reason] ?? kinds[error.kind].grpc;
  if (wasRepeated(error)) metadata.set(PUSHBACK, '-1');
  const info = create(ErrorInfoSchema, {
    reason: error.reason,
    domain: DOMAIN,
    metadata: { ...error.data, kind: error.kind },
  });
  const fieldViolations = error.fields.map(({ field, message }) => ({ field, description: message }));
  const details = [anyPack(ErrorInfoSchema, info)];
  if (fieldViolations.length > 0)
    details.push(anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations })));
  if (error.retryAfterMs !== undefined) {
    const retryDelay = durationFromMs(error.retryAfterMs);
    details.push(anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay })));
  }
  const rich = create(StatusSchema, { code, message: error.message, details });
  metadata.set(DETAILS, Buffer.from(toBinary(StatusSchema, rich)));
  return { code, details: error.message, metadata };
}

/** Kinds by gRPC code; where kinds share one, the first. */
const kindOf = new Map<number, Kind>();
for (const [kind, { grpc }] of Object.entries(kinds)) if (!kindOf.has(grpc)) kindOf.set(grpc, kind as Kind);

/** What a peer's error status means here. Codes that no kind has stay errors: they are bugs of the peer, and answer INTERNAL again. */
export function fromStatus(error: ServiceError, target: string): Error {
  const meant = meaning(error, target);
  return error.metadata?.get(PUSHBACK)[0] === '-1' ? markRepeated(meant) : meant;
}

function meaning(error: ServiceError, target: string): Error {
  if (error.code === status.DEADLINE_EXCEEDED) {
    return new Failure('unavailable', `${target} did not answer in time`, {
      reason: 'deadline-exceeded',
      cause: error,
    });
  }
  if (error.code === status.CANCELLED) {
    return new Failure('unavailable', `the call to ${target} was cancelled`, { reason: 'cancelled', cause: error });
  }
  if (lostWithConnection(error)) return new Failure('unavailable', `${target} is not available`, { cause: error });
  const bytes = error.metadata?.get(DETAILS)[0];
  if (bytes instanceof Buffer) return rich(bytes, error);
  const kind = kindOf.get(error.code);
  if (!kind) return new Error(`${target} failed`, { cause: error });
  const message = kind === 'unavailable' ? `${target} is not available` : error.details;
  return new Failure(kind, message, { cause: error });
}

/**
 * grpc-js has INTERNAL for calls whose connection ended with an error. A server ends one so when more than a thousand of its calls are cancelled in a
 * short time (nghttp2's limit against rapid resets, CVE-2023-44487), as an overload can bring: the peer has no bug, and others' calls are hit.
 */
const lostWithConnection = ({ code, details }: ServiceError): boolean =>
  code === status.INTERNAL && details.startsWith('Received RST_STREAM');

function rich(bytes: Buffer, cause: ServiceError): Failure {
  const { details, message } = fromBinary(StatusSchema, bytes);
  const found: FailureDetails = { cause };
  let kind = kindOf.get(cause.code) ?? 'unavailable';
  for (const detail of details) {
    const info = anyUnpack(detail, ErrorInfoSchema);
    if (info) {
      const { kind: exact, ...data } = info.metadata;
      if (exact && exact in kinds) kind = exact as Kind;
      Object.assign(found, { reason: info.reason, data });
    }
    const request = anyUnpack(detail, BadRequestSchema);
    if (request) {
      found.fields = request.fieldViolations.map(({ field, description }) => ({ field, message: description }));
    }
    const retry = anyUnpack(detail, RetryInfoSchema);
    if (retry?.retryDelay) found.retryAfterMs = durationMs(retry.retryDelay);
  }
  return new Failure(kind, message, found);
}
