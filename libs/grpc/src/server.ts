import type { EventEmitter } from 'node:events';
import { create, type DescMethod, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import type { Identity, Verify } from '@chandlery/auth';
import { Failure } from '@chandlery/errors';
import { remainingMs, withDeadline } from '@chandlery/resilience';
import { counter, histogram, type Logger, span } from '@chandlery/telemetry';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import { toStatus } from './failures.ts';
import { healthService } from './health.ts';
import { type Call, definition, type Implementation } from './methods.ts';

type Shape = MessageShape<DescMethod['input']>;
type Incoming = ServerUnaryCall<Shape, Shape> | ServerWritableStream<Shape, Shape>;
type Unary = (request: Shape, call: Call) => Promise<MessageInitShape<DescMethod['output']>>;
type Streaming = (request: Shape, call: Call) => AsyncIterable<MessageInitShape<DescMethod['output']>>;

export interface GrpcServerOptions {
  log: Logger;
  /** Turns a call's bearer token into an identity. */
  verify: Verify;
  services: Implementation[];
}

export interface GrpcServer {
  /** The port that it listens on. */
  listen(port: number, host: string): Promise<number>;
  /** From now on the health protocol says NOT_SERVING. */
  drain(): void;
  /** Takes no new calls, waits for those in flight for at most 10 s, then cuts them off. */
  stop(): Promise<void>;
}

const STOP_DEADLINE_MS = 10_000;
/** For calls that bring no deadline of their own. */
const DEFAULT_DEADLINE_MS = 10_000;

const channelOptions = {
  // connections move on, so that clients find new replicas; grpc-js adds 10 % of jitter
  'grpc.max_connection_age_ms': 30_000,
  'grpc.max_connection_age_grace_ms': 10_000,
  'grpc.max_receive_message_length': 1024 * 1024,
};

/** A server for some services and the gRPC health protocol. Each call has an identity, a deadline, a span and a metric. */
export function grpcServer({ log, verify, services }: GrpcServerOptions): GrpcServer {
  const server = new Server(channelOptions);
  const health = healthService(services.map(({ service }) => service.typeName));
  for (const { service, methods } of services) {
    for (const method of service.methods) {
      const handler = methods[method.localName];
      const { path, requestDeserialize, responseSerialize } = definition(method);
      const type = method.methodKind === 'server_streaming' ? 'serverStream' : 'unary';
      const handle =
        type === 'unary'
          ? unary(method, handler as Unary, verify, log)
          : streaming(method, handler as Streaming, verify, log);
      server.register(
        path,
        handle as handleUnaryCall<unknown, unknown>,
        responseSerialize as never,
        requestDeserialize,
        type,
      );
    }
  }
  health.register(server);
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) =>
        server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
          error ? reject(error) : resolve(bound),
        ),
      ),
    drain: health.drain,
    stop: () =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.forceShutdown(), STOP_DEADLINE_MS);
        server.tryShutdown(() => {
          clearTimeout(force);
          resolve();
        });
      }),
  };
}

function unary(method: DescMethod, handler: Unary, verify: Verify, log: Logger): handleUnaryCall<Shape, Shape> {
  return async (call, callback) => {
    await handled(method, call, log, async (signal) => {
      const reply = await handler(call.request, { identity: await identify(call, verify), signal });
      callback(null, create(method.output, reply));
    }).catch((error) => callback(toStatus(error)));
  };
}

function streaming(
  method: DescMethod,
  handler: Streaming,
  verify: Verify,
  log: Logger,
): handleServerStreamingCall<Shape, Shape> {
  return async (call) => {
    await handled(method, call, log, async (signal) => {
      const identity = await identify(call, verify);
      for await (const reply of handler(call.request, { identity, signal })) {
        if (signal.aborted) break;
        call.write(create(method.output, reply));
      }
      call.end();
    }).catch((error) => call.emit('error', toStatus(error)));
  };
}

async function identify(call: Incoming, verify: Verify): Promise<Identity> {
  const [header] = call.metadata.get('authorization');
  if (typeof header !== 'string' || !header.startsWith('Bearer '))
    throw new Failure('unauthenticated', 'no bearer token');
  return verify(header.slice('Bearer '.length));
}

/** What is the same for every call: deadline, cancellation, span, metrics, and a log line for what is a bug. */
async function handled(method: DescMethod, call: Incoming, log: Logger, work: (signal: AbortSignal) => Promise<void>) {
  const gone = new AbortController();
  (call as EventEmitter).on('cancelled', () => gone.abort());
  const name = `${method.parent.typeName}/${method.name}`;
  const labels = { method: name };
  const end = histogram('grpc_server_handling_seconds', 'Duration of calls served', ['method']).startTimer(labels);
  const parent = call.metadata.get('traceparent')[0]?.toString();
  const attributes = { 'rpc.system': 'grpc', 'rpc.service': method.parent.typeName, 'rpc.method': method.name };
  let code: number = status.OK;
  try {
    await span(name, { kind: 'SERVER', parent, attributes }, () => withDeadline(name, left(call), work, gone.signal));
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

function left(call: Incoming): number {
  const deadline = call.getDeadline();
  const at = deadline instanceof Date ? deadline.getTime() : deadline;
  const streams = 'write' in call ? Number.POSITIVE_INFINITY : DEFAULT_DEADLINE_MS;
  return Math.min(Number.isFinite(at) ? at - Date.now() : streams, remainingMs());
}
