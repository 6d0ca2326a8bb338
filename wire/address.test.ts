import { describe, expect, test } from 'vitest';
import {
  addressBytes,
  addressFromBytes,
  addressFromNumber,
  addressNumber,
  isUnicast,
  networkAddress,
  parseAddress,
  parseInterfaceAddress,
  parsePrefix,
  prefixContains,
  prefixesOverlap,
} from './address.ts';

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['FD00:0:0:0:0:0:0:1', 'fd00::1'],
  ['fd00:0:1:0:0:1:0:0', 'fd00:0:1::1:0:0'],
  ['010.0.0.1', undefined],
  ['0x7f.1', undefined],
  ['10.1', undefined],
  ['fe80::1%eth0', undefined],
  ['', undefined],
  ['10.0.0.1/8', undefined],
])('address %j is %j', (text, expected) => {
  expect(parseAddress(text)).toBe(expected);
});

test.each(['0.0.0.0', '10.1.2.3', '255.255.255.255', '::', 'fd00::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'])(
  '%s survives bytes and numbers',
  (address) => {
    expect(addressFromBytes(addressBytes(address))).toBe(address);
    expect(addressFromNumber(addressNumber(address), address.includes(':') ? 6 : 4)).toBe(address);
  },
);

test('bytes of another length are no address', () => {
  expect(addressFromBytes(new Uint8Array(5))).toBeUndefined();
});

test.each([
  ['10.0.0.0/8', true],
  ['10.0.0.1/8', false],
  ['10.0.0.1/32', true],
  ['0.0.0.0/0', true],
  ['fd00::/48', true],
  ['fd00::1/48', false],
  ['10.0.0.0', false],
  ['10.0.0.0/33', false],
  ['10.0.0.0/08', false],
  ['10.0.0.0/', false],
])('prefix %s is taken: %s', (text, taken) => {
  expect(parsePrefix(text) !== undefined).toBe(taken);
});

describe('prefixes', () => {
  const prefix = (text: string) => {
    const parsed = parseInterfaceAddress(text);
    if (parsed === undefined) throw new Error(text);
    return parsed;
  };

  test('contain the addresses of their range and family only', () => {
    expect(prefixContains(prefix('10.0.0.0/24'), '10.0.0.255')).toBe(true);
    expect(prefixContains(prefix('10.0.0.0/24'), '10.0.1.0')).toBe(false);
    expect(prefixContains(prefix('0.0.0.0/0'), '255.1.2.3')).toBe(true);
    expect(prefixContains(prefix('0.0.0.0/0'), 'fd00::1')).toBe(false);
    expect(prefixContains(prefix('fd00::/127'), 'fd00::2')).toBe(false);
  });

  test('overlap when one contains the other', () => {
    expect(prefixesOverlap(prefix('10.0.0.0/8'), prefix('10.1.0.0/16'))).toBe(true);
    expect(prefixesOverlap(prefix('10.1.0.0/16'), prefix('10.0.0.0/8'))).toBe(true);
    expect(prefixesOverlap(prefix('10.0.0.0/16'), prefix('10.1.0.0/16'))).toBe(false);
  });

  test('have a first address', () => {
    expect(networkAddress(prefix('10.1.2.3/20'))).toBe('10.1.0.0');
    expect(networkAddress(prefix('fd00::ff/120'))).toBe('fd00::');
  });
});

test.each([
  ['10.0.0.1', true],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['0.0.0.0', false],
  ['127.0.0.1', false],
  ['169.254.1.1', false],
  ['fe80::1', false],
  ['ff02::1', false],
  ['::1', false],
  ['fd00::1', true],
])('%s can be a guest’s: %s', (address, expected) => {
  expect(isUnicast(address)).toBe(expected);
});
