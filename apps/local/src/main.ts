import { config } from '@chandlery/config';
import { help, readArguments } from './cli.ts';
import { Config } from './config.ts';
import { program } from './program.ts';
import { run } from './run.ts';

await program(async () => {
  const args = readArguments(process.argv.slice(2));
  if (args.help) console.log(help);
  else await run(args, config(Config));
});
