/** Big-endian bit fields of up to 32 bits, as header drawings count them: bit 0 is the first bit sent. */

export function readBits(bytes: Uint8Array, bitOffset: number, bits: number): number {
  let value = 0;
  for (let bit = bitOffset; bit < bitOffset + bits; bit++) {
    const byte = bytes[bit >> 3] ?? 0;
    value = value * 2 + ((byte >> (7 - (bit & 7))) & 1);
  }
  return value;
}

export function writeBits(bytes: Uint8Array, bitOffset: number, bits: number, value: number): void {
  for (let bit = bitOffset + bits - 1, rest = value; bit >= bitOffset; bit--, rest = Math.floor(rest / 2)) {
    const mask = 0x80 >> (bit & 7);
    const byte = bytes[bit >> 3] ?? 0;
    bytes[bit >> 3] = rest % 2 === 1 ? byte | mask : byte & ~mask;
  }
}

export function read16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

export function write16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >> 8;
  bytes[offset + 1] = value & 0xff;
}

export function read64(bytes: Uint8Array, offset: number): bigint {
  return bytes.subarray(offset, offset + 8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

export function write64(bytes: Uint8Array, offset: number, value: bigint): void {
  for (let at = offset + 7, rest = value; at >= offset; at--, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
}
