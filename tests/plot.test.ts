import { expect, test } from 'vitest';
import { type Chart, plot } from './plot.ts';

const chart = (more: Partial<Chart> = {}): Chart => ({
  title: 'latency',
  x: 'seconds',
  y: 'ms',
  series: [
    {
      name: 'on',
      points: [
        [0, 10],
        [1, 430],
        [2, 20],
      ],
    },
  ],
  ...more,
});

const piece =
  /<(\/?)([a-z]+)((?: [\w:-]+="[^"<&]*(?:&(?:amp|lt|gt|quot);[^"<&]*)*")*)(\/?)>|[^<>&]+|&(?:amp|lt|gt|quot);/y;

/** Names of the elements of an XML document, in order; fails where it isn't well-formed. */
function elements(xml: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  piece.lastIndex = 0;
  while (piece.lastIndex < xml.length) {
    const at = piece.lastIndex;
    const [, closing, name, , empty] = piece.exec(xml) ?? expect.fail(`not well-formed: ${xml.slice(at, at + 80)}`);
    if (!name) continue;
    if (closing) expect(open.pop()).toBe(name);
    else names.push(name);
    if (!closing && !empty) open.push(name);
  }
  expect(open).toEqual([]);
  return names;
}

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
const lines = (svg: string) => [...svg.matchAll(/<path stroke="[^"]*" d="([^"]*)"/g)].map(([, commands]) => commands);

/** Coordinates of a line. */
const points = (commands = '') =>
  [...commands.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

test('a chart is well-formed, whatever is written on it', () => {
  const nasty = '</text> "a" <b> & c';
  const series = [{ name: nasty, points: [[0, 1]] as const }];
  const svg = plot({ title: nasty, x: nasty, y: nasty, series, spans: [{ from: 0, to: 1, label: nasty }] });
  expect(elements(svg)).toContain('path');
  const written = '&lt;/text&gt; &quot;a&quot; &lt;b&gt; &amp; c';
  expect(texts(svg).filter((text) => text === written)).toHaveLength(5);
  expect(svg).toContain(`aria-label="${written}"`);
});

test('has a legend entry and a line for each series, on the same axes', () => {
  const off = { name: 'off', points: [[0, 215]] as const };
  const svg = plot(chart({ series: [...chart().series, off] }));
  expect(texts(svg)).toEqual(expect.arrayContaining(['on', 'off']));
  const [, , on, second] = lines(svg);
  // y 0 is at 236, 500 at 56
  expect(points(on).map(([, y]) => y)).toEqual([232.4, 81.2, 228.8]);
  expect(points(second)).toEqual([[60, 158.6]]);
});

test('axes are in round steps; y begins at 0 and ends above the highest value', () => {
  const svg = plot(chart());
  expect(texts(svg)).toEqual(expect.arrayContaining(['0', '100', '200', '300', '400', '500']));
  expect(texts(svg)).not.toContain('600');
});

test('where there is no value a line has a gap, and a value alone is a dot', () => {
  const values = [1, 2, null, 3, null, null, 4, 5];
  const svg = plot(chart({ series: [{ name: 'on', points: values.map((y, x) => [x, y] as const) }] }));
  expect(
    lines(svg)
      .at(-1)
      ?.replaceAll(/[\d. ]+/g, ''),
  ).toBe('MhLMhMhL');
});

test('a span is drawn over its stretch, and not beyond the axes', () => {
  const spans = [
    { from: 0.5, to: 1, label: 'fault on' },
    { from: -5, to: 50, label: 'deploy' },
  ];
  const svg = plot(chart({ spans }));
  const drawn = [...svg.matchAll(/<rect class="span" x="([\d.]+)" y="\d+" width="([\d.]+)"/g)];
  expect(drawn.map(([, x, width]) => [Number(x), Number(width)])).toEqual([
    [221, 161],
    [60, 644],
  ]);
  expect(texts(svg)).toEqual(expect.arrayContaining(['fault on', 'deploy']));
});

test.each([
  ['no series', []],
  ['no points', [{ name: 'on', points: [] }]],
  ['one point', [{ name: 'on', points: [[7, 0]] as const }]],
  ['nothing but gaps', [{ name: 'on', points: [[0, null]] as const }]],
])('a chart of %s is still a chart', (_, series) => {
  const svg = plot(chart({ series }));
  expect(elements(svg)[0]).toBe('svg');
  expect(svg).not.toMatch(/NaN|Infinity/);
});

test('is readable on light and on dark', () => {
  expect(plot(chart())).toMatch(/@media\(prefers-color-scheme:dark\)/);
});
