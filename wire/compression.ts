/**
 * Compression of payloads: LZ4 blocks (`wire/lz4.ts`) and zstd frames (RFC 8878, by Node's zlib). Both bounded, because
 * a few bytes can ask for gigabytes.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Compression } from './encapsulation.ts';
import { packLz4, unpackLz4 } from './lz4.ts';

/** No inner packet is longer. */
export const unpackedMax = 65_535;
/** How far back a zstd frame may ask the receiver to look. */
const windowMax = 128 << 10;

/** Undefined when it does not pay. */
export function pack(method: Compression, bytes: Uint8Array): Uint8Array | undefined {
  const params = { [constants.ZSTD_c_compressionLevel]: 1 };
  const packed = method === 'lz4' ? packLz4(bytes) : Uint8Array.from(zstdCompressSync(bytes, { params }));
  return packed.length < bytes.length ? packed : undefined;
}

/** Undefined when `packed` is not exactly one block or frame of at most {@link unpackedMax} bytes. */
export function unpack(method: Compression, packed: Uint8Array): Uint8Array | undefined {
  if (packed.length === 0 || packed.length > unpackedMax) return undefined;
  return method === 'lz4' ? unpackLz4(packed, unpackedMax) : unpackZstd(packed);
}

function unpackZstd(packed: Uint8Array): Uint8Array | undefined {
  if (!isOneZstdFrame(packed)) return undefined;
  try {
    return Uint8Array.from(zstdDecompressSync(packed, { maxOutputLength: unpackedMax }));
  } catch {
    // zlib tells malformed from too long; for a packet both are one reason.
    return undefined;
  }
}

const blockKinds = { raw: 0, repeated: 1, compressed: 2 } as const;

/** One standard frame with a bounded window, nothing in front of it or behind: zlib itself takes several. */
function isOneZstdFrame(packed: Uint8Array): boolean {
  const frame = readZstdHeader(packed);
  if (frame === undefined || frame.windowLen > windowMax) return false;
  let at = frame.headerLen;
  for (let last = false; !last; ) {
    if (at + 3 > packed.length) return false;
    const header = littleEndian(packed, at, 3);
    const kind = (header >> 1) & 3;
    if (kind > blockKinds.compressed) return false;
    at += 3 + (kind === blockKinds.repeated ? 1 : header >> 3);
    last = (header & 1) === 1;
  }
  return at + (frame.hasChecksum ? 4 : 0) === packed.length;
}

interface ZstdHeader {
  readonly headerLen: number;
  readonly windowLen: number;
  readonly hasChecksum: boolean;
}

/** RFC 8878 §3.1.1.1. */
function readZstdHeader(packed: Uint8Array): ZstdHeader | undefined {
  const descriptor = packed[4];
  if (descriptor === undefined || littleEndian(packed, 0, 4) !== 0xfd2f_b528 || (descriptor & 0x08) !== 0) {
    return undefined;
  }
  const single = (descriptor & 0x20) !== 0;
  const dictionaryLen = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentLen = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const contentAt = 5 + (single ? 0 : 1) + dictionaryLen;
  const headerLen = contentAt + contentLen;
  if (packed.length < headerLen) return undefined;
  const content = littleEndian(packed, contentAt, contentLen) + (contentLen === 2 ? 256 : 0);
  return { headerLen, windowLen: single ? content : windowOf(packed[5] ?? 0), hasChecksum: (descriptor & 0x04) !== 0 };
}

/** RFC 8878 §3.1.1.1.2. */
function windowOf(byte: number): number {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
}

function littleEndian(bytes: Uint8Array, at: number, length: number): number {
  return bytes.subarray(at, at + length).reduceRight((value, byte) => value * 256 + byte, 0);
}
