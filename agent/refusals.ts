/**
 * Packets of peers that were refused for reasons that mean a wrong or hostile sender become events: one for a
 * peer and turn, however many packets and reasons. Pure; the agent takes a turn every 10 s.
 */
import type { DropName } from '../wire/drops.ts';

type Counts = Readonly<Partial<Record<DropName, number>>>;

/** Not those that a full queue, a guest that left or a slow controller cause. */
const suspicious: readonly DropName[] = [
  'unknown-version',
  'bad-header',
  'bad-checksum',
  'unknown-protocol',
  'inner-malformed',
  'version-not-accepted',
  'unknown-gni',
  'gni-mismatch',
  'spoofed-inner-source',
  'feature-not-accepted',
  'unknown-key',
  'bad-tag',
  'replayed',
  'bad-compression',
];

/** Of one turn: an area in which every peer is wrong fills no queue. */
const mostEvents = 16;

export interface Refusals {
  /** Counted so far, by peer. */
  readonly counted: ReadonlyMap<string, Counts>;
  readonly events: readonly { readonly peer: string; readonly detail: string }[];
}

/** `now`: what the data plane has counted of each peer it holds. */
export function findRefusals(before: ReadonlyMap<string, Counts>, now: ReadonlyMap<string, Counts>): Refusals {
  const found = [...now].flatMap(([peer, counts]) => {
    const fresh = suspicious.flatMap((reason) => {
      const count = since(before.get(peer)?.[reason] ?? 0, counts[reason] ?? 0);
      return count === 0 ? [] : [`${count} ${reason}`];
    });
    return fresh.length === 0 ? [] : [{ peer, detail: `from ${peer}: ${fresh.join(', ')}` }];
  });
  const events = found.slice(0, mostEvents);
  const rest = found.slice(mostEvents);
  const last = rest.length === 0 ? [] : [{ peer: '', detail: `and from ${rest.length} more hosts` }];
  return { counted: new Map(now), events: [...events, ...last] };
}

/** A peer that went and came back is counted from 0 again. */
function since(before: number, now: number): number {
  return now >= before ? now - before : now;
}
