/**
 * How one of Weft's daemons is started: the pinned Node, with what keeps it small.
 *
 * Daemons that are idle almost always would hold tens of MiB for their start alone: the compiler that takes the types
 * out of our files, and memory for young objects that none of them needs. So compiled code is kept beside the native
 * build (whoever may write there may change the program itself), and the young generation is held to a MiB.
 */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasCompileCache } from './config.ts';

const ourRoot = join(import.meta.dirname, '..');

export type Daemon = 'agent' | 'controller';

export function daemonFile(program: Daemon, root = ourRoot): string {
  return join(root, program, 'main.ts');
}

/**
 * As bin/weft, which starts services, has them. --v8-pool-size: threads that only help to compile and collect, each with
 * an arena of memory of its own.
 */
export const daemonFlags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1', '--v8-pool-size=1'];

/** Begins with the program to run. `root`: another checkout, to start another version. */
export function daemonArgv(program: Daemon, args: readonly string[], root = ourRoot): [string, ...string[]] {
  const node = [process.execPath, ...daemonFlags, daemonFile(program, root), ...args] as const;
  // A service has a cache of its own (systemd/), which goes with it. A package's files are the package's: what is started
  // from it by hand does without.
  if (hasCompileCache() || existsSync(join(root, 'bin/node'))) return ['/usr/bin/env', ...node];
  return ['/usr/bin/env', `NODE_COMPILE_CACHE=${compileCache(root)}`, ...node];
}

/** Where nothing can be written (a read-only system) Node takes what is there, and otherwise does without. */
function compileCache(root: string): string {
  const directory = join(root, 'build', 'compile-cache');
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // Whatever the umask was: nobody else may put code here.
    chmodSync(directory, 0o700);
  } catch {
    // As above.
  }
  return directory;
}
