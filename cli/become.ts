/**
 * Turns this process into one of Weft's daemons: same process id, so that systemd and the terminal see one
 * process, with its own signals and exit code, and nothing of the command line left in its memory.
 */
import { join } from 'node:path';

export function become(program: 'agent' | 'controller', args: readonly string[]): never {
  const main = join(import.meta.dirname, '..', program, 'main.ts');
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', main, ...args];
  if (process.execve === undefined) throw new Error('this Node has no process.execve: it is not the pinned one');
  return process.execve(process.execPath, node);
}
