import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpServer } from '@chandlery/http';
import { inProcessKeyValue } from '@chandlery/keyvalue';
import { logger } from '@chandlery/telemetry';
import { expect, onTestFinished, test, vi } from 'vitest';
import { jwksRoutes } from './jwks.ts';

test('keys are asked for once a second at the most, and stay known while user is away', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const asked = vi.fn();
  const user = createServer((_, answer) => answer.writeHead(asked() ?? 200).end('{"keys":[]}'));
  await new Promise<void>((resolve) => user.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(user.address() as AddressInfo).port}`;
  const kept = inProcessKeyValue();
  const gateway = httpServer({ log: logger('test', 'silent') });
  await gateway.register(jwksRoutes, { url, kept });
  onTestFinished(async () => {
    user.close();
    await gateway.close();
    await kept.stop();
  });
  const ask = () => gateway.inject('/.well-known/jwks.json');
  for (const { statusCode } of await Promise.all(Array.from({ length: 20 }, ask))) expect(statusCode).toBe(200);
  expect(asked).toHaveBeenCalledTimes(1);
  asked.mockReturnValue(500);
  vi.advanceTimersByTime(3_000_000);
  expect((await ask()).json()).toEqual({ keys: [] });
  expect(asked).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(3_600_000);
  expect((await ask()).statusCode).toBe(503);
});
