import { expect, test } from 'vitest';
import { type Scenario, startLoad } from './load.ts';
import { serving } from './server-for-tests.ts';

const get: Scenario = { route: 'GET /', weight: 1, call: () => ({ method: 'GET', path: '/' }) };

test('requests arrive at a constant rate while a server holds its answers, and the wait is counted', async () => {
  const stalledUntil = Date.now() + 500;
  const url = await serving((_, answer) => void setTimeout(() => answer.end(), Math.max(0, stalledUntil - Date.now())));
  const { sent, served, routes } = await startLoad({ url, rate: 100, mix: [get], durationMs: 1_000 }).done;
  expect([sent, served]).toEqual([100, 100]);
  expect(routes['GET /']?.max).toBeGreaterThan(400);
  // a third of the requests came in the first 350 ms of the stall, so they took 150 ms at least
  expect(routes['GET /']?.p95).toBeGreaterThan(150);
});

test('what was refused for now is sent once more, with the same key, and counted', async () => {
  const seen = new Map<string, number>();
  const url = await serving((request, answer) => {
    const key = String(request.headers['idempotency-key']);
    seen.set(key, (seen.get(key) ?? 0) + 1);
    answer.writeHead(seen.get(key) === 1 ? 503 : 201).end('{"id":"order-1"}');
  });
  let n = 0;
  const headers = () => ({ 'idempotency-key': String(n++) });
  const post: Scenario = { ...get, call: () => ({ method: 'POST', path: '/', headers: headers(), body: {} }) };
  const report = await startLoad({ url, rate: 50, mix: [post], durationMs: 200, repeatAfterMs: 10 }).done;
  expect(report).toMatchObject({ sent: 10, served: 10, repeated: 10, failures: [] });
  expect(report.accepted).toHaveLength(10);
  expect([...seen.values()]).toEqual(Array(10).fill(2));
});

test('it is sent again as often as it is told to, until it is served', async () => {
  let asked = 0;
  const url = await serving((_, answer) => void answer.writeHead(++asked % 4 === 0 ? 200 : 503).end());
  const load = (repeats: number) =>
    startLoad({ url, rate: 10, mix: [get], durationMs: 100, repeatAfterMs: 1, repeats });
  expect(await load(3).done).toMatchObject({ sent: 1, served: 1, repeated: 1 });
  expect(await load(2).done).toMatchObject({ sent: 1, served: 0, repeated: 1 });
  expect(asked).toBe(7);
});

test('a refusal, a connection that breaks and a silent server are failures, by their kinds', async () => {
  const url = await serving((request, answer) => {
    if (request.url === '/refused') answer.writeHead(404).end('{}');
    if (request.url === '/broken') request.destroy();
  });
  const at = (path: string): Scenario => ({ route: path, weight: 1, call: () => ({ method: 'GET', path }) });
  const kindsOf = async (path: string) => {
    const load = startLoad({ url, rate: 20, mix: [at(path)], durationMs: 100, timeoutMs: 200 });
    return (await load.done).failuresByKind;
  };
  expect(await kindsOf('/refused')).toEqual({ '/refused: 404': 2 });
  expect(await kindsOf('/broken')).toEqual({ '/broken: UND_ERR_SOCKET': 2 });
  expect(await kindsOf('/silent')).toEqual({ '/silent: timeout': 2 });
});

test('a load that is stopped waits for its answers', async () => {
  const url = await serving((_, answer) => void setTimeout(() => answer.end(), 200));
  const load = startLoad({ url, rate: 100, mix: [get] });
  await expect.poll(() => load.report().served).toBeGreaterThan(0);
  const { sent, served } = await load.stop();
  expect(served).toBe(sent);
});
