import { setTimeout as delay } from 'node:timers/promises';
import { portForward } from '../kind/port-forward.ts';
import { Problem } from '../problem.ts';
import type { Say } from '../steps.ts';
import type { Target } from './release.ts';

/** Percent of the calls; the last step leaves stable without any. */
const STEPS = [10, 50, 100];
/** The way back to stable, when that has become the new version: its pods have just begun, and are slow at first. */
const BACK = [90, 50, 0];
const BACK_STEP_MS = 3_000;
/** A step lasts so long at least: what is slow to show itself gets a chance. */
const STEP_MS = 10_000;
const STEP_TIMEOUT_MS = 120_000;

interface Trial {
  weight: number;
  canary: { calls: number; errorRate: number; p95Ms?: number };
  stable: { calls: number; errorRate: number; p95Ms?: number };
  verdict: 'pending' | 'passing' | 'failing';
  rolledBack?: { at: string; reason: string };
}

/** The gateway's page about canaries, on its ops port. */
function trials(base: string, app: string) {
  const ask = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const answer = await fetch(`${base}${path}`, { ...init, signal: AbortSignal.timeout(10_000) });
    const text = await answer.text();
    if (!answer.ok) throw new Problem(`the gateway answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  };
  return {
    read: async () => ((await ask('/canary')) as Record<string, Trial>)[app] as Trial,
    weigh: (weight: number) =>
      ask(`/canary/${app}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ weight }),
      }),
  };
}

type Trials = ReturnType<typeof trials>;

const told = ({ calls, errorRate, p95Ms }: Trial['canary']) =>
  `${calls} calls, ${(100 * errorRate).toFixed(1)} % failed, p95 ${p95Ms ?? '-'} ms`;

/** Waits for the gateway's verdict on one step; a failing canary has been taken out of the way by the gateway itself. */
async function passed(trial: Trials, weight: number, say: Say): Promise<void> {
  await trial.weigh(weight);
  for (const began = Date.now(); ; await delay(500)) {
    const now = await trial.read();
    if (now.rolledBack) throw new Problem(`the canary is worse, and out of the way: ${now.rolledBack.reason}`);
    const ms = Date.now() - began;
    if (ms > STEP_MS && now.verdict === 'passing')
      return say(`${weight} %: canary ${told(now.canary)}; stable ${told(now.stable)}`);
    if (ms > STEP_TIMEOUT_MS)
      throw new Problem(
        `too few calls in ${STEP_TIMEOUT_MS / 1000} s for a verdict (${told(now.canary)}): it needs load`,
      );
  }
}

/** Does something with the gateway's page about this app's canary. */
async function atGateway({ place, app }: Target, work: (trial: Trials) => Promise<unknown>): Promise<void> {
  await using forward = await portForward(place, 'deployment/gateway', 9464);
  await work(trials(`http://127.0.0.1:${forward.port}`, app));
}

async function onTrial(trial: Trials, say: Say): Promise<void> {
  try {
    for (const weight of STEPS) await passed(trial, weight, say);
  } catch (error) {
    await trial.weigh(0);
    throw error;
  }
}

async function promoted(trial: Trials): Promise<void> {
  for (const weight of BACK) {
    await trial.weigh(weight);
    await delay(BACK_STEP_MS);
  }
}

/**
 * A few pods of the new version get 10, 50, then 100 % of the gateway's calls. At the end it is the stable one; where its error rate or p95 is
 * worse than stable's it is taken away, and this fails.
 */
export async function canary(target: Target, tag: string, say: Say): Promise<void> {
  const { image } = await target.state();
  const beside = { image, strategy: 'canary' as const, canary: { tag } };
  try {
    await target.set(beside);
    await target.ready(`${target.app}-canary`);
    say(`${tag} is up beside ${image.tag}`);
    await atGateway(target, (trial) => onTrial(trial, say));
  } catch (error) {
    await target.set({ image });
    throw error;
  }
  await target.set({ ...beside, image: { tag } });
  await target.ready();
  await atGateway(target, promoted);
  await target.set({ image: { tag } });
  say(`${target.app} ${image.tag} → ${tag}`);
}
