import { startTracing, type TracingOptions } from '@chandlery/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { jane, service, signedIn } from './fixtures/service.ts';

type Processor = NonNullable<TracingOptions['processors']>[number];

/** Keeps what a collector would get. */
function recorder(spans: string[]): Processor {
  return {
    onStart: () => undefined,
    onEnd: ({ name, attributes, events, status }) =>
      void spans.push(JSON.stringify({ name, attributes, events, status })),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
}

test('no address, name, password, token or key is in a log line or a span', async () => {
  const [log, spans]: [string[], string[]] = [[], []];
  const tracing = startTracing('user', { processors: [recorder(spans)] });
  onTestFinished(() => tracing.stop());
  const { users, db } = await service(log);
  const { tokens, token } = await signedIn(users, { ...jane, name: 'Appleseed' });
  const { key } = await users.createApiKey({ name: 'deploy' }, { token });
  const { accessToken } = await users.exchangeApiKey({ key });
  const { outcome } = await users.refresh(tokens);
  await users.refresh(tokens);
  await users.register(jane).catch(() => undefined);
  await users.signIn({ ...jane, password: 'wrong password' }).catch(() => undefined);
  await db.schema.dropTable('api_keys').execute();
  await users.exchangeApiKey({ key }).catch(() => undefined);
  const next = outcome.case === 'tokens' ? outcome.value : undefined;

  const seen = [...log, ...spans].join('\n');
  for (const action of ['register', 'sign-in', 'create-api-key', 'user.v1.UserService/SignIn', 'insert into', 'bug'])
    expect(seen).toContain(action);
  const secrets = [jane.email, 'Appleseed', jane.password, 'wrong password', '$argon2id', key, token, accessToken];
  for (const secret of [...secrets, tokens.refreshToken, next?.refreshToken ?? '?', next?.accessToken ?? '?'])
    expect(seen).not.toContain(secret);
});
