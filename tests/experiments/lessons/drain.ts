import { deploy, outside } from '../../chaos/disruptions.ts';
import type { Outcome } from '../../load/attempt.ts';
import type { Bench } from '../bench.ts';
import type { Lesson } from '../lesson.ts';

const TIMES = 3;
const EVERY_MS = 6_000;

/** A laptop's shop ends in a hurry; this one as in a cluster. */
const patient = { DRAIN_DELAY_MS: '1000', STOP_DEADLINE_MS: '10000' };

const CUT_OFF = 'cut off';
const UNKNOWN = 'orders of which the buyer does not know';

/** Orders that are in the database, and of which no answer has told. */
async function untold({ rows }: Bench, accepted: readonly string[]): Promise<number> {
  const orders = await rows<{ id: string }>('orders', 'select id from orders');
  const known = new Set(accepted);
  return orders.filter(({ id }) => !known.has(id)).length;
}

/** Who found nobody is not cut off: there is one process of each service here, and for a second there is none. */
const cutOff = ({ status, problem }: Outcome): boolean => status === 0 && problem !== 'ECONNREFUSED';

export const drain: Lesson = {
  name: 'drain',
  without: ['drain'],
  story:
    `gateway and order are told to end (SIGTERM) and start anew, ${TIMES} times, as by a deployment, while a payment takes half a second. With the drain who has begun is answered: a process ` +
    'first sends its clients away, then finishes what it has, then ends. Without it what is under way is cut off, and buyers have orders of which they do not know.',
  curve: 'served',
  variables: { gateway: patient, order: patient },
  async run(bench) {
    const quick = await bench.break(outside('payments', { latencyMs: 250 }, 'payments take half a second'));
    const load = bench.visits({ rate: 20, browse: 40, checkout: 60 });
    await bench.pass(3_000);
    for (let time = 0; time < TIMES; time++) {
      const end = await bench.break(deploy('gateway', 'order'));
      await bench.pass(EVERY_MS);
      await end();
    }
    const report = await load.stop();
    await quick();
    return {
      figures: {
        visits: report.sent,
        [CUT_OFF]: report.failures.filter(cutOff).length,
        [UNKNOWN]: await untold(bench, report.accepted),
      },
      report,
      broken: { from: 3, to: 3 + (TIMES * EVERY_MS) / 1_000 },
    };
  },
  // a request may still cross with the end of a kept connection on which nothing was said (RFC 9112, 9.5)
  shows: (on, off) => {
    const [few = 0, many = 0] = [on[CUT_OFF], off[CUT_OFF]];
    return many > 10 && few <= many / 10 && on[UNKNOWN] === 0 && (off[UNKNOWN] ?? 0) > 5;
  },
};
