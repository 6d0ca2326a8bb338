/** For tests: a region's authority that issues whatever a test wants, right or wrong. */
import 'reflect-metadata';
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, type webcrypto } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { clockAllowanceMs, type Subject, subjectUri } from '../../wire/trust.ts';
import { hostFile, regionFile } from './files.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;

export interface FakeWish {
  readonly names?: readonly string[];
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  /** SPKI, DER; a new key when absent. */
  readonly publicKey?: Uint8Array;
}

export interface FakeIssued {
  readonly key: string;
  readonly cert: string;
}

export class FakeRegion {
  /** PEM. */
  readonly ca: string;
  readonly fingerprint: string;
  readonly #signing: webcrypto.CryptoKey;
  readonly #issuer: string;

  private constructor(
    certificate: { toString(format: 'pem'): string; readonly rawData: ArrayBuffer; readonly subject: string },
    signing: webcrypto.CryptoKey,
  ) {
    this.ca = `${certificate.toString('pem')}\n`;
    this.fingerprint = createHash('sha256').update(Buffer.from(certificate.rawData)).digest('base64url');
    this.#issuer = certificate.subject;
    this.#signing = signing;
  }

  static async make(name = 'fake region'): Promise<FakeRegion> {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const signing = await privateKey.toCryptoKey(algorithm, false, ['sign']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [name] }],
      notBefore: new Date(Date.now() - 400 * dayMs),
      notAfter: new Date(Date.now() + 400 * dayMs),
      signingAlgorithm: algorithm,
      keys: { privateKey: signing, publicKey: await publicKey.toCryptoKey(algorithm, true, ['verify']) },
      extensions: [new BasicConstraintsExtension(true, 0, true)],
    });
    return new FakeRegion(certificate, signing);
  }

  async issue(subject: Subject, wish: FakeWish = {}): Promise<FakeIssued> {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { names = [], notBeforeMs = Date.now() - clockAllowanceMs, notAfterMs = Date.now() + dayMs } = wish;
    const publicKey = wish.publicKey === undefined ? pair.publicKey : spki(wish.publicKey);
    const usage = subject.kind === 'host' ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth;
    const made = await X509CertificateGenerator.create({
      subject: [{ CN: [subject.name] }],
      issuer: this.#issuer,
      notBefore: new Date(notBeforeMs),
      notAfter: new Date(notAfterMs),
      signingKey: this.#signing,
      signingAlgorithm: algorithm,
      publicKey: await publicKey.toCryptoKey(algorithm, true, ['verify']),
      extensions: [
        new ExtendedKeyUsageExtension([usage]),
        new SubjectAlternativeNameExtension([
          { type: 'url', value: subjectUri(subject) },
          ...names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
        ]),
      ],
    });
    const key = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    return { key, cert: `${made.toString('pem')}\n` };
  }

  /** As if the host had joined. */
  async enrol(directory: string, host: string, wish: FakeWish = {}): Promise<void> {
    const { key, cert } = await this.issue({ kind: 'host', name: host, generation: 1 }, wish);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, regionFile), this.ca);
    writeFileSync(join(directory, hostFile), key + cert);
  }
}

/** One for all tests of a file. */
export function fakeRegion(): Promise<FakeRegion> {
  made ??= FakeRegion.make();
  return made;
}

let made: Promise<FakeRegion> | undefined;

function spki(der: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
}
