import { expect, test } from 'vitest';
import { open, type SealKey, seal } from './seal.ts';

const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

interface Known {
  readonly key: SealKey;
  readonly sequence: bigint;
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
  readonly sealed: string;
}

const known: readonly (readonly [source: string, known: Known])[] = [
  [
    'AES-256-GCM, test case 16 of the GCM specification (McGrew and Viega)',
    {
      key: {
        id: 0,
        cipher: 'aes-256-gcm',
        secret: unhex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308'),
        salt: unhex('cafebabe'),
      },
      sequence: 0xfacedbaddecaf888n,
      header: unhex('feedfacedeadbeeffeedfacedeadbeefabaddad2'),
      payload: unhex(
        'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
      ),
      sealed:
        '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
    },
  ],
  [
    'ChaCha20-Poly1305, RFC 8439 §2.8.2',
    {
      key: {
        id: 0,
        cipher: 'chacha20-poly1305',
        secret: Uint8Array.from({ length: 32 }, (_, at) => 0x80 + at),
        salt: unhex('07000000'),
      },
      sequence: 0x4041424344454647n,
      header: unhex('50515253c0c1c2c3c4c5c6c7'),
      payload: new TextEncoder().encode(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
      ),
      sealed:
        'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691',
    },
  ],
];

test.each(known)('%s', (_source, { key, sequence, header, payload, sealed }) => {
  expect(Buffer.from(seal(key, sequence, header, payload)).toString('hex')).toBe(sealed);
  expect(open(key, sequence, header, unhex(sealed))).toEqual(payload);
});

test.each(known)('any other bit is noticed: %s', (_source, { key, sequence, header, sealed }) => {
  const bytes = unhex(sealed);
  const opened = [
    ...Array.from(bytes, (byte, at) => open(key, sequence, header, bytes.with(at, byte ^ 1))),
    ...Array.from(header, (byte, at) => open(key, sequence, header.with(at, byte ^ 0x80), bytes)),
    open(key, sequence + 1n, header, bytes),
    open({ ...key, salt: key.salt.with(3, 0xff) }, sequence, header, bytes),
    open({ ...key, secret: key.secret.with(0, 0) }, sequence, header, bytes),
  ];
  expect(opened.filter((one) => one !== undefined)).toEqual([]);
});
