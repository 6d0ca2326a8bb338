/**
 * Whether what a session agreed on really comes through, and a way around what does not: a pure machine.
 *
 *     idle ──begin──► small ──► full ──► partial ──► super ──► idle
 *                      │ lost    │ lost    │ lost      │ not whole
 *                      ▼         ▼         ▼           ▼
 *                     idle     shrink    (found)     single: the same, sent one by one
 *
 * Offloads of kernels and cards change packets in ways that small ones do not meet: large ones, those whose
 * inner checksum is left partial, several in one send. Each is tried three times, since one lost packet proves
 * nothing. A way around stays until encapsulation or path are others: taking it back to see whether it is
 * still needed would break the guests' traffic.
 */

/** Bytes of inner packets; outer ones are `overhead` longer. */
export interface TestSizes {
  /** What the path is believed to carry. */
  readonly full: number;
  /** Below this a smaller path MTU is no way around. */
  readonly least: number;
  readonly overhead: number;
  /** Whether the format can leave the inner checksum partial. */
  readonly partial: boolean;
}

export interface WorkAround {
  readonly udpGso: boolean;
  /** Largest outer packet that came through; undefined: what is measured. */
  readonly pathMtu: number | undefined;
}

export interface TestState {
  /** What is tested: the encapsulation, without keys, and the path's MTU; undefined: nothing may be sent. */
  readonly subject: string | undefined;
  readonly activity: Activity;
  readonly nextToken: number;
  readonly workAround: WorkAround | undefined;
  /** Why there is a way around. */
  readonly standing: readonly string[];
  /** Tests in a row in which nothing was answered at all. */
  readonly silences: number;
}

type Phase = 'small' | 'full' | 'shrink' | 'partial' | 'super' | 'single';

export type Activity =
  | { readonly kind: 'idle' }
  | {
      readonly kind: Phase;
      readonly token: number;
      readonly tries: number;
      readonly sizes: TestSizes;
      /** Inner bytes of what is tried. */
      readonly size: number;
      readonly found: readonly string[];
      /** Of the packets of one super-packet, the most that came whole. */
      readonly best: number;
    };

type Testing = Exclude<Activity, { kind: 'idle' }>;

export type TestEvent =
  /** What is tested is this now: ways around what was tested before are forgotten. */
  | { readonly kind: 'terms'; readonly subject: string | undefined }
  | { readonly kind: 'begin'; readonly sizes: TestSizes }
  | { readonly kind: 'answered'; readonly token: number; readonly intact: number }
  | { readonly kind: 'lost'; readonly token: number };

export type TestEffect =
  | {
      readonly kind: 'send';
      readonly token: number;
      readonly innerLength: number;
      readonly packets: number;
      readonly partialChecksum: boolean;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'workAround'; readonly found: WorkAround | undefined }
  /** The test is over. */
  | { readonly kind: 'found'; readonly findings: readonly string[] }
  /** Begin again after this time. */
  | { readonly kind: 'again'; readonly ms: number }
  | { readonly kind: 'stop' };

export type TestStep = readonly [state: TestState, effects: readonly TestEffect[]];

export const testTimes = { timeoutMs: 1000, soonMs: 500, silentMs: 5000, everyMs: 600_000 } as const;
export const superPackets = 8;
const smallSize = 100;
const tries = 3;
/** An answer needs the other direction, which may come up later: silence is told when it lasts. */
const toldSilences = 3;
/** Shrinking ends when a step is smaller than this. */
const smallestStep = 32;

const idle: Activity = { kind: 'idle' };

export function initialTest(): TestState {
  return { subject: undefined, activity: idle, nextToken: 1, workAround: undefined, standing: [], silences: 0 };
}

export function stepTest(state: TestState, event: TestEvent): TestStep {
  switch (event.kind) {
    case 'terms':
      return event.subject === state.subject ? [state, []] : changed(state, event.subject);
    case 'begin':
      if (state.subject === undefined || state.activity.kind !== 'idle') return [state, []];
      return attempt(state, 'small', { sizes: event.sizes, size: Math.min(smallSize, event.sizes.full), found: [] });
    case 'answered':
    case 'lost':
      // An answer to what was given up says nothing about what is tried now.
      if (state.activity.kind === 'idle' || event.token !== state.activity.token) return [state, []];
      return tried(state, state.activity, event.kind === 'answered' ? event.intact : 0);
  }
}

function changed(state: TestState, subject: string | undefined): TestStep {
  return [
    { ...initialTest(), subject, nextToken: state.nextToken },
    [
      { kind: 'stop' },
      ...(state.workAround === undefined ? [] : [{ kind: 'workAround', found: undefined } as const]),
      ...(subject === undefined ? [] : [{ kind: 'again', ms: testTimes.soonMs } as const]),
    ],
  ];
}

