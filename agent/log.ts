/**
 * The agent's log: JSON lines on standard output, one vocabulary of fields shared with the controller:
 * `host`, `peer`, `guest`, `vpc`, `gni`, `address`, `epoch`, `update`, `reason`, `code`, `ms`.
 */
import { type Logger, pino } from 'pino';

export type Log = Logger;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export function openLog(host: string, level: (typeof logLevels)[number]): Log {
  return pino({ level, base: { host }, timestamp: pino.stdTimeFunctions.isoTime });
}
