/** The two checksums that packets carry: CRC-32C (RFC 3720 appendix B.4) and the Internet checksum (RFC 1071). */
import { read16 } from './bits.ts';

/** Castagnoli's polynomial, bits reversed. */
const polynomial = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  return crc;
});

/** CRC-32C of the bytes, as a number 0 … 2^32-1. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffff_ffff) >>> 0;
}

/** One's complement sum of 16-bit words, folded, not complemented; an odd last byte counts as its high half. */
export function onesSum(bytes: Uint8Array, start = 0): number {
  let sum = start;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += read16(bytes, at);
  if (bytes.length % 2 === 1) sum += (bytes[bytes.length - 1] ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

/** The value for a checksum field: complement of the sum. */
export function internetChecksum(bytes: Uint8Array, start = 0): number {
  return onesSum(bytes, start) ^ 0xffff;
}
