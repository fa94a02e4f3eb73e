import { endFaults } from '@chandlery/faults';
import type { OpsRequest } from '@chandlery/health';
import { logger } from '@chandlery/telemetry';
import { afterEach, expect, test } from 'vitest';
import { faultPages } from './faults.ts';

afterEach(endFaults);

const log = logger('test', 'silent');
const asking = (page: string, enabled: boolean, request: Partial<OpsRequest> = {}) =>
  faultPages(enabled, log)[page]?.({ params: {}, body: undefined, ...request });

const slow = { params: { name: 'slow' }, body: { kind: 'latency', at: '*', ms: 1 } };

test('a fault is set, seen and ended by its name', () => {
  expect(asking('PUT /ops/faults/:name', true, slow)).toEqual({ ...slow.body, met: 0 });
  expect(asking('GET /ops/faults', true)).toEqual({ slow: { ...slow.body, met: 0 } });
  expect(asking('DELETE /ops/faults/:name', true, slow)).toEqual({});
  expect(asking('GET /ops/faults', true)).toEqual({});
  expect(() => asking('DELETE /ops/faults/:name', true, slow)).toThrow(expect.objectContaining({ kind: 'not_found' }));
});

test('all end at once', () => {
  asking('PUT /ops/faults/:name', true, slow);
  asking('DELETE /ops/faults', true);
  expect(asking('GET /ops/faults', true)).toEqual({});
});

test('where faults are not allowed there are none', () => {
  expect(() => asking('PUT /ops/faults/:name', false, slow)).toThrow(expect.objectContaining({ kind: 'forbidden' }));
  expect(asking('GET /ops/faults', false)).toEqual({});
});
