import { describe, expect, it } from 'vitest';
import { formatEncapsulation, formatOf, parseEncapsulation, withKeys } from './encapsulation.ts';

describe('the text of an encapsulation', () => {
  const texts = [
    'gni 1.1',
    'vxlan',
    'gni 2.0 +zstd +ip-elision',
    'gni 3.0 +aes-256-gcm',
    'gni 3.0 +chacha20-poly1305 +lz4 +ip-elision +flow-control #1790000000.7',
  ];
  it.each(texts)('%s is read and written alike', (text) => {
    const read = parseEncapsulation(text);
    expect(read && formatEncapsulation(read)).toBe(text);
  });

  const others = [
    '',
    'gni 3.0 ',
    'gni 3.0  +lz4',
    'gni 3.0 +lz4 +aes-256-gcm',
    'gni 3.0 +rot13',
    'gni 3.0 +lz4 +zstd',
    'gni 3.0 +lz4 +lz4',
    'gni 3.0 #1',
    'gni 3.0 #01.2',
    'gni 3.0 #1.2 +lz4',
    'GNI 3.0',
  ];
  it.each(others)('%j is none', (text) => {
    expect(parseEncapsulation(text)).toBeUndefined();
  });

  it('names its format, and takes other keys', () => {
    const text = 'gni 3.0 +aes-256-gcm +lz4 #1.2';
    expect(formatOf(text)).toBe('gni 3.0');
    expect(formatOf('vxlan')).toBe('vxlan');
    expect(withKeys(text, { source: 3, destination: 4 })).toBe('gni 3.0 +aes-256-gcm +lz4 #3.4');
    expect(withKeys(text, undefined)).toBe('gni 3.0 +aes-256-gcm +lz4');
  });
});
