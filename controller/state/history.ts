/** Selections that were in force before, per direction of a pair of hosts: bounded, in the store only. */
import type { PastSelections, Selection } from './records.ts';

export const historyLimits = { perDirection: 32 } as const;

/** The history with a selection added that ends now; the oldest go. */
export function remember(history: PastSelections | undefined, ended: Selection, untilMs: number): PastSelections {
  const { selected, reasons, decidedBy = [], sinceMs, revision } = ended;
  const entry = {
    ...(selected === undefined ? {} : { selected }),
    reasons,
    decidedBy,
    generation: revision,
    // Records of before there was a history do not know when they began.
    fromMs: sinceMs ?? history?.entries.at(-1)?.untilMs ?? 0,
    untilMs,
  };
  return { entries: [...(history?.entries ?? []), entry].slice(-historyLimits.perDirection) };
}
