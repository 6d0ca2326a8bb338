/**
 * Drawings for the documentation, as SVG: bars with their spread for each metric, lines for what grows. Pure.
 *
 * Readable on light and dark pages: the colours follow the reader's choice (prefers-color-scheme), and a program that
 * knows no such choice draws the light ones.
 */
import { isCost } from './aims.ts';
import type { Curve } from './report.ts';
import { type Mode, median, modes, type Sample } from './samples.ts';

export interface Plot {
  /** Without folder. */
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

const width = 760;
const margin = { left: 132, right: 96, top: 46, bottom: 40 } as const;
const plotWidth = width - margin.left - margin.right;
const barHeight = 11;
const groupGap = 9;
const lineHeight = 260;

const titles: Readonly<Record<string, string>> = {
  tcp1: 'TCP, one stream',
  tcp4: 'TCP, four streams',
  tcp1_reverse: 'TCP, one stream, server to client',
  tcp4_reverse: 'TCP, four streams, server to client',
  udp64_pps: 'Datagrams of 64 bytes, without loss',
  udp512_pps: 'Datagrams of 512 bytes, without loss',
  udp1400_pps: 'Datagrams of 1,400 bytes, without loss',
  rtt_p50_us: 'Round trip, median',
  rtt_p99_us: 'Round trip, 99 of 100 are shorter',
  rtt_loaded_p50_us: 'Round trip beside a stream of TCP, median',
  rtt_loaded_p99_us: 'Round trip beside a stream of TCP, 99 of 100 are shorter',
  cpu_s_per_gb: 'Processor time for a gigabyte, both hosts',
  tcp_crr: 'Connections one after the other',
  resident: 'Memory of a host’s agent',
  guests_per_s: 'Guests made per second, both hosts',
  load_ms: 'Time to load mappings',
};

function titleOf(metric: string): string {
  return titles[metric] ?? metric;
}

const style = `
  .page { fill: #ffffff; } text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .title { font-size: 15px; font-weight: 600; } .small { font-size: 11px; fill: #57606a; }
  .grid { stroke: #d0d7de; } .spread { stroke: #24292f; }
  .c0 { fill: #2f6fb4; stroke: #2f6fb4; } .c1 { fill: #d9822b; stroke: #d9822b; } .c2 { fill: #3b8f5a; stroke: #3b8f5a; }
  .line { fill: none; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; } text { fill: #e6edf3; } .small { fill: #9da7b1; }
    .grid { stroke: #30363d; } .spread { stroke: #e6edf3; }
    .c0 { fill: #5b9bdf; stroke: #5b9bdf; } .c1 { fill: #e8a05a; stroke: #e8a05a; } .c2 { fill: #63b585; stroke: #63b585; }
  }`;

/** One drawing for each metric, its paths in the order of the samples. */
export function barPlots(samples: readonly Sample[]): readonly Plot[] {
  const metrics = [...new Set(samples.map(({ metric }) => metric))].filter(
    (metric) => metric in titles && metric !== 'resident',
  );
  return metrics.map((metric) => {
    const shown = samples.filter((sample) => sample.metric === metric);
    return { file: `${metric.replaceAll('_', '-')}.svg`, title: titleOf(metric), svg: bars(metric, shown) };
  });
}

/** One drawing for each metric and thing that grows. */
export function growthPlots(curves: readonly Curve[]): readonly Plot[] {
  const kinds = new Map(curves.map((curve) => [`${curve.grows}-${curve.metric.replaceAll('_', '-')}`, curve]));
  return [...kinds].map(([name, { grows, metric }]) => {
    const shown = curves.filter((curve) => curve.grows === grows && curve.metric === metric);
    return { file: `growth-${name}.svg`, title: `${titleOf(metric)}, as ${grows} grow`, svg: lines(shown) };
  });
}

/** 0 and round numbers up to the first that is not below `most`, five to ten of them. */
export function ticks(most: number): readonly number[] {
  if (!(most > 0)) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [0.1, 0.2, 0.5, 1].map((part) => part * power).find((each) => most / each <= 10) ?? power;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}

/** 1, 2 and 5 times powers of ten, from the last that is below `least` to the first that is not below `most`. */
export function logTicks(least: number, most: number): readonly number[] {
  if (!(least > 0) || !(most >= least)) return [1, 10];
  const powers = Array.from({ length: 32 }, (_, at) => at - 16);
  const all = powers.flatMap((power) => [1, 2, 5].map((part) => Number((part * 10 ** power).toPrecision(3))));
  const first = all.findLastIndex((each) => each < least);
  const last = all.findIndex((each) => each >= most);
  return all.slice(first, Math.max(last, first + 1) + 1);
}

/** `1,234,000` as `1.23 M`. */
export function shortNumber(value: number): string {
  const scaled =
    value >= 1e6 ? ([value / 1e6, ' M'] as const) : value >= 1e4 ? ([value / 1e3, ' k'] as const) : undefined;
  const [number, unit] = scaled ?? [value, ''];
  return `${number >= 100 ? Math.round(number) : Number(number.toPrecision(3))}${unit}`;
}

/** Costs differ by factors of hundreds between paths: on an even scale most of their bars could not be seen. */
function scaleOf(metric: string, values: readonly number[]): Scale {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (!isCost(metric)) {
    const marks = ticks(most);
    const end = marks.at(-1) ?? 1;
    return { marks, part: (value) => value / end, words: '' };
  }
  const marks = logTicks(least, most);
  const [from, to] = [Math.log(marks[0] ?? 1), Math.log(marks.at(-1) ?? 10)];
  return { marks, part: (value) => (Math.log(value) - from) / (to - from), words: ', logarithmic' };
}

interface Scale {
  readonly marks: readonly number[];
  /** Where a value stands, 0 … 1. */
  readonly part: (value: number) => number;
  readonly words: string;
}

function bars(metric: string, samples: readonly Sample[]): string {
  const paths = [...new Set(samples.map(({ path }) => path))];
  const shownModes = modes.filter((mode) => samples.some((sample) => sample.mode === mode));
  const groupHeight = shownModes.length * barHeight + groupGap;
  const height = margin.top + paths.length * groupHeight + margin.bottom;
  const scale = scaleOf(
    metric,
    samples.flatMap(({ values }) => values),
  );
  const x = (value: number) => margin.left + plotWidth * Math.max(0, scale.part(value));
  const groups = paths.flatMap((path, at) => {
    const top = margin.top + at * groupHeight;
    const label = text(margin.left - 8, top + (groupHeight - groupGap) / 2 + 4, path, 'text-anchor="end"');
    const drawn = shownModes.map((mode, line) => {
      const sample = samples.find((one) => one.path === path && one.mode === mode);
      return sample === undefined ? '' : bar(sample, mode, { x, top: top + line * barHeight });
    });
    return [label, ...drawn];
  });
  const bottom = height - margin.bottom;
  const axis = scale.marks.flatMap((value) => [
    `<line class="grid" x1="${round(x(value))}" x2="${round(x(value))}" y1="${margin.top - 4}" y2="${bottom}"/>`,
    text(x(value), bottom + 15, shortNumber(value), 'class="small" text-anchor="middle"'),
  ]);
  const unit = `${samples[0]?.unit ?? ''}, ${isCost(metric) ? 'less' : 'more'} is better${scale.words}`;
  const unitText = text(margin.left + plotWidth / 2, bottom + 32, unit, 'class="small" text-anchor="middle"');
  return page(height, titleOf(metric), [...axis, ...groups, unitText, ...modeLegend(shownModes)]);
}

function bar(
  { values, path, unit }: Sample,
  mode: Mode,
  { x, top }: { readonly x: (value: number) => number; readonly top: number },
): string {
  const middle = median(values);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const y = top + barHeight / 2;
  const length = round(Math.max(1, x(middle) - margin.left));
  const told = `${path}, ${mode}: ${shortNumber(middle)} ${unit}, ${shortNumber(least)} to ${shortNumber(most)}`;
  return [
    `<g><title>${escaped(told)}</title>`,
    `<rect class="c${modes.indexOf(mode)}" x="${margin.left}" y="${top + 1}" width="${length}" height="${barHeight - 2}"/>`,
    `<path class="spread" d="M${round(x(least))} ${y}H${round(x(most))}"/>`,
    text(x(most) + 5, y + 4, shortNumber(middle), 'class="small"'),
    '</g>',
  ].join('');
}

function modeLegend(shown: readonly Mode[]): readonly string[] {
  return legend(shown.map((mode) => ({ name: `mode ${mode}`, colour: modes.indexOf(mode) })));
}

function legend(entries: readonly { readonly name: string; readonly colour: number }[]): readonly string[] {
  return entries.flatMap(({ name, colour }, at) => {
    const left = width - margin.right - 110 * (entries.length - at) + 60;
    return [
      `<rect class="c${colour}" x="${left}" y="16" width="10" height="10"/>`,
      text(left + 15, 25, name, 'class="small"'),
    ];
  });
}

/** Counts stand at even distances: they grow by factors, and 0 is among them. */
function lines(curves: readonly Curve[]): string {
  const height = margin.top + lineHeight + margin.bottom;
  const counts = [...new Set(curves.flatMap(({ points }) => points.map(({ count }) => count)))].sort((a, b) => a - b);
  const scale = ticks(Math.max(...curves.flatMap(({ points }) => points.flatMap(({ values }) => values))));
  const y = (value: number) => margin.top + lineHeight * (1 - value / (scale.at(-1) ?? 1));
  const x = (count: number) => margin.left + (plotWidth * (counts.indexOf(count) + 0.5)) / counts.length;
  const bottom = margin.top + lineHeight;
  const axis = [
    ...scale.flatMap((value) => [
      `<line class="grid" x1="${margin.left}" x2="${margin.left + plotWidth}" y1="${round(y(value))}" y2="${round(y(value))}"/>`,
      text(margin.left - 8, y(value) + 4, shortNumber(value), 'class="small" text-anchor="end"'),
    ]),
    ...counts.map((count) => text(x(count), bottom + 16, count.toLocaleString('en'), 'text-anchor="middle"')),
  ];
  const { metric = '', unit = '', grows = 'guests' } = curves[0] ?? {};
  const told = `${grows === 'guests' ? 'guests on each host' : 'mappings in each host’s table'}; ${unit}, ${isCost(metric) ? 'less' : 'more'} is better`;
  return page(height, titleOf(metric), [
    ...axis,
    ...curves.map((curve, at) => line(curve, at, { x, y })),
    text(margin.left + plotWidth / 2, bottom + 34, told, 'class="small" text-anchor="middle"'),
    ...legend(curves.map(({ path }, colour) => ({ name: path, colour }))),
  ]);
}

function line(
  { points }: Curve,
  colour: number,
  { x, y }: { readonly x: (count: number) => number; readonly y: (value: number) => number },
): string {
  const at = points.map(({ count, values }) => ({ x: round(x(count)), y: round(y(median(values))), values }));
  const spreads = at.map(
    (point) =>
      `<path class="spread" d="M${point.x} ${round(y(Math.min(...point.values)))}V${round(y(Math.max(...point.values)))}"/>`,
  );
  const dots = at.map((point) => `<circle class="c${colour}" cx="${point.x}" cy="${point.y}" r="4"/>`);
  const path = at.map((point, index) => `${index === 0 ? 'M' : 'L'}${point.x} ${point.y}`).join('');
  return [`<path class="c${colour} line" style="fill:none" d="${path}"/>`, ...spreads, ...dots].join('');
}

function page(height: number, title: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title><style>${style}\n</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    text(16, 26, title, 'class="title"'),
    ...content,
    '</svg>\n',
  ].join('\n');
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
