/** Processes by what /proc says: so that a number that was given to another process is never taken for ours. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process is its number and the time it started at, in clock ticks since boot. */
export interface ProcessId {
  readonly pid: number;
  readonly startTicks: number;
  /** /proc/sys/kernel/random/boot_id: ticks of another boot say nothing. */
  readonly boot: string;
}

export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** Undefined when there is no such process, or it has ended and nobody has waited for it yet. */
export function identify(pid: number): ProcessId | undefined {
  try {
    // The second field is the program's name in brackets and may hold anything, brackets too.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const startTicks = Number(rest[18]);
    if (state === 'Z' || state === 'X' || !Number.isFinite(startTicks)) return undefined;
    return { pid, startTicks, boot: bootId() };
  } catch {
    return undefined;
  }
}

export function isAlive({ pid, startTicks, boot }: ProcessId): boolean {
  const found = identify(pid);
  return found !== undefined && found.startTicks === startTicks && found.boot === boot;
}

/** Numbers of all processes whose network namespace has this inode number. */
export function processesInNamespace(inode: number): number[] {
  const wanted = `net:[${inode}]`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/ns/net`) === wanted;
      } catch {
        return false;
      }
    });
}

/** Negative numbers are process groups. A process that is gone is no failure. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
