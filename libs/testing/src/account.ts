import { execFileSync, type StdioOptions, spawn, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Who PostgreSQL runs as; undefined: who we are. */
export type Account = { uid: number; gid: number } | undefined;

/** PostgreSQL refuses to run as root: there it runs as the system user `postgres`, made if need be. */
export function account(): Account {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
    return { uid: id('-u'), gid: id('-g') };
  }
}

/** Whether others than its owner may enter every directory on the way to `path`. */
function reachable(path: string): boolean {
  for (let directory = path; ; directory = dirname(directory)) {
    if ((statSync(directory).mode & 0o001) === 0) return false;
    if (directory === dirname(directory)) return true;
  }
}

/**
 * Starts a program of PostgreSQL as its own user. Where that user may not enter a directory on the way, as below /root, it keeps the one right of
 * root which it needs, to pass through directories; access(2), by which PostgreSQL looks for its own files, heeds that only without the uid fixup.
 */
export function spawnAs(owner: Account, program: string, args: string[], directory: string, stdio: StdioOptions) {
  const detached = true; // Ctrl-C in a terminal must not reach it: its clients end first
  if (!owner || (reachable(dirname(program)) && reachable(dirname(directory)))) {
    return spawn(program, args, { ...owner, detached, stdio });
  }
  if (process.platform !== 'linux' || spawnSync('setpriv', ['--version']).status !== 0) {
    throw new Error(
      `the system user postgres may not enter ${dirname(directory)} or ${dirname(program)}: chmod o+x the directories on the way`,
    );
  }
  const rights = '+dac_override,+dac_read_search';
  const user = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  const kept = [`--inh-caps=${rights}`, `--ambient-caps=${rights}`, '--securebits=+no_setuid_fixup'];
  return spawn('setpriv', [...user, ...kept, program, ...args], { detached, stdio });
}
