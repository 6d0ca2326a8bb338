/** Round trips of single echoes, as the asking program sees them, on an idle path or beside one stream of TCP. */
import { probe } from '../probe.ts';
import { loaded } from './iperf.ts';
import type { Measure } from './measure.ts';

const intervalUs = 1000;
const patienceMs = 30_000;

export function roundTrip(name: string, { idle }: { readonly idle: boolean }): Pick<Measure, 'metrics' | 'run'> {
  return {
    metrics: [
      { name: `${name}_p50_us`, unit: 'us' },
      { name: `${name}_p99_us`, unit: 'us' },
    ],
    run: async (topology, seconds) => {
      const count = Math.round((seconds * 1e6) / 2 / intervalUs);
      const ask = () => probe<Echoes>(topology, ['echo', topology.serverAddress, count, intervalUs], patienceMs);
      const { timesNs } = idle ? await ask() : await loaded(topology, ask);
      if (timesNs.length < count / 2) throw new Error(`${timesNs.length} of ${count} echoes were answered`);
      return [quantile(timesNs, 0.5) / 1000, quantile(timesNs, 0.99) / 1000];
    },
  };
}

interface Echoes {
  readonly timesNs: readonly number[];
}

/** The value below which so large a part lies; NaN of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}
