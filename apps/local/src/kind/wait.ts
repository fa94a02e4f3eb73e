import { command } from '../command.ts';
import { Problem } from '../problem.ts';
import { kubectl, type Place } from './kubectl.ts';

interface Pod {
  metadata: { name: string };
  status: {
    containerStatuses?: {
      ready: boolean;
      restartCount: number;
      state: { waiting?: { reason?: string; message?: string } };
    }[];
  };
}

/** A line for each pod that is not ready. */
async function unready(place: Place): Promise<string[]> {
  const { items } = JSON.parse(await kubectl(place, 'get', 'pods', '--output', 'json')) as { items: Pod[] };
  return items.flatMap(({ metadata, status }) =>
    (status.containerStatuses ?? [])
      .filter(({ ready }) => !ready)
      .map(({ restartCount, state }) => {
        const { reason = 'not ready', message = '' } = state.waiting ?? {};
        return `${metadata.name}: ${reason}, ${restartCount} restarts ${message}`.trimEnd();
      }),
  );
}

/** Waits until all of a rollout's new pods are ready; where one never is, the problem says which and how to look at it. */
export async function waitFor(place: Place, workloads: readonly string[], signal?: AbortSignal): Promise<void> {
  const where = ['--context', place.context, '--namespace', place.namespace];
  const one = (workload: string) =>
    command('kubectl', [...where, 'rollout', 'status', workload, '--timeout', '180s'], signal && { signal });
  try {
    await Promise.all(workloads.map(one));
  } catch (cause) {
    signal?.throwIfAborted();
    const pods = (await unready(place)).map((line) => `\n  ${line}`).join('');
    const look = `kubectl ${where.join(' ')} describe pods, or logs`;
    throw new Problem(`not everything became ready in 180 s; look with ${look}${pods}`, { cause });
  }
}
