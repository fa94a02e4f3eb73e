import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../apps/local/src/images.ts';
import { plot, type Series } from '../plot.ts';
import { lessons } from './catalogue.ts';
import { type Comparison, table } from './compare.ts';
import type { Course, Lesson } from './lesson.ts';

const directory = join(root, 'docs', 'experiments');
const page = join(root, 'docs', 'experiments.md');

const intro = `# What each defence is for

The same load and the same fault, done to two new shops on one machine: one with the defence, one without it, or without several. This page is written by
\`npm run experiment -- --all --docs\` (about half an hour; a single one: \`npm run experiment -- outbox\`). The figures are of two cores; what matters is the difference between
the columns. How it is done: [\`tests/experiments/lessons\`](../tests/experiments/lessons), a file for each.
`;

const begin = ({ name }: Lesson) => `<!-- ${name} -->`;
const end = ({ name }: Lesson) => `<!-- end of ${name} -->`;

const line = (name: string, { report }: Course, curve: Lesson['curve']): Series => ({
  name,
  points: report.seconds.map((second) => [second.at, second[curve]]),
});

/** The curves of both ways, as one picture. */
function picture({ lesson, on, off }: Comparison): string {
  const { name, curve } = lesson;
  const series = [line('on', on, curve), line('off', off, curve)];
  const y = curve === 'served' ? 'visits served a second' : '99th percentile (ms)';
  const spans = on.broken ? [{ ...on.broken, label: 'broken' }] : [];
  return plot({ title: `${name}: ${y}`, x: 'seconds', y, series, spans });
}

function section(comparison: Comparison): string {
  const { lesson } = comparison;
  const { name, without, story } = lesson;
  return [
    begin(lesson),
    `## ${name}\n`,
    `${story}\n`,
    ...(without.length > 1 ? [`Off: ${without.join(', ')}.\n`] : []),
    ...table(comparison),
    `\n![${name} on and off](experiments/${name}.svg)`,
    end(lesson),
  ].join('\n');
}

/** The sections of the page as it is, by lesson. */
function sections(): Map<string, string> {
  const text = existsSync(page) ? readFileSync(page, 'utf8') : '';
  return new Map(
    lessons.flatMap((lesson) => {
      const [from, to] = [text.indexOf(begin(lesson)), text.indexOf(end(lesson))];
      return from < 0 || to < 0 ? [] : [[lesson.name, text.slice(from, to + end(lesson).length)] as const];
    }),
  );
}

/** Puts a comparison into docs/experiments.md, in the place of that of an earlier run. */
export function writeDocs(comparison: Comparison): void {
  const { name } = comparison.lesson;
  const all = sections().set(name, section(comparison));
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `${name}.svg`), picture(comparison));
  const ordered = lessons.flatMap((lesson) => all.get(lesson.name) ?? []);
  writeFileSync(page, `${[intro, ...ordered].join('\n')}\n`);
}
