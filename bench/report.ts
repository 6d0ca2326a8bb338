/** Samples to medians, spread and ratios: the JSON file for programs, the Markdown tables for people. Pure. */

export interface Sample {
  readonly path: string;
  readonly mode: 'offload' | 'wire';
  readonly metric: string;
  readonly unit: string;
  /** One a round; the same place in two samples of a run is the same round. */
  readonly values: readonly number[];
}

export interface Results {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly run: { readonly rounds: number; readonly seconds: number };
  /** What each contender calls itself, and the tools. */
  readonly versions: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
  /** Contenders without a result, and why. */
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
}

/** The path that the others are compared with. */
const reference = 'routed';

const encrypted = 'weft-gni-3.0-aes';

/** How many times as fast TCP is to be; a comparison without an aim is shown all the same. */
const comparisons: readonly { readonly of: string; readonly to: string; readonly aim?: number }[] = [
  { of: 'weft-gni-1.0', to: 'vxlan' },
  { of: encrypted, to: 'wireguard-go', aim: 2 },
  { of: encrypted, to: 'wireguard-go-own', aim: 2 },
  { of: encrypted, to: 'nebula', aim: 8 },
];
const comparedMetrics = ['tcp1', 'tcp4', 'udp64_pps'] as const;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + high) / 2 : high;
}

export function toMarkdown(results: Results): string {
  const skipped = results.skipped.map(({ path, why }) => `skipped: ${path}: ${why}\n`).join('');
  return [measured(results.samples), compared(results.samples), skipped].filter((part) => part !== '').join('\n');
}

/** One row a path and metric: median, least to most, and the ratio to plain routing in the same run. */
function measured(samples: readonly Sample[]): string {
  const rows = samples.map((sample) => {
    const base = find(samples, reference, sample.metric);
    const ratio = base === undefined ? '' : short(median(sample.values) / median(base.values));
    return [
      sample.metric,
      sample.path,
      sample.mode,
      `${short(median(sample.values))} ${sample.unit}`,
      spread(sample.values),
      ratio,
    ];
  });
  return table(['metric', 'path', 'mode', 'median', 'least – most', `to ${reference}`], rows);
}

/**
 * One row a comparison and metric. The ratio is taken within each round, whose two measurements lie seconds apart,
 * then the median: what slows the machine for a while meets both.
 */
function compared(samples: readonly Sample[]): string {
  const rows = comparisons.flatMap(({ of, to, aim }) =>
    comparedMetrics.flatMap((metric) => {
      const [ours, theirs] = [find(samples, of, metric), find(samples, to, metric)];
      if (ours === undefined || theirs === undefined) return [];
      const ratios = ours.values.map((value, round) => value / (theirs.values[round] ?? Number.NaN));
      const aimed = aim === undefined || !metric.startsWith('tcp') ? '' : String(aim);
      return [[metric, `${of} / ${to}`, short(median(ratios)), spread(ratios), aimed]];
    }),
  );
  return rows.length === 0 ? '' : table(['metric', 'times as fast', 'median of rounds', 'least – most', 'aim'], rows);
}

function find(samples: readonly Sample[], path: string, metric: string): Sample | undefined {
  return samples.find((sample) => sample.path === path && sample.metric === metric);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

function spread(values: readonly number[]): string {
  return `${short(Math.min(...values))} – ${short(Math.max(...values))}`;
}

function short(value: number): string {
  return value >= 1000 ? Math.round(value).toString() : value.toPrecision(3);
}
