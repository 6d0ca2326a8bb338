import { describe, expect, it } from 'vitest';
import { Slots } from './slots.ts';

describe('slots', () => {
  it('are the lowest there are, and given out again', () => {
    const slots = new Slots(3);
    expect(['a', 'b', 'a', 'c'].map((name) => slots.take(name))).toEqual([0, 1, 0, 2]);
    slots.give('b');
    expect([slots.of('b'), slots.nameOf(1)]).toEqual([undefined, undefined]);
    expect([slots.take('d'), slots.nameOf(1)]).toEqual([1, 'd']);
    expect(slots.known(['a', 'b', 'c'])).toEqual([0, 2]);
  });

  it('end', () => {
    const slots = new Slots(1);
    slots.take('a');
    expect(() => slots.take('b')).toThrow('1 are in use already');
    slots.give('a');
    expect(slots.take('b')).toBe(0);
  });

  it('come back to their names, in whichever order those do', () => {
    const kept = new Map<string, number>();
    const former = new Slots(9, kept);
    for (const name of ['a', 'b', 'c', 'd']) former.take(name);
    former.give('b');
    expect(Object.fromEntries(kept)).toEqual({ a: 0, c: 2, d: 3 });
    const slots = new Slots(9, kept);
    expect(['new', 'd', 'c', 'newer', 'a'].map((name) => slots.take(name))).toEqual([1, 3, 2, 4, 0]);
  });

  it('of names that do not come back are free once everybody has', () => {
    const kept = new Map([
      ['a', 0],
      ['b', 1],
    ]);
    const slots = new Slots(9, kept);
    slots.take('b');
    expect(slots.take('c')).toBe(2);
    slots.settle();
    expect(slots.take('d')).toBe(3);
    expect(Object.fromEntries(kept)).toEqual({ b: 1, c: 2, d: 3 });
    slots.give('b');
    expect(slots.take('a')).toBe(1);
  });

  it('are no two names’, and none beyond the last, whatever stands on disk', () => {
    const kept = new Map<string, number>([
      ['a', 1],
      ['b', 1],
      ['c', 99],
      ['d', -1],
      ['e', 0.5],
    ]);
    const slots = new Slots(5, kept);
    const taken = ['a', 'b', 'c', 'd', 'e'].map((name) => slots.take(name));
    expect(taken.toSorted()).toEqual([0, 1, 2, 3, 4]);
  });
});
