import { expect, test } from 'vitest';
import { kubectl, until } from './kube.ts';
import { allReady, podFor } from './pods.ts';
import { auditHolds, repeating, say, underLoad } from './shop.ts';

/** What a client may be told while a server is away: come back, or nothing at all. */
const excusable = [0, 409, 503];

test.each(['kafka', 'redis', 'postgresql'])(
  '%s is replaced while orders are placed: nothing is lost or doubled',
  async (server) => {
    const load = await underLoad(repeating);
    const { name } = await podFor(server);
    await kubectl(['delete', 'pod', name]);
    await allReady();
    const before = load.report().served;
    await until('it goes on as before', async () => load.report().served > before + 250);
    const { sent, failures, failuresByKind, repeated, accepted } = await load.stop();
    say(
      `${server} replaced: ${sent} requests, ${failures.length} failed, ${repeated} sent twice ${JSON.stringify(failuresByKind)}`,
    );
    expect(failures.filter(({ status }) => !excusable.includes(status))).toEqual([]);
    expect(failures.length).toBeLessThan(sent / 2);
    await auditHolds(accepted);
  },
);
