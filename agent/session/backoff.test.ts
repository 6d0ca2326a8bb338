import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

describe('backoff', () => {
  it('stays within its bounds for any round and any luck', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.double({ min: 0, max: 1, noNaN: true }), (round, random) => {
        const soon = backoffMs(round, random, 'soon');
        const later = backoffMs(round, random, 'later');
        expect(soon).toBeGreaterThanOrEqual(100);
        expect(soon).toBeLessThanOrEqual(10_000);
        expect(later).toBeGreaterThanOrEqual(2500);
        expect(later).toBeLessThanOrEqual(60_000);
      }),
    );
  });

  it.each([
    [0, 1, 200],
    [1, 1, 400],
    [2, 1, 500],
    [24, 1, 500],
    [25, 1, 500],
    [26, 1, 1000],
    [29, 1, 8000],
    [30, 1, 10_000],
    [60, 1, 10_000],
    [0, 0, 100],
    [6, 0, 250],
    [60, 0, 5000],
  ])('after round %i with luck %f waits %i ms', (round, random, ms) => {
    expect(backoffMs(round, random, 'soon')).toBe(ms);
  });

  it('comes back within a second from a controller that was killed and started again', () => {
    // The connection is refused twice and taken the third time.
    expect(backoffMs(0, 0.5, 'soon') + backoffMs(1, 0.5, 'soon')).toBeLessThan(1000);
  });

  it('finds a controller that takes up to ten seconds to start within half a second', () => {
    let sinceMs = 0;
    for (let round = 0; sinceMs < 10_000; round++) {
      const waitMs = backoffMs(round, 1, 'soon');
      expect(waitMs).toBeLessThanOrEqual(500);
      sinceMs += waitMs;
    }
  });

  it('waits longer and longer for what does not pass by itself', () => {
    expect([0, 1, 2, 3, 4].map((round) => backoffMs(round, 1, 'later'))).toEqual([
      5000, 10_000, 20_000, 40_000, 60_000,
    ]);
  });
});
