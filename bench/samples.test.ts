import { expect, test } from 'vitest';
import { median, ratios, type Sample } from './samples.ts';

test('the median of an even number of values lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([5, 1, 9])).toBe(5);
});

test('a ratio compares what was measured in the same round', () => {
  const sample = (path: string, values: readonly number[]): Sample => ({
    ...{ path, mode: 'offload', metric: 'tcp1', unit: 'Gbit/s', values },
  });
  expect(ratios(sample('a', [8, 4, 30]), sample('b', [1, 2, 2]))).toEqual([8, 2, 15]);
});
