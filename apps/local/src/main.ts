import { config } from '@chandlery/config';
import { help, readArguments } from './cli.ts';
import { Config } from './config.ts';
import { explained, Problem } from './problem.ts';
import { run } from './run.ts';

// whoever read this may go before we do
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  const args = readArguments(process.argv.slice(2));
  if (args.help) console.log(help);
  process.exit(args.help ? 0 : await run(args, config(Config)));
} catch (error) {
  const problem = explained(error);
  console.error(problem instanceof Problem ? `\nchandlery: ${problem.message}` : problem);
  process.exit(problem instanceof Problem ? problem.exitCode : 1);
}
