/**
 * For tests: reads what Prometheus would read, more strictly than it. Throws on whatever the format's rules forbid, on
 * samples that are not together, on one that is there twice, and on histograms that contradict themselves.
 */

export interface ReadMetrics {
  /** `name{label="value"}` as written → value. */
  readonly samples: ReadonlyMap<string, number>;
  /** Name → type. */
  readonly types: ReadonlyMap<string, string>;
}

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([\s\S]*)\})? (\S+)$/;
const oneLabel = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;

export function readExposition(text: string): ReadMetrics {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  let current = '';
  let helped = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, what, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (what === 'HELP') {
      if (types.has(name)) throw new Error(`${name} comes twice`);
      if (rest.replaceAll(/\\[\\n]/g, '').includes('\\')) throw new Error(`the help of ${name} has a loose backslash`);
      helped = name;
    } else if (what === 'TYPE') {
      if (helped !== name) throw new Error(`the type of ${name} does not follow its help`);
      if (!/^(counter|gauge|histogram)$/.test(rest)) throw new Error(`${rest} is no type`);
      types.set(name, rest);
      current = name;
    } else {
      readSample(line, current, types.get(current), samples);
    }
  }
  for (const [name, type] of types) if (type === 'histogram') checkHistogram(name, samples);
  return { samples, types };
}

function readSample(line: string, family: string, type: string | undefined, samples: Map<string, number>): void {
  const [, name = '', labels = '', number = ''] = sampleLine.exec(line) ?? [];
  if (name === '') throw new Error(`no sample: ${line}`);
  const allowed = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => family + end) : [family];
  if (!allowed.includes(name)) throw new Error(`${name} stands among the samples of ${family}`);
  for (let rest = labels; rest !== ''; ) {
    const found = oneLabel.exec(rest)?.[0];
    if (found === undefined) throw new Error(`no labels: ${labels}`);
    rest = rest.slice(found.length);
  }
  const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number);
  if (Number.isNaN(value) && number !== 'NaN') throw new Error(`no number: ${line}`);
  if (type === 'counter' && (value < 0 || !name.endsWith('_total'))) throw new Error(`no counter: ${line}`);
  const series = line.slice(0, line.lastIndexOf(' '));
  if (samples.has(series)) throw new Error(`${series} comes twice`);
  samples.set(series, value);
}

function checkHistogram(name: string, samples: ReadonlyMap<string, number>): void {
  const last = new Map<string, { readonly bound: number; readonly count: number }>();
  for (const [series, count] of samples) {
    const [, labels = '', le = ''] = new RegExp(`^${name}_bucket\\{(.*?),?le="([^"]+)"\\}$`).exec(series) ?? [];
    if (le === '') continue;
    const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
    const before = last.get(labels);
    if (before !== undefined && (bound <= before.bound || count < before.count)) throw new Error(`${series} goes back`);
    last.set(labels, { bound, count });
  }
  if (last.size === 0) throw new Error(`${name} has no buckets`);
  for (const [labels, { bound, count }] of last) {
    const rest = labels === '' ? '' : `{${labels}}`;
    if (bound !== Number.POSITIVE_INFINITY) throw new Error(`${name}${rest} does not end in +Inf`);
    if (samples.get(`${name}_count${rest}`) !== count) throw new Error(`${name}${rest} contradicts itself`);
    if (!samples.has(`${name}_sum${rest}`)) throw new Error(`${name}${rest} has no sum`);
  }
}
