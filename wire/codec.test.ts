import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codedLayouts, decode, encode, type Header } from './codec.ts';
import { gni10, gni11 } from './formats/gni-1.ts';
import { headerLength } from './formats/layout.ts';
import { samples } from './generate/sample-packets.ts';
import { completeChecksum } from './inner.ts';

const gni = fc.integer({ min: 0, max: 0xffff_ffff });

interface VectorFile {
  readonly vectors: readonly {
    readonly name: string;
    readonly packet: string;
    readonly expect: { readonly header?: Header; readonly inner?: string; readonly drop?: string };
  }[];
}

describe.each(codedLayouts)('$name', (layout) => {
  test('what is encoded is decoded to the same', () => {
    fc.assert(
      fc.property(
        gni,
        gni,
        fc.constantFrom(samples.tcp4.partial, samples.udp6.partial),
        (sourceGni, destinationGni, inner) => {
          const header = { partialChecksum: true, protocol: inner[0] === 0x45 ? 4 : 41, sourceGni, destinationGni };
          const packet = encode(layout, header, inner);
          expect(packet.length).toBe(headerLength(layout) + inner.length);
          expect(decode(packet)).toEqual({ ok: true, layout, header, inner });
        },
      ),
    );
  });

  test('a packet cut at any byte is short, or fails its checksum first', () => {
    const header = { partialChecksum: false, protocol: 4, sourceGni: 1, destinationGni: 1 };
    const packet = encode(layout, header, samples.tcp4.whole);
    for (let length = 0; length < packet.length; length++) {
      const decoded = decode(packet.subarray(0, length));
      const beyondHeader = layout.features.length > 0 && length >= headerLength(layout);
      expect(decoded).toEqual({ ok: false, drop: beyondHeader ? 'bad-checksum' : 'short' });
    }
  });
});

test('any bytes are decoded or dropped under a reason, never thrown at', () => {
  const versioned = fc
    .tuple(fc.constantFrom(...codedLayouts.map((layout) => layout.versionByte ?? 0)), fc.uint8Array({ maxLength: 200 }))
    .map(([version, rest]) => Uint8Array.from([version, ...rest]));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), versioned), (bytes) => {
      const decoded = decode(bytes);
      expect(decoded.ok ? decoded.inner.length : decoded.drop).not.toBe('');
    }),
    { numRuns: 2000 },
  );
});

test('a Buffer is decoded like any bytes and stays as it was', () => {
  const header = { partialChecksum: false, protocol: 4, sourceGni: 1, destinationGni: 1 };
  const packet = Buffer.from(encode(gni11, header, samples.udp4.whole));
  packet.writeUInt8(packet.readUInt8(packet.length - 1) ^ 1, packet.length - 1);
  const before = packet.toString('hex');
  expect(decode(packet)).toEqual({ ok: false, drop: 'bad-checksum' });
  expect(packet.toString('hex')).toBe(before);
  const partial = Buffer.from(samples.udp4.partial);
  completeChecksum(partial);
  expect([...partial]).toEqual([...samples.udp4.partial]);
});

test('every committed vector decodes as it says', () => {
  const file = JSON.parse(readFileSync(new URL('gen/vectors.json', import.meta.url), 'utf8')) as VectorFile;
  expect(file.vectors.length).toBeGreaterThan(150);
  for (const vector of file.vectors) {
    const decoded = decode(Uint8Array.from(Buffer.from(vector.packet, 'hex')));
    const found = decoded.ok
      ? { header: decoded.header, inner: Buffer.from(decoded.inner).toString('hex') }
      : { drop: decoded.drop };
    expect(found, vector.name).toEqual(vector.expect);
  }
});

test('gni 1.0 is laid out as the drawing says', () => {
  const inner = samples.emptyUdp4.whole;
  const packet = encode(
    gni10,
    { partialChecksum: true, protocol: 4, sourceGni: 0x0a0b0c, destinationGni: 0xd0e0f0 },
    inner,
  );
  expect(Buffer.from(packet.subarray(0, 12)).toString('hex')).toBe('10010400000a0b0c00d0e0f0');
});
