import { expect, test } from 'vitest';
import { seeded } from '../../libs/faults/src/index.ts';
import { type TargetName, targets } from '../targets.ts';
import { disruptionOf, schedule } from './schedule.ts';

const tenMinutes = (seed: number, target: TargetName) =>
  schedule({ target, random: seeded(seed), durationMs: 600_000, everyMs: 5_000 });

test.each(targets)('on %s a seed gives a schedule, and the same one again', (target) => {
  const incidents = tenMinutes(7, target);
  expect(incidents).toHaveLength(120);
  expect(tenMinutes(7, target)).toEqual(incidents);
  expect(tenMinutes(8, target)).not.toEqual(incidents);
});

test.each(targets)('every incident on %s is something that can be begun', (target) => {
  const incidents = Array.from({ length: 10 }, (_, seed) => tenMinutes(seed, target)).flat();
  for (const incident of incidents) expect(disruptionOf(incident, target), incident.what).toBeDefined();
  expect(new Set(incidents.map(({ what }) => what)).size).toBeGreaterThan(25);
});

test('servers are taken away only where they are servers of their own', () => {
  const incident = { atMs: 0, lastsMs: 1_000, what: 'kill kafka' };
  expect(disruptionOf(incident, 'kind')).toBeDefined();
  expect(disruptionOf(incident, 'embedded')).toBeUndefined();
});
