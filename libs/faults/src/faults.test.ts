import { execFileSync } from 'node:child_process';
import { afterEach, expect, test, vi } from 'vitest';
import { endFault, endFaults, type Fault, faults, LostAnswer, seeded, setFault, through } from './index.ts';

afterEach(() => {
  endFaults();
  vi.useRealTimers();
});

const work = vi.fn(async () => 'done');
afterEach(() => void work.mockClear());

const capture = () => through('stripe capture', work);

test('without a fault the work is done', async () => {
  expect(await capture()).toBe('done');
});

test.each([
  ['stripe capture', 'stripe capture', true],
  ['stripe *', 'stripe capture', true],
  ['*', 'stripe capture', true],
  ['stripe', 'stripe capture', false],
  ['order.v1.OrderService/*', 'order.v1.OrderService/PlaceOrder', true],
  ['order.v1.*', 'orderxv1xOrderService/PlaceOrder', false],
  ['POST /api/v1/orders', 'POST /api/v1/orders/:id/cancel', false],
])('a fault at %j and a call of %j', async (at, point, met) => {
  setFault('broken', { kind: 'error', at });
  const result = await through(point, work).catch((error) => error.reason);
  expect(result).toBe(met ? 'fault' : 'done');
  expect(faults().broken).toMatchObject({ met: Number(met) });
});

test('latency comes before the work', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  setFault('slow', { kind: 'latency', at: '*', ms: 50 });
  const begun = performance.now();
  vi.useRealTimers();
  expect(await capture()).toBe('done');
  expect(performance.now() - begun).toBeGreaterThanOrEqual(49);
});

test('latency that ends lets the work go on at once', async () => {
  setFault('slow', { kind: 'latency', at: '*', ms: 3_600_000 });
  const result = capture();
  expect(work).not.toHaveBeenCalled();
  endFault('slow');
  expect(await result).toBe('done');
});

test('an error comes in place of the work; one that is a bug is no failure that may pass', async () => {
  setFault('broken', { kind: 'error', at: '*' });
  await expect(capture()).rejects.toMatchObject({ kind: 'unavailable', reason: 'fault' });
  setFault('broken', { kind: 'error', at: '*', transient: false });
  await expect(capture()).rejects.toSatisfy((error: Error) => error.name === 'Error');
  expect(work).not.toHaveBeenCalled();
});

test('an answer that is dropped is of work that was done', async () => {
  setFault('lossy', { kind: 'drop', at: '*' });
  await expect(capture()).rejects.toBeInstanceOf(LostAnswer);
  expect(work).toHaveBeenCalledOnce();
});

test('what hangs hangs until the fault ends, and is not done', async () => {
  setFault('dead', { kind: 'hang', at: '*' });
  const result = capture().catch((error) => error.reason);
  expect(await Promise.race([result, new Promise((later) => setTimeout(later, 20, 'hangs'))])).toBe('hangs');
  endFault('dead');
  expect(await result).toBe('fault');
  expect(work).not.toHaveBeenCalled();
});

const crashing = (fault: object) => `
  import { setFault, through } from ${JSON.stringify(import.meta.resolve('./index.ts'))};
  setFault('end', { kind: 'crash', at: 'commit', ...${JSON.stringify(fault)} });
  await through('commit', async () => process.stdout.write('done '));
  process.stdout.write('and on');`;

test.each([
  [{ when: 'before' }, ''],
  [{}, ''],
  [{ when: 'after' }, 'done '],
  [{ percent: 0 }, 'done and on'],
])('a crash %j: the process says %j', (fault, said) => {
  let output = '';
  let signal: string | undefined;
  try {
    output = execFileSync(process.execPath, ['--input-type=module', '--eval', crashing(fault)], { encoding: 'utf8' });
  } catch (error) {
    ({ stdout: output, signal } = error as { stdout: string; signal: string });
  }
  expect(output).toBe(said);
  expect(signal).toBe(said.endsWith('on') ? undefined : 'SIGKILL');
});

