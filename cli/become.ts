/**
 * Turns this process into one of Weft's daemons: same process id, so that systemd and the terminal see one
 * process, with its own signals and exit code, and nothing of the command line left in its memory.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.ts';

export function become(program: 'agent' | 'controller', args: readonly string[]): never {
  const main = join(import.meta.dirname, '..', program, 'main.ts');
  if (!existsSync(main))
    throw new Problem(`the ${program} is not on this machine: install the package weft-${program}`);
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', main, ...args];
  if (process.execve === undefined) throw new Error('this Node has no process.execve: it is not the pinned one');
  return process.execve(process.execPath, node);
}
