import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decoded, decode, encode, type Header } from './codec.ts';
import { compressions } from './encapsulation.ts';
import { gni10, gni11 } from './formats/gni-1.ts';
import { gni20 } from './formats/gni-2.ts';
import { gni30 } from './formats/gni-3.ts';
import { layouts } from './formats/index.ts';
import { headerLength, type Layout, overheadLength } from './formats/layout.ts';
import { vxlan } from './formats/vxlan.ts';
import { longSamples, samples } from './generate/sample-packets.ts';
import { keyOf, keys } from './generate/sealing.ts';
import { disagreement, type Vector } from './generate/vector.ts';
import { completeChecksum, versionOf } from './inner.ts';
import { ReplayWindow } from './replay.ts';

const gni = fc.integer({ min: 1, max: 0xff_ffff });
const sequence = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const partials = [samples.tcp4, samples.udp6, longSamples.udp4, longSamples.tcp6].map(({ partial }) => partial);

function headerFor(inner: Uint8Array, more: Partial<Header> = {}): Header {
  return {
    partialChecksum: false,
    protocol: (inner[0] ?? 0) >> 4 === 4 ? 4 : 41,
    sourceGni: 1,
    destinationGni: 1,
    ...more,
  };
}

function encoded(layout: Layout, header: Header, inner: Uint8Array): Uint8Array {
  return encode(layout, header, inner, keyOf(layout));
}

function decoded(layout: Layout, packet: Uint8Array): Decoded {
  const key = keyOf(layout);
  return decode(packet, { carrier: layout.carrier, keys: key === undefined ? [] : [key] });
}

