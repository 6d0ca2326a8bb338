/** The machine that was measured on. */
import { cpus, release, totalmem } from 'node:os';
import type { Results } from './report.ts';

export function machine(): Results['machine'] {
  const [first] = cpus();
  return { cpu: first?.model ?? 'unknown', cpus: cpus().length, memoryBytes: totalmem(), kernel: release() };
}
