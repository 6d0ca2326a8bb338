import { describe, expect, test } from 'vitest';
import { read16, write16 } from './bits.ts';
import { elide, rebuild } from './elision.ts';
import { ipv4, ipv6, longSamples, type Sample, samples } from './generate/sample-packets.ts';

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');
const all: readonly (readonly [string, Sample])[] = [...Object.entries(samples), ...Object.entries(longSamples)];

describe.each(all)('%s', (_name, { whole }) => {
  test('is rebuilt from its elided form', () => {
    const elided = elide(whole) ?? new Uint8Array(0);
    expect(whole.length - elided.length).toBe((whole[0] ?? 0) >> 4 === 4 ? 6 : 2);
    expect(rebuild(elided, (whole[0] ?? 0) >> 4 === 4 ? 4 : 41)).toEqual(whole);
  });
});

test('elided headers are laid out as the drawing says', () => {
  expect(hex(elide(longSamples.marked4.whole))).toBe('bbfffd40abcdc0000281cb0071fe010203');
  expect(hex(elide(longSamples.marked6.whole))).toBe(
    '0bbcdef1fd0120010db800000000000000000000ffff20010db8000100020003000400050006010203',
  );
});

const v4 = samples.udp4.whole;
const word = (at: number, value: number) => {
  const copy = v4.slice();
  write16(copy, at, value);
  // Right again, so that only what is meant is wrong.
  write16(copy, 10, 0);
  const sum = Array.from({ length: 10 }, (_, index) => read16(copy, index * 2)).reduce((a, b) => a + b, 0);
  write16(copy, 10, ~((sum & 0xffff) + (sum >> 16)) & 0xffff);
  return copy;
};

test.each<readonly [string, Uint8Array]>([
  ['nothing', new Uint8Array(0)],
  ['half a header', v4.subarray(0, 19)],
  ['half an IPv6 header', samples.udp6.whole.subarray(0, 39)],
  ['IPv4 options', word(0, 0x4600)],
  ['a wrong checksum', v4.with(10, (v4[10] ?? 0) ^ 1)],
  ['more fragments', word(6, 0x2000)],
  ['a later fragment', word(6, 0x0001)],
  ['the reserved flag', word(6, 0x8000)],
  ['a length that is too small', word(2, v4.length - 1)],
  ['a length that is too great', word(2, v4.length + 1)],
  ['an IPv6 length that is wrong', samples.udp6.whole.with(5, 0)],
  ['another version', v4.with(0, 0x55)],
])('is not elided: %s', (_name, packet) => {
  expect(elide(packet)).toBeUndefined();
});

test('what can stay is not a reason against it', () => {
  expect(elide(word(6, 0x4000))).toBeDefined();
  expect(elide(word(4, 0xffff))).toBeDefined();
});

test('what would be too long as a packet is malformed', () => {
  expect(rebuild(new Uint8Array(65_529), 4)).toHaveLength(65_535);
  expect(rebuild(new Uint8Array(65_530), 4)).toBe('inner-malformed');
  expect(rebuild(new Uint8Array(38 + 65_535), 41)).toHaveLength(40 + 65_535);
  expect(rebuild(new Uint8Array(38 + 65_536), 41)).toBe('inner-malformed');
  expect(elide(ipv4(59, new Uint8Array(65_515)))).toHaveLength(65_529);
  expect(elide(ipv6(59, new Uint8Array(65_535)))).toHaveLength(38 + 65_535);
});