test('a share of the calls is met; with a seed the same ones in every run', async () => {
  const run = async (seed: number) => {
    setFault('some', { kind: 'error', at: '*', percent: 30, seed });
    const results: boolean[] = [];
    for (let call = 0; call < 1_000; call++) results.push(await capture().then(Boolean, () => false));
    return results;
  };
  const first = await run(7);
  expect(await run(7)).toEqual(first);
  expect(await run(8)).not.toEqual(first);
  const failed = first.filter((served) => !served).length;
  expect(failed).toBeGreaterThan(250);
  expect(failed).toBeLessThan(350);
});

test('several faults at one place all have their effect', async () => {
  setFault('slow', { kind: 'latency', at: 'stripe *', ms: 20 });
  setFault('lossy', { kind: 'drop', at: '*' });
  const notes: string[] = [];
  const begun = performance.now();
  await expect(through('stripe capture', work, (kind) => notes.push(kind))).rejects.toBeInstanceOf(LostAnswer);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(19);
  expect(notes).toEqual(['latency', 'drop']);
});

test('a fault ends by itself, and another of its name takes its place', async () => {
  vi.useFakeTimers();
  setFault('broken', { kind: 'error', at: '*', forMs: 1_000 });
  vi.advanceTimersByTime(900);
  setFault('broken', { kind: 'drop', at: '*', forMs: 1_000 });
  vi.advanceTimersByTime(900);
  expect(Object.values(faults()).map(({ kind }) => kind)).toEqual(['drop']);
  vi.advanceTimersByTime(100);
  expect(faults()).toEqual({});
  expect(endFault('broken')).toBe(false);
});

test('the clock is wrong for all, until it is right again', () => {
  const before = Date.now();
  setFault('late', { kind: 'skew', ms: -3_600_000 });
  expect(Date.now()).toBeLessThan(before - 3_500_000);
  expect(new Date().getTime()).toBeLessThan(before - 3_500_000);
  expect(new Date(0).getTime()).toBe(0);
  expect(new Date(2026, 10, 21).getFullYear()).toBe(2026);
  endFault('late');
  expect(Date.now()).toBeGreaterThanOrEqual(before);
});

const lagOf = async (fault: Fault): Promise<number> => {
  setFault('busy', fault);
  const begun = performance.now();
  let most = 0;
  for (let last = begun; last < begun + 400; ) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const now = performance.now();
    most = Math.max(most, now - last);
    last = now;
  }
  return most;
};

test('the event loop is held: all at once, or slice by slice', async () => {
  expect(await lagOf({ kind: 'stuck', ms: 300 })).toBeGreaterThanOrEqual(290);
  const lag = await lagOf({ kind: 'cpu', percent: 80 });
  expect(lag).toBeGreaterThanOrEqual(75);
});

test('memory that leaks is given back when the fault ends', () => {
  vi.useFakeTimers();
  const memory = () => process.memoryUsage().arrayBuffers;
  const before = memory();
  setFault('leak', { kind: 'leak', megabytesPerSecond: 8 });
  vi.advanceTimersByTime(3_000);
  expect(memory() - before).toBeGreaterThanOrEqual(24 * 2 ** 20);
  endFault('leak');
  vi.advanceTimersByTime(3_000);
  expect(memory() - before).toBeLessThan(32 * 2 ** 20);
});

test('a generator gives the same numbers for the same seed, evenly between 0 and 1', () => {
  const [one, same, other] = [seeded(1), seeded(1), seeded(2)];
  const numbers = Array.from({ length: 10_000 }, one);
  expect(Array.from({ length: 10_000 }, same)).toEqual(numbers);
  expect(other()).not.toBe(numbers[0]);
  for (let tenth = 0; tenth < 10; tenth++) {
    const count = numbers.filter((n) => Math.floor(n * 10) === tenth).length;
    expect(count).toBeGreaterThan(850);
    expect(count).toBeLessThan(1_150);
  }
});
