import { expect, test } from 'vitest';
import { config, Port, Switch, Type } from './index.ts';

const Schema = Type.Object({
  HTTP_PORT: Port(8080),
  DATABASE_URL: Type.String(),
  SIGNING_KEY: Type.String({ minLength: 32 }),
  ENABLED: Switch(false),
  BUS_URL: Type.Optional(Type.String()),
});
const good = { DATABASE_URL: 'postgres://x', SIGNING_KEY: 'x'.repeat(32) };

test('takes defaults, converts, and leaves other variables alone', () => {
  expect(config(Schema, { ...good, ENABLED: 'true', PATH: '/bin' })).toEqual({
    ...good,
    HTTP_PORT: 8080,
    ENABLED: true,
  });
});

test('reports all problems at once, and no value', () => {
  const attempt = () => config(Schema, { HTTP_PORT: 'eighty', SIGNING_KEY: 'hunter2', DATABASE_URL: '' });
  expect(attempt).toThrow(/DATABASE_URL is missing/);
  expect(attempt).toThrow(/HTTP_PORT must be integer/);
  expect(attempt).toThrow(/SIGNING_KEY must not have fewer than 32 characters/);
  expect(attempt).not.toThrow(/hunter2|eighty/);
});

test('is frozen', () => {
  const settings = config(Schema, good) as { HTTP_PORT: number };
  expect(() => {
    settings.HTTP_PORT = 1;
  }).toThrow(TypeError);
});
