import { config, Type } from '@chandlery/config';
import { expect, test } from 'vitest';
import { Defences } from './switches.ts';

const read = (DEFENCES_OFF: string) => config(Type.Object({ DEFENCES_OFF: Defences() }), { DEFENCES_OFF }).DEFENCES_OFF;

test.each(['', 'drain', 'retry,retry-budget'])('`%s` is a list of defences', (list) => {
  expect(read(list)).toBe(list);
});

test.each(['drain,brakes', 'brakes', 'drain,', ',drain', 'drain, retry', 'drainretry'])(
  '`%s` is a configuration error',
  (list) => {
    expect(() => read(list)).toThrow('DEFENCES_OFF must match pattern');
  },
);
