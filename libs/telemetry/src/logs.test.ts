import type { LevelWithSilent } from 'pino';
import { expect, test } from 'vitest';
import { logger } from './logs.ts';
import { spans } from './spans-for-tests.ts';
import { span, traceId } from './traces.ts';

function given(level?: LevelWithSilent) {
  const lines: string[] = [];
  const log = logger('order', level, { write: (line) => void lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

test('a line has timestamp, level, service and message, and what it was given', () => {
  const { log, last } = given();
  log.info({ orderId: '1', moved: true }, 'payment captured');
  const { timestamp, ...others } = last();
  expect(new Date(timestamp).toISOString()).toBe(timestamp);
  expect(Math.abs(Date.now() - Date.parse(timestamp))).toBeLessThan(60_000);
  expect(others).toEqual({ level: 'info', service: 'order', message: 'payment captured', orderId: '1', moved: true });
});

test('a line within a span has its trace', async () => {
  await spans();
  const { log, last } = given();
  const id = await span('request', {}, async () => {
    log.info('inside');
    return traceId();
  });
  expect(last().trace_id).toMatch(/^[0-9a-f]{32}$/);
  expect(last().trace_id).toBe(id);
  log.info('outside');
  expect(last()).not.toHaveProperty('trace_id');
});

test('lines below the level are left out', () => {
  const { log, lines } = given('warn');
  log.info('a detail');
  log.warn('a warning');
  expect(lines).toHaveLength(1);
});

const rowError = () =>
  Object.assign(new Error('duplicate key value violates unique constraint "users_email_key"'), {
    name: 'DatabaseError',
    code: '23505',
    detail: 'Key (email)=(jane@example.com) already exists.',
    where: 'COPY users, line 1: "jane@example.com"',
    parameters: ['jane@example.com'],
  });

test('of an error its type, message, code and stack are told, and never the row', () => {
  const { log, lines, last } = given();
  log.error({ err: rowError() }, 'could not register');
  const { err } = last();
  expect(err).toMatchObject({ type: 'DatabaseError', code: '23505', message: expect.stringContaining('users_email') });
  expect(err.stack).toContain('logs.test.ts');
  expect(Object.keys(err).sort()).toEqual(['code', 'message', 'stack', 'type']);
  expect(lines.join()).not.toContain('jane@');
});

test('the causes of an error are told in the same way', () => {
  const { log, lines, last } = given();
  log.error({ err: new Error('no answer', { cause: rowError() }) }, 'failed');
  expect(last().err).toMatchObject({ type: 'Error', message: 'no answer', cause: { code: '23505' } });
  expect(lines.join()).not.toContain('jane@');
});

test('errors that cause each other are no trouble', () => {
  const { log, last } = given();
  const error = new Error('outer');
  error.cause = new Error('inner', { cause: error });
  log.error({ err: error }, 'failed');
  expect(last().err).toMatchObject({ message: 'outer', cause: { message: 'inner' } });
});

test('of something thrown that is no error only the type is told', () => {
  const { log, last } = given();
  log.error({ err: 'jane@example.com' }, 'failed');
  expect(last().err).toEqual({ type: 'string' });
});
