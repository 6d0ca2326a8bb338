import { expect, test } from 'vitest';
import { slope } from './churn/slope.ts';

test('the slope of points on a line is that of the line, whatever lies around it evenly', () => {
  expect(
    slope([
      { x: 1, y: 3 },
      { x: 2, y: 5 },
      { x: 4, y: 9 },
    ]),
  ).toBeCloseTo(2);
  expect(
    slope([
      { x: 0, y: 1 },
      { x: 0, y: -1 },
      { x: 2, y: 1 },
      { x: 2, y: -1 },
    ]),
  ).toBeCloseTo(0);
  expect(slope([])).toBe(0);
  expect(slope([{ x: 1, y: 7 }])).toBe(0);
});
