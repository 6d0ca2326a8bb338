/**
 * LZ4 blocks, after the LZ4 project's doc/lz4_Block_format.md: sequences of
 *
 *   token (literal length 4, match length 4) | more literal length | literals | offset 16, little endian | more match length
 *
 * A length of 15 goes on in bytes of 255 and one below; matches are 4 bytes longer than said. The last sequence is
 * literals only, and behind a match come at least 5 literals. No size is sent: the reader bounds the output.
 */
const leastMatch = 4;
const lastLiterals = 5;
/** The last match begins at least so far before the end. */
const matchLimit = 12;
const farthest = 0xffff;

/** The decompressed bytes; undefined when the block is none, or holds more than `most` bytes. */
export function unpackLz4(block: Uint8Array, most: number): Uint8Array | undefined {
  const out = new Uint8Array(most);
  let length = 0;
  let at = 0;
  const readLength = (nibble: number): number => {
    let value = nibble;
    for (let byte = 255; nibble === 15 && byte === 255; at++) {
      byte = block[at] ?? 0;
      value += byte;
    }
    return value;
  };
  for (let matched = false; at < block.length; matched = true) {
    const token = block[at++] ?? 0;
    const literals = readLength(token >> 4);
    if (at + literals > block.length || length + literals > most) return undefined;
    out.set(block.subarray(at, at + literals), length);
    at += literals;
    length += literals;
    if (at === block.length) {
      const wellEnded = (token & 15) === 0 && (!matched || literals >= lastLiterals);
      return wellEnded ? out.slice(0, length) : undefined;
    }
    const offset = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    const match = readLength(token & 15) + leastMatch;
    if (at >= block.length || offset === 0 || offset > length || length + match > most) return undefined;
    for (const end = length + match; length < end; length++) out[length] = out[length - offset] ?? 0;
  }
  return undefined;
}

/** One block, always decodable; matches are found greedily. For bytes up to 64 KiB. */
export function packLz4(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  const seen = new Map<number, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let from = 0;
  for (let at = 0; at + matchLimit <= bytes.length; ) {
    const word = view.getUint32(at);
    const before = seen.get(word);
    seen.set(word, at);
    if (before === undefined || at - before > farthest) {
      at++;
      continue;
    }
    const length = matchLength(bytes, before, at);
    writeSequence(out, bytes.subarray(from, at), { offset: at - before, length });
    at += length;
    from = at;
  }
  writeSequence(out, bytes.subarray(from), undefined);
  return Uint8Array.from(out);
}

function matchLength(bytes: Uint8Array, before: number, at: number): number {
  const end = bytes.length - lastLiterals;
  let length = leastMatch;
  while (at + length < end && bytes[before + length] === bytes[at + length]) length++;
  return length;
}

interface Match {
  readonly offset: number;
  readonly length: number;
}

function writeSequence(out: number[], literals: Uint8Array, match: Match | undefined): void {
  const extra = match === undefined ? 0 : match.length - leastMatch;
  out.push((Math.min(literals.length, 15) << 4) | Math.min(extra, 15));
  writeLength(out, literals.length);
  for (const byte of literals) out.push(byte);
  if (match === undefined) return;
  out.push(match.offset & 0xff, match.offset >> 8);
  writeLength(out, extra);
}

function writeLength(out: number[], length: number): void {
  if (length < 15) return;
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) out.push(255);
  out.push(rest);
}
