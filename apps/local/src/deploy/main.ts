import { config } from '@chandlery/config';
import { commandLine } from '../command-line.ts';
import { Config } from '../config.ts';
import { buildImages, revision } from '../images.ts';
import { context as kindContext } from '../kind/cluster.ts';
import { loadImages } from '../kind/images.ts';
import { appsOf, type Environment, environments } from '../kind/releases.ts';
import { program } from '../program.ts';
import { type Say, step, timed } from '../steps.ts';
import { blueGreen, finish, switchBack } from './blue-green.ts';
import { canary } from './canary.ts';
import { target } from './release.ts';
import { rolling } from './rolling.ts';

const help = `Releases one service, and touches no other. Without --tag it builds the sources as they are, and copies the image into the kind cluster.

  npm run deploy -- <app> [flags]

  (no flag)       pod by pod; a version that does not get ready is taken back
  --blue-green    beside the old one, tested on its own address, then switched over
    --back        the colour of before serves again
    --finish      ends the pair: what serves now is the only version
  --canary        gets 10, 50, 100 % of the calls; taken back by itself if it is worse
  --rollback      the revision of before
  --tag TAG       an image that is there already
  --env ENV       ${environments.join(', ')} (dev)
  --context NAME  of kubectl (${kindContext})
  --help          show this`;

const { usage, parsed, oneOf } = commandLine('npm run deploy');
const flag = { type: 'boolean', default: false } as const;
const options = {
  'blue-green': flag,
  back: flag,
  finish: flag,
  canary: flag,
  rollback: flag,
  tag: { type: 'string' },
  env: { type: 'string', default: 'dev' },
  context: { type: 'string', default: kindContext },
  help: flag,
} as const;
const ways = ['blue-green', 'back', 'finish', 'canary', 'rollback'] as const;

function readArguments(args: string[]) {
  const { values, positionals } = parsed({ args, options, allowPositionals: true });
  const chosen = ways.filter((way) => values[way] && !(way === 'blue-green' && (values.back || values.finish)));
  if (chosen.length > 1) throw usage(`${chosen.map((way) => `--${way}`).join(' and ')} exclude each other`);
  const env = oneOf('--env', environments, values.env);
  return { ...values, env, way: chosen[0] ?? ('rolling' as const), app: appOf(positionals, env, values.help) };
}

function appOf(positionals: string[], env: Environment, help: boolean): string {
  const [app = '', ...rest] = positionals;
  if (help || (appsOf(env).includes(app) && rest.length === 0)) return app;
  throw usage(`which app? One of ${appsOf(env).join(', ')}`);
}

/** The tag to release: the given one, or that of the sources, built and copied into the cluster. */
async function image(app: string, given: string | undefined, context: string, say: Say): Promise<string> {
  if (given) return given;
  if (context !== kindContext)
    throw usage(`${context} pulls its images from a registry: push one, and name it by --tag`);
  const tag = await revision();
  await step(say, `image built and loaded: ${tag}`, async () => {
    await buildImages(tag, [app]);
    await loadImages([app], tag);
  });
  return tag;
}

await program(async () => {
  const { app, way, tag: given, env, context, help: asked } = readArguments(process.argv.slice(2));
  if (asked) return console.log(help);
  const say = timed(config(Config).STARTED_AT ?? performance.timeOrigin);
  const it = target(app, env, context);
  if (way === 'back') return switchBack(it, say);
  if (way === 'finish') return finish(it, say);
  if (way === 'rollback') {
    await step(say, 'rolled back', it.rollback);
    return it.ready();
  }
  const tag = await image(app, given, context, say);
  if (way === 'canary') return canary(it, tag, say);
  return way === 'blue-green' ? blueGreen(it, tag, say) : rolling(it, tag, say);
});
