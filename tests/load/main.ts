import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { seeded } from '@chandlery/faults';
import { type Interruption, interruption } from '../../apps/local/src/interruption.ts';
import { Problem } from '../../apps/local/src/problem.ts';
import { program } from '../../apps/local/src/program.ts';
import { type Arguments, help, readArguments } from './cli.ts';
import { html } from './html.ts';
import { live, progress } from './live.ts';
import { type Load, startLoad } from './load.ts';
import type { Report } from './report.ts';
import { lines, outcome, type Result, tables, title } from './result.ts';
import { newBuyers, shopping } from './scenarios.ts';
import { gatewayOf, openShop } from './targets.ts';

/** So many failures are written down one by one; all of them are counted. */
const WRITTEN = 1_000;

const print = (text: string) => void process.stdout.write(`${text}\n`);

/** Refuses before the load, and not after it, a file that can't be written. */
function checkWritable(file: string): void {
  try {
    closeSync(openSync(file, 'a'));
  } catch (cause) {
    throw new Problem(`can't write ${file}: ${(cause as Error).message}`, { exitCode: 2, cause });
  }
}

/** Those who send the requests, and what these are about. */
async function shoppers(gateway: string, args: Arguments) {
  const { shop, skus } = await openShop(gateway, args);
  let signedUp = 0;
  using _ = live(
    () => `  ${signedUp} of ${args.users} users signed up; the shop limits how fast one address may do that`,
  );
  const buyers = await newBuyers(shop, args.users, () => signedUp++);
  return { buyers, skus };
}

/** Waits for the load's end, or ends it when someone wants that; when they want it twice, without the answers that are due. */
async function reportOf(load: Load, { stopped, hurry }: Interruption): Promise<Report> {
  const line = progress();
  using _ = live((elapsedMs) => line(load.report(), elapsedMs));
  const answered = Promise.race([load.done, stopped.then(load.stop)]);
  return await Promise.race([answered, once(hurry, 'abort').then(load.report)]);
}

async function loading(args: Arguments, interrupted: Interruption): Promise<Result> {
  const { rate, durationMs, mix, users, timeoutMs, repeatAfterMs, seed = randomInt(2 ** 32) } = args;
  const url = await gatewayOf(args);
  const asked = { url, rate, durationMs, mix, users, seed, timeoutMs, repeatAfterMs };
  print(title(asked));
  const early = interrupted.stopped.then(() => {
    throw new Problem('stopped before the load began');
  });
  const who = await Promise.race([shoppers(url, args), early]);
  const random = seeded(seed);
  const startedAt = new Date().toISOString();
  const options = { url, rate, durationMs, timeoutMs, random, mix: shopping({ ...who, ...mix, random }) };
  const load = startLoad({ ...options, ...(repeatAfterMs !== undefined && { repeatAfterMs }) });
  return { ...asked, startedAt, report: await reportOf(load, interrupted) };
}

function write({ json, html: page, accepted }: Arguments, result: Result): void {
  const { report } = result;
  const short = { ...result, report: { ...report, failures: report.failures.slice(0, WRITTEN) } };
  if (json) writeFileSync(json, `${JSON.stringify(short, null, 2)}\n`);
  if (page) writeFileSync(page, html(result));
  if (accepted) writeFileSync(accepted, report.accepted.map((id) => `${id}\n`).join(''));
}

await program(async () => {
  const args = readArguments(process.argv.slice(2));
  if (args.help) return print(help);
  for (const file of [args.json, args.html, args.accepted]) if (file) checkWritable(file);
  const result = await loading(args, interruption());
  print(`\n  ${outcome(result.report)}`);
  for (const table of tables(result.report)) print(['', ...lines(table)].join('\n'));
  write(args, result);
  if (result.report.served === 0) throw new Problem('nothing was served');
});
