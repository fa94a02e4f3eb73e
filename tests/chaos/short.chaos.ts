import { expect, onTestFinished, test } from 'vitest';
import { seeded } from '../../libs/faults/src/index.ts';
import { compare, table } from '../experiments/compare.ts';
import { outbox } from '../experiments/lessons/outbox.ts';
import { type Conduct, conduct } from './conduct.ts';
import { embeddedVictim } from './embedded.ts';
import { consumerDead, poisonEvent } from './experiments/events.ts';
import { kills } from './experiments/kills.ts';
import { paymentCrash, providerSilent } from './experiments/provider.ts';
import { postgresqlRestart } from './experiments/servers.ts';
import { runSchedule } from './random.ts';
import { schedule } from './schedule.ts';
import { told } from './told.ts';

const print = (line: string) => void process.stdout.write(`  ${line}\n`);

/** Few enough for a machine that has other things to do. */
const visits = { rate: 8, checkout: 50 };

function watched(): Conduct {
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  return { visits, say: print, signal: ended.signal };
}

const chosen = [...kills, paymentCrash, providerSilent, postgresqlRestart, consumerDead, poisonEvent].filter(
  ({ name }) => !['kill-gateway', 'kill-user', 'kill-notification'].includes(name),
);

test.each(chosen)('$name: $hypothesis', async (experiment) => {
  await using victim = await embeddedVictim();
  const outcome = await conduct({ ...experiment, lastsMs: 8_000, recoversInMs: 60_000 }, victim, watched());
  told(experiment, outcome).forEach(print);
  expect(outcome.refuted).toEqual([]);
});

test('whatever goes wrong at any time, nothing is lost or doubled', async () => {
  await using victim = await embeddedVictim();
  const durationMs = 40_000;
  const incidents = schedule({ target: 'embedded', random: seeded(7), durationMs, everyMs: 4_000 });
  const { report, audit } = await runSchedule({ durationMs, incidents }, victim, watched());
  expect(audit).toMatchObject({ breaches: [], unquiet: [] });
  expect(report.accepted.length).toBeGreaterThan(30);
});

test('without the outbox events are lost, and with it none', async () => {
  const { say, signal } = watched();
  const comparison = await compare(outbox, say, signal);
  table(comparison).forEach(print);
  expect(comparison.shown).toBe(true);
});
