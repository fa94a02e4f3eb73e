import { shopOf } from './addresses.ts';
import type { Arguments } from './cli.ts';
import type { Settings } from './config.ts';
import { showFirstOrder } from './first-order.ts';
import { follow } from './follow.ts';
import { interruption } from './interruption.ts';
import { paragraph, type Say, timed } from './steps.ts';
import { type System, startSystem } from './system.ts';
import { services } from './topology.ts';

async function showLogs(directory: string): Promise<void> {
  const { default: pretty } = await import('pino-pretty');
  const stream = pretty({ messageKey: 'message', timestampKey: 'timestamp', ignore: 'pid,hostname', singleLine: true });
  follow(directory, (text) => stream.write(text));
}

/** What a newcomer sees; a sample that fails leaves the system running, to be looked at. */
async function greet(system: System, { sample, only }: Arguments, say: Say): Promise<void> {
  if (sample && !only) {
    await showFirstOrder(shopOf(system), say).catch((error: Error) => say(`the sample order failed: ${error.message}`));
  } else {
    paragraph(shopOf(system).addresses);
  }
  paragraph(['Ctrl-C stops everything.']);
}

/** Runs the system at a terminal until it is told to stop; fails as the system does. */
export async function run(args: Arguments, settings: Settings): Promise<void> {
  const { stop, hurry, stopped } = interruption();
  const say = timed(settings.STARTED_AT ?? performance.timeOrigin);
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
  } finally {
    await system.stop();
  }
}
