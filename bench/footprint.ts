/** What a program behind a path takes of the machine's memory. */
import { readFileSync } from 'node:fs';
import type { Sample } from './samples.ts';

/** Resident memory of one process (proc_pid_status(5), VmRSS). */
export function residentMemory(path: string, pid: number): Sample {
  const kib = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return { path, mode: 'offload', metric: 'resident', unit: 'MiB', values: [kib / 1024] };
}
