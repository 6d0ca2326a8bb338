/**
 * What people and programs read: results on stdout (for people, or JSON or YAML and nothing else), everything else
 * on stderr. Streams come in, so that tests read what was written.
 */
import { stripVTControlCharacters, styleText } from 'node:util';

export interface Streams {
  readonly out: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export type Style = Parameters<typeof styleText>[0];

export const outputFormats = ['table', 'wide', 'json', 'yaml'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export interface Output {
  /** `wide`: for people, with more columns. */
  readonly format: OutputFormat;
  /** Settled once, before the command runs; `toYaml` comes with `yaml`. */
  use(format: OutputFormat, toYaml?: (value: unknown) => string): void;
  /** The result of a command: the value for programs, or what `forPeople` writes. */
  show(value: unknown, forPeople: () => void): void;
  /** The same for one result of several that are shown as they come: JSON a line each, YAML a document each. */
  showNext(value: unknown, forPeople: () => void): void;
  /** A line for people as soon as a part is done; who wants a value gets it at the end. */
  step(text: string): void;
  /** One line of result for people. */
  line(text?: string): void;
  /** The value alone, as JSON, or as YAML where that was asked for. */
  json(value: unknown): void;
  table(header: readonly string[], rows: readonly (readonly string[])[]): void;
  heading(text: string): void;
  /** Something that is neither result nor failure: on stderr. */
  note(text: string): void;
  /** Styled on a terminal, plain elsewhere. */
  style(style: Style, text: string): string;
  readonly streams: Streams;
}

export function createOutput(streams: Streams): Output {
  const style = (kind: Style, text: string) => {
    // styleText looks at NO_COLOR, FORCE_COLOR and whether the stream is a terminal.
    return streams.out.isTTY === true ? styleText(kind, text, { stream: process.stdout }) : text;
  };
  let format: OutputFormat = 'table';
  let yaml: (value: unknown) => string = (value) => JSON.stringify(value);
  const line = (text = '') => {
    streams.out.write(`${text}\n`);
  };
  const json = (value: unknown) => {
    if (format === 'yaml') streams.out.write(yaml(value));
    else line(JSON.stringify(value, undefined, 2));
  };
  return {
    get format() {
      return format;
    },
    use: (wanted, toYaml = yaml) => {
      format = wanted;
      yaml = toYaml;
    },
    show: (value, forPeople) => {
      if (isForPeople(format)) forPeople();
      else json(value);
    },
    showNext: (value, forPeople) => {
      if (isForPeople(format)) forPeople();
      else if (format === 'yaml') streams.out.write(`---\n${yaml(value)}`);
      else line(JSON.stringify(value));
    },
    step: (text) => {
      if (isForPeople(format)) line(text);
    },
    streams,
    line,
    style,
    json,
    table: (header, rows) => {
      for (const [i, text] of formatTable(header, rows).entries()) line(i === 0 ? style('bold', text) : text);
    },
    heading: (text) => line(style('bold', text)),
    note: (text) => {
      streams.err.write(`${text}\n`);
    },
  };
}

export function isForPeople(format: OutputFormat): boolean {
  return format === 'table' || format === 'wide';
}

/** Columns as wide as their widest cell, two blanks between them; numbers under a header with `#` end alike. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const titles = header.map((title) => title.replace(/^#/, ''));
  const widths = titles.map((title, column) => Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))));
  return [titles, ...rows].map((row) =>
    titles
      .map((_, column) => {
        const cell = row[column] ?? '';
        const blanks = ' '.repeat((widths[column] ?? 0) - width(cell));
        return header[column]?.startsWith('#') === true ? blanks + cell : cell + blanks;
      })
      .join('  ')
      .trimEnd(),
  );
}

function width(cell: string): number {
  return stripVTControlCharacters(cell).length;
}

/** `-` for what is not known, so that no cell is empty. */
export function cell(value: string | number | undefined): string {
  return value === undefined || value === '' ? '-' : String(value);
}

export function list(values: readonly string[]): string {
  return values.length === 0 ? '-' : values.join(', ');
}

/** `3 s`, `5 min`, `2 h`, `4 d`: how long ago, roughly. */
export function ago(thenMs: number | undefined, nowMs: number): string {
  if (thenMs === undefined) return '-';
  const seconds = Math.max(0, Math.round((nowMs - thenMs) / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = count;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
