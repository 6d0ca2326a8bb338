import { expect, test } from 'vitest';
import { median, toMarkdown } from './report.ts';

test('the median of an even number of values lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([5, 1, 9])).toBe(5);
});

test('the table compares each path with plain routing in the same mode', () => {
  const sample = { mode: 'offload', metric: 'tcp1', unit: 'Gbit/s' } as const;
  const table = toMarkdown({
    machine: {},
    versions: {},
    samples: [
      { ...sample, path: 'routed', values: [20, 22, 18] },
      { ...sample, path: 'engine-plain', values: [10, 9, 12] },
    ],
  });
  expect(table).toContain('| tcp1 | engine-plain | offload | 10.0 Gbit/s | 9.00 – 12.0 | 0.50 |');
});
