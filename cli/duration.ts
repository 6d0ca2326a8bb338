/** Times as people write and read them: 500ms, 90s, 5min, 1h. */
import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** In ms; for commander. */
export function parseDuration(text: string): number {
  const [, number, unit = ''] = /^(\d{1,8})(ms|s|min|h)$/.exec(text) ?? [];
  const ms = Number(number) * (units[unit] ?? Number.NaN);
  if (ms <= 86_400_000) return ms;
  throw new InvalidArgumentError('expected a time of up to a day such as 500ms, 90s, 5min or 1h.');
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms % 60_000 === 0 && ms >= 120_000 ? `${ms / 60_000} min` : `${Math.round(ms / 1000)} s`;
}