describe.each(layouts)('$name', (layout: Layout) => {
  const carried = partials.filter((inner) => layout.inner !== 'ipv4' || versionOf(inner) === 4);
  const keepsPartial = layout.fields.some(({ role }) => role === 'partialChecksum');
  const asked = (header: Header, features: Partial<Header>): Header =>
    layout.features.includes('compression') ? { ...header, ...features } : header;

  test('what is encoded is decoded to the same', () => {
    fc.assert(
      fc.property(gni, gni, sequence, fc.constantFrom(...carried), (sourceGni, destinationGni, number, inner) => {
        const header = headerFor(inner, { partialChecksum: true, sourceGni, destinationGni, sequence: number });
        const packet = encoded(layout, header, inner);
        expect(packet.length).toBe(overheadLength(layout) + inner.length);
        expect(decoded(layout, packet)).toMatchObject({
          ok: true,
          layout,
          header: {
            partialChecksum: keepsPartial,
            protocol: header.protocol,
            sourceGni: layout === vxlan ? destinationGni : sourceGni,
            destinationGni,
          },
          inner: keepsPartial ? inner : completeChecksum(inner),
        });
      }),
    );
  });

  test('what is elided and compressed is decoded to the same, and is not longer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...compressions, undefined),
        fc.boolean(),
        fc.constantFrom(...carried),
        (compression, elided, inner) => {
          const features = { ...(compression && { compression }), ...(elided && { elided: true as const }) };
          const header = asked(headerFor(inner, { partialChecksum: true, sequence: 1n }), features);
          const packet = encoded(layout, header, inner);
          expect(packet.length).toBeLessThanOrEqual(overheadLength(layout) + inner.length);
          const outcome = keepsPartial ? inner : completeChecksum(inner);
          expect(decoded(layout, packet)).toMatchObject({ ok: true, inner: outcome });
        },
      ),
    );
  });

  test('a packet cut at any byte is never taken', () => {
    const inner = longSamples.udp4.whole;
    for (const features of [{}, { compression: 'lz4' }, { compression: 'zstd', elided: true }] as const) {
      const packet = encoded(layout, asked(headerFor(inner, { sequence: 1n }), features), inner);
      const cuts = Array.from(packet, (_, length) => decoded(layout, packet.subarray(0, length)));
      expect(cuts.filter(({ ok }) => ok)).toEqual([]);
      expect(cuts.slice(0, headerLength(layout))).toEqual(
        Array(headerLength(layout)).fill({ ok: false, drop: 'short' }),
      );
    }
  });

  test('a changed packet is never thrown at, and never taken when it is sealed', () => {
    const inner = layout.inner === 'ipv4' ? longSamples.udp4.whole : longSamples.tcp6.whole;
    const header = asked(headerFor(inner, { sequence: 7n }), { compression: 'zstd', elided: true });
    const packet = encoded(layout, header, inner);
    fc.assert(
      fc.property(fc.nat(packet.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const found = decoded(layout, packet.with(at, (packet[at] ?? 0) ^ bits));
        const taken = found.ok && found.layout === layout;
        expect(taken && layout.always.includes('integrity')).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

test('any bytes are decoded or dropped under a reason, never thrown at', () => {
  const versioned = fc
    .tuple(fc.constantFrom<Layout>(...layouts), fc.integer({ min: 0, max: 0x1f }), fc.uint8Array({ maxLength: 200 }))
    .map(([layout, flags, rest]) => ({ layout, bytes: Uint8Array.from([layout.versionByte ?? 0x08, flags, ...rest]) }));
  fc.assert(
    fc.property(versioned, ({ layout, bytes }) => {
      const found = decoded(layout, bytes);
      expect(found.ok ? found.inner.length : found.drop).not.toBe('');
    }),
    { numRuns: 2000 },
  );
});

test('a Buffer is decoded like any bytes and stays as it was', () => {
  const packet = Buffer.from(encode(gni11, headerFor(samples.udp4.whole), samples.udp4.whole));
  packet.writeUInt8(packet.readUInt8(packet.length - 1) ^ 1, packet.length - 1);
  const before = packet.toString('hex');
  expect(decode(packet)).toEqual({ ok: false, drop: 'bad-checksum' });
  expect(packet.toString('hex')).toBe(before);
  const partial = Buffer.from(samples.udp4.partial);
  completeChecksum(partial);
  expect([...partial]).toEqual([...samples.udp4.partial]);
});

test('every committed vector decodes, and encodes, as it says', () => {
  const text = readFileSync(new URL('gen/vectors.json', import.meta.url), 'utf8');
  const { vectors } = JSON.parse(text) as { readonly vectors: readonly Vector[] };
  expect(vectors.length).toBeGreaterThan(750);
  const wrong = vectors.flatMap((vector) => {
    const found = disagreement(vector);
    return found === undefined ? [] : [`${vector.name}: ${found}`];
  });
  expect(wrong).toEqual([]);
});

test('headers are laid out as the drawings say', () => {
  const inner = samples.emptyUdp4.whole;
  const header = headerFor(inner, { partialChecksum: true, sourceGni: 0x0a0b0c, destinationGni: 0xd0e0f0 });
  const sealed = { ...header, sequence: 0x0102030405060708n };
  const first = (layout: Layout, of: Header) => {
    const packet = encoded(layout, of, inner);
    return Buffer.from(packet.subarray(0, headerLength(layout))).toString('hex');
  };
  expect(layouts.filter((layout) => layout !== gni11).map((layout: Layout) => first(layout, sealed))).toEqual([
    '10010400000a0b0c00d0e0f0',
    '2001d0e0f00a0b0c',
    '3001045a00d0e0f0000a0b0c0102030405060708',
    '08000000d0e0f000',
    '02006558d0e0f000ff570101000a0b0c',
    `60000000001c0440${'0'.repeat(16)}000a0b0c0a000005${'0'.repeat(16)}00d0e0f00a000006`,
  ]);
  expect(first(gni20, { ...header, elided: true })).toBe('2005d0e0f00a0b0c');
});

test('a packet that elision or compression does not fit goes as it is', () => {
  const fragment = samples.udp4.whole.with(6, 0x20);
  const asked = { compression: 'zstd', elided: true } as const;
  const packet = encode(gni20, headerFor(fragment, asked), fragment);
  expect(packet).toEqual(encode(gni20, headerFor(fragment), fragment));
});

describe('gni 3.0', () => {
  const inner = samples.udp4.whole;
  const packet = encode(gni30, headerFor(inner, { sequence: 5n }), inner, keys.aes);

  test('says that a packet has come before only when its tag is right', () => {
    const window = new ReplayWindow();
    const receiver = {
      keys: [keys.aesTwin, keys.aes],
      isReplayed: (_: unknown, number: bigint) => !window.take(number),
    };
    const forged = packet.with(packet.length - 1, (packet[packet.length - 1] ?? 0) ^ 1);
    expect(decode(forged, receiver)).toEqual({ ok: false, drop: 'bad-tag' });
    expect(decode(packet, receiver)).toMatchObject({ ok: true, header: { sequence: 5n, keyId: 0x5a } });
    expect(decode(packet, receiver)).toEqual({ ok: false, drop: 'replayed' });
  });

  test('has control frames of 16 bytes, for who accepts flow control', () => {
    const header = { ...headerFor(inner), protocol: 0, control: true, sequence: 6n } as const;
    const receive = (length: number) =>
      decode(encode(gni30, header, new Uint8Array(length), keys.aes), {
        keys: [keys.aes],
        accept: [{ format: 'gni 3.0', key: 0, flowControl: true }],
      });
    expect([15, 17].map(receive)).toEqual([
      { ok: false, drop: 'short' },
      { ok: false, drop: 'long' },
    ]);
    expect(receive(16)).toMatchObject({ ok: true, header: { control: true, protocol: 0 }, inner: new Uint8Array(16) });
  });

  test('is not made without a key', () => {
    expect(() => encode(gni30, headerFor(inner), inner)).toThrow('a key is missing');
  });
});

test('formats of one carrier are not read from another', () => {
  const packet = encode(gni10, headerFor(samples.udp4.whole), samples.udp4.whole);
  expect(decode(packet, { carrier: 'vxlan' })).toEqual({ ok: false, drop: 'bad-header' });
  expect(decode(encode(vxlan, headerFor(samples.udp4.whole), samples.udp4.whole))).toEqual({
    ok: false,
    drop: 'unknown-version',
  });
});
