import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { scratch } from '../../apps/local/src/fixtures/scratch.ts';
import { serving } from './server-for-tests.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** As much of a shop as a load needs; it takes orders, or has no time for them. */
const shop = (orders: 201 | 503, bought: () => void = () => {}) =>
  serving((request, answer) => {
    const items = [{ sku: 'ANC-001', available: 1_000 }];
    const route = `${request.method} ${request.url?.replace(/\?.*/, '')}`;
    const status = route === 'POST /api/v1/orders' ? orders : request.method === 'POST' ? 201 : 200;
    if (route === 'POST /api/v1/orders') bought();
    answer.writeHead(status, { 'content-type': 'application/json', ...(status === 503 && { 'retry-after': '1' }) });
    answer.end(JSON.stringify({ items, id: 'order-1', key: 'k', accessToken: 't' }));
  });

function load(url: string, ...flags: string[]) {
  const child = spawn(process.execPath, [main, '--url', url, '--users', '1', ...flags]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (told += chunk));
  const ended = new Promise<{ code: number | null; told: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, told }));
  });
  return { child, ended };
}

test('tells of a load, and writes down what was asked for', async () => {
  const directory = scratch(onTestFinished);
  const [json, page, accepted] = ['a.json', 'b.html', 'c.txt'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  const flags = ['--rate', '50', '--duration', '400ms', '--mix', 'checkout:1', '--seed', '7'];
  const { code, told } = await load(await shop(201), ...flags, '--json', json, '--html', page, '--accepted', accepted)
    .ended;
  expect([code, told]).toEqual([0, expect.stringContaining('20 sent, 20 served, 0 refused, 0 failed')]);
  const result = JSON.parse(readFileSync(json, 'utf8'));
  expect(result).toMatchObject({
    rate: 50,
    mix: { checkout: 1 },
    seed: 7,
    report: { sent: 20, seconds: [{ served: 20 }] },
  });
  expect(readFileSync(page, 'utf8')).toContain('20 served');
  expect(readFileSync(accepted, 'utf8')).toBe('order-1\n'.repeat(20));
});

test('ends with 1 where nothing was served, and says what became of it', async () => {
  const flags = ['--rate', '20', '--duration', '200ms', '--mix', 'checkout:1'];
  const { code, told } = await load(await shop(503), ...flags).ended;
  expect([code, told]).toEqual([
    1,
    expect.stringMatching(/refused \(429.*\n +POST \/orders: 503 +4\n.*nothing was served/s),
  ]);
});

test('a load that is interrupted reports what has been', async () => {
  let bought = 0;
  const url = await shop(201, () => bought++);
  const { child, ended } = load(url, '--rate', '20', '--duration', '10m');
  await expect.poll(() => bought).toBeGreaterThan(5);
  child.kill('SIGINT');
  const { code, told } = await ended;
  expect([code, told]).toEqual([0, expect.stringMatching(/(\d+) sent, \1 served, 0 refused, 0 failed in/)]);
});

test('ends with 2 where it can not begin', async () => {
  const url = await shop(201);
  expect(await load(url, '--json', '/nowhere/a.json').ended).toEqual({
    code: 2,
    told: expect.stringContaining("can't write /nowhere/a.json"),
  });
  expect(await load(url.replace('http:', 'https:')).ended).toEqual({
    code: 2,
    told: expect.stringMatching(/no shop answers at https:/),
  });
});
