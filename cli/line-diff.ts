/** What makes one list of lines another: the longest common run of lines stays, the rest goes or comes. Pure. */
export interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** In the order in which people read it: what goes stands before what comes in its place. */
export function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const common = commonLengths(before, after);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [left, right] = [before[i], after[j]];
    if (left !== undefined && left === right) {
      lines.push({ sign: ' ', text: left });
      i++;
      j++;
    } else if (left !== undefined && at(common, i + 1, j) >= at(common, i, j + 1)) {
      lines.push({ sign: '-', text: left });
      i++;
    } else {
      lines.push({ sign: '+', text: right ?? '' });
      j++;
    }
  }
  return lines;
}

/** At [i][j]: how many lines the rests from i and from j have in common, in order. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly (readonly number[])[] {
  const rows: number[][] = [Array.from({ length: after.length + 1 }, () => 0)];
  for (let i = before.length - 1; i >= 0; i--) {
    const below = rows[0] ?? [];
    const row: number[] = Array.from({ length: after.length + 1 }, () => 0);
    for (let j = after.length - 1; j >= 0; j--) {
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
    rows.unshift(row);
  }
  return rows;
}

/** Past an end nothing is left in common: less than where something is left to compare. */
function at(common: readonly (readonly number[])[], i: number, j: number): number {
  return common[i]?.[j] ?? -1;
}
