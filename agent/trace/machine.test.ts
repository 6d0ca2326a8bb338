import { describe, expect, it } from 'vitest';
import type { Trace, TraceStep } from '../../wire/control.ts';
import { limits } from '../../wire/limits.ts';
import { graceMs, stepTraces, type TraceEffect, type TraceEvent, type TraceState } from './machine.ts';

const trace: Trace = {
  trace: 5,
  gni: 7,
  source: '10.0.0.5',
  destination: '10.0.0.6',
  waitMs: 3000,
  echo: 99,
  inject: 'web',
  dryRun: false,
};
const step: TraceStep = {
  timeUs: 1,
  executor: 'engine',
  program: 'send',
  side: 'out',
  verdict: 'sent',
  reason: '',
  device: '',
  leftBy: '',
  guest: 'web',
  peer: 'b',
  encapsulation: 'gni 1.1',
  mapping: '',
  length: 84,
  generation: 3,
  outer: '',
};

/** All effects of the events, in short. */
function effects(...events: readonly TraceEvent[]): { readonly state: TraceState; readonly words: string[] } {
  let state: TraceState = { kind: 'idle' };
  const words: string[] = [];
  for (const event of events) {
    const [next, found] = stepTraces(state, event);
    state = next;
    words.push(...found.map(word));
  }
  return { state, words };
}

function word(effect: TraceEffect): string {
  switch (effect.kind) {
    case 'look':
      return `look ${effect.trace}`;
    case 'timer':
      return `timer ${effect.ms}`;
    case 'report': {
      const { trace: number, steps, last, problem, answeredUs } = effect.traced;
      const rest = [
        ...steps.map(({ verdict }) => verdict),
        ...(last ? ['last'] : []),
        ...(problem === '' ? [] : [problem]),
        ...(answeredUs === 0 ? [] : [`${answeredUs} µs`]),
      ];
      return ['report', number, ...rest].join(' ');
    }
    case 'arm':
    case 'echo':
    case 'lookUp':
      return `${effect.kind} ${effect.trace.trace}`;
    case 'disarm':
    case 'stopTimer':
      return effect.kind;
  }
}

const asked: TraceEvent = { kind: 'asked', trace };
const ready: TraceEvent = { kind: 'ready', trace: 5 };
const seen: TraceEvent = { kind: 'seen', trace: 5, step };
const armed = ['look 5', 'arm 5', 'timer 3000', 'report 5', 'echo 5'];

describe('a trace', () => {
  it('arms, says so, and only then has the echo sent', () => {
    expect(effects(asked, ready).words).toEqual(armed);
  });

  it('watches without an echo where none is asked for', () => {
    expect(effects({ kind: 'asked', trace: { ...trace, inject: '' } }, ready).words).toEqual(armed.slice(0, 4));
  });

  it('tells what is seen at once, and ends a moment after the answer', () => {
    const { words, state } = effects(
      asked,
      ready,
      seen,
      { kind: 'echoed', trace: 5, answeredUs: 84, problem: '' },
      { kind: 'due', trace: 5 },
    );
    expect(words.slice(5)).toEqual(['report 5 sent', `timer ${graceMs}`, 'disarm', 'stopTimer', 'report 5 last 84 µs']);
    expect(state).toEqual({ kind: 'idle' });
  });

  it('ends with the reason when the echo cannot be sent', () => {
    const failed: TraceEvent = { kind: 'echoed', trace: 5, answeredUs: 0, problem: 'no ping' };
    expect(effects(asked, ready, failed).words.slice(5)).toEqual(['disarm', 'stopTimer', 'report 5 last no ping']);
  });

  it('ends by its own timer when nothing comes', () => {
    expect(effects(asked, ready, { kind: 'due', trace: 5 }).words.slice(5)).toEqual([
      'disarm',
      'stopTimer',
      'report 5 last',
    ]);
  });

  it('follows the first packet alone when any packet is meant', () => {
    const any: TraceEvent = { kind: 'asked', trace: { ...trace, inject: '', echo: 0 } };
    const handedOver: TraceEvent = { ...seen, step: { ...step, verdict: 'handed-over' } };
    expect(effects(any, ready, handedOver, seen).words.slice(4)).toEqual([
      'report 5 handed-over',
      'report 5 sent',
      `timer ${graceMs}`,
    ]);
  });

  it('ends when it has seen as much as it may tell', () => {
    const many = Array.from({ length: limits.traceSteps + 3 }, () => seen);
    const { words, state } = effects(asked, ready, ...many);
    expect(words.filter((each) => each === 'report 5 sent')).toHaveLength(limits.traceSteps);
    expect(words.slice(-3)).toEqual(['disarm', 'stopTimer', 'report 5 last']);
    expect(state).toEqual({ kind: 'idle' });
  });

  it('gives way to another one, and takes nothing that comes late for the former', () => {
    const other: TraceEvent = { kind: 'asked', trace: { ...trace, trace: 6, inject: '' } };
    const { words } = effects(asked, ready, other, ready, seen, { kind: 'ready', trace: 6 }, seen, {
      kind: 'due',
      trace: 5,
    });
    expect(words.slice(5)).toEqual([
      'disarm',
      'stopTimer',
      'report 5 last another trace took its place',
      'look 6',
      'arm 6',
      'timer 3000',
      'report 6',
    ]);
  });

  it('ends when it is told to, and says so when it had ended before', () => {
    const stop: TraceEvent = { kind: 'asked', trace: { ...trace, waitMs: 0 } };
    expect(effects(asked, ready, stop, stop).words.slice(5)).toEqual([
      'disarm',
      'stopTimer',
      'report 5 last',
      'report 5 last',
    ]);
  });

  it('leaves another one alone when it is told to end', () => {
    const stop: TraceEvent = { kind: 'asked', trace: { ...trace, trace: 4, waitMs: 0 } };
    expect(effects(asked, ready, stop).words.slice(5)).toEqual(['report 4 last']);
  });

  it('is not disturbed by a dry run', () => {
    const dry: TraceEvent = { kind: 'asked', trace: { ...trace, trace: 6, dryRun: true } };
    expect(effects(asked, ready, dry, seen).words.slice(5)).toEqual(['lookUp 6', 'report 5 sent']);
  });

  it('ends with the agent', () => {
    expect(effects({ kind: 'closed' }).words).toEqual([]);
    expect(effects(asked, ready, { kind: 'closed' }).words.slice(5)).toEqual(['disarm', 'stopTimer', 'report 5 last']);
  });
});
