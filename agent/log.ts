/** The agent's log: JSON lines on standard output; fields are those of `wire/log-fields.ts`, shared with the controller. */
import { pino } from 'pino';
import type { LogFields } from '../wire/log-fields.ts';
import { openLogOutput } from '../wire/log-output.ts';

interface Write {
  (message: string): void;
  (fields: LogFields, message: string): void;
}

export type Log = Readonly<Record<'debug' | 'info' | 'warn' | 'error', Write>>;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export function openLog(host: string, level: (typeof logLevels)[number]): Log {
  return pino({ level, base: { host }, timestamp: pino.stdTimeFunctions.isoTime }, openLogOutput());
}
