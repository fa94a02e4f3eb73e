import { Health, HealthCheckResponse_ServingStatus as Serving } from '@chandlery/contracts/grpc/health/v1/health';
import { client } from '@chandlery/grpc';
import { portForward } from '../kind/port-forward.ts';
import { Problem } from '../problem.ts';
import type { Target } from './release.ts';

/** Whether a gRPC server says that it serves, all its services. */
async function grpcServes(port: number): Promise<boolean> {
  const health = client(Health, { url: `127.0.0.1:${port}`, identity: async () => '' });
  try {
    return (await health.check({ service: '' })).status === Serving.SERVING;
  } finally {
    health.close();
  }
}

/** Whether an HTTP server answers, be it with "no such page". */
async function httpServes(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) });
  await answer.body?.cancel();
  return answer.status < 500;
}

/** Asks what is behind a Service, by each of its ports, whether it serves; a problem names the port that does not. */
export async function checkAddress({ place, kubectl }: Target, service: string): Promise<void> {
  const { spec } = JSON.parse(await kubectl('get', 'service', service, '--output', 'json')) as {
    spec: { ports: { name: string; port: number }[] };
  };
  for (const { name, port } of spec.ports) {
    await using forward = await portForward(place, `service/${service}`, port);
    const serves = name === 'grpc' ? grpcServes(forward.port) : httpServes(forward.port);
    if (!(await serves.catch(() => false)))
      throw new Problem(`${service} does not answer on its port ${name}; nothing was switched`);
  }
}
