import type { AddressInfo } from 'node:net';
import { endFaults, setFault } from '@chandlery/faults';
import { logger } from '@chandlery/telemetry';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { httpServer } from './server.ts';

afterEach(endFaults);

async function serving() {
  const app = httpServer({ log: logger('test', 'silent') });
  const done: string[] = [];
  app.get('/things/:id', async ({ params }) => {
    done.push((params as { id: string }).id);
    return { done };
  });
  app.get('/sent/:id', async ({ params }, reply) => {
    done.push((params as { id: string }).id);
    return reply.status(201).send({ done });
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return { done, get: (id: string, of = 'things') => fetch(`http://127.0.0.1:${port}/${of}/${id}`) };
}

test('a route fails by the name of its span, before it has done anything', async () => {
  const { get, done } = await serving();
  setFault('broken', { kind: 'error', at: 'GET /things/:id' });
  expect((await get('1')).status).toBe(503);
  expect(done).toEqual([]);
  endFaults();
  expect((await get('2')).status).toBe(200);
});

test.each(['things', 'sent'])(
  'an answer of /%s that is dropped is a connection that breaks, after the work',
  async (of) => {
    const { get, done } = await serving();
    setFault('lossy', { kind: 'drop', at: `GET /${of}/:id` });
    await expect(get('1', of)).rejects.toThrow('fetch failed');
    expect(done).toEqual(['1']);
    endFaults();
    const answer = await get('2', of);
    expect([answer.ok, await answer.json()]).toEqual([true, { done: ['1', '2'] }]);
  },
);
