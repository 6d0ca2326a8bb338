import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Direction, deriveKey, isSigned, publicText, signKey } from './keys.ts';

/** Two fixed ends, so that a failure is the same every time. */
const alice = x25519('77076d0a7318a57d3c16c17251b26645c6df1b5a7b9bfd4d5a4f3c0d0b1d8f0e');
const bob = x25519('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');

/** PKCS #8 (RFC 8410 §7) around the raw 32 bytes. */
function x25519(hex: string) {
  const der = Buffer.from(`302e020100300506032b656e04220420${hex}`, 'hex');
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x = '' } = privateKey.export({ format: 'jwk' });
  return { privateKey, publicKey: Buffer.from(x, 'base64url').toString('base64') };
}

const direction: Direction = {
  cipher: 'aes-256-gcm',
  source: { host: 'left', epoch: 12, publicKey: alice.publicKey },
  destination: { host: 'right', epoch: 7, publicKey: bob.publicKey },
};

describe('the key of a direction', () => {
  it('is the same on both ends', () => {
    const sealing = deriveKey(alice.privateKey, bob.publicKey, direction);
    expect(deriveKey(bob.privateKey, alice.publicKey, direction)).toEqual(sealing);
    expect([sealing.secret.length, sealing.salt.length]).toEqual([32, 4]);
    expect(sealing.id).toBeGreaterThanOrEqual(0);
    expect(sealing.id).toBeLessThan(256);
  });

  it.each([
    ['cipher', { ...direction, cipher: 'chacha20-poly1305' }],
    ['direction', { ...direction, source: direction.destination, destination: direction.source }],
    ['sending host', { ...direction, source: { ...direction.source, host: 'other' } }],
    ['receiving host', { ...direction, destination: { ...direction.destination, host: 'other' } }],
    ['epoch of the sender', { ...direction, source: { ...direction.source, epoch: 13 } }],
    ['epoch of the receiver', { ...direction, destination: { ...direction.destination, epoch: 8 } }],
  ] as const)('is another one for another %s', (_, other) => {
    const { secret } = deriveKey(alice.privateKey, bob.publicKey, direction);
    expect(deriveKey(alice.privateKey, bob.publicKey, other).secret).not.toEqual(secret);
  });

  it('is what the derivation written out by hand gives', async () => {
    const { createHash, createHmac, diffieHellman, createPublicKey } = await import('node:crypto');
    const shared = diffieHellman({ privateKey: alice.privateKey, publicKey: createPublicKey(bob.privateKey) });
    const publics = Buffer.concat([alice.publicKey, bob.publicKey].map((text) => Buffer.from(text, 'base64')));
    const salt = createHash('sha256').update(publics).digest();
    const pseudoRandom = createHmac('sha256', salt).update(shared).digest();
    const info = Buffer.from('weft gni 3.0\naes-256-gcm\nleft\nright\n12\n7');
    const first = createHmac('sha256', pseudoRandom).update(info).update(Uint8Array.of(1)).digest();
    const second = createHmac('sha256', pseudoRandom).update(first).update(info).update(Uint8Array.of(2)).digest();
    const { secret, salt: nonceSalt, id } = deriveKey(alice.privateKey, bob.publicKey, direction);
    expect(Buffer.from(secret)).toEqual(first);
    expect(Buffer.from(nonceSalt)).toEqual(second.subarray(0, 4));
    expect(id).toBe(second[4]);
  });

  it('lies in memory once, so that it is gone when its owner wipes it', () => {
    const { secret } = deriveKey(alice.privateKey, bob.publicKey, direction);
    const before = secret.slice();
    secret.fill(0);
    const all = Buffer.from(secret.buffer);
    expect(all.length).toBe(37);
    expect(all.includes(Buffer.from(before.subarray(0, 8)))).toBe(false);
  });

  it('cannot be had with a public key that agrees with everybody on the same secret', () => {
    const zero = Buffer.alloc(32).toString('base64');
    expect(() => deriveKey(alice.privateKey, zero, direction)).toThrow();
  });
});

describe('a signature over a key', () => {
  const identity = generateKeyPairSync('ed25519');
  const signer = publicText(identity.publicKey);
  const end = { host: 'left', epoch: 12, publicKey: alice.publicKey };
  const key = { epoch: 12, publicKey: alice.publicKey, signature: signKey(identity.privateKey, end) };

  it('holds for the host, epoch and key that were signed', () => {
    expect(isSigned('left', signer, key)).toBe(true);
  });

  it.each([
    ['another host', 'right', signer, key],
    ['another epoch', 'left', signer, { ...key, epoch: 13 }],
    ['another key', 'left', signer, { ...key, publicKey: bob.publicKey }],
    ['another identity', 'left', publicText(generateKeyPairSync('ed25519').publicKey), key],
    ['no identity', 'left', '', key],
    ['a signature that is none', 'left', signer, { ...key, signature: 'AAAA' }],
  ])('does not hold for %s', (_, host, by, changed) => {
    expect(isSigned(host, by, changed)).toBe(false);
  });
});
