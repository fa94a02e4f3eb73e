import type { EventEmitter } from 'node:events';
import type { DescMethod, MessageShape } from '@bufbuild/protobuf';
import type { Identity, Verify } from '@chandlery/auth';
import { Failure } from '@chandlery/errors';
import { enabled, Rejected, remainingMs, withDeadline } from '@chandlery/resilience';
import { counter, histogram, type Logger, span } from '@chandlery/telemetry';
import { type ServerUnaryCall, type ServerWritableStream, status } from '@grpc/grpc-js';
import { toStatus } from './failures.ts';
import { kindOf } from './methods.ts';

export type Shape = MessageShape<DescMethod['input']>;
type Incoming = ServerUnaryCall<Shape, Shape> | ServerWritableStream<Shape, Shape>;
/** For calls that bring no deadline of their own. */
const DEFAULT_DEADLINE_MS = 10_000;

/** Who calls, by the token in the metadata. */
export async function identify(call: Incoming, verify: Verify): Promise<Identity> {
  const [header] = call.metadata.get('authorization');
  if (typeof header !== 'string' || !header.startsWith('Bearer '))
    throw new Failure('unauthenticated', 'no bearer token');
  return verify(header.slice('Bearer '.length));
}

/**
 * What is the same for every call: deadline, cancellation, span, metrics, and a log line for what is a bug. A read ends with its caller; a write
 * goes on until its deadline, since whoever repeats it wants what came of it.
 */
export async function handled(
  method: DescMethod,
  call: Incoming,
  log: Logger,
  work: (signal: AbortSignal) => Promise<void>,
) {
  const gone = new AbortController();
  const name = `${method.parent.typeName}/${method.name}`;
  if (streams(method) || (kindOf(method) === 'reads' && enabled('deadline-propagation')))
    (call as EventEmitter).on('cancelled', () => gone.abort(new Rejected(name, 'cancelled')));
  const labels = { method: name };
  const end = histogram('grpc_server_handling_seconds', 'Duration of calls served', ['method']).startTimer(labels);
  const parent = call.metadata.get('traceparent')[0]?.toString();
  const attributes = { 'rpc.system': 'grpc', 'rpc.service': method.parent.typeName, 'rpc.method': method.name };
  let code: number = status.OK;
  try {
    await span(name, { kind: 'SERVER', parent, attributes }, () =>
      withDeadline(name, left(method, call), work, gone.signal),
    );
  } catch (error) {
    code = toStatus(error).code;
    if (code === status.INTERNAL) log.error({ err: error, action: name }, 'a call failed by a bug');
    throw error;
  } finally {
    end();
    const total = counter('grpc_server_handled_total', 'Calls served', ['method', 'code']);
    total.inc({ ...labels, code: status[code] ?? String(code) });
  }
}

/** Not to be seen by its call: grpc-js has one class for both. */
const streams = ({ methodKind }: DescMethod): boolean => methodKind === 'server_streaming';

function left(method: DescMethod, call: Incoming): number {
  const deadline = call.getDeadline();
  const at = deadline instanceof Date ? deadline.getTime() : deadline;
  const otherwise = streams(method) ? Number.POSITIVE_INFINITY : DEFAULT_DEADLINE_MS;
  const given = Number.isFinite(at) && enabled('deadline-propagation');
  return Math.min(given ? at - Date.now() : otherwise, remainingMs());
}
