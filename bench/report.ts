/** Samples to medians, spread and ratios: the JSON file for programs, the Markdown tables for people. Pure. */
import { comparisons, type Judged, judge } from './aims.ts';
import { type DaemonSample, daemonTable } from './daemons/aims.ts';
import { findSample, type Mode, median, modes, ratios, type Sample } from './samples.ts';

/** One metric as something grows. */
export interface Curve {
  readonly path: string;
  readonly grows: 'guests' | 'mappings';
  readonly metric: string;
  readonly unit: string;
  readonly points: readonly { readonly count: number; readonly values: readonly number[] }[];
}

export interface Growth {
  readonly curves: readonly Curve[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

export interface Results {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly run: { readonly rounds: number; readonly seconds: number; readonly startedAt: string };
  /** What each contender calls itself, and the tools. */
  readonly versions: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
  /** Contenders without a result, in one mode or at all, and why. */
  readonly skipped: readonly { readonly path: string; readonly mode?: Mode; readonly why: string }[];
  readonly growth?: Growth;
  readonly daemons?: readonly DaemonSample[];
}

/** The paths that the others are compared with: no overlay at all, and the kernel's own. */
const references = ['routed', 'vxlan'] as const;
/** Of a whole contender: shown in a table of their own. */
const footprints: ReadonlySet<string> = new Set(['ready', 'resident']);

export function toMarkdown(results: Results): string {
  const { samples, skipped, growth, daemons = [] } = results;
  const parts = [
    heading(results),
    aimed(judge(comparisons, samples)),
    ...modes.map((mode) => measured(samples, mode)),
    footprint(samples),
    daemonTable(daemons),
    ...(growth === undefined ? [] : [grown(growth)]),
    skipped
      .map(({ path, mode, why }) => `- skipped: ${path}${mode === undefined ? '' : ` (${mode})`}: ${why}\n`)
      .join(''),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function heading({ machine, run }: Results): string {
  const { cpus, cpu, kernel } = machine;
  return `${cpus} processors (${cpu}), Linux ${kernel}; ${run.rounds} rounds of ${run.seconds} s, begun ${run.startedAt}.\n`;
}

function aimed(judged: readonly Judged[]): string {
  if (judged.length === 0) return '';
  const rows = judged.map(({ of, to, mode, metric, aim, values, reached }) => [
    `${of} / ${to}`,
    mode,
    metric,
    short(median(values)),
    spread(values),
    aim,
    reached === undefined ? '' : reached ? 'reached' : 'not reached',
  ]);
  const head = ['ratio', 'mode', 'metric', 'median of rounds', 'least – most', 'aim', ''];
  return `## Aims\n\n${table(head, rows)}`;
}

/** One row a metric and path: median, least to most, and the ratios to plain routing and the kernel's vxlan. */
function measured(samples: readonly Sample[], mode: Mode): string {
  const rows = samples
    .filter((sample) => sample.mode === mode && !footprints.has(sample.metric))
    .toSorted((a, b) => metricOrder(samples, a) - metricOrder(samples, b))
    .map((sample) => [
      sample.metric,
      sample.path,
      `${short(median(sample.values))} ${sample.unit}`,
      spread(sample.values),
      ...references.map((path) => {
        const base = findSample(samples, { ...sample, path });
        return base === undefined ? '' : short(median(ratios(sample, base)));
      }),
    ]);
  if (rows.length === 0) return '';
  const head = ['metric', 'path', 'median', 'least – most', ...references.map((path) => `to ${path}`)];
  return `## Mode ${mode}\n\n${table(head, rows)}`;
}

/** Metrics in the order in which they were first taken, so that the paths of one stand together. */
function metricOrder(samples: readonly Sample[], { metric }: Sample): number {
  return samples.findIndex((sample) => sample.metric === metric);
}

function footprint(samples: readonly Sample[]): string {
  const rows = samples
    .filter(({ metric }) => footprints.has(metric))
    .map(({ metric, path, unit, values }) => [metric, path, `${short(median(values))} ${unit}`]);
  return rows.length === 0 ? '' : `## Footprint\n\n${table(['what', 'of', 'value'], rows)}`;
}

function grown({ curves, notes }: Growth): string {
  const rows = curves.flatMap(({ path, grows, metric, unit, points }) =>
    points.map(({ count, values }) => [
      grows,
      String(count),
      path,
      metric,
      `${short(median(values))} ${unit}`,
      spread(values),
    ]),
  );
  const told = notes.map((note) => `- ${note}\n`).join('');
  if (rows.length === 0) return told;
  return `## Growth\n\n${table(['grows', 'count', 'path', 'metric', 'median', 'least – most'], rows)}\n${told}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

function spread(values: readonly number[]): string {
  return `${short(Math.min(...values))} – ${short(Math.max(...values))}`;
}

export function short(value: number): string {
  return value >= 1000 ? Math.round(value).toString() : value.toPrecision(3);
}
