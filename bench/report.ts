/** Samples to medians, spread and ratios: the JSON file for programs, the Markdown table for people. Pure. */

export interface Sample {
  readonly path: string;
  readonly mode: 'offload' | 'wire';
  readonly metric: string;
  readonly unit: string;
  /** One a round. */
  readonly values: readonly number[];
}

export interface Results {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

/** The path that the others are compared with. */
const reference = 'routed';

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + high) / 2 : high;
}

/** One row a path and metric: median, least to most, and the ratio to plain routing in the same run. */
export function toMarkdown(results: Results): string {
  const rows = results.samples.map((sample) => {
    const base = results.samples.find(
      ({ path, mode, metric }) => path === reference && mode === sample.mode && metric === sample.metric,
    );
    const ratio = base === undefined ? '' : (median(sample.values) / median(base.values)).toFixed(2);
    const spread = `${short(Math.min(...sample.values))} – ${short(Math.max(...sample.values))}`;
    return `| ${sample.metric} | ${sample.path} | ${sample.mode} | ${short(median(sample.values))} ${sample.unit} | ${spread} | ${ratio} |`;
  });
  return `| metric | path | mode | median | least – most | to ${reference} |\n| --- | --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

function short(value: number): string {
  return value >= 1000 ? Math.round(value).toString() : value.toPrecision(3);
}
