/** How fast Weft is to be, as ratios of two contenders of one run, and whether it was. Pure. */
import { findSample, type Mode, median, ratios, type Sample } from './samples.ts';

export interface Comparison {
  /** The best of these counts. */
  readonly of: readonly string[];
  readonly to: string;
  readonly mode: Mode;
  /** Bounds by metric: `tcp1: 0.95` is at least that; round trips are at most. */
  readonly aims: Readonly<Partial<Record<ComparedMetric, number>>>;
}

const comparedMetrics = ['tcp1', 'tcp4', 'udp64_pps', 'rtt_p50_us'] as const;
export type ComparedMetric = (typeof comparedMetrics)[number];

/** In the order: TCP with one and with four streams, packets per second, round trip. */
function aims(tcp1: number, tcp4: number, packets: number, roundTrip: number): Comparison['aims'] {
  return { tcp1, tcp4, udp64_pps: packets, rtt_p50_us: roundTrip };
}

export const comparisons: readonly Comparison[] = [
  { of: ['fastpath-tc'], to: 'routed', mode: 'offload', aims: aims(0.95, 1, 1.05, 1.05) },
  { of: ['fastpath-tc'], to: 'vxlan', mode: 'offload', aims: aims(1.2, 1.25, 1.8, 0.6) },
  { of: ['fastpath-tc', 'fastpath-xdp'], to: 'vxlan', mode: 'wire', aims: aims(1, 1, 1.5, 1) },
  { of: ['engine-plain'], to: 'nebula', mode: 'offload', aims: aims(10, 15, 1.5, 1) },
  { of: ['engine-aes'], to: 'nebula', mode: 'offload', aims: aims(8, 8, 1.2, 1.2) },
  { of: ['engine-aes'], to: 'wireguard-go', mode: 'offload', aims: aims(10, 10, 2, 1.2) },
  { of: ['engine-aes'], to: 'wireguard-go-own', mode: 'offload', aims: { tcp1: 2, tcp4: 2 } },
];

export interface Judged {
  readonly of: string;
  readonly to: string;
  readonly mode: Mode;
  readonly metric: ComparedMetric;
  /** The ratio of each round. */
  readonly values: readonly number[];
  /** In words; empty: compared without one. */
  readonly aim: string;
  readonly reached?: boolean;
}

/** Comparisons of which both sides were measured. */
export function judge(wanted: readonly Comparison[], samples: readonly Sample[]): readonly Judged[] {
  return wanted.flatMap((comparison) =>
    comparedMetrics.flatMap((metric) => {
      const found = best(comparison, metric, samples);
      if (found === undefined) return [];
      const bound = comparison.aims[metric];
      const { to, mode } = comparison;
      const made = { ...found, to, mode, metric };
      if (bound === undefined) return [{ ...made, aim: '' }];
      const ratio = median(found.values);
      return isCost(metric)
        ? [{ ...made, aim: `≤ ${bound}`, reached: ratio <= bound }]
        : [{ ...made, aim: `≥ ${bound}`, reached: ratio >= bound }];
    }),
  );
}

/** Less of it is better. */
export function isCost(metric: string): boolean {
  return (
    metric.endsWith('_us') ||
    metric.endsWith('_ms') ||
    metric === 'cpu_s_per_gb' ||
    metric === 'resident' ||
    metric === 'ready'
  );
}

function best({ of, to, mode }: Comparison, metric: ComparedMetric, samples: readonly Sample[]) {
  const base = findSample(samples, { path: to, mode, metric });
  if (base === undefined) return undefined;
  const compared = of.flatMap((path) => {
    const sample = findSample(samples, { path, mode, metric });
    return sample === undefined ? [] : [{ of: path, values: ratios(sample, base) }];
  });
  const sorted = compared.toSorted((a, b) => median(a.values) - median(b.values));
  return isCost(metric) ? sorted[0] : sorted.at(-1);
}
