/**
 * `wire/gen/vectors.json`: packets and what every executor has to make of them.
 *
 * The expectation is written down by hand beside each packet's recipe; the reference codec has to agree,
 * or generation fails. The engine's and the BPF programs' tests run the same file.
 */
import { write16 } from '../bits.ts';
import { codedLayouts, decode, encode, type Header } from '../codec.ts';
import type { DropName } from '../drops.ts';
import { headerLength, type Layout, placeFields } from '../formats/layout.ts';
import { innerProtocols } from '../inner.ts';
import { type Sample, samples } from './sample-packets.ts';

interface Vector {
  readonly name: string;
  readonly format: string;
  /** Hex of the UDP payload. */
  readonly packet: string;
  readonly expect: { readonly header: Header; readonly inner: string } | { readonly drop: DropName };
}

export function vectors(): string {
  const all = [...unversioned(), ...codedLayouts.flatMap((layout) => [...accepted(layout), ...refused(layout)])];
  for (const vector of all) checkAgainstCodec(vector);
  return `${JSON.stringify({ generated: 'by `make generate` from wire/; do not edit', vectors: all }, undefined, 1)}\n`;
}

/** Packets whose first byte decides. */
function unversioned(): Vector[] {
  const known = new Set(codedLayouts.map((layout) => layout.versionByte));
  const unknown = [0x00, 0x01, 0x0f, 0x12, 0x45, 0x60, 0xf0, 0xff].filter((byte) => !known.has(byte));
  return [
    { name: 'empty', format: '', packet: '', expect: { drop: 'short' } },
    ...unknown.map((byte) => ({
      name: `version byte ${byte}`,
      format: '',
      packet: hex(Uint8Array.from([byte, ...new Uint8Array(63)])),
      expect: { drop: 'unknown-version' as const },
    })),
  ];
}

function accepted(layout: Layout): Vector[] {
  const all: readonly (readonly [string, Sample])[] = Object.entries(samples);
  return all.flatMap(([name, sample]) =>
    [false, true]
      .filter((partial) => !partial || sample.partial !== undefined)
      .map((partial) => {
        const inner = partial ? (sample.partial ?? sample.whole) : sample.whole;
        const header = headerFor(inner, partial);
        return {
          name: `${layout.name}: ${name}${partial ? ', partial checksum' : ''}`,
          format: layout.name,
          packet: hex(encode(layout, header, inner)),
          expect: { header, inner: hex(inner) },
        };
      }),
  );
}

function refused(layout: Layout): Vector[] {
  const udp = samples.udp4.whole;
  const udp6 = samples.udp6.whole;
  const good = encode(layout, headerFor(udp, false), udp);
  const refusal = (name: string, drop: DropName, packet: Uint8Array): Vector => ({
    name: `${layout.name}: ${name}`,
    format: layout.name,
    packet: hex(packet),
    expect: { drop },
  });
  const inner = (name: string, drop: DropName, bytes: Uint8Array, header: Partial<Header> = {}): Vector =>
    refusal(name, drop, encode(layout, { ...headerFor(bytes, false), ...header }, bytes));
  const cuts = Array.from({ length: headerLength(layout) - 1 }, (_, at) => at + 1);
  return [
    ...cuts.map((at) => refusal(`cut to ${at} bytes`, 'short', good.subarray(0, at))),
    ...zeroBits(layout).map((bit) => refusal(`bit ${bit} set`, 'bad-header', withBitFlipped(good, bit))),
    inner('no inner packet', 'short', new Uint8Array(0), { protocol: innerProtocols.ipv4 }),
    inner('19 bytes of IPv4', 'short', udp.subarray(0, 19)),
    inner('39 bytes of IPv6', 'short', udp6.subarray(0, 39)),
    inner('IPv4 cut by a byte', 'short', udp.subarray(0, -1)),
    inner('IPv6 cut by a byte', 'short', udp6.subarray(0, -1)),
    inner('IPv4 with a byte more', 'long', withMore(udp)),
    inner('IPv6 with a byte more', 'long', withMore(udp6)),
    inner('protocol 0', 'unknown-protocol', udp, { protocol: 0 }),
    inner('protocol 6', 'unknown-protocol', udp, { protocol: 6 }),
    inner('IPv6 said, IPv4 inside', 'inner-malformed', samples.tcp4.whole, { protocol: innerProtocols.ipv6 }),
    inner('IPv4 said, IPv6 inside', 'inner-malformed', udp6, { protocol: innerProtocols.ipv4 }),
    inner('IPv4 header of 16 bytes', 'inner-malformed', withByte(udp, 0, 0x44)),
    inner('IPv4 total length below its header', 'inner-malformed', withWord(udp, 2, 19)),
    inner('partial checksum of ICMP', 'inner-malformed', samples.icmp4.whole, { partialChecksum: true }),
    inner('partial checksum of a fragment', 'inner-malformed', withWord(udp, 6, 0x2000), { partialChecksum: true }),
    inner('partial checksum of a later fragment', 'inner-malformed', withWord(udp, 6, 0x0001), {
      partialChecksum: true,
    }),
    inner('partial checksum behind an IPv6 extension header', 'inner-malformed', samples.extension6.whole, {
      partialChecksum: true,
    }),
    inner(
      'partial checksum of half a TCP header',
      'inner-malformed',
      withWord(samples.tcp4.whole.slice(0, 39), 2, 39),
      {
        partialChecksum: true,
      },
    ),
    ...checksumVectors(layout, good, refusal),
  ];
}

/** Every byte of a packet with a checksum: one bit flipped where no earlier check catches it. */
function checksumVectors(
  layout: Layout,
  good: Uint8Array,
  refusal: (name: string, drop: DropName, packet: Uint8Array) => Vector,
): Vector[] {
  if (!layout.features.includes('integrity')) return [];
  const earlier = new Set([...Array(8).keys(), ...zeroBits(layout)]);
  return Array.from({ length: good.length }, (_, byte) => byte * 8 + (byte % 8))
    .filter((bit) => !earlier.has(bit))
    .map((bit) => refusal(`bit ${bit} flipped`, 'bad-checksum', withBitFlipped(good, bit)));
}

function checkAgainstCodec(vector: Vector): void {
  const decoded = decode(Uint8Array.from(Buffer.from(vector.packet, 'hex')));
  const found = decoded.ok ? { header: decoded.header, inner: hex(decoded.inner) } : { drop: decoded.drop };
  if (JSON.stringify(found) !== JSON.stringify(vector.expect)) {
    throw new Error(
      `vector "${vector.name}": expected ${JSON.stringify(vector.expect)}, codec says ${JSON.stringify(found)}`,
    );
  }
}

function headerFor(inner: Uint8Array, partialChecksum: boolean): Header {
  const protocol = (inner[0] ?? 0) >> 4 === 6 ? innerProtocols.ipv6 : innerProtocols.ipv4;
  return { partialChecksum, protocol, sourceGni: 0x123456, destinationGni: 0x123457 };
}

function zeroBits(layout: Layout): number[] {
  return placeFields(layout)
    .filter((field) => field.role === 'zero')
    .flatMap((field) => Array.from({ length: field.bits }, (_, at) => field.bitOffset + at));
}

function withBitFlipped(bytes: Uint8Array, bit: number): Uint8Array {
  return withByte(bytes, bit >> 3, (bytes[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7)));
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

function withWord(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  write16(copy, at, value);
  return copy;
}

function withMore(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes, 0]);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
