import type { ServiceName } from '../../apps/local/src/topology.ts';
import { services } from '../../apps/local/src/topology.ts';
import { embeddedVictim } from '../chaos/embedded.ts';
import { benchOn } from './bench.ts';
import type { Course, Lesson } from './lesson.ts';
import { collectTraces } from './traces.ts';

export interface Comparison {
  lesson: Lesson;
  on: Course;
  off: Course;
  /** Whether the difference is what the lesson says. */
  shown: boolean;
}

type Variables = NonNullable<Lesson['variables']>;

/** The variables of the second shop, which also does without what the first one does without. */
function switchedOff({ without, variables = {} }: Lesson): Variables {
  const one = (name: ServiceName) => {
    const { DEFENCES_OFF: others, ...more } = variables[name] ?? {};
    return [name, { ...more, DEFENCES_OFF: [...(others ? [others] : []), ...without].join(',') }];
  };
  return Object.fromEntries(services.map(one));
}

const tracedTo = (url: string, variables: Variables): Variables =>
  Object.fromEntries(services.map((name) => [name, { ...variables[name], OTEL_EXPORTER_OTLP_ENDPOINT: url }]));

/** Gives the same lesson to two new shops, one with the defences and one without them. */
export async function compare(lesson: Lesson, say: (line: string) => void, signal: AbortSignal): Promise<Comparison> {
  async function course(variables: Variables, way: string): Promise<Course> {
    await using traces = await collectTraces();
    await using victim = await embeddedVictim({ variables: tracedTo(traces.url, variables), signal });
    say(`${lesson.name} ${way}`);
    const seen = await lesson.run(await benchOn(victim, signal, traces.spans));
    say(`${lesson.name} ${way}: ${JSON.stringify(seen.figures)}`);
    return seen;
  }
  const on = await course(lesson.variables ?? {}, 'on');
  const off = await course(switchedOff(lesson), 'off');
  return { lesson, on, off, shown: lesson.shows(on.figures, off.figures) };
}

/** Both ways, figure by figure. */
export function table({ on, off }: Pick<Comparison, 'on' | 'off'>): string[] {
  const names = Object.keys(on.figures);
  const figure = (value: number | undefined) =>
    value === undefined ? '-' : value.toLocaleString('en', { maximumFractionDigits: 1 });
  return [
    '| | on | off |',
    '| --- | ---: | ---: |',
    ...names.map((name) => `| ${name} | ${figure(on.figures[name])} | ${figure(off.figures[name])} |`),
  ];
}
