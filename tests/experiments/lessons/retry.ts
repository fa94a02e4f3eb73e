import { fault } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';
import { through } from '../through.ts';

const FAILED = 'visits that failed';

export const retry: Lesson = {
  name: 'retry',
  without: ['retry'],
  story:
    'One in ten calls to order fails, as where one of ten replicas is ill. With repeats, of calls alone that may be made twice, hardly a visitor sees it, for a tenth more calls. ' +
    'Without them each failure is a visitor’s.',
  curve: 'served',
  async run(bench) {
    const calls = () => bench.metric('order', 'grpc_server_handled_total');
    const before = await calls();
    const { report, broken } = await through(bench, {
      load: { rate: 40, browse: 100 },
      disruption: fault('order', { kind: 'error', at: 'order.v1.*', percent: 10 }),
      brokenMs: 15_000,
    });
    const made = (await calls()) - before;
    return {
      figures: {
        visits: report.sent,
        [FAILED]: report.failures.length,
        'calls at order for each visit': made / report.sent,
      },
      report,
      broken,
    };
  },
  shows: ({ [FAILED]: on = 0 }, { [FAILED]: off = 0 }) => off > 20 && on < off / 5,
};
