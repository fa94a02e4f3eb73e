/** A line of a chart: its points, by x. Where there is no y it has a gap. */
export interface Series {
  name: string;
  points: readonly (readonly [x: number, y: number | null])[];
}

/** A stretch of x that stands out. */
interface Span {
  from: number;
  to: number;
  label: string;
}

export interface Chart {
  title: string;
  /** What the axes count, with the unit. */
  x: string;
  y: string;
  series: readonly Series[];
  spans?: readonly Span[];
}

/** Text as it may stand in XML and HTML, attributes included. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const WIDTH = 720;
const HEIGHT = 280;
const box = { left: 60, right: WIDTH - 16, top: 56, bottom: HEIGHT - 44 };

/** Told apart with any eyesight, on light and on dark (Okabe and Ito, https://jfly.uni-koeln.de/color/). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const colourOf = (at: number) => colours[at % colours.length] as string;

const style = `.plot{font:12px system-ui,sans-serif;max-width:100%;height:auto}.plot text{fill:#333}.plot .paper{fill:#fff}
.plot .grid{stroke:#ddd;stroke-width:1}.plot .span{fill:#888;opacity:.2}.plot path{fill:none;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
@media(prefers-color-scheme:dark){.plot text{fill:#ccc}.plot .paper{fill:#0d1117}.plot .grid{stroke:#333}}`;

/** The step, a one, two or five with zeros, that divides a range into about five. */
function stepOf(range: number): number {
  const power = 10 ** Math.floor(Math.log10(range / 5));
  return power * ([1, 2, 5].find((factor) => factor * power * 5 >= range) ?? 10);
}

/** The multiples of `step` from one number to another. */
function ticks(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, n) => (first + n) * step);
}

const figure = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 6 });
const px = (value: number) => String(Math.round(value * 10) / 10);

function label(text: string, x: number, y: number, anchor: 'start' | 'middle' | 'end' = 'start', more = ''): string {
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}"${more}>${escaped(text)}</text>`;
}

type Scale = (value: number) => number;

function line({ points }: Series, colour: string, across: Scale, up: Scale): string {
  const commands = points.map(([x, y], n) => {
    if (y === null) return '';
    const at = `${px(across(x))} ${px(up(y))}`;
    // with h.01 a point between two gaps is a dot
    return (points[n - 1]?.[1] ?? null) === null ? `M${at}h.01` : `L${at}`;
  });
  return `<path stroke="${colour}" d="${commands.join('')}"/>`;
}

/** Labels are on three heights, so that those of short stretches can be read. */
function stretch({ from, to, label: text }: Span, n: number, across: Scale): string {
  const within = (at: number) => Math.min(box.right, Math.max(box.left, across(at)));
  const [left, right] = [within(from), within(to)];
  const area = `<rect class="span" x="${px(left)}" y="${box.top}" width="${px(right - left)}" height="${box.bottom - box.top}"/>`;
  const y = box.top + 13 * (1 + (n % 3));
  return area + (left < box.right - 120 ? label(text, left + 4, y) : label(text, right - 4, y, 'end'));
}

function legend(series: readonly Series[]): string {
  let x = box.left;
  const entries = series.map(({ name }, n) => {
    const entry = `<path stroke="${colourOf(n)}" d="M${px(x)} 38h16"/>${label(name, x + 22, 42)}`;
    x += 40 + name.length * 7;
    return entry;
  });
  return entries.join('');
}

/** One line chart as an SVG document, y from 0; it brings its own colours for light and dark, and needs nothing else. */
export function plot({ title, x, y, series, spans = [] }: Chart): string {
  const points = series.flatMap((each) => each.points);
  const [first = 0] = points.map(([at]) => at);
  const from = points.reduce((least, [at]) => Math.min(least, at), first);
  const last = points.reduce((most, [at]) => Math.max(most, at), first);
  const to = last > from ? last : from + 1;
  const highest = points.reduce((most, [, value]) => Math.max(most, value ?? 0), 0) || 1;
  const step = stepOf(highest);
  const top = Math.ceil(highest / step) * step;
  const across: Scale = (at) => box.left + ((at - from) / (to - from)) * (box.right - box.left);
  const up: Scale = (value) => box.bottom - (value / top) * (box.bottom - box.top);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>`,
    label(title, box.left, 20, 'start', ' font-weight="bold"'),
    legend(series),
    ...ticks(0, top, step).map(
      (tick) =>
        `<path class="grid" d="M${box.left} ${px(up(tick))}H${box.right}"/>${label(figure(tick), box.left - 6, up(tick) + 4, 'end')}`,
    ),
    ...ticks(from, to, stepOf(to - from)).map((tick) => label(figure(tick), across(tick), box.bottom + 16, 'middle')),
    label(y, box.left - 6, box.top - 12, 'end'),
    label(x, (box.left + box.right) / 2, HEIGHT - 8, 'middle'),
    ...spans.map((span, n) => stretch(span, n, across)),
    ...series.map((each, n) => line(each, colourOf(n), across, up)),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}
