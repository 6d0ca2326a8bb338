/**
 * Turns this process into one of Weft's daemons: same process id, so that systemd and the terminal see one
 * process, with its own signals and exit code, and nothing of the command line left in its memory.
 */
import { existsSync } from 'node:fs';
import { type Daemon, daemonArgv, daemonFile } from './daemon.ts';
import { Problem } from './problem.ts';

export function become(program: Daemon, args: readonly string[]): never {
  if (!existsSync(daemonFile(program)))
    throw new Problem(`the ${program} is not on this machine: install the package weft-${program}`);
  if (process.execve === undefined) throw new Error('this Node has no process.execve: it is not the pinned one');
  const argv = daemonArgv(program, args);
  return process.execve(argv[0], argv);
}
