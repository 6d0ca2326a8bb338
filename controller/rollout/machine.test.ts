/** Golden traces of rollouts: what happens to one, line by line. */
import { describe, expect, it } from 'vitest';
import type { RolloutValue } from '../state/records.ts';
import { effectivePolicies, newPolicies } from './effective.ts';
import {
  type KnownHost,
  nextBatch,
  objection,
  type RolloutEffect,
  type RolloutEvent,
  step,
  type Watched,
} from './machine.ts';

const calm = { name: 'calm', effect: 'forbid', capabilities: ['gni 1.1'] } as const;
const begun: RolloutValue = {
  phase: 'running',
  why: 'it has begun',
  policies: [{ ...calm, capabilities: ['gni 1.1'] }],
  remove: ['old'],
  batchHosts: 2,
  pauseMs: 60_000,
  limits: { settleMs: 30_000, unsettledPercent: 0, dropsPercent: 1, cut: 0 },
  order: [],
  batches: [],
  dropsPercentBefore: 0.5,
  startedMs: 0,
  changedMs: 0,
};
const host = (name: string, labels: KnownHost['labels'] = {}): KnownHost => ({ name, labels });
const five = ['e', 'd', 'c', 'b', 'a'].map((name) => host(name));
const calmly: Watched = { sessions: 4, unsettled: [], packets: 0, drops: 0 };

const look = (forMs: number, watched: Partial<Watched> = {}): RolloutEvent => ({
  kind: 'looked',
  nowMs: forMs,
  forMs,
  hosts: five,
  watched: { ...calmly, ...watched },
});

/** Plays events; a check is answered by `cut`. Lines: event, state after it, effects. */
function play(state: RolloutValue, events: readonly RolloutEvent[], cut: readonly string[] = []): string[] {
  let present = state;
  const lines: string[] = [];
  const queue = [...events];
  for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
    const [next, effects] = step(present, event);
    const batches = next.batches.map((batch) => batch.join('')).join(' ');
    lines.push(`${name(event)}: ${next.phase} [${batches}] ${effects.map(brief).join(', ')}`.trimEnd());
    present = next;
    for (const effect of effects) {
      if (effect.kind === 'check') queue.unshift({ kind: 'checked', nowMs: 0, batch: effect.batch, cut });
      if (effect.kind === 'write') queue.unshift({ kind: 'written', nowMs: 0 });
    }
  }
  return lines;
}

function name(event: RolloutEvent): string {
  return event.kind === 'looked' ? `looked ${event.forMs / 1000} s` : event.kind;
}

function brief(effect: RolloutEffect): string {
  switch (effect.kind) {
    case 'look':
      return `look +${effect.afterMs}`;
    case 'check':
      return `check ${effect.batch.join('')}`;
    case 'write':
      return 'write';
    case 'report':
      return `${effect.code} (${effect.detail})`;
  }
}

const having = (value: Partial<RolloutValue>): RolloutValue => ({ ...begun, ...value });
const twoIn = having({ batches: [['a', 'b']] });

