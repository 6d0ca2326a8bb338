/**
 * One trace on this host: a pure machine.
 *
 *     idle ──asked──► looking ──ready──► following ──due, full──► idle
 *                                        │      ▲
 *                                        └──────┘ seen, echoed
 *
 * Devices' names are looked up first, so that what is seen can be told at once; then executors are armed and the
 * controller is told so, and only then the echo leaves. The end is a timer of this host: whatever becomes of the
 * controller, no executor stays armed. A new trace takes the place of the former; what comes late for that one
 * carries its number and changes nothing.
 */
import type { Trace, Traced, TraceStep } from '../../wire/control.ts';
import { limits } from '../../wire/limits.ts';

export type TraceState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'looking'; readonly trace: Trace }
  | { readonly kind: 'following'; readonly trace: Trace; readonly steps: number; readonly answeredUs: number };

export type TraceEvent =
  | { readonly kind: 'asked'; readonly trace: Trace }
  /** Devices' names are known. */
  | { readonly kind: 'ready'; readonly trace: number }
  | { readonly kind: 'seen'; readonly trace: number; readonly step: TraceStep }
  /** The echo is over; `answeredUs` 0: not answered; `problem`: it could not be sent. */
  | { readonly kind: 'echoed'; readonly trace: number; readonly answeredUs: number; readonly problem: string }
  | { readonly kind: 'due'; readonly trace: number }
  | { readonly kind: 'closed' };

export type TraceEffect =
  | { readonly kind: 'look'; readonly trace: number }
  | { readonly kind: 'arm'; readonly trace: Trace }
  | { readonly kind: 'disarm' }
  | { readonly kind: 'echo'; readonly trace: Trace }
  /** `due` comes after this time; a former timer is no more. */
  | { readonly kind: 'timer'; readonly trace: number; readonly ms: number }
  | { readonly kind: 'stopTimer' }
  /** The tables' answer to a dry run. */
  | { readonly kind: 'lookUp'; readonly trace: Trace }
  | { readonly kind: 'report'; readonly traced: Traced };

export type TraceStepped = readonly [state: TraceState, effects: readonly TraceEffect[]];

/** What executors tell of one packet comes by several queues: the last of it may be this late. */
export const graceMs = 100;

const idle: TraceState = { kind: 'idle' };
const finalVerdicts: readonly string[] = ['sent', 'delivered', 'dropped'];

type Following = Extract<TraceState, { kind: 'following' }>;

export function stepTraces(state: TraceState, event: TraceEvent): TraceStepped {
  switch (event.kind) {
    case 'asked':
      return asked(state, event.trace);
    case 'closed':
      return state.kind === 'idle' ? [state, []] : end(state, '');
    case 'ready':
      return state.kind === 'looking' && state.trace.trace === event.trace ? begin(state.trace) : [state, []];
    case 'due':
      return state.kind !== 'idle' && state.trace.trace === event.trace ? end(state, '') : [state, []];
    case 'seen':
    case 'echoed':
      if (state.kind !== 'following' || state.trace.trace !== event.trace) return [state, []];
      return event.kind === 'seen' ? seen(state, event.step) : echoed(state, event);
  }
}

function asked(state: TraceState, trace: Trace): TraceStepped {
  if (trace.dryRun) return [state, [{ kind: 'lookUp', trace }]];
  if (trace.waitMs === 0) {
    const isFollowed = state.kind !== 'idle' && state.trace.trace === trace.trace;
    return isFollowed ? end(state, '') : [state, [report(trace.trace, { last: true })]];
  }
  const [, former] = state.kind === 'idle' ? [state, []] : end(state, 'another trace took its place');
  return [{ kind: 'looking', trace }, [...former, { kind: 'look', trace: trace.trace }]];
}

function begin(trace: Trace): TraceStepped {
  return [
    { kind: 'following', trace, steps: 0, answeredUs: 0 },
    [
      { kind: 'arm', trace },
      { kind: 'timer', trace: trace.trace, ms: trace.waitMs },
      // Armed: whoever sends may begin.
      report(trace.trace, {}),
      ...(trace.inject === '' ? [] : [{ kind: 'echo', trace } as const]),
    ],
  ];
}

function seen(state: Following, step: TraceStep): TraceStepped {
  const { trace } = state;
  const next = { ...state, steps: state.steps + 1 };
  const told = report(trace.trace, { steps: [step] });
  if (next.steps >= limits.traceSteps) {
    const [after, effects] = end(next, '');
    return [after, [told, ...effects]];
  }
  // Of an echo there is one; of any packets the first is meant, and every further one costs.
  const isOver = trace.echo === 0 && finalVerdicts.includes(step.verdict);
  return [next, isOver ? [told, { kind: 'timer', trace: trace.trace, ms: graceMs }] : [told]];
}

function echoed(state: Following, { answeredUs, problem }: { answeredUs: number; problem: string }): TraceStepped {
  const next = { ...state, answeredUs };
  if (problem !== '') return end(next, problem);
  return [next, [{ kind: 'timer', trace: state.trace.trace, ms: graceMs }]];
}

function end(state: Exclude<TraceState, { kind: 'idle' }>, problem: string): TraceStepped {
  const answeredUs = state.kind === 'following' ? state.answeredUs : 0;
  return [
    idle,
    [
      ...(state.kind === 'following' ? [{ kind: 'disarm' } as const] : []),
      { kind: 'stopTimer' },
      report(state.trace.trace, { last: true, problem, answeredUs }),
    ],
  ];
}

function report(trace: number, rest: Partial<Traced>): TraceEffect {
  return { kind: 'report', traced: { trace, steps: [], last: false, problem: '', answeredUs: 0, ...rest } };
}
