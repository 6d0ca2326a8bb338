/** What is measured, in the order of the tables. Reverse and larger datagrams are taken every other round, for time. */

import { transactions } from './connections.ts';
import { content } from './content.ts';
import { datagrams } from './datagrams.ts';
import { tcp } from './iperf.ts';
import type { Measure } from './measure.ts';
import { roundTrip } from './round-trip.ts';

const both: Pick<Measure, 'modes' | 'when'> = { modes: ['offload', 'wire'], when: 'every' };
const offload: Pick<Measure, 'modes' | 'when'> = { modes: ['offload'], when: 'every' };
const seldom: Pick<Measure, 'modes' | 'when'> = { modes: ['offload'], when: 'every-other' };

export const measures: readonly Measure[] = [
  { title: 'whole transfer', ...both, when: 'first', ...content },
  { title: 'one stream', ...both, ...tcp('tcp1', { streams: 1, cpuMetric: 'cpu_s_per_gb' }) },
  { title: 'four streams', ...both, ...tcp('tcp4', { streams: 4 }) },
  { title: 'one stream back', ...seldom, ...tcp('tcp1_reverse', { streams: 1, reverse: true }) },
  { title: 'four streams back', ...seldom, ...tcp('tcp4_reverse', { streams: 4, reverse: true }) },
  { title: 'datagrams of 64 bytes', ...both, ...datagrams(64) },
  { title: 'datagrams of 512 bytes', ...seldom, ...datagrams(512) },
  { title: 'datagrams of 1400 bytes', ...seldom, ...datagrams(1400) },
  { title: 'round trips', ...both, ...roundTrip('rtt', { idle: true }) },
  { title: 'round trips under load', ...offload, ...roundTrip('rtt_loaded', { idle: false }) },
  { title: 'connections', ...offload, ...transactions },
];
