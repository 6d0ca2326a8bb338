/** Vectors of compression and elision, in every format that carries them, and of what a receiver does not accept. */
import { zstdCompressSync } from 'node:zlib';
import type { Accepted } from '../codec.ts';
import { pack } from '../compression.ts';
import type { DropName } from '../drops.ts';
import { elide } from '../elision.ts';
import { type Compression, compressions } from '../encapsulation.ts';
import type { Layout } from '../formats/layout.ts';
import type { Header } from '../header.ts';
import { innerProtocols } from '../inner.ts';
import { packLz4 } from '../lz4.ts';
import { longSamples, type Sample, samples } from './sample-packets.ts';
import { closed, headerOf, keyOf, sealed } from './sealing.ts';
import { acceptance, concat, headerFor, refusal, type Vector, withBitFlipped, withByte, withWord } from './vector.ts';

export function featureVectors(layout: Layout): Vector[] {
  return [
    ...(layout.features.includes('compression') ? [...compressed(layout), ...notCompressed(layout)] : []),
    ...(layout.features.includes('ip-elision') ? [...elided(layout), ...notElided(layout)] : []),
    ...notAccepted(layout),
  ];
}

// ---- compression ---------------------------------------------------------------------------------------------

function compressed(layout: Layout): Vector[] {
  const { udp4, tcp6 } = longSamples;
  const all: readonly (readonly [string, Required<Sample>])[] = Object.entries({ udp4, tcp6 });
  return compressions.flatMap((compression) =>
    all.flatMap(([name, { partial }]) =>
      [false, true].map((elided) => {
        const header = headerOf(layout, { ...headerFor(partial, true), compression, ...(elided && { elided }) });
        const payload = must(pack(compression, elided ? must(elide(partial)) : partial));
        const title = `${name}, partial checksum, ${compression}${elided ? ', elided' : ''}`;
        const surroundings = { ...sealed(layout), encodes: false } as const;
        return acceptance(layout, title, closed(layout, header, payload), { header, inner: partial }, surroundings);
      }),
    ),
  );
}

type Refuse = (name: string, drop: DropName, payload: Uint8Array, header?: Partial<Header>) => Vector;

function notCompressed(layout: Layout): Vector[] {
  const inner = longSamples.udp4.whole;
  return compressions.flatMap((compression) => {
    const refuse: Refuse = (name, drop, payload, header = {}) => {
      const packet = closed(layout, { ...headerFor(inner), compression, ...header }, payload);
      return refusal(layout, `${compression}, ${name}`, drop, packet, sealed(layout));
    };
    const good = must(pack(compression, inner));
    const squeeze = (bytes: Uint8Array): Uint8Array => must(pack(compression, bytes));
    const cuts = [0, 1, 4, 5, 9, good.length >> 1, good.length - 1];
    return [
      ...cuts.map((at) => refuse(`cut to ${at} bytes`, 'bad-compression', good.subarray(0, at))),
      refuse('a byte more behind it', 'bad-compression', concat(good, [0])),
      refuse('65,536 bytes inside', 'bad-compression', squeeze(new Uint8Array(65_536))),
      refuse('far more than a packet inside', 'bad-compression', bomb(compression)),
      refuse('65,535 bytes of zero inside', 'inner-malformed', squeeze(new Uint8Array(65_535))),
      refuse('65,535 bytes with an elided header inside', 'inner-malformed', squeeze(new Uint8Array(65_535)), {
        elided: true,
      }),
      refuse('a packet cut by a byte inside', 'short', squeeze(inner.subarray(0, -1))),
      refuse('a byte behind the packet inside', 'long', squeeze(concat(inner, [0]))),
      refuse('IPv6 said, IPv4 inside', 'inner-malformed', good, { protocol: innerProtocols.ipv6 }),
      ...(compression === 'lz4' ? wrongLz4(refuse) : wrongZstd(refuse, good)),
    ];
  });
}

/** Few bytes that ask for many: 256 KiB, because LZ4 wants a byte for each 255, or 16 MiB. */
function bomb(compression: Compression): Uint8Array {
  return compression === 'lz4' ? packLz4(new Uint8Array(256 << 10)) : zstdCompressSync(new Uint8Array(16 << 20));
}

