/**
 * Before the engine stops: packets that wait for a mapping are in this process's memory, and would end with it. So
 * nothing more is read, which leaves later packets to the kernel and the next process, and answers that are on their way
 * get a moment.
 */
import type { Clock } from '../clock.ts';
import type { DataPath } from './datapath.ts';

const longestMs = 300;
const lookMs = 10;

export async function finishWaiting(datapath: Pick<DataPath, 'pause' | 'waiting'>, clock: Clock): Promise<void> {
  if (datapath.waiting() === 0) return;
  datapath.pause();
  const deadlineMs = clock.steadyMs() + longestMs;
  while (datapath.waiting() > 0 && clock.steadyMs() < deadlineMs) {
    await new Promise<void>((resolve) => void clock.after(lookMs, resolve));
  }
}
