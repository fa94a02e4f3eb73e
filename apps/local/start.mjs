// Runs on any Node from 20 on: brings what is missing, then hands over to the pinned Node. Uses no dependency.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const stamp = join(root, 'node_modules', '.chandlery');
const read = (...path) => readFileSync(join(root, ...path), 'utf8');

function fail(message) {
  console.error(`chandlery: ${message}`);
  process.exit(1);
}

/** Whether what npm put into node_modules is what package-lock.json asks for. */
function installed(lock, hash) {
  try {
    if (readFileSync(stamp, 'utf8') === hash) return true;
  } catch {
    // installed by hand, or not at all: compare
  }
  try {
    const present = JSON.parse(read('node_modules', '.package-lock.json')).packages;
    const wanted = Object.entries(JSON.parse(lock).packages).filter(([path]) => path !== '');
    return wanted.every(([path, { version, optional }]) =>
      present[path] ? present[path].version === version : optional === true,
    );
  } catch {
    return false;
  }
}

/** `npm ci`, with a sign of life; npm's own words are shown when it fails. */
async function install() {
  console.log('Installing dependencies (npm ci): the first time, and when package-lock.json has changed.');
  const began = Date.now();
  const npm = spawn('npm', ['ci', '--include=dev', '--include=optional', '--ignore-scripts=false'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (output += chunk));
  const seconds = () => `  ${Math.round((Date.now() - began) / 1000)} s`;
  const terminal = process.stdout.isTTY;
  const progress = setInterval(
    () => (terminal ? process.stdout.write(`\r${seconds()}`) : console.log(seconds())),
    terminal ? 1_000 : 10_000,
  );
  const code = await new Promise((resolve) => npm.on('error', resolve).on('close', resolve));
  clearInterval(progress);
  if (code !== 0) fail(`npm ci failed. Mend what it says here, then try again:\n\n${output.trim() || code}`);
  console.log(`${terminal ? '\r' : ''}${seconds()}, done.`);
}

/** The pinned Node; package.json names its version once for each platform. */
function runtime() {
  const pinned = Object.values(JSON.parse(read('package.json')).optionalDependencies)[0];
  const node = join(bin, 'node');
  let found = 'nothing that runs';
  try {
    found = execFileSync(node, ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    // not there, or made for another platform
  }
  if (found === `v${pinned}`) return node;
  const platform = `${process.platform}-${process.arch}`;
  return fail(`needs Node ${pinned} for ${platform} in node_modules, found ${found}: remove node_modules, try again.`);
}

/** Becomes the given program, as far as Node can: its terminal, its signals, its exit code. */
function become(program, args) {
  const env = {
    ...process.env,
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    STARTED_AT: String(Math.round(performance.timeOrigin)),
  };
  const child = spawn(program, args, { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // a signal to npm ends npm and its shell, which doesn't hand it on
  const parent = process.ppid;
  const orphaned = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(orphaned);
    child.kill('SIGTERM');
  }, 250);
  if (!process.env.npm_lifecycle_event) clearInterval(orphaned);
  child.on('error', (error) => fail(`can't run ${program}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

if (Number(process.versions.node.split('.')[0]) < 20) fail(`needs Node 20 or newer, this is ${process.version}.`);
const lock = read('package-lock.json');
const hash = createHash('sha256').update(lock).digest('hex');
if (!installed(lock, hash)) await install();
writeFileSync(stamp, hash);
const node = runtime();
const [flag, program, ...args] = process.argv.slice(2);
if (flag === '--exec' && program) become(program, args);
else become(node, [join(root, 'apps', 'local', 'src', 'main.ts'), ...process.argv.slice(2)]);
