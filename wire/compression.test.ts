import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pack, unpack, unpackedMax } from './compression.ts';
import { compressions } from './encapsulation.ts';
import { packLz4, unpackLz4 } from './lz4.ts';

const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString());
const bytes = (hexText: string) => Uint8Array.from(Buffer.from(hexText, 'hex'));
const few = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 400 }).map((list) => Uint8Array.from(list));

describe.each(compressions)('%s', (method) => {
  test('gives back what was packed, and packs only what gets shorter', () => {
    fc.assert(
      fc.property(fc.oneof(few, fc.uint8Array({ maxLength: 400 })), (plain) => {
        const packed = pack(method, plain);
        expect(packed?.length ?? 0).toBeLessThan(Math.max(plain.length, 1));
        expect(packed === undefined ? plain : unpack(method, packed)).toEqual(plain);
      }),
    );
  });

  test('is read from nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        expect(unpack(method, any)?.length ?? 0).toBeLessThanOrEqual(unpackedMax);
      }),
    );
    const packed = pack(method, new Uint8Array(1000)) ?? new Uint8Array(0);
    const cuts = Array.from(packed, (_, length) => unpack(method, packed.subarray(0, length)));
    expect(cuts.filter((cut) => cut !== undefined)).toEqual([]);
  });

  test('is read up to 65,535 bytes and no further', () => {
    const most = pack(method, new Uint8Array(unpackedMax)) ?? new Uint8Array(0);
    const more = pack(method, new Uint8Array(unpackedMax + 1)) ?? new Uint8Array(0);
    expect([unpack(method, most)?.length, unpack(method, more)?.length]).toEqual([unpackedMax, undefined]);
  });
});

test('an LZ4 block is as its format says: literals, match, at least five literals at the end', () => {
  expect(Buffer.from(packLz4(Buffer.from('a'.repeat(20)))).toString('hex')).toBe('1a610100506161616161');
  expect(text(unpackLz4(bytes('1a610100506161616161'), 20))).toBe('a'.repeat(20));
  expect(unpackLz4(bytes('1a610100506161616161'), 19)).toBeUndefined();
  expect(text(unpackLz4(bytes('30616263'), 10))).toBe('abc');
});

test('a zstd frame is as RFC 8878 says: one segment of 3 bytes, one raw block', () => {
  expect(text(unpack('zstd', bytes('28b52ffd2003190000616263')))).toBe('abc');
  expect(unpack('zstd', bytes('28b52ffd2004190000616263'))).toBeUndefined();
});

test('lengths of 15 and 255 and their neighbours go through LZ4', () => {
  const lengths = [14, 15, 16, 269, 270, 271, 525].flatMap((literals) =>
    [4, 18, 19, 20, 273, 274, 275].map((match) => [literals, match] as const),
  );
  for (const [literals, match] of lengths) {
    const distinct = Uint8Array.from({ length: literals * 2 }, (_, at) => (at % 2 === 0 ? at >> 9 : at >> 1));
    const plain = Uint8Array.from([...distinct, ...distinct.subarray(0, match), 9, 8, 7, 6, 5, 4, 3]);
    expect(unpackLz4(packLz4(plain), plain.length)).toEqual(plain);
  }
});
