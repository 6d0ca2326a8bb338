import { expect, test } from 'vitest';
import { median, type Results, type Sample, toMarkdown } from './report.ts';

const tcp = { mode: 'offload', metric: 'tcp1', unit: 'Gbit/s' } as const;
const run = { rounds: 3, seconds: 2 };

function results(samples: readonly Sample[], skipped: Results['skipped'] = []): Results {
  return { machine: {}, run, versions: {}, samples, skipped };
}

test('the median of an even number of values lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([5, 1, 9])).toBe(5);
});

test('the table compares each path with plain routing', () => {
  const table = toMarkdown(
    results([
      { ...tcp, path: 'routed', values: [20, 22, 18] },
      { ...tcp, path: 'weft-gni-1.0', values: [10, 9, 12] },
    ]),
  );
  expect(table).toContain('| tcp1 | weft-gni-1.0 | offload | 10.0 Gbit/s | 9.00 – 12.0 | 0.500 |');
});

test('ratios are taken round by round, and the aim stands beside', () => {
  const table = toMarkdown(
    results([
      { ...tcp, path: 'weft-gni-3.0-aes', values: [8, 4, 30] },
      { ...tcp, path: 'nebula', values: [1, 1, 2] },
    ]),
  );
  expect(table).toContain('| tcp1 | weft-gni-3.0-aes / nebula | 8.00 | 4.00 – 15.0 | 8 |');
});

test('the aims are of TCP alone', () => {
  const udp = { mode: 'offload', metric: 'udp64_pps', unit: 'packets/s' } as const;
  const table = toMarkdown(
    results([
      { ...udp, path: 'weft-gni-3.0-aes', values: [900] },
      { ...udp, path: 'nebula', values: [450] },
    ]),
  );
  expect(table).toContain('| udp64_pps | weft-gni-3.0-aes / nebula | 2.00 | 2.00 – 2.00 |  |');
});

test('a contender that was skipped is named with its reason', () => {
  const skipped = [{ path: 'weft-gni-3.0-aes', why: 'not offered by this build: gni 3.0' }];
  expect(toMarkdown(results([{ ...tcp, path: 'routed', values: [1] }], skipped))).toContain(
    'skipped: weft-gni-3.0-aes: not offered by this build: gni 3.0\n',
  );
});
