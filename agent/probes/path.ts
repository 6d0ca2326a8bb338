/**
 * What one path to a peer is like: round trip, loss, and the largest packet it carries. A pure machine.
 *
 *     idle ──round──► echo ──answered──► size ──answered──► idle
 *                      │ lost             │ lost, three times
 *                      ▼                  ▼
 *                     idle             search (bisection) ──► idle
 *
 * A round is a small packet, then one of the size believed in (at first the device's MTU; now and then the
 * device's MTU again, since paths also grow). Only when small packets pass and large ones do not is a
 * smaller size searched for; one lost packet proves nothing. Sizes are those of the outer IP packet.
 */

export const smallSize = 84;
/** RFC 8200 §5: what every path carries. */
const leastMtu = 1280;
const tries = 3;
const growthRounds = 6;
const remembered = 20;
const rounds = 9;

export interface PathState {
  readonly deviceMtu: number;
  /** 0: not known. */
  readonly pathMtu: number;
  /** Newest last; of small packets. */
  readonly roundTripsUs: readonly number[];
  /** Newest last: whether a small packet was answered. */
  readonly answered: readonly boolean[];
  readonly roundsDone: number;
  readonly nextToken: number;
  readonly activity: Activity;
}

type Activity =
  | { readonly kind: 'idle' }
  | { readonly kind: 'echo'; readonly token: number }
  | { readonly kind: 'size'; readonly token: number; readonly size: number; readonly tries: number }
  | {
      readonly kind: 'search';
      readonly token: number;
      readonly size: number;
      readonly tries: number;
      /** Known to pass; 0 until the least size has passed. */
      readonly low: number;
      /** Nothing larger passes. */
      readonly high: number;
    };

export type PathEvent =
  | { readonly kind: 'round' }
  | { readonly kind: 'answer'; readonly token: number; readonly roundTripUs: number }
  /** Not answered in time, or the kernel would not send it. */
  | { readonly kind: 'lost'; readonly token: number };

export type PathEffect =
  | { readonly kind: 'probe'; readonly token: number; readonly size: number; readonly timeoutMs: number }
  /** The round is over; what is known now. */
  | { readonly kind: 'measured' };

export type PathStep = readonly [state: PathState, effects: readonly PathEffect[]];

export function initialPath(deviceMtu: number): PathState {
  return {
    deviceMtu,
    pathMtu: 0,
    roundTripsUs: [],
    answered: [],
    roundsDone: 0,
    nextToken: 1,
    activity: { kind: 'idle' },
  };
}

export function roundTripUs({ roundTripsUs }: PathState): number {
  const sorted = roundTripsUs.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function lostPercent({ answered }: PathState): number {
  if (answered.length === 0) return 0;
  return Math.round((100 * answered.filter((each) => !each).length) / answered.length);
}

export function stepPath(state: PathState, event: PathEvent): PathStep {
  const { activity } = state;
  if (event.kind === 'round') return activity.kind === 'idle' ? echo(state) : [state, []];
  // An answer that comes after its packet was given up is late and says nothing about what is tried now.
  if (activity.kind === 'idle' || event.token !== activity.token) return [state, []];
  const passed = event.kind === 'answer';
  switch (activity.kind) {
    case 'echo':
      return echoed(state, passed ? event.roundTripUs : undefined);
    case 'size':
      return sized(state, activity, passed);
    case 'search':
      return searched(state, activity, passed);
  }
}

function echo(state: PathState): PathStep {
  const token = state.nextToken;
  return [
    { ...state, nextToken: token + 1, activity: { kind: 'echo', token } },
    [{ kind: 'probe', token, size: smallSize, timeoutMs: timeoutMs(state) }],
  ];
}

function echoed(before: PathState, tripUs: number | undefined): PathStep {
  const state = {
    ...before,
    answered: [...before.answered, tripUs !== undefined].slice(-remembered),
    roundTripsUs: tripUs === undefined ? before.roundTripsUs : [...before.roundTripsUs, tripUs].slice(-rounds),
  };
  if (tripUs === undefined) return done(state);
  const grow = state.roundsDone % growthRounds === 0;
  return trySize(state, state.pathMtu === 0 || grow ? state.deviceMtu : state.pathMtu, tries);
}

function trySize(state: PathState, size: number, left: number): PathStep {
  const token = state.nextToken;
  return [
    { ...state, nextToken: token + 1, activity: { kind: 'size', token, size, tries: left } },
    [{ kind: 'probe', token, size, timeoutMs: timeoutMs(state) }],
  ];
}

function sized(state: PathState, activity: Extract<Activity, { kind: 'size' }>, passed: boolean): PathStep {
  if (passed) return done({ ...state, pathMtu: activity.size });
  if (activity.tries > 1) return trySize(state, activity.size, activity.tries - 1);
  // The larger size that was hoped for does not pass; the one believed in is tried before a whole search.
  const believed = state.pathMtu > 0 && state.pathMtu < activity.size ? state.pathMtu : 0;
  if (believed > 0) return trySize(state, believed, tries);
  return search(state, 0, activity.size - 1);
}

function search(state: PathState, low: number, high: number, left = tries - 1, again?: number): PathStep {
  if (high < leastMtu) return done({ ...state, pathMtu: 0 });
  if (low >= high) return done({ ...state, pathMtu: low });
  const size = again ?? (low === 0 ? leastMtu : Math.ceil((low + high) / 2));
  const token = state.nextToken;
  return [
    { ...state, nextToken: token + 1, activity: { kind: 'search', token, size, tries: left, low, high } },
    [{ kind: 'probe', token, size, timeoutMs: timeoutMs(state) }],
  ];
}

function searched(state: PathState, activity: Extract<Activity, { kind: 'search' }>, passed: boolean): PathStep {
  const { size, low, high } = activity;
  if (passed) return search(state, size, high);
  if (activity.tries > 1) return search(state, low, high, activity.tries - 1, size);
  return search(state, low, size - 1);
}

function done(state: PathState): PathStep {
  return [{ ...state, roundsDone: state.roundsDone + 1, activity: { kind: 'idle' } }, [{ kind: 'measured' }]];
}

function timeoutMs(state: PathState): number {
  const tripMs = roundTripUs(state) / 1000;
  return tripMs === 0 ? 1000 : Math.min(1000, Math.max(100, Math.ceil(4 * tripMs + 50)));
}
