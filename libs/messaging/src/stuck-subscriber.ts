import { logger } from '@chandlery/telemetry';
import { kafkaBus } from './kafka.ts';
import { postgresBus } from './postgres.ts';

const [address = '', group = '', topic = ''] = process.argv.slice(2);
const log = logger('stuck', 'silent');
const bus = address.startsWith('postgres:')
  ? postgresBus({ url: address, log })
  : kafkaBus({ brokers: [address], clientId: 'stuck', log, sessionTimeoutMs: 6_000 });

bus.subscribe(group, [topic], async ({ data }) => {
  process.stdout.write(`${data}\n`);
  await new Promise(() => {});
});
