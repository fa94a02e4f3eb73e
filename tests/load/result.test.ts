import { expect, test } from 'vitest';
import type { Outcome } from './attempt.ts';
import { html } from './html.ts';
import { live, progress } from './live.ts';
import { recorder } from './report.ts';
import { lines, outcome, type Result, tables, title } from './result.ts';

/** Three seconds: everything is served, then half of it refused, then one fails and one hangs. */
function report() {
  const { sending, add, report } = recorder();
  const end = (at: number, answer: Partial<Outcome>) =>
    add({ route: 'GET /products', at, ms: 12.34, status: 200, repeated: false, ...answer });
  for (const at of [0, 500, 1_000, 1_500, 2_000, 2_500]) sending(at);
  for (const at of [0, 500]) end(at, {});
  end(1_000, { ms: 20 });
  end(1_500, { route: 'POST /orders', status: 503, retryAfterMs: 1_000 });
  end(2_000, { route: 'POST /orders', status: 0, problem: 'a < b & "c"' });
  return report();
}

const result = (): Result => ({
  url: 'http://shop',
  startedAt: '2026-11-21T10:00:00.000Z',
  rate: 2,
  durationMs: 3_000,
  mix: { browse: 80, checkout: 20 },
  users: 1_234,
  seed: 7,
  timeoutMs: 10_000,
  report: report(),
});

test('a load is told in two lines and tables, what was refused apart from what failed', () => {
  expect(title(result())).toBe('load of http://shop: 2/s for 3 s, browse:80,checkout:20, 1,234 users, seed 7');
  expect(outcome(report())).toBe('6 sent, 3 served, 1 refused, 1 failed, 1 not waited for in 3 s');
  expect(tables(report()).map(lines)).toEqual([
    [
      '  served, ms        count       p50       p95       p99       max',
      '  GET /products         3      12.3        20        20        20',
    ],
    ['  refused (429, or 503 with Retry-After)     count', '  POST /orders: 503                              1'],
    ['  failed                        count', '  POST /orders: a < b & "c"         1'],
  ]);
});

test('tables of what there is nothing of are left out', () => {
  expect(tables(recorder().report())).toEqual([]);
});

test('a line of progress has the throughput since the one before, and the latency of the last second that is all answered', () => {
  const line = progress();
  expect(line(report(), 1_100).trim()).toBe(
    '1 s  6 sent  3/s served  1 waiting  1 refused  1 failed  p50/p99 12.3/12.3 ms',
  );
  expect(line(report(), 3_100)).toContain('0/s served  1 waiting  1 refused  1 failed  p50/p99 20/20 ms');
});

test('on a terminal the line is rewritten, and short enough to stay one', async () => {
  const written: string[] = [];
  const stream = { isTTY: true, columns: 5, write: (text: string) => written.push(text) > 0 };
  {
    using _ = live(() => 'too long', stream);
    await expect.poll(() => written.length).toBeGreaterThan(1);
  }
  expect(written.pop()).toBe('\r\x1b[K');
  expect(new Set(written)).toEqual(new Set(['\r\x1b[Ktoo ']));
});

test('the page has every figure, and text as text', () => {
  const page = html(result());
  expect(page).toContain('6 sent, 3 served, 1 refused, 1 failed');
  expect(page).toContain('started at 2026-11-21T10:00:00.000Z');
  expect(page).toContain('<tr><td>GET /products</td><td>3</td><td>12.3</td><td>20</td><td>20</td><td>20</td></tr>');
  expect(page).toContain('<tr><td>POST /orders: 503</td><td>1</td></tr>');
  expect(page).toContain('a &lt; b &amp; &quot;c&quot;');
  expect(page.match(/<svg/g)).toHaveLength(2);
  for (const name of ['sent', 'served', 'refused', 'failed', 'p50', 'p99']) expect(page).toContain(`>${name}</text>`);
});

test('the page needs nothing from elsewhere', () => {
  const page = html(result()).replaceAll('http://www.w3.org/2000/svg', '');
  expect(page).not.toMatch(/src=|href=|url\(|@import|<script/);
});
