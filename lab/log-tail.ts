/** The end of a process's log as people read it: pino's JSON lines become words, other lines stay. */
import { readFileSync } from 'node:fs';

const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** At most `count` lines, oldest first; empty when there is no log. */
export function logTail(path: string, count: number): readonly string[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.filter(tells).slice(-count).map(readable);
  } catch {
    return [];
  }
}

/** Stack frames and Node's last words would push out the line that says what happened. */
function tells(line: string): boolean {
  return line.trim() !== '' && !/^\s+at /.test(line) && !line.startsWith('Node.js v');
}

export function readable(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const { level, msg, time: _time, pid: _pid, hostname: _hostname, ...rest } = JSON.parse(line) as LogLine;
    const fields = Object.entries(rest).map(([key, value]) => `${key}=${field(value)}`);
    return [levels[level ?? 30] ?? String(level), msg ?? '', ...fields].join(' ').trim();
  } catch {
    return line;
  }
}

interface LogLine extends Readonly<Record<string, unknown>> {
  readonly level?: number;
  readonly msg?: string;
}

function field(value: unknown): string {
  if (typeof value === 'string') return value;
  const message = (value as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : JSON.stringify(value);
}
