import { fault } from '../../chaos/disruptions.ts';
import type { Lesson } from '../lesson.ts';

const KEYS = '/.well-known/jwks.json';
const asked = { route: `GET ${KEYS}`, weight: 1, call: () => ({ method: 'GET' as const, path: KEYS }) };

const slow = fault('user', { kind: 'latency', at: `GET ${KEYS}`, ms: 400 });
const failing = fault('user', { kind: 'error', at: `GET ${KEYS}` });

const CALLS = 'calls at user (a second)';
const IN_VAIN = 'asked in vain while user failed';

export const cacheGuard: Lesson = {
  name: 'cache-guard',
  without: ['cache-guard'],
  story:
    'Partners ask the gateway for the keys of access tokens, 50 times a second. It keeps them for a second, and has them from user, which needs 400 ms for them, and later fails for 5 ' +
    'seconds. With the guard one of all who find nothing kept asks user, and while user fails they get the last answer. Without it each asks by itself, and gets the failure.',
  curve: 'served',
  async run(bench) {
    const quick = await bench.break(slow);
    const calls = () => bench.metric('user', 'http_requests_total', { endpoint: `GET ${KEYS}` });
    const before = await calls();
    const load = bench.visits({ rate: 50, mix: [asked] });
    await bench.pass(12_000);
    const after = await calls();
    await quick();
    const end = await bench.break(failing);
    await bench.pass(5_000);
    await end();
    await bench.pass(3_000);
    const report = await load.stop();
    return {
      figures: {
        [CALLS]: (after - before) / 12,
        [IN_VAIN]: report.failures.length,
      },
      report,
      broken: { from: 12, to: 17 },
    };
  },
  shows: (on, off) => (off[CALLS] ?? 0) > 4 * (on[CALLS] ?? 0) && on[IN_VAIN] === 0 && (off[IN_VAIN] ?? 0) > 50,
};
