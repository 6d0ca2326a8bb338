import { expect, test } from 'vitest';
import { measures } from './index.ts';
import { isTaken } from './measure.ts';
import { quantile } from './round-trip.ts';

test('no metric is measured twice in one mode', () => {
  const named = measures.flatMap(({ modes, metrics }) =>
    modes.flatMap((mode) => metrics.map(({ name }) => mode + name)),
  );
  expect(new Set(named).size).toBe(named.length);
});

test('content is checked first, in every mode', () => {
  expect(measures[0]).toMatchObject({ metrics: [], modes: ['offload', 'wire'], when: 'first' });
});

test('every other round begins with the first', () => {
  expect([0, 1, 2, 3].filter((round) => isTaken({ when: 'every-other' }, round))).toEqual([0, 2]);
  expect([0, 1, 2, 3].filter((round) => isTaken({ when: 'first' }, round))).toEqual([0]);
});

test('a quantile is the value below which so large a part lies', () => {
  const values = Array.from({ length: 101 }, (_, at) => 100 - at);
  expect([quantile(values, 0.5), quantile(values, 0.99), quantile([], 0.5)]).toEqual([50, 99, Number.NaN]);
});
