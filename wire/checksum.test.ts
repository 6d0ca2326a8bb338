import { expect, test } from 'vitest';
import { crc32c, internetChecksum, onesSum } from './checksum.ts';
import { samples } from './generate/sample-packets.ts';
import { completeChecksum, pseudoHeaderSum, transportAt } from './inner.ts';

test('CRC-32C has the values of RFC 3720 appendix B.4 and the usual check value', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});

test('the Internet checksum has the value of the example in RFC 1071 §3', () => {
  const bytes = Uint8Array.from([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);
  expect(onesSum(bytes)).toBe(0xddf2);
  expect(internetChecksum(bytes)).toBe(0x220d);
});

test('a completed checksum verifies to zero over pseudo header and segment', () => {
  for (const { partial } of [samples.tcp4, samples.tcp6, samples.udp4, samples.udp6]) {
    const whole = completeChecksum(partial);
    const place = transportAt(whole);
    expect(place).toBeDefined();
    const sum = onesSum(whole.subarray(place?.offset), pseudoHeaderSum(whole, place?.protocol ?? 0));
    expect(sum).toBe(0xffff);
  }
});
