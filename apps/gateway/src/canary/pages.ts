import { Failure } from '@chandlery/errors';
import type { OpsPages } from '@chandlery/service';
import type { Canary } from '../canary.ts';

/**
 * `GET /canary`: every canary's weight, with what this gateway has measured since it was set.
 * `PUT /canary/order` with `{"weight": 10}`: from now on 10 % of the requests, at all gateways; a new step begins.
 */
export const canaryPages = ({ deployed, step, set }: Canary): OpsPages => ({
  'GET /canary': () => Object.fromEntries(deployed.map((peer) => [peer, step(peer)])),

  'PUT /canary/:peer': async ({ params, body }) => {
    const peer = deployed.find((name) => name === params.peer);
    if (!peer) throw new Failure('not_found', `there is no address of a canary of ${params.peer}`);
    const { weight } = (body ?? {}) as { weight?: unknown };
    if (typeof weight !== 'number' || weight < 0 || weight > 100) {
      const fields = [{ field: 'weight', message: 'must be a number from 0 to 100' }];
      throw new Failure('invalid', 'bad weight', { reason: 'invalid-request', fields });
    }
    await set(peer, weight);
    return step(peer);
  },
});
