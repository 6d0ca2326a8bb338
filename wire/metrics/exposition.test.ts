import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentMetrics } from './agent.ts';
import { controllerMetrics } from './controller.ts';
import { Exposition } from './exposition.ts';
import { Histogram } from './histogram.ts';
import type { Metric } from './metric.ts';
import { ProcessMeasures } from './process.ts';
import { readExposition } from './test-reader.ts';

const table = [
  { name: 'a_total', type: 'counter', help: 'Back\\slash\nand line.', labels: ['guest', 'direction'] },
  { name: 'b', type: 'gauge', help: 'Nothing.', labels: [] },
  { name: 'c_seconds', type: 'histogram', help: 'Time.', labels: ['route'], buckets: [0.5, 1] },
] as const satisfies readonly Metric[];

describe('the text that is scraped', () => {
  it('reads as this', () => {
    const written = new Exposition(table);
    const times = new Histogram([0.5, 1]);
    for (const seconds of [0.25, 0.5, 0.75, 9]) times.observe(seconds);
    written.histogram('c_seconds', times, { route: '/v1/x' });
    written.add('b', Number.POSITIVE_INFINITY, {});
    written.add('a_total', 7, { direction: 'out', guest: 'web' });
    written.add('a_total', 1e21, { direction: 'in', guest: 'a"b\\c\nd' });
    written.add('a_total', undefined, { direction: 'in', guest: 'unknown' });
    expect(written.text()).toBe(String.raw`# HELP a_total Back\\slash\nand line.
# TYPE a_total counter
a_total{guest="web",direction="out"} 7
a_total{guest="a\"b\\c\nd",direction="in"} 1e+21
# HELP b Nothing.
# TYPE b gauge
b +Inf
# HELP c_seconds Time.
# TYPE c_seconds histogram
c_seconds_bucket{route="/v1/x",le="0.5"} 2
c_seconds_bucket{route="/v1/x",le="1"} 3
c_seconds_bucket{route="/v1/x",le="+Inf"} 4
c_seconds_sum{route="/v1/x"} 10.5
c_seconds_count{route="/v1/x"} 4
`);
    expect(readExposition(written.text()).types.size).toBe(3);
  });

  it('leaves metrics without a sample out', () => {
    expect(new Exposition(table).text()).toBe('');
  });

  it('is readable whatever stands in a label', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.double(), (guest, value) => {
        const written = new Exposition(table);
        written.add('a_total', Math.abs(value), { guest, direction: 'out' });
        expect(readExposition(written.text()).samples.size).toBe(1);
      }),
    );
  });
});

describe('the reader that tests use', () => {
  const head = '# HELP a_total x\n# TYPE a_total counter\n';
  it.each([
    ['a line without an end', `${head}a_total 1`, 'the last line has no end'],
    ['a sample that comes twice', `${head}a_total 1\na_total 2\n`, 'comes twice'],
    ['a metric that comes twice', `${head}a_total 1\n${head}`, 'comes twice'],
    ['a quote that is not escaped', `${head}a_total{x="a"b"} 1\n`, 'no labels'],
    ['a type without help', '# TYPE a_total counter\n', 'does not follow its help'],
    ['samples of another metric', `${head}b_total 1\n`, 'stands among'],
    ['a counter below zero', `${head}a_total -1\n`, 'no counter'],
    ['a histogram without an end', '# HELP h x\n# TYPE h histogram\nh_bucket{le="1"} 1\n', 'does not end in +Inf'],
  ])('refuses %s', (_, text, why) => expect(() => readExposition(text)).toThrow(why));
});

describe.each([
  ['agent', agentMetrics as readonly Metric[]],
  ['controller', controllerMetrics as readonly Metric[]],
])('the table of the %s', (_, metrics) => {
  it('names each metric once, by the rules of names', () => {
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    for (const { name, type, help, labels, buckets } of metrics) {
      expect(name).toMatch(/^weft_[a-z][a-z0-9_]*[a-z0-9]$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(help).toMatch(/^[A-Z0-9].*\.$/);
      expect(buckets !== undefined).toBe(type === 'histogram');
      expect([...(buckets ?? [])].sort((a, b) => a - b)).toEqual(buckets ?? []);
      for (const label of labels) expect(label).toMatch(/^[a-z]+$/);
    }
  });
});

describe('what a process measures of itself', () => {
  it('finds a loop that stood still, however long it did', () => {
    let nowMs = 0;
    let task: () => void = () => undefined;
    const measures = new ProcessMeasures({
      steadyMs: () => nowMs,
      after: (_, next) => {
        task = next;
        return () => {
          task = () => undefined;
        };
      },
    });
    nowMs = 500;
    task();
    nowMs = 500 + 500 + 3000;
    task();
    expect(measures.loopDelay.sum).toBe(3);
    measures.close();
    nowMs = 60_000;
    task();
    expect(measures.loopDelay.counts.reduce((a, b) => a + b)).toBe(2);
    expect(measures.residentBytes()).toBeGreaterThan(1e6);
  });
});
