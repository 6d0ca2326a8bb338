import { describe, expect, it } from 'vitest';
import { limits } from '../../wire/limits.ts';
import {
  graceMs,
  initialRotation,
  type RotationEffect,
  type RotationEvent,
  type RotationState,
  stepRotation,
  whyNotNow,
} from './rotation.ts';

const rotateMs = 900_000;
const unixSeconds = 1_800_000_000;

/** Runs events at their times; answers the last state and the effects of each. */
function run(events: readonly (readonly [atMs: number, event: RotationEvent])[], first = initialRotation(0)) {
  let state: RotationState = first;
  const effects: (readonly RotationEffect[])[] = [];
  for (const [nowMs, event] of events) {
    const [next, done] = stepRotation(state, event, { nowMs, unixSeconds, rotateMs });
    state = next;
    effects.push(done);
  }
  return { state, effects };
}

const a = unixSeconds;
const rotate = { kind: 'rotate' } as const;
const made = (epoch: number) => ({ kind: 'made', epoch }) as const;
const named = (...epochs: number[]) => ({ kind: 'named', epochs: new Set(epochs) }) as const;
const retireTimer = { kind: 'timer', timer: 'retire' } as const;

describe('the rotation of keys', () => {
  it('begins with the clock’s number, tells it and asks for the next in time', () => {
    const { state, effects } = run([
      [0, rotate],
      [5, made(a)],
    ]);
    expect(effects).toEqual([
      [
        { kind: 'disarm', timer: 'rotate' },
        { kind: 'make', epoch: a },
      ],
      [{ kind: 'arm', timer: 'rotate', ms: rotateMs }, { kind: 'changed' }, { kind: 'disarm', timer: 'retire' }],
    ]);
    expect(state.held).toEqual([{ epoch: a, sinceMs: 5 }]);
  });

  it.each([
    ['the disk’s, when the clock is behind it', a + 50, a + 51],
    ['the clock’s, when the disk is behind it', 7, a],
  ])('goes on with a number that is greater than %s', (_, last, epoch) => {
    const { effects } = run([[0, rotate]], initialRotation(last));
    expect(effects[0]).toContainEqual({ kind: 'make', epoch });
  });

  it('keeps an older key for the grace and as long as a session names it', () => {
    const two = run([
      [0, rotate],
      [0, made(a)],
      [1, named(a)],
      [1000, rotate],
      [1000, made(a + 1)],
    ]);
    expect(two.state.held.map(({ epoch }) => epoch)).toEqual([a + 1, a]);
    // Named all along: no timer, the event says when it no longer is.
    expect(two.effects.at(-1)).toContainEqual({ kind: 'disarm', timer: 'retire' });
    const early = run([[2000, named(a + 1)]], two.state);
    expect(early.effects[0]).toEqual([{ kind: 'arm', timer: 'retire', ms: graceMs - 1000 }]);
    const over = run([[1000 + graceMs, retireTimer]], early.state);
    expect(over.effects[0]).toEqual([
      { kind: 'retire', epoch: a },
      { kind: 'changed' },
      { kind: 'disarm', timer: 'retire' },
    ]);
    const late = run([[1000 + graceMs, named(a + 1)]], two.state);
    expect(late.effects[0]).toContainEqual({ kind: 'retire', epoch: a });
    expect(late.state.held.map(({ epoch }) => epoch)).toEqual([a + 1]);
  });

  it('never retires the newest, named or not', () => {
    const { state, effects } = run([
      [0, rotate],
      [0, made(a)],
      [10 * graceMs, retireTimer],
      [10 * graceMs, named()],
    ]);
    expect(state.held).toHaveLength(1);
    expect(effects.flat().filter(({ kind }) => kind === 'retire')).toEqual([]);
  });

  it('makes one at a time, and takes no answer twice', () => {
    const { state, effects } = run([
      [0, rotate],
      [0, rotate],
      [0, made(a)],
      [0, made(a)],
      [0, { kind: 'failed', epoch: a }],
    ]);
    expect(effects[1]).toEqual([]);
    expect(effects[3]).toEqual([]);
    expect(effects[4]).toEqual([]);
    expect(state.held).toHaveLength(1);
  });

  it('tries again soon when the number cannot be written, with a greater one', () => {
    const { effects } = run([
      [0, rotate],
      [0, { kind: 'failed', epoch: a }],
      [10_000, { kind: 'timer', timer: 'rotate' }],
    ]);
    expect(effects[1]).toEqual([{ kind: 'arm', timer: 'rotate', ms: 10_000 }]);
    expect(effects[2]).toContainEqual({ kind: 'make', epoch: a + 1 });
  });

  it('holds no more than may be told, and says why', () => {
    const rounds = Array.from({ length: limits.keyEpochs + 1 }, (_, i) => [
      [i, rotate] as const,
      [i, made(a + i)] as const,
    ]).flat();
    const { state, effects } = run(rounds);
    expect(state.held).toHaveLength(limits.keyEpochs);
    expect(effects.at(-2)).toEqual([{ kind: 'arm', timer: 'rotate', ms: 10_000 }]);
    expect(whyNotNow(state)).toContain('8 keys are held, the most');
    const later = run([[graceMs + 100, retireTimer]], state);
    expect(whyNotNow(later.state)).toBeUndefined();
  });
});
