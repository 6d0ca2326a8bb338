import { expect, test } from 'vitest';
import { type Results, toMarkdown } from './report.ts';
import type { Sample } from './samples.ts';

const tcp = { mode: 'offload', metric: 'tcp1', unit: 'Gbit/s' } as const;

function results(samples: readonly Sample[], more: Partial<Results> = {}): Results {
  const run = { rounds: 3, seconds: 1, startedAt: '2026-11-21T09:00:00.000Z' };
  return { machine: { cpu: 'any', cpus: 2, kernel: '6.18' }, run, versions: {}, samples, skipped: [], ...more };
}

test('a path is compared with plain routing and with vxlan, round by round', () => {
  const text = toMarkdown(
    results([
      { ...tcp, path: 'routed', values: [20, 10, 40] },
      { ...tcp, path: 'vxlan', values: [5, 5, 5] },
      { ...tcp, path: 'engine-plain', values: [10, 4, 8] },
    ]),
  );
  expect(text).toContain('| tcp1 | engine-plain | 8.00 Gbit/s | 4.00 – 10.0 | 0.400 | 1.60 |');
});

test('each mode has a table of its own, compared within the mode', () => {
  const text = toMarkdown(
    results([
      { ...tcp, path: 'routed', values: [20] },
      { ...tcp, path: 'routed', mode: 'wire', values: [10] },
      { ...tcp, path: 'engine-plain', mode: 'wire', values: [5] },
    ]),
  );
  const [, offload = '', wire = ''] = text.split('## Mode ');
  expect(offload).toContain('| tcp1 | routed | 20.0 Gbit/s |');
  expect(offload).not.toContain('engine-plain');
  expect(wire).toContain('| tcp1 | engine-plain | 5.00 Gbit/s | 5.00 – 5.00 | 0.500 |  |');
});

test('the paths of one metric stand together, in whichever order they were measured', () => {
  const text = toMarkdown(
    results([
      { ...tcp, path: 'routed', values: [1] },
      { ...tcp, path: 'routed', metric: 'tcp4', values: [2] },
      { ...tcp, path: 'vxlan', values: [3] },
    ]),
  );
  expect([...text.matchAll(/^\| (tcp\d) \| (\w+)/gm)].map(([, metric, path]) => `${metric} ${path}`)).toEqual([
    'tcp1 routed',
    'tcp1 vxlan',
    'tcp4 routed',
  ]);
});

test('an aim stands beside its ratio, and whether it was reached', () => {
  const text = toMarkdown(
    results([
      { ...tcp, path: 'engine-aes', values: [8, 4, 30] },
      { ...tcp, path: 'nebula', values: [1, 1, 2] },
    ]),
  );
  expect(text).toContain('| engine-aes / nebula | offload | tcp1 | 8.00 | 4.00 – 15.0 | ≥ 8 | reached |');
});

test('memory and start are told apart from what is measured in rounds', () => {
  const text = toMarkdown(
    results([{ path: 'nebula', mode: 'offload', metric: 'resident', unit: 'MiB', values: [31.5] }]),
  );
  expect(text).toContain('## Footprint');
  expect(text).toContain('| resident | nebula | 31.5 MiB |');
  expect(text).not.toContain('## Mode');
});

test('what was skipped is named with its reason and, if it was one, its mode', () => {
  const skipped: Results['skipped'] = [
    { path: 'fastpath-tc', why: 'not offered: executor tc' },
    { path: 'fastpath-xdp', mode: 'offload', why: 'no super-packets' },
  ];
  const text = toMarkdown(results([], { skipped }));
  expect(text).toContain('- skipped: fastpath-tc: not offered: executor tc\n');
  expect(text).toContain('- skipped: fastpath-xdp (offload): no super-packets\n');
});

test('what grows is told point by point, with what was left out', () => {
  const points = [
    { count: 1, values: [4, 5, 6] },
    { count: 1000, values: [3] },
  ];
  const curve = { path: 'engine-plain', grows: 'guests', metric: 'tcp1', unit: 'Gbit/s', points } as const;
  const text = toMarkdown(results([], { growth: { curves: [curve], notes: ['stopped at 1000 guests'] } }));
  expect(text).toContain('| guests | 1 | engine-plain | tcp1 | 5.00 Gbit/s | 4.00 – 6.00 |');
  expect(text).toContain('| guests | 1000 | engine-plain | tcp1 | 3.00 Gbit/s | 3.00 – 3.00 |');
  expect(text).toContain('- stopped at 1000 guests\n');
});
