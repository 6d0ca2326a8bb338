/** A view as lines of a screen: pure. Columns leave, least needed first, until a row fits the width. */
import { cell, formatTable } from '../output.ts';
import type { Choice, Section, SortKey } from './keys.ts';
import { sections } from './keys.ts';
import type { DropRow, GuestRow, HostRow, PeerRow, Rate, Tone, View } from './rates.ts';

export interface Line {
  readonly text: string;
  readonly style: 'title' | 'header' | 'plain' | 'quiet' | Tone;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** On the left and right of the first line. */
  readonly title: string;
  readonly right: string;
}

type Row = HostRow | GuestRow | PeerRow | DropRow;

interface Column<T extends Row> {
  /** As in `formatTable`: `#` for numbers. */
  readonly title: string;
  /** The higher, the earlier it leaves; 0 stays. */
  readonly spare: number;
  readonly of: (row: T) => string;
}

const traffic: readonly Column<Row>[] = [
  { title: '#OUT pkt/s', spare: 3, of: ({ out }) => packets(out) },
  { title: '#OUT bit/s', spare: 0, of: ({ out }) => bits(out) },
  { title: '#IN pkt/s', spare: 3, of: (row) => packets(row.in) },
  { title: '#IN bit/s', spare: 0, of: (row) => bits(row.in) },
  { title: '#DROP/s', spare: 0, of: ({ dropsPerSecond }) => short(dropsPerSecond) },
  { title: '#DROPS', spare: 4, of: ({ drops }) => short(drops) },
];

const hostColumns: readonly Column<HostRow>[] = [
  { title: 'HOST', spare: 0, of: ({ name }) => name },
  { title: 'CONTROL', spare: 0, of: ({ control }) => control },
  { title: '#GUESTS', spare: 2, of: ({ guests }) => String(guests) },
  { title: '#PEERS', spare: 5, of: ({ peers }) => cell(peers) },
  ...traffic,
  { title: '#PROBLEMS', spare: 6, of: ({ problems }) => String(problems) },
];

const guestColumns: readonly Column<GuestRow>[] = [
  { title: 'GUEST', spare: 0, of: ({ name }) => name },
  { title: 'HOST', spare: 1, of: ({ host }) => host },
  { title: '#GNI', spare: 2, of: ({ gni }) => String(gni) },
  { title: 'PORT', spare: 5, of: ({ port }) => port },
  { title: 'BY', spare: 6, of: ({ executor }) => executor },
  { title: 'PHASE', spare: 2, of: ({ phase }) => phase },
  ...traffic,
];

const peerColumns: readonly Column<PeerRow>[] = [
  { title: 'PEER', spare: 0, of: ({ name }) => name },
  { title: 'SENDS', spare: 6, of: ({ send }) => send },
  { title: '#RTT', spare: 0, of: ({ roundTripUs }) => duration(roundTripUs) },
  { title: '#LOST', spare: 1, of: ({ lostPercent }) => (lostPercent === undefined ? '-' : `${lostPercent} %`) },
  { title: '#MTU', spare: 5, of: ({ pathMtu }) => cell(pathMtu === 0 ? undefined : pathMtu) },
  ...traffic,
];

const dropColumns: readonly Column<DropRow>[] = [
  { title: 'DROPPED', spare: 0, of: ({ name }) => name },
  { title: 'HOST', spare: 0, of: ({ host }) => host },
  { title: '#DROP/s', spare: 0, of: ({ dropsPerSecond }) => short(dropsPerSecond) },
  { title: '#DROPS', spare: 0, of: ({ drops }) => short(drops) },
  { title: 'WHY', spare: 0, of: ({ doc }) => doc },
];

// ---- the screen ------------------------------------------------------------------------------------------------

const keysLine = '0 all 1 hosts 2 guests 3 peers 4 drops  sort: n p b d r  space pause  q quit';

/** At most `height` lines of at most `width` characters. */
export function screen(view: View, choice: Choice, frame: Frame): readonly Line[] {
  const { width, height, title, right } = frame;
  const state = `${view.controller === '' ? '' : `${view.controller}   `}sorted by ${choice.sort}${choice.isPaused ? '   PAUSED' : ''}`;
  const head: Line[] = [
    { text: `${title}${' '.repeat(Math.max(1, width - title.length - right.length))}${right}`, style: 'title' },
    { text: state, style: 'quiet' },
  ];
  const room = height - head.length - 1;
  const body =
    choice.section === 'all'
      ? everything(view, choice, width, room)
      : single(view, choice, choice.section, width, room);
  const filled = [...head, ...body, ...Array.from({ length: Math.max(0, room - body.length) }, () => blank)];
  const last: Line = { text: keysLine, style: 'quiet' };
  return [...filled.slice(0, Math.max(0, height - 1)), last].slice(-height).map((line) => cutTo(line, width));
}

/** Everything, whatever the height: for files and pipes. */
export function page(view: View, choice: Choice, width: number): readonly Line[] {
  const filled = sections.filter((section) => view[section].length > 0);
  const tables = filled.map((section) => table(sorted(view, section, choice.sort), section, width));
  const first: Line[] = view.controller === '' ? [] : [{ text: view.controller, style: 'plain' }, blank];
  return [...first, ...tables.flatMap((lines, i) => (i === 0 ? lines : [blank, ...lines]))];
}

