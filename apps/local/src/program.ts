import { explained, Problem } from './problem.ts';

/** Runs `main`, and ends the process: what keeps it from its end is told in one line, with its exit code; anything else is a bug, and told whole. */
export async function program(main: () => Promise<void>): Promise<never> {
  // whoever read this may go before we do
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    await main();
    process.exit();
  } catch (error) {
    const problem = explained(error);
    console.error(problem instanceof Problem ? `\nchandlery: ${problem.message}` : problem);
    process.exit(problem instanceof Problem ? problem.exitCode : 1);
  }
}
