import fc from 'fast-check';
import { expect, test } from 'vitest';
import { events } from './events-for-tests.ts';
import { limiter, type Priority } from './limiter.ts';
import { limitsSeen, overloaded, rates } from './server-for-tests.ts';
import { switchedOff } from './switched-off-for-tests.ts';

test('whatever is under way, what matters more is let in where less is not', () => {
  const amounts = fc.array(fc.constantFrom<Priority>('critical', 'normal', 'sheddable'), { maxLength: 300 });
  fc.assert(
    fc.property(amounts, (priorities) => {
      const limit = limiter({ target: 'x', initial: 100, now: () => 0 });
      const admitted = priorities.filter((priority) => {
        try {
          return limit.enter('work', priority);
        } catch {
          return false;
        }
      });
      const count = (...of: Priority[]) => admitted.filter((priority) => of.includes(priority)).length;
      expect(count('sheddable')).toBeLessThanOrEqual(75);
      expect(count('sheddable', 'normal')).toBeLessThanOrEqual(90);
      if (admitted.length < 75) expect(admitted).toEqual(priorities);
    }),
  );
});

test('a refusal says when to come back, costs next to nothing, and is told; so is the end of the overload', () => {
  const seen = events();
  let clock = 0;
  const limit = limiter({ target: 'x', initial: 1, max: 1, now: () => clock });
  const leave = limit.enter('work', 'critical');
  const began = performance.now();
  for (let refused = 0; refused < 1_000; refused++)
    expect(() => limit.enter('work', 'critical')).toThrow(
      expect.objectContaining({ reason: 'overloaded', retryAfterMs: 1_000 }),
    );
  expect((performance.now() - began) / 1_000).toBeLessThan(5);
  leave('success');
  clock += 1_000;
  limit.enter('work', 'critical')('success');
  expect([...new Set(seen)]).toEqual(['x overloaded', 'x shed-critical', 'x recovered']);
});

test('a server with capacity to spare refuses nobody, however its work varies', () => {
  const ms = fc.record({ least: fc.integer({ min: 1, max: 200 }), most: fc.integer({ min: 200, max: 800 }) });
  fc.assert(
    fc.property(ms, fc.integer(), ({ least, most }, seed) => {
      const workers = 16;
      const perSecond = (0.5 * workers * 1_000) / ((least + most) / 2);
      const { refused } = overloaded({ workers, least, most, seed, load: [{ perSecond, seconds: 60 }] });
      expect(refused).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test('under ten times what it can do a server does what it can, in time, and what matters most first; then it is as before', () => {
  const load = rates(50, 500, 50, 50);
  const { phases, refused } = overloaded({ workers: 5, least: 20, most: 80, seed: 7, load });
  const [before, burst, soon, after] = phases;
  expect(refused).toBeGreaterThan(0);
  expect(before?.refused).toBe(0);
  expect(burst?.goodput).toBeGreaterThan(80);
  expect(burst?.p99).toBeLessThan(1_000);
  expect(burst?.admitted.critical).toBeGreaterThan(3 * (burst?.admitted.sheddable ?? 0));
  expect(soon?.goodput).toBeGreaterThan(45);
  expect(after).toMatchObject({ refused: 0 });
  expect(after?.p99).toBeLessThan(200);
});

test('a burst waits no longer on a server that is busy than on an idle one', () => {
  const { phases } = overloaded({ workers: 5, least: 20, most: 80, seed: 7, load: rates(95, 950) });
  expect(phases[1]?.goodput).toBeGreaterThan(80);
  expect(phases[1]?.p99).toBeLessThan(1_000);
});

test('without shedding the same server answers too late', () => {
  switchedOff('shedding');
  const { phases } = overloaded({ workers: 5, least: 20, most: 80, seed: 7, load: rates(50, 500) });
  expect(phases[1]?.refused).toBe(0);
  expect(phases[1]?.p99).toBeGreaterThan(10_000);
});

test('slowness without a queue changes nothing', () => {
  const { limits } = overloaded({
    workers: 1_000,
    least: 10,
    most: 2_000,
    seed: 7,
    load: [{ perSecond: 20, seconds: 60 }],
  });
  expect(limits).toEqual([]);
});

test('a slow server, too, lets nobody wait for long', () => {
  const { phases } = overloaded({ workers: 1, least: 40, most: 60, seed: 7, load: rates(8, 40, 8, 8) });
  const [, burst, soon, after] = phases;
  expect(burst?.goodput).toBeGreaterThan(16);
  expect(burst?.p99).toBeLessThan(3_000);
  expect(soon?.p99).toBeLessThan(1_000);
  expect(after).toMatchObject({ refused: 0 });
});

const underWay = (limit: ReturnType<typeof limiter>, many: number) =>
  Array.from({ length: many }, () => limit.enter('work', 'critical'));

test.each([
  ['a second and a half without a processor', 0, 1_500],
  ['four seconds with a third of one', 34, 4_000],
])('a stall refuses nobody, neither then nor afterwards: %s', (_name, perSecond, stallMs) => {
  let clock = 0;
  const limit = limiter({ target: 'x', now: () => clock });
  const waiting: (() => void)[] = [];
  const stalled = () => clock >= 10_000 && clock < 10_000 + stallMs;
  for (let done = 0; clock < 30_000; clock += 10) {
    if (clock % 20 === 0) {
      const leave = limit.enter('work', 'sheddable');
      waiting.push(() => leave('success'));
    }
    done += (stalled() ? perSecond : 100) / 100;
    if (waiting.length === 0) done = 0;
    for (; done >= 1; done--) waiting.shift()?.();
  }
  expect(waiting.length).toBeLessThan(2);
});

test('failures that come soon do not raise the limit, and those that come late lower it', () => {
  const seen = limitsSeen();
  let clock = 0;
  const limit = limiter({ target: 'x', now: () => clock });
  const failing = (ms: number) => {
    for (let round = 0; round < 20; round++) {
      const all = underWay(limit, seen.at(-1) ?? 40);
      clock += ms;
      for (const leave of all) leave('dropped');
    }
  };
  failing(200);
  expect(seen).toEqual([]);
  failing(2_000);
  expect(seen.at(-1)).toBe(10);
  failing(200);
  expect(seen.at(-1)).toBe(10);
});

test('a few who find everything slow, as when a process has just begun, lower it for nobody', () => {
  const seen = limitsSeen();
  let clock = 0;
  const limit = limiter({ target: 'x', now: () => clock });
  for (let round = 0; round < 20; round++) {
    const all = underWay(limit, 10);
    clock += 2_000;
    for (const leave of all) leave('success');
  }
  expect(seen).toEqual([]);
});

test('the limit returns in seconds, however few come', () => {
  const seen = limitsSeen();
  let clock = 0;
  const limit = limiter({ target: 'x', now: () => clock });
  for (let round = 0; round < 20; round++) {
    const all = underWay(limit, seen.at(-1) ?? 40);
    clock += 2_000;
    for (const leave of all) leave('dropped');
  }
  expect(seen.at(-1)).toBe(10);
  for (let second = 0; second < 30; second++) {
    clock += 1_000;
    limit.enter('work', 'sheddable')('success');
  }
  expect(seen.at(-1)).toBe(80);
});
