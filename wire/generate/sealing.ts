/** How vectors seal: fixed keys, and each layout's packets made with the first of them when it seals at all. */
import { close } from '../codec.ts';
import type { Layout } from '../formats/layout.ts';
import type { Header } from '../header.ts';
import type { SealKey } from '../seal.ts';
import { keyToJson, type Surroundings } from './vector.ts';

function key(id: number, cipher: SealKey['cipher'], from: number): SealKey {
  const bytes = (length: number, step: number) => Uint8Array.from({ length }, (_, at) => (from + at * step) & 0xff);
  return { id, cipher, secret: bytes(32, 7), salt: bytes(4, 29) };
}

export const keys = {
  aes: key(0x5a, 'aes-256-gcm', 3),
  chacha: key(0xa5, 'chacha20-poly1305', 11),
  /** The same number as the first, another secret. */
  aesTwin: key(0x5a, 'aes-256-gcm', 101),
  chachaTwin: key(0x5a, 'chacha20-poly1305', 57),
} as const;

export const someSequence = 0x0102030405n;

export function keyOf(layout: Layout): SealKey | undefined {
  return layout.tagLength > 0 ? keys.aes : undefined;
}

/** What a receiver must know to read this layout's packets. */
export function sealed(layout: Layout, ...others: readonly SealKey[]): Surroundings {
  const own = keyOf(layout);
  return own === undefined ? {} : { keys: [own, ...others].map(keyToJson) };
}

/** The header with what sealing adds to it. */
export function headerOf(layout: Layout, header: Header): Header {
  const own = keyOf(layout);
  return own === undefined ? header : { ...header, keyId: own.id, sequence: someSequence };
}

/** A packet with the payload as it is, however wrong. */
export function closed(layout: Layout, header: Header, payload: Uint8Array): Uint8Array {
  return close(layout, headerOf(layout, header), payload, keyOf(layout));
}
