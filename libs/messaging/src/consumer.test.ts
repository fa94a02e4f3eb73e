import { expect, onTestFinished, test, vi } from 'vitest';
import { log, postgresBroker, unique } from './broker-for-tests.ts';
import { consumer } from './consumer.ts';
import { forget } from './inbox.ts';
import { postgresBus } from './postgres.ts';
import { consuming, counted, countedMessage, effects, serviceDatabase, writing } from './service-for-tests.ts';

const soon = { timeout: 20_000, interval: 20 };

const given = postgresBroker();

test('consuming that cannot heal is told, so that the process can end', async () => {
  const { url, db } = await serviceDatabase();
  const nowhere = new URL(url);
  nowhere.pathname = unique('nowhere');
  const bus = postgresBus({ url: nowhere.href, log });
  onTestFinished(() => bus.stop());
  const onFatal = vi.fn();
  consumer({ bus, db, group: 'group', handlers: [writing(counted())], log, onFatal }).start();
  await vi.waitFor(() => expect(onFatal).toHaveBeenCalledOnce(), soon);
  expect(onFatal.mock.calls[0]?.[0]).toMatchObject({ message: expect.stringContaining('does not exist') });
});

test('an event of a type that the group does not handle is not for it', async () => {
  const [{ db }, broker, event] = [await serviceDatabase(), await given(), counted()];
  const bus = broker.connect();
  consuming({ bus, db, handlers: [writing(event)] });
  const stranger = { ...countedMessage(event, 'a', { number: 1 }), type: 'test.other.v1' };
  await bus.publish([stranger, countedMessage(event, 'a', { number: 2 })]);
  await vi.waitFor(async () => expect(await effects(db)).toEqual([2]), soon);
  expect(await db.selectFrom('inbox').selectAll().execute()).toHaveLength(1);
});

test('two groups over one database each apply a message', async () => {
  const [{ db }, broker, event] = [await serviceDatabase(), await given(), counted()];
  const bus = broker.connect();
  for (const group of ['one', 'other']) consuming({ bus, db, group, handlers: [writing(event)] });
  await bus.publish([countedMessage(event, 'a', { number: 1 })]);
  await vi.waitFor(async () => expect(await effects(db)).toEqual([1, 1]), soon);
});

test('the inbox forgets what is old, and nothing else', async () => {
  const { db } = await serviceDatabase();
  const days = (count: number) => new Date(Date.now() - count * 24 * 3_600_000);
  await db
    .insertInto('inbox')
    .values([1, 89, 91].map((age) => ({ consumer: 'group', message_id: `${age} days`, handled_at: days(age) })))
    .execute();
  await forget(db, 'group');
  const left = await db.selectFrom('inbox').select('message_id').orderBy('handled_at').execute();
  expect(left.map(({ message_id }) => message_id)).toEqual(['89 days', '1 days']);
});
