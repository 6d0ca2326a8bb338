import { expect, test } from 'vitest';
import { meanBytes, unlike } from './mode.ts';

const shown = (tcp: 'on' | 'off', tunnel: 'on' | 'off') => `Features for eth0:
tcp-segmentation-offload: ${tcp}
\ttx-tcp-segmentation: ${tcp}
\ttx-tcp-ecn-segmentation: ${tcp}
\ttx-tcp-mangleid-segmentation: ${tcp}
\ttx-tcp6-segmentation: ${tcp}
generic-segmentation-offload: on
tx-udp_tnl-segmentation: ${tunnel}
tx-udp_tnl-csum-segmentation: ${tunnel}
tx-udp-segmentation: off [requested on]
`;

test('a wire is plain when nothing is cut by its card', () => {
  expect(unlike(shown('off', 'off'), 'wire')).toEqual([]);
  expect(unlike(shown('off', 'on'), 'wire')).toEqual(['tx-udp_tnl-segmentation', 'tx-udp_tnl-csum-segmentation']);
});

test('a wire offloads when its card cuts TCP', () => {
  expect(unlike(shown('on', 'off'), 'offload')).toEqual([]);
  expect(unlike(shown('off', 'on'), 'offload')).toEqual(['tx-tcp-segmentation']);
});

test('the mean is of what came in between', () => {
  expect(meanBytes({ packets: 10, bytes: 700 }, { packets: 14, bytes: 6700 })).toBe(1500);
});
