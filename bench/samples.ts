/** What was measured, and what is made of it: medians, and ratios of two paths. Pure. */

/** `mode.ts` says what they are. */
export const modes = ['offload', 'wire'] as const;
export type Mode = (typeof modes)[number];

export interface Sample {
  readonly path: string;
  readonly mode: Mode;
  readonly metric: string;
  readonly unit: string;
  /** One a round in which it was taken; the same place in two samples of a metric and mode is the same round. */
  readonly values: readonly number[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + high) / 2 : high;
}

/** Taken within each round, whose two measurements lie seconds apart: what slows the machine for a while meets both. */
export function ratios(of: Sample, to: Sample): readonly number[] {
  return of.values.map((value, round) => value / (to.values[round] ?? Number.NaN));
}

export function findSample(samples: readonly Sample[], sought: Pick<Sample, 'path' | 'mode' | 'metric'>) {
  return samples.find(
    ({ path, mode, metric }) => path === sought.path && mode === sought.mode && metric === sought.metric,
  );
}
