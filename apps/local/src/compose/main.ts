import { config } from '@chandlery/config';
import { shopInContainers } from '../addresses.ts';
import { Config } from '../config.ts';
import { type Shop, showShop } from '../first-order.ts';
import { program } from '../program.ts';
import { paragraph, type Say, step, timed } from '../steps.ts';
import { type Arguments, help, readArguments } from './cli.ts';
import { checkDocker, project, published } from './docker.ts';
import { down } from './down.ts';
import { type Started, startServers, startShop, tellServers } from './up.ts';

async function shopOf({ customer, traced }: Started): Promise<Shop> {
  const urlOf = async (container: string, port: number) => `http://${await published(container, port)}`;
  const [gateway, sandbox] = await Promise.all([urlOf('gateway', 8080), urlOf('sandbox', 4010)]);
  const jaeger = traced ? await urlOf('jaeger', 16686) : undefined;
  return shopInContainers({ gateway, sandbox, jaeger }, customer, [
    `Logs      docker compose -p ${project} logs -f order`,
    `State     docker compose -p ${project} ps`,
  ]);
}

async function up({ infra, fresh, sample, toxiproxy }: Arguments, say: Say): Promise<void> {
  if (fresh) await step(say, 'everything forgotten', () => down(true));
  if (infra) {
    const file = await tellServers(await startServers(say));
    paragraph(['Use them', `set -a; . ${file}; set +a`, 'npm start, or npm test']);
  } else {
    await showShop(await shopOf(await startShop(say, toxiproxy)), sample, say);
  }
  paragraph(['npm run stop:compose stops everything.']);
}

await program(async () => {
  const args = readArguments(process.argv.slice(2));
  if (args.help) return console.log(help);
  const say = timed(config(Config).STARTED_AT ?? performance.timeOrigin);
  await checkDocker();
  if (args.verb === 'up') return up(args, say);
  await step(say, args.volumes ? 'containers and volumes removed' : 'containers removed', () => down(args.volumes));
});
