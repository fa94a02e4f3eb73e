import { Type } from '@chandlery/config';
import { Failure } from '@chandlery/errors';
import type { OpsPages } from '@chandlery/health';
import { defenceNames, defences, isDefence, setDefence } from '@chandlery/resilience';

/** Names of defences, with commas. */
export const Defences = () => Type.String({ pattern: `^((${defenceNames.join('|')})(,(?=.)|$))*$`, default: '' });

export function turnOff(names: string): void {
  for (const name of names.split(',')) if (isDefence(name)) setDefence(name, false);
}

const state = () => Object.fromEntries(defences().map(([name, on]) => [name, { enabled: on }]));

/**
 * `GET /ops/switches`: every defence, and whether it is on.
 * `PUT /ops/switches/retry` with `{"enabled": false}`: from now on without it, in this process. Only where faults are allowed.
 */
export const switchPages = (faultsEnabled: boolean): OpsPages => ({
  'GET /ops/switches': state,

  'PUT /ops/switches/:name': ({ params: { name = '' }, body }) => {
    if (!faultsEnabled) throw new Failure('forbidden', 'a defence is turned off only where FAULTS_ENABLED is true');
    if (!isDefence(name)) throw new Failure('not_found', `there is no defence ${name}`);
    const { enabled } = (body ?? {}) as { enabled?: unknown };
    if (typeof enabled !== 'boolean') {
      const fields = [{ field: 'enabled', message: 'must be true or false' }];
      throw new Failure('invalid', 'bad switch', { reason: 'invalid-request', fields });
    }
    setDefence(name, enabled);
    return state()[name];
  },
});