describe('a rollout', () => {
  it('reaches the hosts batch by batch, each watched for its time, and puts the policies at the end', () => {
    const trace = play(begun, [look(0), look(1000), look(60_000), look(59_999), look(60_000), look(60_000)]);
    expect(trace).toEqual([
      'looked 0 s: running [] check ab',
      'checked: running [ab] rollout-batch (batch 1: a, b), look +1000',
      'looked 1 s: running [ab] look +1000',
      'looked 60 s: running [ab] check cd',
      'checked: running [ab cd] rollout-batch (batch 2: c, d), look +1000',
      'looked 59.999 s: running [ab cd] look +1000',
      'looked 60 s: running [ab cd] check e',
      'checked: running [ab cd e] rollout-batch (batch 3: e), look +1000',
      'looked 60 s: finishing [ab cd e] write',
      'written: done [ab cd e] rollout-done (every host is in)',
    ]);
  });

  it('takes in hosts that came meanwhile, and ends at once where there are none', () => {
    const [late] = step(having({ batches: [['a', 'b', 'c', 'd', 'e']] }), {
      ...look(60_000),
      hosts: [...five, host('f')],
    } as RolloutEvent);
    expect(late.phase).toBe('running');
    expect(play(begun, [{ ...look(0), hosts: [] } as RolloutEvent])).toEqual([
      'looked 0 s: finishing [] write',
      'written: done [] rollout-done (every host is in)',
    ]);
  });

  it('waits for sessions that settle, and pauses when they take too long', () => {
    const unsettled = ['a → b'];
    expect(play(twoIn, [look(29_999, { unsettled }), look(30_000, { unsettled }), look(31_000)])).toEqual([
      'looked 29.999 s: running [ab] look +1000',
      'looked 30 s: paused [ab] rollout-paused (1 of 4 changed sessions are not in force after 30000 ms: a → b)',
      'looked 31 s: paused [ab]',
    ]);
    const patient = having({ ...twoIn, limits: { ...begun.limits, settleMs: 90_000 } });
    expect(play(patient, [look(60_000, { unsettled })])).toEqual(['looked 60 s: running [ab] look +1000']);
    const generous = having({ ...twoIn, limits: { ...begun.limits, unsettledPercent: 25 } });
    expect(play(generous, [look(60_000, { unsettled })])[0]).toBe('looked 60 s: running [ab] check cd');
  });

  it('pauses when more packets are dropped than before, and judges no handful', () => {
    const few = look(5000, { packets: 999, drops: 999 });
    const usual = look(6000, { packets: 1000, drops: 15 });
    const many = look(7000, { packets: 1000, drops: 16 });
    expect(play(twoIn, [few, usual, many])).toEqual([
      'looked 5 s: running [ab] look +1000',
      'looked 6 s: running [ab] look +1000',
      'looked 7 s: paused [ab] rollout-paused (1.6 % of the packets of the changed sessions are dropped, before it were 0.5 %)',
    ]);
  });

  it('pauses before a batch that would cut hosts off from each other', () => {
    expect(play(twoIn, [look(60_000)], ['a → c (none, because so)'])).toEqual([
      'looked 60 s: running [ab] check cd',
      'checked: paused [ab] rollout-paused (the next batch would leave 1 directions with no selection: a → c (none, because so))',
    ]);
    const accepted = having({ ...twoIn, limits: { ...begun.limits, cut: 1 } });
    expect(play(accepted, [look(60_000)], ['a → c'])[1]).toContain('running [ab cd]');
  });

  it('is paused, resumed under other limits and aborted by people', () => {
    const limits = { cut: 3 };
    const trace = play(having({ batches: [['a', 'b'], ['c', 'd'], ['e']] }), [
      { kind: 'pause', nowMs: 1 },
      look(1000),
      { kind: 'resume', nowMs: 2, limits },
      { kind: 'pause', nowMs: 3 },
      { kind: 'abort', nowMs: 4 },
      look(0),
      look(0),
      look(0),
      look(0),
    ]);
    expect(trace).toEqual([
      'pause: paused [ab cd e] rollout-paused (an operator has paused it)',
      'looked 1 s: paused [ab cd e]',
      'resume: running [ab cd e] rollout-resumed (by an operator), look +0',
      'pause: paused [ab cd e] rollout-paused (an operator has paused it)',
      'abort: aborting [ab cd e] look +0',
      'looked 0 s: aborting [ab cd] look +0',
      'looked 0 s: aborting [ab] look +0',
      'looked 0 s: aborted [] rollout-aborted (aborted by an operator, when an operator has paused it)',
      'looked 0 s: aborted []',
    ]);
    const [resumed] = step(having({ phase: 'paused' }), { kind: 'resume', nowMs: 2, limits });
    expect(resumed.limits).toEqual({ ...begun.limits, cut: 3 });
  });

  it('takes no answer that comes late', () => {
    const checked = { kind: 'checked', nowMs: 0, batch: ['c'], cut: [] } as const;
    expect(step(having({ phase: 'paused' }), checked)).toEqual([having({ phase: 'paused' }), []]);
    const taken = having({ batches: [['a'], ['c']] });
    expect(step(taken, checked)).toEqual([taken, []]);
    expect(step(begun, { kind: 'written', nowMs: 0 })).toEqual([begun, []]);
  });

  it('refuses what makes no sense, with a sentence', () => {
    const phases = ['running', 'paused', 'finishing', 'aborting', 'done', 'aborted'] as const;
    const commands = ['pause', 'resume', 'abort'] as const;
    const table = phases.map((phase) =>
      commands.map((command) => (objection(having({ phase }), command) === undefined ? 'yes' : 'no')).join(' '),
    );
    expect(table).toEqual(['yes no yes', 'no yes yes', 'no no no', 'no no yes', 'no no no', 'no no no']);
    const aborted = having({ phase: 'aborted' });
    expect(step(aborted, { kind: 'resume', nowMs: 0, limits: {} })).toEqual([aborted, []]);
  });
});

