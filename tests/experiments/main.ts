import { interruption } from '../../apps/local/src/interruption.ts';
import { program } from '../../apps/local/src/program.ts';
import { timed } from '../../apps/local/src/steps.ts';
import { lessons } from './catalogue.ts';
import { help, readArguments } from './cli.ts';
import { type Comparison, compare, table } from './compare.ts';
import { writeDocs } from './docs.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);

await program(async () => {
  const { names, docs, help: asked } = readArguments(process.argv.slice(2));
  if (asked) return print(help);
  const { stop } = interruption();
  const say = timed(Date.now());
  const comparisons: Comparison[] = [];
  for (const lesson of lessons.filter(({ name }) => names.includes(name))) {
    print(`\n${lesson.name}: ${lesson.story}\n`);
    const comparison = await compare(lesson, say, stop);
    comparisons.push(comparison);
    print('');
    for (const line of table(comparison)) print(`  ${line}`);
    if (!comparison.shown) print(`  this does not show what ${lesson.name} is about`);
    if (docs && comparison.shown) writeDocs(comparison);
  }
  if (!comparisons.every(({ shown }) => shown)) process.exitCode = 1;
});