function attempt(
  state: TestState,
  kind: Phase,
  { sizes, size, found }: Pick<Testing, 'sizes' | 'size' | 'found'>,
  again: Pick<Testing, 'tries' | 'best'> = { tries, best: 0 },
): TestStep {
  const token = state.nextToken;
  const packets = kind === 'super' || kind === 'single' ? superPackets : 1;
  // As guests' super-packets are: their checksums are left partial wherever the format lets them.
  const partialChecksum = kind === 'partial' || (packets > 1 && sizes.partial);
  return [
    { ...state, nextToken: token + 1, activity: { kind, token, sizes, size, found, ...again } },
    [{ kind: 'send', token, innerLength: size, packets, partialChecksum, timeoutMs: testTimes.timeoutMs }],
  ];
}

function tried(state: TestState, activity: Testing, intact: number): TestStep {
  const { kind, sizes, size } = activity;
  const best = Math.max(activity.best, intact);
  const passed = intact >= (kind === 'super' || kind === 'single' ? superPackets : 1);
  if (!passed && activity.tries > 1) return attempt(state, kind, activity, { tries: activity.tries - 1, best });
  const next = { ...activity, best };
  switch (kind) {
    case 'small':
      return passed ? attempt({ ...state, silences: 0 }, 'full', { ...next, size: sizes.full }) : silent(state, next);
    case 'full':
      return passed ? afterSizes(state, next) : shrink(state, next);
    case 'shrink':
      return passed ? afterSizes(...narrowed(state, next, size)) : shrink(state, next);
    case 'partial':
      return attempt(state, 'super', passed ? next : { ...next, found: [...next.found, noPartial] });
    case 'super':
      return passed ? done(state, next.found) : alone(state, next);
    case 'single':
      return sentAlone(state, next, passed);
  }
}

const noPartial = 'packets whose inner checksum is left partial do not come through';

function silent(before: TestState, { found }: Testing): TestStep {
  const state = { ...before, silences: before.silences + 1 };
  if (state.silences < toldSilences) {
    return [{ ...state, activity: idle }, [{ kind: 'again', ms: testTimes.silentMs * state.silences }]];
  }
  return done(state, [...found, 'a small test packet is not answered: it, or the answer to it, is lost']);
}

/** Half of the way down to the least. */
function shrink(state: TestState, activity: Testing): TestStep {
  const { sizes, size } = activity;
  const smaller = Math.floor((sizes.least + size) / 2);
  if (size - smaller >= smallestStep) return attempt(state, 'shrink', { ...activity, size: smaller });
  const most = size + sizes.overhead;
  return done(state, [
    ...activity.found,
    `packets of ${most} bytes do not come through, and much smaller ones are no way around`,
  ]);
}

/** The size that passed is the path's from now on. */
function narrowed(before: TestState, activity: Testing, size: number): [TestState, Testing, TestEffect] {
  const { sizes } = activity;
  const pathMtu = size + sizes.overhead;
  const workAround = { udpGso: before.workAround?.udpGso ?? true, pathMtu };
  const reason = `packets of ${sizes.full + sizes.overhead} bytes do not come through: none larger than ${pathMtu} are sent`;
  return [
    { ...before, workAround, standing: [...before.standing, reason] },
    activity,
    { kind: 'workAround', found: workAround },
  ];
}

function afterSizes(state: TestState, activity: Testing, ...effects: TestEffect[]): TestStep {
  const [next, sent] = attempt(state, activity.sizes.partial ? 'partial' : 'super', activity);
  return [next, [...effects, ...sent]];
}

/** Several in one send do not come whole: once more, each alone. */
function alone(state: TestState, activity: Testing): TestStep {
  if (state.workAround?.udpGso === false) return done(state, [...activity.found, notWhole(activity)]);
  const [next, sent] = attempt(state, 'single', activity, { tries, best: activity.best });
  const found = { pathMtu: state.workAround?.pathMtu, udpGso: false };
  return [next, [{ kind: 'workAround', found }, ...sent]];
}

function sentAlone(before: TestState, activity: Testing, passed: boolean): TestStep {
  const pathMtu = before.workAround?.pathMtu;
  if (passed) {
    const reason = 'several packets in one send do not come through whole: each is sent alone';
    const workAround = { udpGso: false, pathMtu };
    return done({ ...before, workAround, standing: [...before.standing, reason] }, activity.found);
  }
  const [state, effects] = done(before, [...activity.found, notWhole(activity)]);
  return [state, [{ kind: 'workAround', found: before.workAround }, ...effects]];
}

function notWhole({ best }: Testing): string {
  return `of ${superPackets} packets sent at once ${best} come through`;
}

function done(state: TestState, found: readonly string[]): TestStep {
  return [
    { ...state, activity: idle },
    [
      { kind: 'found', findings: [...state.standing, ...found] },
      { kind: 'again', ms: testTimes.everyMs },
    ],
  ];
}
