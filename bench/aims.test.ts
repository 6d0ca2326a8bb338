import { expect, test } from 'vitest';
import { comparisons, isCost, judge } from './aims.ts';
import { contenders } from './contenders/index.ts';
import type { Sample } from './samples.ts';

function sample(path: string, metric: string, values: readonly number[]): Sample {
  return { path, mode: 'wire', metric, unit: '', values };
}

const comparison = { of: ['tc', 'xdp'], to: 'vxlan', mode: 'wire', aims: { tcp1: 1, rtt_p50_us: 0.6 } } as const;

test('the best of several paths counts: the fastest, and of round trips the shortest', () => {
  const judged = judge(
    [comparison],
    [
      sample('vxlan', 'tcp1', [10, 10, 10]),
      sample('tc', 'tcp1', [5, 6, 7]),
      sample('xdp', 'tcp1', [9, 11, 12]),
      sample('vxlan', 'rtt_p50_us', [10]),
      sample('tc', 'rtt_p50_us', [5]),
      sample('xdp', 'rtt_p50_us', [7]),
    ],
  );
  expect(judged.map(({ of, metric, values, aim, reached }) => [of, metric, values, aim, reached])).toEqual([
    ['xdp', 'tcp1', [0.9, 1.1, 1.2], '≥ 1', true],
    ['tc', 'rtt_p50_us', [0.5], '≤ 0.6', true],
  ]);
});

test('an aim that is missed is told', () => {
  const judged = judge(
    [comparison],
    [sample('vxlan', 'rtt_p50_us', [10]), sample('tc', 'rtt_p50_us', [6.1]), sample('vxlan', 'tcp1', [10])],
  );
  expect(judged.map(({ metric, reached }) => [metric, reached])).toEqual([['rtt_p50_us', false]]);
});

test('a metric without an aim is compared all the same', () => {
  const judged = judge([comparison], [sample('vxlan', 'tcp4', [4]), sample('tc', 'tcp4', [2])]);
  expect(judged).toEqual([{ of: 'tc', to: 'vxlan', mode: 'wire', metric: 'tcp4', values: [0.5], aim: '' }]);
});

test('aims are of contenders that there are, in modes that they have', () => {
  const all = new Map(contenders({ wireguardGo: 'wireguard-go' }).map((one) => [one.path, one.modes]));
  for (const { of, to, mode } of comparisons) {
    for (const path of [...of, to]) expect([path, all.get(path)]).toEqual([path, expect.arrayContaining([mode])]);
  }
});

test('of times, memory and work less is better; of rates more', () => {
  expect(['rtt_p99_us', 'rtt_loaded_p50_us', 'cpu_s_per_gb', 'resident', 'ready'].filter(isCost)).toHaveLength(5);
  expect(['tcp1', 'tcp4_reverse', 'udp64_pps', 'tcp_crr'].filter(isCost)).toEqual([]);
});
