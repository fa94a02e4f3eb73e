import { expect, test } from 'vitest';
import { nextStep, type PaymentStatus, transitions } from './payment.ts';

const statuses = Object.keys(transitions) as PaymentStatus[];

test.each(['DECLINED', 'VOIDED', 'REFUNDED'] as const)('%s is for good', (end) => {
  expect(statuses.filter((to) => transitions[to].includes(end))).toEqual([]);
  expect(nextStep({ status: end, cancelRequested: false })).toBeUndefined();
  expect(nextStep({ status: end, cancelRequested: true })).toBeUndefined();
});

test.each(['PENDING', 'AUTHORIZED', 'CAPTURED'] as const)('a cancelled payment does not rest at %s', (status) => {
  expect(nextStep({ status, cancelRequested: true })).toBeDefined();
});

test('a cancelled payment is never captured', () => {
  expect(statuses.map((status) => nextStep({ status, cancelRequested: true }))).not.toContain('capture');
});
