/** What a person has chosen to see, and how keys change it: pure. */
export const sections = ['hosts', 'guests', 'peers', 'drops'] as const;
export type Section = (typeof sections)[number];

export const sortKeys = ['name', 'packets', 'bits', 'drops', 'rtt'] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Choice {
  readonly sort: SortKey;
  /** One of them on the whole screen, or all that fit. */
  readonly section: Section | 'all';
  /** Rows that are above the screen. */
  readonly offset: number;
  readonly isPaused: boolean;
}

export const firstChoice: Choice = { sort: 'bits', section: 'all', offset: 0, isPaused: false };

const sorts: Readonly<Record<string, SortKey>> = { n: 'name', p: 'packets', b: 'bits', d: 'drops', r: 'rtt' };
const shows: Readonly<Record<string, Choice['section']>> = {
  '0': 'all',
  '1': 'hosts',
  '2': 'guests',
  '3': 'peers',
  '4': 'drops',
};
/** As terminals send them. */
const moves: Readonly<Record<string, number>> = {
  '\u001b[A': -1,
  k: -1,
  '\u001b[B': 1,
  j: 1,
  '\u001b[5~': -10,
  '\u001b[6~': 10,
};
const quits: ReadonlySet<string> = new Set(['q', 'Q', '\u0003', '\u0004', '\u001b']);

export function press(choice: Choice, key: string): Choice | 'quit' {
  if (quits.has(key)) return 'quit';
  if (key === ' ') return { ...choice, isPaused: !choice.isPaused };
  const sort = sorts[key];
  if (sort !== undefined) return { ...choice, sort };
  const section = shows[key];
  if (section !== undefined) return { ...choice, section, offset: 0 };
  const move = moves[key];
  return move === undefined ? choice : { ...choice, offset: Math.max(0, choice.offset + move) };
}
