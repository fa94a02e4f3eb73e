import { Failure } from '@chandlery/errors';
import { expect, onTestFinished, test } from 'vitest';
import { health, type OpsPages } from './index.ts';

/** The ops port with these pages. */
async function given(pages: OpsPages) {
  const ops = health({ pages });
  const url = `http://127.0.0.1:${await ops.listen(0, '127.0.0.1')}`;
  onTestFinished(() => ops.close());
  return async (method: string, path: string, body?: string) => {
    const response = await fetch(url + path, { method, ...(body !== undefined && { body }) });
    const text = await response.text();
    return { status: response.status, type: response.headers.get('content-type'), body: text && JSON.parse(text) };
  };
}

test('a page is found by method and path, told its parameters and body, and sent as JSON', async () => {
  const ask = await given({
    'GET /lamps': () => ['red', 'green'],
    'PUT /lamps/:name': async ({ params, body }) => ({ ...params, body }),
  });
  expect(await ask('GET', '/lamps')).toEqual({ status: 200, type: 'application/json', body: ['red', 'green'] });
  expect((await ask('PUT', '/lamps/red?now', '{"lit":true}')).body).toEqual({ name: 'red', body: { lit: true } });
  expect((await ask('PUT', '/lamps/red')).body).toEqual({ name: 'red' });
});

test('other methods and paths, and the probes, are what they were', async () => {
  const ask = await given({ 'GET /lamps': () => [], 'GET /ready': () => 'mine' });
  for (const [method, path] of [
    ['PUT', '/lamps'],
    ['GET', '/lamps/red'],
    ['GET', '/'],
  ] as const)
    expect((await ask(method, path)).status).toBe(404);
  expect((await ask('GET', '/ready')).body).toMatchObject({ status: 'unavailable', state: 'starting' });
});

test('a failure is a problem document that names the fields', async () => {
  const ask = await given({
    'PUT /lamps/:name': () => {
      throw new Failure('invalid', 'bad lamp', { fields: [{ field: 'lit', message: 'must be boolean' }] });
    },
    'GET /lamps/:name': ({ params }) => {
      throw new Failure('not_found', `no lamp ${params.name}`);
    },
  });
  expect(await ask('PUT', '/lamps/red', '{"lit":1}')).toMatchObject({
    status: 400,
    type: 'application/problem+json',
    body: { status: 400, detail: 'bad lamp', errors: [{ field: 'lit', message: 'must be boolean' }] },
  });
  expect(await ask('GET', '/lamps/blue')).toMatchObject({ status: 404, body: { detail: 'no lamp blue' } });
});

test.each([
  ['is not JSON', '{"lit":'],
  ['is larger than 16 KiB', JSON.stringify('x'.repeat(17 * 1024))],
])('a body that %s is refused before the page sees it', async (_, body) => {
  let seen = false;
  const ask = await given({
    'PUT /lamps': () => {
      seen = true;
    },
  });
  expect(await ask('PUT', '/lamps', body)).toMatchObject({ status: 400, body: { title: 'The request is not valid' } });
  expect(seen).toBe(false);
});

test('a bug in a page says nothing of its inside', async () => {
  const ask = await given({
    'GET /lamps': () => {
      throw new Error('password=hunter2');
    },
  });
  expect(await ask('GET', '/lamps')).toEqual({ status: 500, type: null, body: '' });
});
