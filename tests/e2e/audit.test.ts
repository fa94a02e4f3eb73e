import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { anchor, data, newCustomer, sandbox } from './shop.ts';

/** Starts `npm run audit` on the shop, with some order ids that are said to be accepted. */
function startAudit(accepted: string[], ...flags: string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'accepted-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'ids.txt');
  writeFileSync(file, accepted.map((id) => `${id}\n`).join(''));
  const args = ['tests/audit/main.ts', '--data', data, '--accepted', file, ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { err: '' };
  child.stderr.on('data', (chunk) => (said.err += chunk));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const result = async () => ({ out: await text(child.stdout), code: await ended, err: said.err });
  return { said, ended: result() };
}

test('the audit waits for an order that is still pending, then finds the shop clean', async () => {
  const customer = await newCustomer();
  await sandbox('POST', '/faults', { target: 'payments', errorRate: 1 });
  onTestFinished(() => void sandbox('DELETE', '/faults'));
  const { body } = await customer.buy(anchor);
  expect(body.status).toBe('PENDING');
  const { said, ended } = startAudit([body.id], '--json');
  await expect.poll(() => said.err).toMatch(/waiting for .*orders pending/);
  await sandbox('DELETE', '/faults');
  const { out, code } = await ended;
  expect(JSON.parse(out)).toMatchObject({ breaches: [], unquiet: [], looked: { accepted: 1 } });
  expect(code).toBe(0);
});

test('an order that was promised and is not there ends the audit with 1', async () => {
  const lost = randomUUID();
  const { out, code } = await startAudit([lost]).ended;
  expect(out).toContain(`order ${lost}\n      expected  an order\n      found     nothing`);
  expect(code).toBe(1);
});

test('a shop that does not run ends it with 2', async () => {
  const { err, code } = await startAudit([], '--data', '/nowhere').ended;
  expect(err).toContain('no shop runs in /nowhere');
  expect(code).toBe(2);
});
