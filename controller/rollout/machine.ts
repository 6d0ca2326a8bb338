/**
 * A rollout, from its start to its end. Pure; what it is in is what the store holds.
 *
 *               ┌────────── batch by batch ─────────┐
 *               ▼                                   │
 *   start ─► running ── settled, watched, checked ──┘──── every host is in ──► finishing ── written ──► done
 *             │   ▲
 *   a limit,  │   │ resume
 *   a person  ▼   │
 *            paused ── abort ──► aborting ── hosts go back, the last batch first ──► aborted
 *
 * It moves by being looked at: `looked` carries what is known at that moment, and nothing else is remembered than
 * what is stored, so a controller that dies anywhere is followed by one that looks again. `check` asks whether the
 * next batch would leave pairs of hosts without any selection, before it does.
 */
import type { RolloutLimits, RolloutLimitsRequest } from '../../wire/rollout.ts';
import type { RolloutValue } from '../state/records.ts';
import { hostsIn } from './effective.ts';

export interface KnownHost {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What is known of the sessions that the newest batch concerns. */
export interface Watched {
  readonly sessions: number;
  /** `SOURCE → DESTINATION` */
  readonly unsettled: readonly string[];
  /** Packets since the batch, the dropped ones among them. */
  readonly packets: number;
  readonly drops: number;
}

export type RolloutEvent =
  | {
      readonly kind: 'looked';
      readonly nowMs: number;
      /** How long this controller has watched the newest batch without a pause. */
      readonly forMs: number;
      readonly hosts: readonly KnownHost[];
      readonly watched: Watched;
    }
  /** `cut`: directions that the batch would leave without a selection, with the reason. */
  | {
      readonly kind: 'checked';
      readonly nowMs: number;
      readonly batch: readonly string[];
      readonly cut: readonly string[];
    }
  | { readonly kind: 'written'; readonly nowMs: number }
  | RolloutCommand;

export type RolloutCommand =
  | { readonly kind: 'pause'; readonly nowMs: number }
  | { readonly kind: 'resume'; readonly nowMs: number; readonly limits: RolloutLimitsRequest }
  | { readonly kind: 'abort'; readonly nowMs: number };

export type RolloutEffect =
  /** Look again; it goes with the state that asked for it. */
  | { readonly kind: 'look'; readonly afterMs: number }
  | { readonly kind: 'check'; readonly batch: readonly string[] }
  /** Put and remove the policies for everybody; `written` belongs into the same transaction. */
  | { readonly kind: 'write' }
  | { readonly kind: 'report'; readonly code: string; readonly detail: string };

type Step = readonly [RolloutValue, readonly RolloutEffect[]];

export const machineLimits = {
  /** Between two looks. */
  lookMs: 1000,
  /** A share of fewer packets says nothing. */
  packetsToJudge: 1000,
} as const;

export function step(state: RolloutValue, event: RolloutEvent): Step {
  switch (event.kind) {
    case 'looked':
      return looked(state, event);
    case 'checked':
      return checked(state, event);
    case 'written':
      return state.phase === 'finishing' ? end(state, 'done', event.nowMs, 'every host is in') : [state, []];
    default:
      return objection(state, event.kind) === undefined ? obey(state, event) : [state, []];
  }
}

/** Why a person's command makes no sense now, and what would; undefined: it does. */
export function objection({ phase }: RolloutValue, command: RolloutCommand['kind']): string | undefined {
  if (phase === 'done' || phase === 'aborted') return `it is ${phase}: start another one`;
  if (phase === 'finishing') {
    return 'every host is in and its policies are being put: what shall go back needs a rollout of its own';
  }
  if (phase === 'aborting') return command === 'abort' ? undefined : 'it is going back already, which ends by itself';
  if (command === 'pause' && phase === 'paused') return 'it is paused already: resume or abort it';
  if (command === 'resume' && phase === 'running') return 'it is running already';
  return undefined;
}

/** The hosts that are next: of one group of the order, by name. Empty: all are in. */
export function nextBatch(state: RolloutValue, hosts: readonly KnownHost[]): string[] {
  const rest = hosts.filter(({ name }) => !hostsIn(state).has(name));
  const group = (host: KnownHost) => {
    const index = state.order.findIndex(({ label, value }) => host.labels[label] === value);
    return index < 0 ? state.order.length : index;
  };
  const first = Math.min(...rest.map(group));
  return rest
    .filter((host) => group(host) === first)
    .map(({ name }) => name)
    .sort()
    .slice(0, state.batchHosts);
}

// ---- what is looked at ---------------------------------------------------------------------------------------

function looked(state: RolloutValue, event: Extract<RolloutEvent, { kind: 'looked' }>): Step {
  switch (state.phase) {
    case 'running':
      return watch(state, event);
    case 'finishing':
      return [state, [{ kind: 'write' }]];
    case 'aborting':
      return goBack(state, event.nowMs);
    case 'paused':
    case 'done':
    case 'aborted':
      return [state, []];
  }
}

function watch(state: RolloutValue, event: Extract<RolloutEvent, { kind: 'looked' }>): Step {
  const { nowMs, forMs, watched } = event;
  const trouble = state.batches.length === 0 ? undefined : judge(state, watched, forMs);
  if (trouble !== undefined) return pause(state, nowMs, trouble);
  const early = state.batches.length > 0 && (forMs < state.pauseMs || !isSettled(watched, state.limits));
  if (early) return [state, [lookLater]];
  const batch = nextBatch(state, event.hosts);
  if (batch.length > 0) return [state, [{ kind: 'check', batch }]];
  const why = 'every host is in';
  return [{ ...state, phase: 'finishing', why, changedMs: nowMs }, [{ kind: 'write' }]];
}

/** Why it must not go on; undefined: nothing stands against it. */
function judge(state: RolloutValue, watched: Watched, forMs: number): string | undefined {
  const { settleMs, dropsPercent } = state.limits;
  const { sessions, unsettled } = watched;
  if (forMs >= settleMs && !isSettled(watched, state.limits)) {
    return `${unsettled.length} of ${sessions} changed sessions are not in force after ${settleMs} ms: ${some(unsettled)}`;
  }
  const share = dropShare(watched);
  if (share === undefined || share <= state.dropsPercentBefore + dropsPercent) return undefined;
  return `${percent(share)} of the packets of the changed sessions are dropped, before it were ${percent(state.dropsPercentBefore)}`;
}

/** In percent; undefined: too few packets to tell. */
export function dropShare({ packets, drops }: Pick<Watched, 'packets' | 'drops'>): number | undefined {
  return packets < machineLimits.packetsToJudge ? undefined : (100 * drops) / packets;
}

function isSettled({ unsettled, sessions }: Watched, { unsettledPercent }: RolloutLimits): boolean {
  return unsettled.length * 100 <= unsettledPercent * sessions;
}

function checked(state: RolloutValue, event: Extract<RolloutEvent, { kind: 'checked' }>): Step {
  const { nowMs, batch, cut } = event;
  // Late: it was paused meanwhile, or two looks have asked for the same.
  if (state.phase !== 'running' || batch.some((host) => hostsIn(state).has(host))) return [state, []];
  if (cut.length > state.limits.cut) {
    const why = `the next batch would leave ${cut.length} directions with no selection: ${some(cut)}`;
    return pause(state, nowMs, why);
  }
  const batches = [...state.batches, [...batch]];
  const why = `batch ${batches.length} is in`;
  const detail = `batch ${batches.length}: ${some(batch)}`;
  return [{ ...state, batches, why, changedMs: nowMs }, [{ kind: 'report', code: 'rollout-batch', detail }, lookLater]];
}

function goBack(state: RolloutValue, nowMs: number): Step {
  const batches = state.batches.slice(0, -1);
  if (batches.length === 0) return end({ ...state, batches }, 'aborted', nowMs, state.why);
  return [{ ...state, batches, changedMs: nowMs }, [lookNow]];
}

// ---- what people say, and how it ends ------------------------------------------------------------------------

function obey(state: RolloutValue, command: RolloutCommand): Step {
  const { nowMs } = command;
  switch (command.kind) {
    case 'pause':
      return pause(state, nowMs, 'an operator has paused it');
    case 'resume': {
      const limits = { ...state.limits, ...command.limits };
      return [
        { ...state, phase: 'running', why: 'an operator has resumed it', limits, changedMs: nowMs },
        [{ kind: 'report', code: 'rollout-resumed', detail: 'by an operator' }, lookNow],
      ];
    }
    case 'abort': {
      if (state.phase === 'aborting') return [state, [lookNow]];
      const why = state.phase === 'paused' ? `aborted by an operator, when ${state.why}` : 'aborted by an operator';
      return [{ ...state, phase: 'aborting', why, changedMs: nowMs }, [lookNow]];
    }
  }
}

function pause(state: RolloutValue, nowMs: number, why: string): Step {
  return [
    { ...state, phase: 'paused', why, changedMs: nowMs },
    [{ kind: 'report', code: 'rollout-paused', detail: why }],
  ];
}

function end(state: RolloutValue, phase: 'done' | 'aborted', nowMs: number, why: string): Step {
  return [{ ...state, phase, why, changedMs: nowMs }, [{ kind: 'report', code: `rollout-${phase}`, detail: why }]];
}

const lookLater: RolloutEffect = { kind: 'look', afterMs: machineLimits.lookMs };
const lookNow: RolloutEffect = { kind: 'look', afterMs: 0 };

function percent(share: number): string {
  return `${share.toFixed(share < 10 ? 1 : 0)} %`;
}

/** The first few, for a sentence. */
export function some(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}