describe('the next batch', () => {
  const labelled = [
    host('p1', { environment: 'production' }),
    host('t2', { environment: 'test' }),
    host('x'),
    host('t1', { environment: 'test' }),
    host('t3', { environment: 'test' }),
  ];
  const order = [
    { label: 'environment', value: 'test' },
    { label: 'environment', value: 'production' },
  ];

  it('is of one group of the order, by name', () => {
    const sequence: string[][] = [];
    for (let i = 0; i < 9; i++) {
      const batch = nextBatch(having({ order, batches: [...sequence] }), labelled);
      if (batch.length === 0) break;
      sequence.push(batch);
    }
    expect(sequence).toEqual([['t1', 't2'], ['t3'], ['p1'], ['x']]);
  });
});

describe('the policies that count', () => {
  const old = { name: 'old', effect: 'forbid', capabilities: ['gni 2.0'] } as const;
  const other = { name: 'other', effect: 'prefer', capabilities: ['gni 1.0'] } as const;
  const base = new Map(
    [old, other].map((policy) => [policy.name, { ...policy, capabilities: [...policy.capabilities] }]),
  );
  const names = (rollout: RolloutValue | undefined, a: string, b: string) =>
    effectivePolicies(base, rollout, a, b)
      .map((policy) => policy.name)
      .sort()
      .join(' ');

  it('are the new ones only when both hosts are in, and for everybody in the end', () => {
    expect(names(undefined, 'a', 'b')).toBe('old other');
    expect(names(twoIn, 'a', 'b')).toBe('calm other');
    expect(names(twoIn, 'b', 'c')).toBe('old other');
    expect(names(twoIn, 'c', 'b')).toBe('old other');
    for (const phase of ['paused', 'aborting'] as const)
      expect(names({ ...twoIn, phase }, 'a', 'b')).toBe('calm other');
    expect(names({ ...twoIn, phase: 'finishing' }, 'c', 'd')).toBe('calm other');
    for (const phase of ['done', 'aborted'] as const) expect(names({ ...twoIn, phase }, 'a', 'b')).toBe('old other');
  });

  it('do not change while the policies are being put one by one', () => {
    const wanted = newPolicies(base, begun);
    for (const half of [new Map([...base, ['calm', begun.policies[0] ?? old]]), new Map([['other', other]])]) {
      const mixed = new Map(
        [...half].map(([key, policy]) => [key, { ...policy, capabilities: [...policy.capabilities] }]),
      );
      expect(
        newPolicies(mixed, begun)
          .map((policy) => policy.name)
          .sort(),
      ).toEqual(wanted.map((policy) => policy.name).sort());
    }
  });
});