const blank: Line = { text: '', style: 'plain' };

function everything(view: View, { sort }: Choice, width: number, room: number): readonly Line[] {
  const filled = sections.filter((section) => view[section].length > 0);
  // A header and a blank line for each.
  const shares = share(
    filled.map((section) => view[section].length),
    room - 2 * filled.length,
  );
  return filled.flatMap((section, i) => {
    const rows = sorted(view, section, sort);
    const most = shares[i] ?? 0;
    if (most === 0) return [];
    const [header = blank, ...texts] = table(rows.slice(0, most), section, width);
    const more = rows.length > most ? `${most} of ${rows.length} ${section}` : '';
    return [above(more, width), header, ...texts];
  });
}

function single(view: View, { sort, offset }: Choice, section: Section, width: number, room: number): readonly Line[] {
  const rows = sorted(view, section, sort);
  const most = Math.max(1, room - 2);
  const from = Math.min(offset, Math.max(0, rows.length - most));
  const [header = blank, ...texts] = table(rows.slice(from, from + most), section, width);
  const last = Math.min(rows.length, from + most);
  return [
    above(rows.length > most ? `${from + 1} to ${last} of ${rows.length} ${section}` : '', width),
    header,
    ...texts,
  ];
}

/** The line above a table says on its right how much of it is seen. */
function above(words: string, width: number): Line {
  return { text: words.padStart(width).trimEnd(), style: 'quiet' };
}

/** Lines for each in turn until there is no room, or each has what it wants. */
export function share(wanted: readonly number[], room: number): readonly number[] {
  const given = wanted.map(() => 0);
  let left = Math.max(0, room);
  while (left > 0 && given.some((count, i) => count < (wanted[i] ?? 0))) {
    for (const [i, most] of wanted.entries()) {
      if (left === 0 || (given[i] ?? 0) >= most) continue;
      given[i] = (given[i] ?? 0) + 1;
      left--;
    }
  }
  return given;
}

// ---- tables ----------------------------------------------------------------------------------------------------

function table(rows: readonly Row[], section: Section, width: number): readonly Line[] {
  switch (section) {
    case 'hosts':
      return lines(rows as readonly HostRow[], hostColumns, width);
    case 'guests':
      return lines(rows as readonly GuestRow[], guestColumns, width);
    case 'peers':
      return lines(rows as readonly PeerRow[], peerColumns, width);
    case 'drops':
      return lines(rows as readonly DropRow[], dropColumns, width);
  }
}

function lines<T extends Row>(rows: readonly T[], columns: readonly Column<T>[], width: number): readonly Line[] {
  const texts = formatTable(
    columns.map(({ title }) => title),
    rows.map((row) => columns.map(({ of }) => of(row))),
  );
  const most = Math.max(0, ...columns.map(({ spare }) => spare));
  // A drop's explanation is last, and cut rather than left out.
  if (most > 0 && texts.some((text) => text.length > width)) {
    const leaving = columns.findLastIndex(({ spare }) => spare === most);
    return lines(rows, columns.toSpliced(leaving, 1), width);
  }
  return texts.map((text, i) => cutTo({ text, style: i === 0 ? 'header' : (rows[i - 1]?.tone ?? 'plain') }, width));
}

function cutTo(line: Line, width: number): Line {
  return line.text.length <= width ? line : { ...line, text: `${line.text.slice(0, Math.max(0, width - 1))}…` };
}

function sorted(view: View, section: Section, sort: SortKey): readonly Row[] {
  const by: Readonly<Record<SortKey, (row: Row) => number>> = {
    name: () => 0,
    packets: (row) => (row.out?.packets ?? 0) + (row.in?.packets ?? 0),
    bits: (row) => (row.out?.bits ?? 0) + (row.in?.bits ?? 0),
    drops: (row) => (row.dropsPerSecond ?? 0) * 1e9 + (row.drops ?? 0),
    rtt: (row) => ('roundTripUs' in row ? (row.roundTripUs ?? 0) : 0),
  };
  const key = section === 'drops' && sort !== 'name' ? by.drops : by[sort];
  return [...view[section]].sort((a, b) => key(b) - key(a) || compareNames(a, b));
}

function compareNames(a: Row, b: Row): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

// ---- numbers ---------------------------------------------------------------------------------------------------

const packets = (rate: Rate | undefined) => short(rate?.packets);
const bits = (rate: Rate | undefined) => short(rate?.bits);

/** `0`, `7`, `1.23 k`, `45.6 M`: three digits, thousands. */
export function short(value: number | undefined): string {
  if (value === undefined) return '-';
  const units = ['', ' k', ' M', ' G', ' T'];
  let rest = value;
  let unit = 0;
  for (; rest >= 999.5 && unit < units.length - 1; unit++) rest /= 1000;
  if (unit === 0) return rest > 0 && rest < 10 && !Number.isInteger(rest) ? rest.toFixed(1) : String(Math.round(rest));
  return `${rest >= 99.95 ? rest.toFixed(0) : rest >= 9.995 ? rest.toFixed(1) : rest.toFixed(2)}${units[unit]}`;
}

function duration(us: number | undefined): string {
  if (us === undefined) return '-';
  return us < 10_000 ? `${us} µs` : `${Math.round(us / 1000)} ms`;
}
