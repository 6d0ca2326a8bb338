/**
 * A key for this host and the request for its certificate (PKCS #10, RFC 2986). The key leaves the host never.
 *
 * The request's names are empty, since the controller says what the host is called; so all of it is a fixed frame around
 * the public key, and no library for certificates is needed in the agent.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface NewKey {
  /** PEM. */
  readonly key: string;
  /** PKCS #10, DER, signed by the key. */
  readonly request: Uint8Array;
}

export function newKey(): NewKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    request: requestFor(privateKey),
  };
}

const sequence = 0x30;
const bitString = 0x03;
const emptySequence = Buffer.from([sequence, 0]);
const versionZero = Buffer.from([0x02, 1, 0]);
/** [0], no attributes. */
const noAttributes = Buffer.from([0xa0, 0]);
/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2 (RFC 5758 3.2). */
const ecdsaWithSha256 = Buffer.from([0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]);

function requestFor(privateKey: KeyObject): Uint8Array {
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const info = element(sequence, [versionZero, emptySequence, publicKey, noAttributes]);
  const signature = sign('sha256', info, privateKey);
  const algorithm = element(sequence, [ecdsaWithSha256]);
  return new Uint8Array(element(sequence, [info, algorithm, element(bitString, [Buffer.of(0), signature])]));
}

/** Tag, length, content (X.690 8.1); all of it is shorter than 64 KiB. */
function element(tag: number, parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}
