/**
 * Processes by id and start time, so that a process is never taken for another one that got its id later.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { start } from './run.ts';

export interface ProcessRef {
  readonly pid: number;
  /** Clock ticks from boot, as in /proc/PID/stat. */
  readonly startTime: number;
}

/** Undefined: no such process, or only its zombie is left. */
export function lookUp(pid: number): ProcessRef | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything, also parentheses; the state follows the last of them.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startTime = Number(fields[19]);
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : { pid, startTime };
  } catch {
    return undefined;
  }
}

export function isAlive(process: ProcessRef): boolean {
  return lookUp(process.pid)?.startTime === process.startTime;
}

/** False when it was gone already. */
export function sendSignal(target: ProcessRef, signal: NodeJS.Signals): boolean {
  if (!isAlive(target)) return false;
  try {
    return process.kill(target.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

export async function waitUntilGone(targets: readonly ProcessRef[], timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (targets.some(isAlive)) {
    if (performance.now() > deadline) return false;
    await pause(5);
  }
  return true;
}

/**
 * Starts a program that outlives this process: a session of its own, its output appended to a file, and
 * nothing of our environment but where programs are found.
 */
export function startDetached(argv: readonly string[], logFile: string): ProcessRef {
  const log = openSync(logFile, 'a');
  try {
    const child = start(argv, {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: '/',
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' },
    });
    child.on('error', () => undefined);
    child.unref();
    const found = child.pid === undefined ? undefined : lookUp(child.pid);
    if (found === undefined) throw new Error(`${argv[0]} did not start`);
    return found;
  } finally {
    closeSync(log);
  }
}
