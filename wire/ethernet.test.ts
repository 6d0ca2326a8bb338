import { expect, test } from 'vitest';
import { crc32c } from './checksum.ts';
import { derivedMac, derivedMacs, readFrame, writeFrame } from './ethernet.ts';
import { samples } from './generate/sample-packets.ts';

const { udp4, udp6 } = samples;

test('Ethernet addresses of guests are derived from their addresses', () => {
  expect(derivedMac('10.0.0.5')).toBe('02:04:0a:00:00:05');
  expect(derivedMac('203.0.113.254')).toBe('02:04:cb:00:71:fe');
  const sum = crc32c(Uint8Array.from([0xfd, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]));
  const sumHex = sum.toString(16).padStart(8, '0').match(/../g) ?? [];
  expect(derivedMac('fd00:10::5')).toBe(['02', '06', ...sumHex].join(':'));
});

test.each([
  ['IPv4', udp4.whole, 4, '0800'],
  ['IPv6', udp6.whole, 41, '86dd'],
] as const)('a frame of %s comes back as it was written, without padding', (_name, inner, protocol, type) => {
  const macs = derivedMacs(inner);
  const frame = writeFrame(macs, inner);
  expect(Buffer.from(frame.subarray(0, 14)).toString('hex')).toBe(
    `${macs.destination}${macs.source}`.replaceAll(':', '') + type,
  );
  expect(readFrame(frame)).toEqual({ macs, protocol, inner });
  expect(readFrame(Uint8Array.from([...frame, 0, 0, 0, 0]))).toEqual({ macs, protocol, inner });
});

test('a packet that says a length that cannot be keeps all of its bytes', () => {
  const frame = writeFrame(derivedMacs(udp4.whole), udp4.whole);
  const tooLong = frame.with(16, 0xff);
  const tooShort = frame.with(17, 3);
  expect([tooLong, tooShort].map(readFrame)).toMatchObject([
    { inner: tooLong.subarray(14) },
    { inner: tooShort.subarray(14) },
  ]);
});

test('frames that are cut or carry something else have a reason', () => {
  const frame = writeFrame(derivedMacs(udp4.whole), udp4.whole);
  expect(readFrame(frame.subarray(0, 13))).toBe('short');
  expect(readFrame(frame.with(13, 0x06))).toBe('unknown-protocol');
});
