/**
 * Writes the text exposition format 0.0.4 of Prometheus (prometheus.io/docs/instrumenting/exposition_formats): of every
 * metric `# HELP`, `# TYPE` and then its samples, together and in the order of the table.
 */
import type { Histogram } from './histogram.ts';
import type { Metric } from './metric.ts';

export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

type NameOf<Table extends readonly Metric[]> = Table[number]['name'];
type LabelsOf<Table extends readonly Metric[], Name> = Readonly<
  Record<Extract<Table[number], { readonly name: Name }>['labels'][number], string>
>;
type HistogramName<Table extends readonly Metric[]> = Extract<Table[number], { readonly type: 'histogram' }>['name'];

interface Family {
  readonly metric: Metric;
  readonly lines: string[];
}

export class Exposition<const Table extends readonly Metric[]> {
  readonly #families: ReadonlyMap<string, Family>;

  constructor(table: Table) {
    this.#families = new Map(table.map((metric) => [metric.name, { metric, lines: [] }]));
  }

  /** One sample. Undefined: it is not known, and there is none. */
  add<Name extends Exclude<NameOf<Table>, HistogramName<Table>>>(
    name: Name,
    value: number | undefined,
    labels: LabelsOf<Table, Name>,
  ): void {
    if (value === undefined) return;
    const { metric, lines } = this.#family(name);
    lines.push(`${name}${labelText(metric.labels, labels)} ${numberText(value)}`);
  }

  histogram<Name extends HistogramName<Table>>(name: Name, of: Histogram, labels: LabelsOf<Table, Name>): void {
    const { metric, lines } = this.#family(name);
    let count = 0;
    for (const [at, more] of of.counts.entries()) {
      count += more;
      const le = numberText(of.bounds[at] ?? Number.POSITIVE_INFINITY);
      lines.push(`${name}_bucket${labelText([...metric.labels, 'le'], { ...labels, le })} ${count}`);
    }
    lines.push(`${name}_sum${labelText(metric.labels, labels)} ${numberText(of.sum)}`);
    lines.push(`${name}_count${labelText(metric.labels, labels)} ${count}`);
  }

  /** Metrics without a sample are left out. */
  text(): string {
    const parts: string[] = [];
    for (const { metric, lines } of this.#families.values()) {
      if (lines.length === 0) continue;
      const { name, type, help } = metric;
      parts.push(`# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`);
    }
    return parts.join('');
  }

  #family(name: string): Family {
    const family = this.#families.get(name);
    if (family === undefined) throw new Error(`the table has no metric ${name}`);
    return family;
  }
}

function labelText(names: readonly string[], values: Readonly<Record<string, string>>): string {
  if (names.length === 0) return '';
  return `{${names.map((name) => `${name}="${escapeLabel(values[name] ?? '')}"`).join(',')}}`;
}

const special = /["\\\n]/;

function escapeLabel(value: string): string {
  if (!special.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}
