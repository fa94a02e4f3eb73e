import { create, type DescMethod, type MessageInitShape } from '@bufbuild/protobuf';
import type { Verify } from '@chandlery/auth';
import type { Logger } from '@chandlery/telemetry';
import { type handleServerStreamingCall, type handleUnaryCall, Server } from '@grpc/grpc-js';
import { toStatus } from './failures.ts';
import { handled, identify, type Shape } from './handling.ts';
import { healthService } from './health.ts';
import { GRACE_MS, type GrpcServer, lifetime } from './lifetime.ts';
import { type Call, definition, type Implementation } from './methods.ts';
import { type Priorities, shedding } from './shedding.ts';

type Unary = (request: Shape, call: Call) => Promise<MessageInitShape<DescMethod['output']>>;
type Streaming = (request: Shape, call: Call) => AsyncIterable<MessageInitShape<DescMethod['output']>>;

export interface GrpcServerOptions {
  log: Logger;
  /** Turns a call's bearer token into an identity. */
  verify: Verify;
  services: Implementation[];
  /** Which methods are refused last, and which first, when there is too much to do. */
  priorities?: Priorities;
}

const channelOptions = {
  // connections move on, so that clients find new replicas; grpc-js adds 10 % of jitter
  'grpc.max_connection_age_ms': 30_000,
  'grpc.max_connection_age_grace_ms': GRACE_MS,
  'grpc.max_receive_message_length': 1024 * 1024,
};

/** A server for some services and the gRPC health protocol. Each call has an identity, a deadline, a span and a metric. */
export function grpcServer({ log, verify, services, priorities = {} }: GrpcServerOptions): GrpcServer {
  const server = new Server(channelOptions);
  const inTime = shedding(services, priorities);
  const health = healthService(services.map(({ service }) => service.typeName));
  for (const { service, methods } of services) {
    for (const method of service.methods) {
      const handler = methods[method.localName];
      const { path, requestDeserialize, responseSerialize } = definition(method);
      const type = method.methodKind === 'server_streaming' ? 'serverStream' : 'unary';
      const handle =
        type === 'unary'
          ? unary(method, handler as Unary, verify, log, inTime)
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
  return lifetime(server, health);
}

function unary(
  method: DescMethod,
  handler: Unary,
  verify: Verify,
  log: Logger,
  inTime: ReturnType<typeof shedding>,
): handleUnaryCall<Shape, Shape> {
  return async (call, callback) => {
    await handled(method, call, log, async (signal) => {
      const work = async () => handler(call.request, { identity: await identify(call, verify), signal });
      callback(null, create(method.output, await inTime(method, work)));
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
