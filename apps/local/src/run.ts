import { setTimeout as delay } from 'node:timers/promises';
import type { Arguments } from './cli.ts';
import type { Settings } from './config.ts';
import { follow } from './follow.ts';
import { interruption } from './interruption.ts';
import { complete, journey } from './journey.ts';
import { addresses, nextSteps } from './next-steps.ts';
import { placeOrder } from './sample.ts';
import { type System, startSystem } from './system.ts';
import { services } from './topology.ts';

type Say = (line: string) => void;

const indented = (lines: readonly string[]) => `\n${lines.map((line) => `  ${line}`).join('\n')}`;

async function showLogs(directory: string): Promise<void> {
  const { default: pretty } = await import('pino-pretty');
  const stream = pretty({ messageKey: 'message', timestampKey: 'timestamp', ignore: 'pid,hostname', singleLine: true });
  follow(directory, (text) => stream.write(text));
}

/** Places the first order, and tells its way through the services. */
async function showSample(system: System, say: Say): Promise<void> {
  say('placing an order, as a newcomer would: sign up, sign in, look at the catalogue, buy');
  const sample = await placeOrder(system.gateway, system.customer, say);
  say('the mail is sent');
  for (let tries = 0; !complete(system.spans(sample.traceId)) && tries < 120; tries += 1) await delay(50);
  const { total, id } = sample.order;
  const price = `${(total.amount / 100).toFixed(2)} ${total.currency.toUpperCase()}`;
  console.log(indented([`Order ${id}: ${sample.item}, ${price}`, '', ...journey(system.spans(sample.traceId))]));
  console.log(indented(addresses(system)));
  console.log(indented(['Try next', ...nextSteps(system, sample)]));
}

/** What a newcomer sees; a sample that fails leaves the system running, to be looked at. */
async function greet(system: System, { sample, only }: Arguments, say: Say): Promise<void> {
  if (sample && !only) {
    await showSample(system, say).catch((error: Error) => say(`the sample order failed: ${error.message}`));
  } else {
    console.log(indented(addresses(system)));
  }
  console.log(indented(['Ctrl-C stops everything.']));
}

/** Runs the system at a terminal until it is told to stop, or has failed; the exit code. */
export async function run(args: Arguments, settings: Settings): Promise<number> {
  const { stop, hurry, stopped } = interruption();
  const startedAt = settings.STARTED_AT ?? performance.timeOrigin;
  const say: Say = (line) => console.log(`  ${((Date.now() - startedAt) / 1000).toFixed(1).padStart(5)} s  ${line}`);
  const { port, fresh, only, data, verbose } = args;
  const where = { ...(only && { only }), ...(data && { data }) };
  const system = await startSystem({ port, fresh, settings, say, signal: stop, hurry, ...where });
  try {
    say(`ready: ${(only ?? services).join(', ')}`);
    if (verbose) await showLogs(system.files.logs);
    const end = Promise.race([stopped, system.failed]);
    const problem = await Promise.race([end, greet(system, args, say).then(() => end)]);
    if (problem) throw problem;
    say('stopping');
    return 0;
  } finally {
    await system.stop();
  }
}
