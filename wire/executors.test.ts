import { expect, it } from 'vitest';
import type { PortKind } from './control.ts';
import { type CarryingEnd, carriersOf, localCarrier } from './executors.ts';

const end = (
  host: string,
  port: PortKind | undefined,
  executors: readonly string[] = ['engine', 'tc'],
): CarryingEnd => ({
  host,
  executors,
  guest: { name: `${host}1`, port },
});
const veth = end('b', 'veth');

interface Case {
  readonly source?: CarryingEnd;
  readonly destination?: CarryingEnd;
  readonly selected?: string;
  readonly family?: 4 | 6;
}
const mixed = 'engine: host a sends by its engine, which leaves checksums of TCP and UDP to the other engine';
const cases: readonly [title: string, crossing: Case, source: string, destination: string][] = [
  ['two veth guests', {}, 'tc', 'tc'],
  ['over IPv6', { family: 6 }, 'tc', 'tc'],
  ['a plain 2.0', { selected: 'gni 2.0' }, 'tc', 'tc'],
  ['a virtual machine', { destination: end('b', 'tap') }, 'tc', 'tc'],
  ['a receiver with XDP', { destination: end('b', 'veth', ['engine', 'xdp']) }, 'tc', 'xdp'],
  ['a sender with XDP', { source: end('a', 'veth', ['engine', 'xdp']) }, 'tc', 'tc'],
  ['a tun guest that receives', { destination: end('b', 'tun') }, 'tc', 'engine: guest b1 has a tun port'],
  ['a tun guest that sends', { source: end('a', 'tun') }, 'engine: guest a1 has a tun port', mixed],
  [
    'a tun guest that sends vxlan',
    { source: end('a', 'tun'), selected: 'vxlan' },
    'engine: guest a1 has a tun port',
    'tc',
  ],
  ['a host of before', { source: end('a', undefined, ['engine']) }, 'engine: host a has no fast path', mixed],
  ['a guest of which nobody has heard yet', { source: end('a', undefined) }, 'tc', 'tc'],
  [
    'all guests of two hosts',
    { source: { host: 'a', executors: ['engine', 'tc'] } },
    'tc: its engine for guests with tun ports',
    'tc',
  ],
  [
    'encryption',
    { selected: 'gni 3.0 +aes-256-gcm #1.2' },
    'engine: only the engine encrypts',
    'engine: only the engine encrypts',
  ],
  [
    'compression',
    { selected: 'gni 2.0 +lz4' },
    'engine: only the engine compresses',
    'engine: only the engine compresses',
  ],
  [
    'elision',
    { selected: 'gni 2.0 +ip-elision' },
    'engine: only the engine elides headers',
    'engine: only the engine elides headers',
  ],
  [
    'integrity',
    { selected: 'gni 1.1' },
    'engine: the fast path does not carry gni 1.1',
    'engine: the fast path does not carry gni 1.1',
  ],
  [
    'gni6',
    { selected: 'gni6', family: 6 },
    'engine: the fast path does not carry gni6',
    'engine: the fast path does not carry gni6',
  ],
  [
    'a newer feature',
    { selected: 'gni 1.0 +x' },
    'engine: the fast path does not know gni 1.0 +x',
    'engine: the fast path does not know gni 1.0 +x',
  ],
  ['geneve', { selected: 'geneve' }, 'tc', 'tc'],
  [
    'geneve over IPv6',
    { selected: 'geneve', family: 6 },
    'engine: the fast path carries geneve over IPv4 only',
    'engine: the fast path carries geneve over IPv4 only',
  ],
];

const told = ({ executor, why }: { readonly executor: string; readonly why?: string }) =>
  why === undefined ? executor : `${executor}: ${why}`;

it.each(cases)('%s', (_title, crossing, source, destination) => {
  const carriers = carriersOf({
    source: end('a', 'veth'),
    destination: veth,
    selected: 'gni 1.0',
    family: 4,
    ...crossing,
  });
  expect([told(carriers.source), told(carriers.destination)]).toEqual([source, destination]);
});

it('guests of one host meet in the kernel unless one of them has a tun port', () => {
  const local = (a: PortKind, b: PortKind, executors?: readonly string[]) =>
    told(localCarrier({ ...end('h', a, executors) }, { ...end('h', b, executors) }));
  expect([local('veth', 'tap'), local('veth', 'tun'), local('tun', 'veth'), local('tun', 'tun', ['engine'])]).toEqual([
    'tc',
    'engine: guest h1 has a tun port',
    'engine: guest h1 has a tun port',
    'engine: host h has no fast path',
  ]);
});
