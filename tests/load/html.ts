import { escaped, plot, type Series } from '../plot.ts';
import { outcome, type Result, type Table, tables, title } from './result.ts';
import type { Second } from './seconds.ts';

const style = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:760px;margin:2rem auto;padding:0 1rem}
@media(prefers-color-scheme:dark){body{background:#0d1117;color:#ccc}}
table{border-collapse:collapse;margin:1.5rem 0}th,td{padding:.15rem .8rem .15rem 0;text-align:right;font-variant-numeric:tabular-nums}
th:first-child,td:first-child{text-align:left}tr:first-child{border-bottom:1px solid #888}`;

const row = (cell: 'th' | 'td', texts: readonly string[]) =>
  `<tr>${texts.map((text) => `<${cell}>${escaped(text)}</${cell}>`).join('')}</tr>`;

function section({ heading, columns, rows }: Table): string {
  const figures = rows.map(([name, ...values]) =>
    row('td', [name, ...values.map((value) => value.toLocaleString('en'))]),
  );
  return `<table>\n${[row('th', [heading, ...columns]), ...figures].join('\n')}\n</table>`;
}

type Counted = { [Key in keyof Second]: Second[Key] extends number | null ? Key : never }[keyof Second];

const series = (seconds: readonly Second[], names: readonly Counted[]): Series[] =>
  names.map((name) => ({ name, points: seconds.map((second) => [second.at, second[name]] as const) }));

/** A load as one page that needs nothing else: what it was, its tables, and how it went. */
export function html(result: Result): string {
  const { report, startedAt } = result;
  const x = 'seconds since the start, by when it was due';
  const throughput = series(report.seconds, ['sent', 'served', 'refused', 'failed']);
  const latency = series(report.seconds, ['p50', 'p99']);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title(result))}</title>
<style>${style}</style>
<h1>Load</h1>
<p>${escaped(title(result))}; started at ${escaped(startedAt)}</p>
<p><strong>${escaped(outcome(report))}</strong></p>
${plot({ title: 'Throughput', x, y: 'per s', series: throughput })}
${plot({ title: 'Latency of what was served', x, y: 'ms', series: latency })}
${tables(report).map(section).join('\n')}
</html>
`;
}
