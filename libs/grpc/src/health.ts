import { create } from '@bufbuild/protobuf';
import {
  Health,
  HealthCheckResponseSchema,
  HealthCheckResponse_ServingStatus as Serving,
} from '@chandlery/contracts/grpc/health/v1/health';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Server,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import { definition } from './methods.ts';

/** The gRPC health protocol: the whole server ('') and each of its services share one state. It needs no token: probes have none. */
export function healthService(services: string[]) {
  let serving = true;
  const watchers = new Set<ServerWritableStream<{ service: string }, unknown>>();
  const known = (service: string) => service === '' || services.includes(service);
  const answer = (service: string) => {
    const now = serving ? Serving.SERVING : Serving.NOT_SERVING;
    return create(HealthCheckResponseSchema, { status: known(service) ? now : Serving.SERVICE_UNKNOWN });
  };
  const check: handleUnaryCall<{ service: string }, unknown> = ({ request }, callback) => {
    if (known(request.service)) callback(null, answer(request.service));
    else callback({ code: status.NOT_FOUND, details: 'unknown service' });
  };
  const watch: handleServerStreamingCall<{ service: string }, unknown> = (call) => {
    call.write(answer(call.request.service));
    watchers.add(call);
    call.on('close', () => watchers.delete(call));
  };
  return {
    register(server: Server): void {
      for (const [method, handle] of [
        [Health.method.check, check],
        [Health.method.watch, watch],
      ] as const) {
        const { path, requestDeserialize, responseSerialize, responseStream } = definition(method);
        server.register(
          path,
          handle as never,
          responseSerialize as never,
          requestDeserialize as never,
          responseStream ? 'serverStream' : 'unary',
        );
      }
    },
    drain(): void {
      serving = false;
      for (const call of watchers) {
        call.write(answer(call.request.service));
        call.end();
      }
    },
  };
}
