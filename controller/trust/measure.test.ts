import { expect, it } from 'vitest';
import { FakeClock } from '../clock.ts';
import { inMeasure } from './measure.ts';

it('strangers are told of at a pace, and then how many more there were', () => {
  const clock = new FakeClock();
  const told: string[] = [];
  const report = inMeasure((_host, code, detail) => told.push(`${code} ${detail}`), clock);
  for (let i = 0; i < 100; i++) report(undefined, 'refused', String(i));
  expect(told).toHaveLength(20);
  clock.advance(60_000);
  report('a', 'refused', 'next');
  expect(told.slice(20)).toEqual(['reports-left-out 80 more connections were refused: see the log', 'refused next']);
});
