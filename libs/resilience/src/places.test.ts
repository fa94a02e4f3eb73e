import { expect, test } from 'vitest';
import { places } from './places.ts';

const { signal: nobodyLeaves } = new AbortController();

test('those who wait enter in the order in which they came, as places are given back', async () => {
  const turns = places(() => 2);
  const leave = [turns.take(), turns.take()];
  expect(turns.take()).toBeUndefined();
  const entered: string[] = [];
  const waiting = ['first', 'second'].map(async (name) => {
    const leaveAgain = await turns.enter(nobodyLeaves);
    entered.push(name);
    return leaveAgain;
  });
  expect(turns.waiting()).toBe(2);
  leave[0]?.();
  (await waiting[0])?.();
  await waiting[1];
  expect(entered).toEqual(['first', 'second']);
});

test('who leaves the queue is passed over', async () => {
  const turns = places(() => 1);
  const leave = turns.take();
  const gone = new AbortController();
  const left = turns.enter(gone.signal);
  const stayed = turns.enter(nobodyLeaves);
  gone.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  expect(turns.waiting()).toBe(1);
  leave?.();
  (await stayed)();
  expect(turns.take()).toBeDefined();
});

test('a place that comes in the moment of leaving is given back', async () => {
  const turns = places(() => 1);
  const leave = turns.take();
  const gone = new AbortController();
  const left = turns.enter(gone.signal);
  leave?.();
  gone.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  expect(turns.take()).toBeDefined();
});

test('who has left before does not wait', async () => {
  const turns = places(() => 1);
  await expect(turns.enter(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  expect(turns.waiting()).toBe(0);
});
