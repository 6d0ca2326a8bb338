/**
 * Keys of two hosts: what is signed, what is derived. The same on both ends, or nothing is understood.
 *
 *     identity (Ed25519, as long as the state directory) ──signs──► epoch key (X25519, minutes to hours)
 *     X25519(own private, peer's public) ──HKDF-SHA256 (RFC 5869)──► one key per direction and cipher
 *
 * Cipher, hosts and epochs are in the derivation's info, both public halves in its salt, so no two uses share
 * a key. Public halves and signatures are base64 here, as in `control.ts`; what is secret is bytes and is
 * never put into text.
 */
import { createHash, createPublicKey, diffieHellman, hkdfSync, type KeyObject, sign, verify } from 'node:crypto';
import type { HostKey } from './control.ts';
import type { Cipher } from './encapsulation.ts';

export interface DirectionKey {
  /** 32 bytes, and the only copy: who fills them with zeros leaves none behind. */
  readonly secret: Uint8Array;
  /** First 4 bytes of every nonce. */
  readonly salt: Uint8Array;
  /** In the header: 0 … 255. */
  readonly id: number;
}

/** One end of a direction. */
export interface KeyEnd {
  readonly host: string;
  readonly epoch: number;
  readonly publicKey: string;
}

export interface Direction {
  readonly cipher: Cipher;
  /** Who seals. */
  readonly source: KeyEnd;
  /** Who opens. */
  readonly destination: KeyEnd;
}

const lengths = { secret: 32, salt: 4, id: 1 } as const;

/** `identity`: the host's private key. Answers the signature. */
export function signKey(identity: KeyObject, end: KeyEnd): string {
  return sign(undefined, signedBytes(end), identity).toString('base64');
}

/** Whether the host's identity has signed its key. False, too, for what is no key at all. */
export function isSigned(host: string, identity: string, { epoch, publicKey, signature }: HostKey): boolean {
  try {
    const signer = publicKeyOf('Ed25519', identity);
    return verify(undefined, signedBytes({ host, epoch, publicKey }), signer, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

/**
 * `ownPrivate`: of the end that this host is; `peerPublic`: of the other. Throws when the peer's key is none
 * that a secret can be agreed with.
 */
export function deriveKey(ownPrivate: KeyObject, peerPublic: string, direction: Direction): DirectionKey {
  const { cipher, source, destination } = direction;
  const salt = createHash('sha256').update(bytes(source.publicKey)).update(bytes(destination.publicKey)).digest();
  const info = `weft gni 3.0\n${cipher}\n${source.host}\n${destination.host}\n${source.epoch}\n${destination.epoch}`;
  const length = lengths.secret + lengths.salt + lengths.id;
  const shared = diffieHellman({ privateKey: ownPrivate, publicKey: publicKeyOf('X25519', peerPublic) });
  const derived = new Uint8Array(hkdfSync('sha256', shared, salt, info, length));
  shared.fill(0);
  return {
    secret: derived.subarray(0, lengths.secret),
    salt: derived.subarray(lengths.secret, lengths.secret + lengths.salt),
    id: derived[length - 1] ?? 0,
  };
}

/** The raw 32 bytes, base64. */
export function publicText(key: KeyObject): string {
  const { x = '' } = key.export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('base64');
}

function signedBytes({ host, epoch, publicKey }: KeyEnd): Buffer {
  return Buffer.from(`weft key 1\n${host}\n${epoch}\n${publicKey}`);
}

/** Throws when the text is no public key. */
function publicKeyOf(curve: 'Ed25519' | 'X25519', text: string): KeyObject {
  const x = bytes(text).toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: curve, x } });
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