function wrongLz4(refuse: Refuse): Vector[] {
  const literals = Array.from({ length: 8 }, (_, at) => at);
  const end = [0x50, 1, 2, 3, 4, 5];
  return [
    refuse('a match before the beginning', 'bad-compression', concat([0x80, ...literals, 9, 0, ...end])),
    refuse('a match far before the beginning', 'bad-compression', concat([0x80, ...literals, 0xff, 0xff, ...end])),
    refuse('more literals than there are', 'bad-compression', concat([0xf0, 200, ...literals])),
    refuse('a length without end', 'bad-compression', new Uint8Array(40).fill(0xff)),
    refuse('nothing but a match', 'bad-compression', Uint8Array.of(0x00, 0x01, 0x00)),
    refuse('nothing inside', 'short', Uint8Array.of(0x00)),
  ];
}

/** RFC 8878: a skippable frame is 0x184d2a50, its length, as many bytes. */
function wrongZstd(refuse: Refuse, good: Uint8Array): Vector[] {
  const skippable = [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4];
  const magic = [0x28, 0xb5, 0x2f, 0xfd];
  /** An empty last block of raw bytes. */
  const nothing = [0x01, 0x00, 0x00];
  return [
    refuse('another magic number', 'bad-compression', withBitFlipped(good, 0)),
    refuse('a reserved bit of the frame header', 'bad-compression', withByte(good, 4, (good[4] ?? 0) | 0x08)),
    refuse('two frames', 'bad-compression', concat(good, good)),
    refuse('a skippable frame in front', 'bad-compression', concat(skippable, good)),
    refuse('a skippable frame behind', 'bad-compression', concat(good, skippable)),
    refuse('nothing but a skippable frame', 'bad-compression', concat(skippable)),
    refuse('a window of 256 KiB', 'bad-compression', concat(magic, [0x00, 0x40], nothing)),
    refuse('a block of the reserved kind', 'bad-compression', concat(magic, [0x00, 0x00, 0x07, 0x00, 0x00])),
    refuse('a dictionary', 'bad-compression', concat(magic, [0x01, 0x00, 0x07], nothing)),
    refuse('nothing inside', 'short', concat(magic, [0x00, 0x00], nothing)),
  ];
}

// ---- elision -------------------------------------------------------------------------------------------------

function elided(layout: Layout): Vector[] {
  const all: readonly (readonly [string, Uint8Array, boolean])[] = [
    ...Object.entries<Sample>(samples).flatMap(([name, { whole, partial }]) => [
      [name, whole, false] as const,
      ...(partial === undefined ? [] : [[`${name}, partial checksum`, partial, true] as const]),
    ]),
    ['IPv4 header with every field', longSamples.marked4.whole, false],
    ['IPv6 header with every field', longSamples.marked6.whole, false],
    ['nothing but an IPv4 header', longSamples.bare4.whole, false],
    ['nothing but an IPv6 header', longSamples.bare6.whole, false],
  ];
  return all.map(([name, inner, partial]) => {
    const header = headerOf(layout, { ...headerFor(inner, partial), elided: true });
    return acceptance(
      layout,
      `${name}, elided`,
      closed(layout, header, must(elide(inner))),
      { header, inner },
      sealed(layout),
    );
  });
}

function notElided(layout: Layout): Vector[] {
  const inners = { v4: samples.udp4.whole, v6: samples.udp6.whole };
  const refuse = (name: string, drop: DropName, payload: Uint8Array, header: Header): Vector =>
    refusal(layout, `elided, ${name}`, drop, closed(layout, { ...header, elided: true }, payload), sealed(layout));
  const of = (family: 'v4' | 'v6') => ({ payload: must(elide(inners[family])), header: headerFor(inners[family]) });
  const [v4, v6] = [of('v4'), of('v6')];
  const saysProtocol = layout.fields.some(({ role }) => role === 'protocol');
  return [
    ...[0, 1, 13].map((at) => refuse(`IPv4 cut to ${at} bytes`, 'short', v4.payload.subarray(0, at), v4.header)),
    ...[0, 1, 37].map((at) => refuse(`IPv6 cut to ${at} bytes`, 'short', v6.payload.subarray(0, at), v6.header)),
    ...[0x01, 0x20, 0x3f, 0x41, 0x60, 0x80, 0xc0].map((flags) =>
      refuse(`flags ${flags}`, 'inner-malformed', withByte(v4.payload, 3, flags), v4.header),
    ),
    ...[0x10, 0x60, 0xf0].map((first) =>
      refuse(`IPv6 that begins with ${first}`, 'inner-malformed', withByte(v6.payload, 0, first), v6.header),
    ),
    refuse('partial checksum of ICMP', 'inner-malformed', must(elide(samples.icmp4.whole)), {
      ...v4.header,
      partialChecksum: true,
    }),
    ...(saysProtocol ? [refuse('protocol 6', 'unknown-protocol', v4.payload, { ...v4.header, protocol: 6 })] : []),
  ];
}

