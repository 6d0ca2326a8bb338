/** Vectors of every format with IP inside: samples carried as they are, packets cut, headers and inner packets that lie. */
import type { DropName } from '../drops.ts';
import { headerLength, type Layout } from '../formats/layout.ts';
import type { Header } from '../header.ts';
import { innerProtocols } from '../inner.ts';
import { type Sample, samples } from './sample-packets.ts';
import { closed, headerOf, sealed } from './sealing.ts';
import {
  acceptance,
  concat,
  headerFor,
  refusal,
  type Vector,
  withBitFlipped,
  withByte,
  withWord,
  zeroBits,
} from './vector.ts';

export function basicVectors(layout: Layout): Vector[] {
  return [...accepted(layout), ...refused(layout)];
}

function accepted(layout: Layout): Vector[] {
  const all: readonly (readonly [string, Sample])[] = Object.entries(samples);
  return all.flatMap(([name, sample]) =>
    [false, true]
      .filter((partial) => !partial || sample.partial !== undefined)
      .map((partial) => {
        const inner = partial ? (sample.partial ?? sample.whole) : sample.whole;
        const header = headerOf(layout, headerFor(inner, partial));
        const expect = { header, inner };
        const title = `${name}${partial ? ', partial checksum' : ''}`;
        return acceptance(layout, title, closed(layout, header, inner), expect, sealed(layout));
      }),
  );
}

function refused(layout: Layout): Vector[] {
  const udp = samples.udp4.whole;
  const udp6 = samples.udp6.whole;
  const good = closed(layout, headerFor(udp), udp);
  const refuse = (name: string, drop: DropName, packet: Uint8Array): Vector =>
    refusal(layout, name, drop, packet, sealed(layout));
  const inner = (name: string, drop: DropName, bytes: Uint8Array, header: Partial<Header> = {}): Vector =>
    refuse(name, drop, closed(layout, { ...headerFor(bytes), ...header }, bytes));
  const cuts = Array.from({ length: headerLength(layout) + layout.tagLength - 1 }, (_, at) => at + 1);
  const saysProtocol = layout.fields.some(({ role }) => role === 'protocol');
  return [
    ...cuts.map((at) => refuse(`cut to ${at} bytes`, 'short', good.subarray(0, at))),
    ...zeroBits(layout).map((bit) => refuse(`bit ${bit} set`, 'bad-header', withBitFlipped(good, bit))),
    inner('no inner packet', 'short', new Uint8Array(0), { protocol: innerProtocols.ipv4 }),
    inner('19 bytes of IPv4', 'short', udp.subarray(0, 19)),
    inner('39 bytes of IPv6', 'short', udp6.subarray(0, 39)),
    inner('IPv4 cut by a byte', 'short', udp.subarray(0, -1)),
    inner('IPv6 cut by a byte', 'short', udp6.subarray(0, -1)),
    inner('IPv4 with a byte more', 'long', concat(udp, [0])),
    inner('IPv6 with a byte more', 'long', concat(udp6, [0])),
    ...(saysProtocol
      ? [
          inner('protocol 0', 'unknown-protocol', udp, { protocol: 0 }),
          inner('protocol 6', 'unknown-protocol', udp, { protocol: 6 }),
        ]
      : []),
    inner('IPv6 said, IPv4 inside', 'inner-malformed', samples.tcp4.whole, { protocol: innerProtocols.ipv6 }),
    inner('IPv4 said, IPv6 inside', 'inner-malformed', udp6, { protocol: innerProtocols.ipv4 }),
    inner('IPv4 header of 16 bytes', 'inner-malformed', withByte(udp, 0, 0x44)),
    inner('IPv4 total length below its header', 'inner-malformed', withWord(udp, 2, 19)),
    ...partialChecksums(inner),
    ...checksumVectors(layout, good, refuse),
  ];
}

function partialChecksums(
  inner: (name: string, drop: DropName, bytes: Uint8Array, header: Partial<Header>) => Vector,
): Vector[] {
  const partialChecksum = true;
  const udp = samples.udp4.whole;
  const halfTcp = withWord(samples.tcp4.whole.slice(0, 39), 2, 39);
  const wrong = (what: string, bytes: Uint8Array): Vector =>
    inner(`partial checksum ${what}`, 'inner-malformed', bytes, { partialChecksum });
  return [
    wrong('of ICMP', samples.icmp4.whole),
    wrong('of a fragment', withWord(udp, 6, 0x2000)),
    wrong('of a later fragment', withWord(udp, 6, 0x0001)),
    wrong('behind an IPv6 extension header', samples.extension6.whole),
    wrong('of half a TCP header', halfTcp),
  ];
}

/** Every byte of a packet with a checksum: one bit flipped where no earlier check catches it. */
function checksumVectors(
  layout: Layout,
  good: Uint8Array,
  refuse: (name: string, drop: DropName, packet: Uint8Array) => Vector,
): Vector[] {
  if (!layout.fields.some(({ role }) => role === 'crc32c')) return [];
  const earlier = new Set([...Array(8).keys(), ...zeroBits(layout)]);
  return Array.from({ length: good.length }, (_, byte) => byte * 8 + (byte % 8))
    .filter((bit) => !earlier.has(bit))
    .map((bit) => refuse(`bit ${bit} flipped`, 'bad-checksum', withBitFlipped(good, bit)));
}
