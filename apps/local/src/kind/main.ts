import { config } from '@chandlery/config';
import { commandLine } from '../command-line.ts';
import { Config } from '../config.ts';
import { interruption } from '../interruption.ts';
import { program } from '../program.ts';
import { step, timed } from '../steps.ts';
import { configuration, deleteCluster, prepareEncryption } from './cluster.ts';
import { greet } from './greet.ts';
import { prepare, up } from './up.ts';

const help = `Brings the shop up on a kind cluster (Kubernetes in Docker), places one order, and shows its way. Run it again to deploy what has changed.

  npm run start:kind -- [flags]
  npm run stop:kind              removes the cluster and all that is in it

  --nodes 3      three nodes instead of one, where it makes the cluster
  --no-sample    place no order
  --prepare      namespaces, roles and Secrets only: what a release by other tools needs
  --config       print the path of the cluster's configuration, make what it needs, and do nothing else
  --help         show this

  KIND_NODE_IMAGE in the environment: the node image, instead of kind's default.`;

const { parsed, oneOf, verb } = commandLine('npm run start:kind');

const options = {
  nodes: { type: 'string', default: '1' },
  sample: { type: 'boolean', default: true },
  prepare: { type: 'boolean', default: false },
  config: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function readArguments(args: string[]) {
  const { values, positionals } = parsed({ args, options, allowNegative: true, allowPositionals: true });
  const nodes = oneOf('--nodes', ['1', '3'], values.nodes) === '1' ? (1 as const) : (3 as const);
  return { ...values, verb: verb(positionals), nodes };
}

await program(async () => {
  const args = readArguments(process.argv.slice(2));
  const { STARTED_AT, KIND_NODE_IMAGE } = config(Config);
  const say = timed(STARTED_AT ?? performance.timeOrigin);
  if (args.help) return console.log(help);
  if (args.config) {
    prepareEncryption();
    return console.log(configuration(args.nodes));
  }
  if (args.verb === 'down') return step(say, 'the cluster is gone', deleteCluster);
  if (args.prepare) return void (await step(say, 'namespaces and Secrets', prepare));
  const { stop } = interruption();
  const { customer } = await up({ nodes: args.nodes, nodeImage: KIND_NODE_IMAGE, say, signal: stop });
  await greet(customer, args.sample, say);
});
