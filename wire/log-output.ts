/**
 * Where a daemon's log goes: lines to a descriptor, standard output as a rule. A log that cannot be written (its disk is
 * full, its reader is gone) costs lines and nothing else: the process goes on, and says how many once it can.
 */
import { writeSync } from 'node:fs';

export interface LogOutput {
  write(line: string): void;
}

/** `write` as writeSync(2) of Node: answers how many bytes went. */
export type WriteBytes = (descriptor: number, bytes: Buffer) => number;

export function openLogOutput(descriptor = 1, write: WriteBytes = writeSync): LogOutput {
  let lost = 0;
  const attempt = (line: string): boolean => {
    let rest = Buffer.from(line);
    try {
      while (rest.length > 0) rest = rest.subarray(write(descriptor, rest));
      return true;
    } catch {
      return false;
    }
  };
  return {
    write: (line) => {
      if (lost > 0 && attempt(`${JSON.stringify({ level: 40, time: Date.now(), lost, msg: lostText })}\n`)) lost = 0;
      if (lost > 0 || !attempt(line)) lost += 1;
    },
  };
}

const lostText = 'lines of this log could not be written';
