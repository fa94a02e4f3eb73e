import type {
  DescMethod,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from '@bufbuild/protobuf';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Idempotency } from '@bufbuild/protobuf/wkt';
import type { Identity } from '@chandlery/auth';

/** What a handler knows of its call beside the request. */
export interface Call {
  /** Who calls, proven by the token in the metadata. */
  identity: Identity;
  /** Aborted when the call's deadline has passed, and, where it changes nothing, when its caller has gone. */
  signal: AbortSignal;
}

/** One handler for each method of a service's .proto. */
export type Methods<Service extends DescService> = {
  [Name in keyof Service['method']]: Service['method'][Name] extends DescMethodUnary<infer Input, infer Output>
    ? (request: MessageShape<Input>, call: Call) => Promise<MessageInitShape<Output>>
    : Service['method'][Name] extends DescMethodServerStreaming<infer Input, infer Output>
      ? (request: MessageShape<Input>, call: Call) => AsyncIterable<MessageInitShape<Output>>
      : never;
};

/** A service with its handlers. */
export interface Implementation {
  service: DescService;
  methods: Record<string, unknown>;
}

/** Ties handlers to their service; the compiler checks that none is missing. */
export const implement = <Service extends DescService>(
  service: Service,
  methods: Methods<Service>,
): Implementation => ({ service, methods });

/** Whether the method's .proto says that doing it twice is the same as doing it once. */
export const repeatable = ({ idempotency }: DescMethod): boolean => idempotency !== Idempotency.IDEMPOTENCY_UNKNOWN;

/** Whether the method's .proto says that it changes nothing. */
export const kindOf = ({ idempotency }: DescMethod): 'reads' | 'writes' =>
  idempotency === Idempotency.NO_SIDE_EFFECTS ? 'reads' : 'writes';

/** The path, the shapes and the codecs of a method, as grpc-js wants them. */
export const definition = (method: DescMethod) => ({
  path: `/${method.parent.typeName}/${method.name}`,
  requestStream: false,
  responseStream: method.methodKind === 'server_streaming',
  requestSerialize: (message: MessageShape<DescMethod['input']>) => Buffer.from(toBinary(method.input, message)),
  requestDeserialize: (bytes: Buffer) => fromBinary(method.input, bytes),
  responseSerialize: (message: MessageShape<DescMethod['output']>) => Buffer.from(toBinary(method.output, message)),
  responseDeserialize: (bytes: Buffer) => fromBinary(method.output, bytes),
});
