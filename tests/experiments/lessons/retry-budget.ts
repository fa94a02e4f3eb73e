import { fault } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';
import { through } from '../through.ts';

const CALLS = 'calls at order for each of them';

export const retryBudget: Lesson = {
  name: 'retry-budget',
  without: ['retry-budget'],
  story:
    'order fails all calls for 10 seconds. With the budget the first ten failures of each client are repeated, and then, as most calls fail, none. Without it each visit asks three times, ' +
    'and whoever is ill with too much work gets three times as much. The breaker is off in both shops: it would end the calls as well, but not those to an overloaded peer, which are ' +
    'no failures to it.',
  curve: 'served',
  variables: { gateway: { DEFENCES_OFF: 'breaker' } },
  async run(bench) {
    const { report, broken, visits, met } = await through(bench, {
      load: { rate: 40, browse: 100 },
      disruption: fault('order', { kind: 'error', at: 'order.v1.*' }),
      brokenMs: 10_000,
      ill: 'order',
    });
    return { figures: { 'visits meanwhile': visits, [CALLS]: met / visits }, report, broken };
  },
  shows: ({ [CALLS]: on = 0 }, { [CALLS]: off = 0 }) => on >= 1 && on < 1.2 && off > 2.5,
};
