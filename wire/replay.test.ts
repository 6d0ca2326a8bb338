import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReplayWindow } from './replay.ts';

const leastWidth = 511n * 32n;

test('a sequence is taken once, and always while it is less than 16,352 behind the newest', () => {
  const near = fc.bigInt({ min: 0n, max: 40_000n });
  fc.assert(
    fc.property(fc.array(near, { maxLength: 200 }), (sequences) => {
      const window = new ReplayWindow();
      const taken = new Set<bigint>();
      let newest = 0n;
      for (const sequence of sequences) {
        const inWindow = newest - sequence < leastWidth;
        const took = window.take(sequence);
        // Too old to tell is the window's right, taken twice never.
        expect(took && taken.has(sequence)).toBe(false);
        expect(took || taken.has(sequence) || !inWindow).toBe(true);
        taken.add(sequence);
        newest = sequence > newest ? sequence : newest;
      }
    }),
  );
});

test('what is older than the window is refused, also when it never came', () => {
  const window = new ReplayWindow();
  const turn = 512n * 32n;
  expect([turn + 5n, 5n, 40n, turn + 5n, turn + 6n].map((sequence) => window.take(sequence))).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
});

test('sequences that no key has are refused', () => {
  const window = new ReplayWindow();
  expect(window.take((1n << 46n) - 1n)).toBe(true);
  expect(window.take(1n << 46n)).toBe(false);
});
