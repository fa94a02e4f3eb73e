import { create, type DescMethod, type MessageInitShape } from '@bufbuild/protobuf';
import type { Verify } from '@chandlery/auth';
import type { Logger } from '@chandlery/telemetry';
import { type handleServerStreamingCall, type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
import { toStatus } from './failures.ts';
import { handled, identify, type Shape } from './handling.ts';
import { healthService } from './health.ts';
import { type Call, definition, type Implementation } from './methods.ts';

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
