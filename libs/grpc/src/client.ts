import type {
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from '@bufbuild/protobuf';
import { transient, unavailable } from '@chandlery/errors';
import { type PolicyOptions, policy, Rejected } from '@chandlery/resilience';
import { Client as Channel, credentials } from '@grpc/grpc-js';
import { type CallOptions, streamCall, unaryCall } from './calls.ts';
import { kindOf, repeatable } from './methods.ts';

/** The methods of a service, as a caller sees them. Errors are Failures. */
export type Client<Service extends DescService> = {
  [Name in keyof Service['method']]: Service['method'][Name] extends DescMethodUnary<infer Input, infer Output>
    ? (request: MessageInitShape<Input>, options?: CallOptions) => Promise<MessageShape<Output>>
    : Service['method'][Name] extends DescMethodServerStreaming<infer Input, infer Output>
      ? (
          request: MessageInitShape<Input>,
          options?: CallOptions & { signal?: AbortSignal },
        ) => AsyncIterable<MessageShape<Output>>
      : never;
};

export interface ClientOptions {
  /** `host:port`; a name with several addresses is balanced over all of them. */
  url: string;
  /** Own identity, for calls without a user. */
  identity: () => Promise<string>;
  policy?: Omit<PolicyOptions, 'target' | 'transient'>;
  /** Which of two deployments of the service, for metrics and spans, where it is not the usual one. */
  track?: string;
}

const channelOptions = {
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  // Repeats are ours: two layers that repeat multiply each other, so no policy is taken from DNS. What grpc-js does by itself is to
  // send again what a server that said GOAWAY has not looked at (gRFC A6, transparent retries); no other layer can know that it is safe.
  'grpc.service_config_disable_resolution': 1,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 5_000,
  'grpc.dns_min_time_between_resolutions_ms': 1_000,
};

/** A client of `service` under one policy, with a breaker for reads and one for writes. Methods are repeated only where their .proto says that they may be. */
export function client<Service extends DescService>(
  service: Service,
  options: ClientOptions,
): Client<Service> & { close(): void } {
  const channel = new Channel(`dns:///${options.url}`, credentials.createInsecure(), channelOptions);
  const target = options.track ? `${service.typeName} ${options.track}` : service.typeName;
  const guarded = policy({ deadlineMs: 3_000, ...options.policy, target, transient });
  const methods = service.methods.map((method) => {
    const to = { channel, method, identity: options.identity, track: options.track };
    const unary = (request: never, call: CallOptions = {}) =>
      guarded
        .run((signal) => unaryCall(to, request, call, signal), repeatable(method), kindOf(method))
        .catch(translate);
    const streaming = (request: never, call: CallOptions & { signal?: AbortSignal } = {}) =>
      streamCall(to, request, call, call.signal);
    return [method.localName, method.methodKind === 'server_streaming' ? streaming : unary];
  });
  return { ...Object.fromEntries(methods), close: () => channel.close() };
}

function translate(error: unknown): never {
  throw error instanceof Rejected ? unavailable(error) : error;
}