// ---- what the receiver does not accept -----------------------------------------------------------------------

function notAccepted(layout: Layout): Vector[] {
  const name = layout.name;
  const other = name === 'gni 1.0' ? 'gni 1.1' : 'gni 1.0';
  const key = keyOf(layout) === undefined ? {} : { key: 0 };
  const inner = longSamples.udp4.whole;
  const plain = closed(layout, headerFor(inner), inner);
  const accepting = (accept: readonly Accepted[]) => ({ ...sealed(layout), accept });
  const refuse = (title: string, drop: DropName, packet: Uint8Array, accept: readonly Accepted[]): Vector =>
    refusal(layout, title, drop, packet, accepting(accept));
  const flipped = withBitFlipped(plain, plain.length * 8 - 1);
  const header = headerOf(layout, headerFor(inner));
  return [
    acceptance(layout, 'accepted', plain, { header, inner }, accepting([{ format: name, ...key }])),
    refuse('another format accepted', 'version-not-accepted', plain, [{ format: other }]),
    refuse('nothing accepted', 'version-not-accepted', plain, []),
    refuse('another format accepted, and damaged', 'version-not-accepted', flipped, [{ format: other }]),
    refuse('another format accepted, and cut', 'short', plain.subarray(0, 7), [{ format: other }]),
    ...headerFirst(layout, plain, refuse, other),
    ...(layout.features.includes('compression') ? featuresNotAccepted(layout, refuse, key) : []),
  ];
}

type RefuseAccepting = (title: string, drop: DropName, packet: Uint8Array, accept: readonly Accepted[]) => Vector;

function headerFirst(layout: Layout, plain: Uint8Array, refuse: RefuseAccepting, other: string): Vector[] {
  const field = layout.fields.some(({ role }) => role === 'zero');
  if (!field) return [];
  return [
    refuse('another format accepted, and bit 8 set', 'bad-header', withBitFlipped(plain, 8), [{ format: other }]),
  ];
}

function featuresNotAccepted(layout: Layout, refuse: RefuseAccepting, key: { readonly key?: number }): Vector[] {
  const format = layout.name;
  const inner = longSamples.udp4.whole;
  const made = (compression: Compression | undefined, elided: boolean): Uint8Array => {
    const payload = elided ? must(elide(inner)) : inner;
    const header = {
      ...headerFor(inner),
      ...(elided && { elided: true as const }),
      ...(compression && { compression }),
    };
    return closed(layout, header, compression === undefined ? payload : must(pack(compression, payload)));
  };
  const all: Accepted = { format, ...key, compression: 'zstd', elision: true };
  const refused = (title: string, packet: Uint8Array, ...accept: Accepted[]): Vector =>
    refuse(title, 'feature-not-accepted', packet, accept);
  const badlyPacked = closed(layout, { ...headerFor(inner), compression: 'lz4' }, inner.subarray(0, 9));
  return [
    refused('lz4, accepted without compression', made('lz4', false), { format, ...key }),
    refused('lz4, accepted with zstd', made('lz4', false), all),
    refused('zstd, accepted with lz4', made('zstd', false), { format, ...key, compression: 'lz4' }),
    refused(
      'elided, accepted without elision',
      made(undefined, true),
      { format, ...key },
      { format, ...key, compression: 'lz4' },
    ),
    refused(
      'zstd and elided, accepted with one or the other',
      made('zstd', true),
      { format, ...key, compression: 'zstd' },
      { format, ...key, elision: true },
    ),
    refused('no lz4 block, accepted without compression', badlyPacked, { format, ...key }),
    acceptedWithMore(layout, all),
  ];
}

/** What an encapsulation may have, a packet need not. */
function acceptedWithMore(layout: Layout, accept: Accepted): Vector {
  const inner = withWord(samples.udp4.whole, 26, 0);
  const header = headerOf(layout, headerFor(inner));
  const surroundings = { ...sealed(layout), accept: [accept] };
  return acceptance(
    layout,
    'as it is, accepted with features',
    closed(layout, header, inner),
    { header, inner },
    surroundings,
  );
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a sample does not fit its recipe');
  return value;
}
