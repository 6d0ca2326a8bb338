/** Keeps the number of series bounded, whatever a host holds. Pure. */
import { namedMost, otherLabel } from '../../wire/metrics/metric.ts';
import type { PartCounters } from '../datapath/counters.ts';

export interface Part extends PartCounters {
  readonly stalls?: number;
}

export interface Named {
  /** By name, in the order of names. */
  readonly parts: readonly (readonly [name: string, part: Part])[];
  /** How many of them stand under `otherLabel` together. */
  readonly unnamed: number;
}

const noPart: Part = { out: { packets: 0, bytes: 0 }, in: { packets: 0, bytes: 0 }, drops: 0, stalls: 0 };

export function nameMost(counted: ReadonlyMap<string, Part>, most = namedMost): Named {
  const sorted = [...counted].sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length <= most) return { parts: sorted, unnamed: 0 };
  const rest = sorted.slice(most).map(([, part]) => part);
  return { parts: [...sorted.slice(0, most), [otherLabel, rest.reduce(sum, noPart)]], unnamed: rest.length };
}

function sum(a: Part, b: Part): Part {
  return {
    out: { packets: a.out.packets + b.out.packets, bytes: a.out.bytes + b.out.bytes },
    in: { packets: a.in.packets + b.in.packets, bytes: a.in.bytes + b.in.bytes },
    drops: a.drops + b.drops,
    stalls: (a.stalls ?? 0) + (b.stalls ?? 0),
  };
}
