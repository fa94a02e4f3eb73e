import { fault } from '../../chaos/disruptions.ts';
import type { Bench } from '../bench.ts';
import type { Lesson } from '../lesson.ts';

const DEATHS = 3;

const TWICE = 'buyers with two mails for one order';

const deadly = fault('notification', { kind: 'crash', at: 'process order', when: 'after' });

/** Orders whose buyers have got more than one mail; copies with one Message-ID are one mail to their reader. */
async function toldTwice({ shop }: Bench): Promise<number> {
  const { body } = await shop.sandbox('GET', '/mails');
  const mails: { orderId: string; messageId: string }[] = body.items;
  const ofOrder = Map.groupBy(mails, ({ orderId }) => orderId);
  return [...ofOrder.values()].filter((all) => new Set(all.map(({ messageId }) => messageId)).size > 1).length;
}

/** Until all processes that have died are there again. */
async function up({ victim, pass }: Bench): Promise<void> {
  while ((await victim.unwell()).length > 0) await pass(200);
}

export const inbox: Lesson = {
  name: 'inbox',
  without: ['inbox'],
  story:
    `${DEATHS} times notification dies when it has handled an event, and before the broker hears of it: so the broker brings the event again. With the inbox the event is ` +
    'known by its id, and has no second effect. Without it nobody knows that it is the same, and the buyer gets two mails.',
  curve: 'served',
  async run(bench) {
    const load = bench.visits({ rate: 10, checkout: 100 });
    await bench.pass(3_000);
    for (let deaths = 0; deaths < DEATHS; deaths++) {
      await bench.break(deadly); // it ends with the process
      await bench.pass(3_000);
      await up(bench);
    }
    await bench.pass(3_000);
    const report = await load.stop();
    await bench.quiet(60_000);
    return {
      figures: {
        'orders accepted': report.accepted.length,
        [TWICE]: await toldTwice(bench),
      },
      report,
      broken: { from: 3, to: report.seconds.length - 3 },
    };
  },
  shows: (on, off) => on[TWICE] === 0 && (off[TWICE] ?? 0) > 0,
};
