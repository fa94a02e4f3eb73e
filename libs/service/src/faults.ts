import { Failure } from '@chandlery/errors';
import { endFault, endFaults, faultOf, faults, setFault } from '@chandlery/faults';
import type { OpsPages } from '@chandlery/health';
import type { Logger } from '@chandlery/telemetry';

/**
 * `GET /ops/faults`: what goes wrong on purpose in this process, and how often it has.
 * `PUT /ops/faults/slow` with `{"kind": "latency", "at": "stripe *", "ms": 500}`: from now on, under that name. Only where faults are allowed.
 * `DELETE /ops/faults/slow`, `DELETE /ops/faults`: no more.
 */
export function faultPages(faultsEnabled: boolean, log: Logger): OpsPages {
  return {
    'GET /ops/faults': faults,

    'PUT /ops/faults/:name': ({ params: { name = '' }, body }) => {
      if (!faultsEnabled) throw new Failure('forbidden', 'faults are to be had only where FAULTS_ENABLED is true');
      const fault = faultOf(body);
      setFault(name, fault);
      log.warn({ name, fault }, 'a fault begins, as asked for');
      return faults()[name];
    },

    'DELETE /ops/faults/:name': ({ params: { name = '' } }) => {
      if (!endFault(name)) throw new Failure('not_found', `there is no fault ${name}`);
      log.warn({ name }, 'a fault ends, as asked for');
      return {};
    },

    'DELETE /ops/faults': () => {
      endFaults();
      log.warn('all faults end, as asked for');
      return {};
    },
  };
}
