import { create, type DescMethod } from '@bufbuild/protobuf';
import { enabled, remainingMs } from '@chandlery/resilience';
import { span, traceparent } from '@chandlery/telemetry';
import { type Client as Channel, Metadata, type ServiceError } from '@grpc/grpc-js';
import { fromStatus } from './failures.ts';
import { definition } from './methods.ts';

export interface CallOptions {
  /** The user's own token; without it the call carries this service's identity. */
  token?: string;
}

/** What a call needs beside its request. */
export interface Outgoing {
  channel: Channel;
  method: DescMethod;
  /** Own identity, for calls without a user. */
  identity: () => Promise<string>;
  track?: string | undefined;
}

/** What a hop keeps of the deadline for itself, to be able to answer in time. */
const MARGIN_MS = 10;

async function metadata({ identity }: Outgoing, { token }: CallOptions): Promise<Metadata> {
  const headers = new Metadata();
  headers.set('authorization', `Bearer ${token ?? (await identity())}`);
  const parent = traceparent();
  if (parent) headers.set('traceparent', parent);
  return headers;
}

/** One try of a unary call. */
export function unaryCall<Output>(
  to: Outgoing,
  request: never,
  call: CallOptions,
  signal: AbortSignal,
): Promise<Output> {
  const { channel, method, track } = to;
  const service = method.parent.typeName;
  const { path, requestSerialize, responseDeserialize } = definition(method);
  const deployment = track ? { 'chandlery.track': track } : {};
  const attributes = { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': method.name, ...deployment };
  return span(`${service}/${method.name}`, { kind: 'CLIENT', attributes }, async () => {
    const headers = await metadata(to, call);
    const leftMs = enabled('deadline-propagation') ? remainingMs() : Number.POSITIVE_INFINITY;
    const deadline = Date.now() + Math.max(0, leftMs - MARGIN_MS);
    const { promise, resolve, reject } = Promise.withResolvers<Output>();
    const done = (error: ServiceError | null, reply?: unknown) =>
      error ? reject(fromStatus(error, service)) : resolve(reply as Output);
    const message = create(method.input, request);
    const pending = channel.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      message,
      headers,
      { deadline },
      done,
    );
    const cancel = () => pending.cancel();
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', cancel));
  });
}

/** A server stream, for as long as the caller iterates or until the signal. */
export async function* streamCall(
  to: Outgoing,
  request: never,
  call: CallOptions,
  signal?: AbortSignal,
): AsyncGenerator {
  const { channel, method } = to;
  const { path, requestSerialize, responseDeserialize } = definition(method);
  const headers = await metadata(to, call);
  const message = create(method.input, request);
  const pending = channel.makeServerStreamRequest(path, requestSerialize, responseDeserialize, message, headers);
  const cancel = () => pending.cancel();
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    for await (const reply of pending) yield reply;
  } catch (error) {
    if (!signal?.aborted) throw fromStatus(error as ServiceError, method.parent.typeName);
  } finally {
    pending.cancel();
    signal?.removeEventListener('abort', cancel);
  }
}
