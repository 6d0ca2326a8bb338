import { expect, test } from 'vitest';
import { barPlots, growthPlots, logTicks, shortNumber, ticks } from './plot.ts';
import type { Sample } from './samples.ts';

const tcp = { mode: 'offload', metric: 'tcp1', unit: 'Gbit/s' } as const;

function numbers(svg: string, pattern: RegExp): readonly number[] {
  return [...svg.matchAll(pattern)].map((match) => Number(match[1]));
}

test('an axis begins at 0, has round steps and holds the largest value', () => {
  expect(ticks(47)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
  expect(ticks(1)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  expect(ticks(0.73).at(-1)).toBe(0.8);
  expect(ticks(734_585).at(-1)).toBe(800_000);
  expect(ticks(0)).toEqual([0, 1]);
});

test('an axis of costs goes by factors and holds all values', () => {
  expect(logTicks(11, 130)).toEqual([10, 20, 50, 100, 200]);
  expect(logTicks(0.35, 26)).toEqual([0.2, 0.5, 1, 2, 5, 10, 20, 50]);
  expect(logTicks(20, 20)).toEqual([10, 20]);
});

test('of costs every factor is as long as the same factor elsewhere', () => {
  const rtt = { mode: 'offload', metric: 'rtt_p50_us', unit: 'us' } as const;
  const [plot] = barPlots([
    { ...rtt, path: 'routed', values: [20] },
    { ...rtt, path: 'vxlan', values: [200] },
    { ...rtt, path: 'tinc', values: [2000] },
  ]);
  const [a = 0, b = 0, c = 0] = numbers(plot?.svg ?? '', /<rect class="c0" [^>]*width="([\d.]+)" height="9"/g);
  expect(b - a).toBeCloseTo(c - b, 0);
  expect(plot?.svg).toContain('less is better, logarithmic');
});

test('numbers are short', () => {
  expect([0.6234, 45.71, 7129.8, 49_995, 1_161_996].map(shortNumber)).toEqual([
    '0.623',
    '45.7',
    '7130',
    '50 k',
    '1.16 M',
  ]);
});

test('a bar is as long as its median, and its spread reaches from least to most', () => {
  const samples: Sample[] = [
    { ...tcp, path: 'routed', values: [40, 20, 30] },
    { ...tcp, path: 'vxlan', values: [15, 15, 15] },
  ];
  const [plot] = barPlots(samples);
  expect(plot?.file).toBe('tcp1.svg');
  const [long = 0, short = 0] = numbers(plot?.svg ?? '', /<rect class="c0" [^>]*width="([\d.]+)" height="9"/g);
  expect(long / short).toBeCloseTo(2, 1);
  const spreads = [...(plot?.svg ?? '').matchAll(/class="spread" d="M([\d.]+) [\d.]+H([\d.]+)"/g)];
  const [from = 0, to = 0] = spreads[0]?.slice(1).map(Number) ?? [];
  expect((to - from) / long).toBeCloseTo(20 / 30, 1);
});

test('both modes of a path stand in one drawing, and what was not measured has no bar', () => {
  const [plot] = barPlots([
    { ...tcp, path: 'routed', values: [4] },
    { ...tcp, path: 'routed', mode: 'wire', values: [3] },
    { ...tcp, path: 'nebula', values: [2] },
  ]);
  expect(plot?.svg.match(/<rect class="c0" [^>]*height="9"/g)).toHaveLength(2);
  expect(plot?.svg.match(/<rect class="c1" [^>]*height="9"/g)).toHaveLength(1);
  expect(plot?.svg).toContain('mode wire');
});

test('memory and start-up are no drawings', () => {
  expect(barPlots([{ ...tcp, metric: 'resident', path: 'nebula', values: [1] }])).toEqual([]);
});

test('what grows is one line a path, higher where there is more', () => {
  const points = [
    { count: 1, values: [10] },
    { count: 1000, values: [4, 5, 6] },
  ];
  const curve = { path: 'engine-plain', grows: 'guests', metric: 'tcp1', unit: 'Gbit/s', points } as const;
  const plots = growthPlots([curve, { ...curve, path: 'fastpath-tc' }, { ...curve, grows: 'mappings' }]);
  expect(plots.map(({ file }) => file)).toEqual(['growth-guests-tcp1.svg', 'growth-mappings-tcp1.svg']);
  const svg = plots[0]?.svg ?? '';
  const [high = 0, low = 0] = numbers(svg, /<circle class="c0" cx="[\d.]+" cy="([\d.]+)"/g);
  expect(high).toBeLessThan(low);
  expect(svg).toContain('>1,000<');
  expect(svg.match(/<circle class="c1"/g)).toHaveLength(2);
});

test('names cannot end the drawing', () => {
  const [plot] = barPlots([{ ...tcp, path: '<b>&"', values: [1] }]);
  expect(plot?.svg).toContain('&lt;b&gt;&amp;&quot;');
  expect(plot?.svg).not.toContain('<b>');
});
