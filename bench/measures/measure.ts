/** One thing that is measured between two ends of a topology: bounded in time, plain numbers out. */
import type { Topology } from '../contender.ts';
import type { Mode } from '../samples.ts';

export interface Measure {
  /** For the line that says what runs. */
  readonly title: string;
  /** Empty: a check, which only throws. */
  readonly metrics: readonly { readonly name: string; readonly unit: string }[];
  readonly modes: readonly Mode[];
  /** Rounds in which it is taken. */
  readonly when: 'every' | 'every-other' | 'first';
  /** One value per metric, in order. Throws when the path does not work. */
  readonly run: (topology: Topology, seconds: number, mode: Mode) => Promise<readonly number[]>;
}

export function isTaken({ when }: Pick<Measure, 'when'>, round: number): boolean {
  return { every: true, 'every-other': round % 2 === 0, first: round === 0 }[when];
}
