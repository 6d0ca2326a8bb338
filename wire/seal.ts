/**
 * Sealing of gni 3.0 payloads: AES-256-GCM or ChaCha20-Poly1305 (RFC 5116, RFC 8439), by Node's OpenSSL.
 *
 *   nonce:            salt 32 | sequence 64
 *   associated data:  the header
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { write64 } from './bits.ts';
import type { Cipher } from './encapsulation.ts';

export const tagLength = 16;
/** Of the 2^64 sequences of a key so many are used, 0 first: far below what the ciphers bear. */
export const sequencesPerKey = 1n << 45n;

/** The key of one direction of one pair of hosts. */
export interface SealKey {
  /** The header's; two keys may have the same. */
  readonly id: number;
  readonly cipher: Cipher;
  /** 32 bytes. */
  readonly secret: Uint8Array;
  /** 4 bytes. */
  readonly salt: Uint8Array;
}

/** Ciphertext and tag. */
export function seal(key: SealKey, sequence: bigint, header: Uint8Array, payload: Uint8Array): Uint8Array {
  const cipher = createCipheriv(nodeCipher(key), key.secret, nonce(key, sequence), { authTagLength: tagLength });
  cipher.setAAD(header, { plaintextLength: payload.length });
  return Uint8Array.from([...cipher.update(payload), ...cipher.final(), ...cipher.getAuthTag()]);
}

/** The payload; undefined when it was not sealed so. `sealed` has at least the tag. */
export function open(key: SealKey, sequence: bigint, header: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const payloadLen = sealed.length - tagLength;
  const decipher = createDecipheriv(nodeCipher(key), key.secret, nonce(key, sequence), { authTagLength: tagLength });
  decipher.setAAD(header, { plaintextLength: payloadLen });
  decipher.setAuthTag(sealed.subarray(payloadLen));
  const payload = Uint8Array.from(decipher.update(sealed.subarray(0, payloadLen)));
  try {
    decipher.final();
    return payload;
  } catch {
    // OpenSSL says only that the tag does not match.
    return undefined;
  }
}

/** GCM ciphers have two names in Node's types: both ciphers take the same options. */
function nodeCipher({ cipher }: SealKey): 'chacha20-poly1305' {
  return cipher as 'chacha20-poly1305';
}

function nonce({ salt }: SealKey, sequence: bigint): Uint8Array {
  const bytes = new Uint8Array(12);
  bytes.set(salt);
  write64(bytes, 4, sequence);
  return bytes;
}
