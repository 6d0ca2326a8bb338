/**
 * The region's authority: the key that says who is a host or a controller of this region.
 *
 * Its key and certificate are made at the controller's first start, in the state directory, or given from outside
 * (`trust.certificate`, `trust.key`), so that several controllers of a region have the same one. Certificates bind a
 * name to a key; which of them are void is not known here (`trust.ts`).
 */
import 'reflect-metadata';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  type webcrypto,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type GeneralNameType,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate as Writable,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { clockAllowanceMs, type Subject, subjectUri } from '../../wire/trust.ts';

export interface Authority {
  /** PEM: everybody who is trusted in this region, the issuer first. */
  readonly pem: string;
  /** SHA-256 of the issuer's certificate, base64url. */
  readonly fingerprint: string;
  readonly notAfterMs: number;
  /** A key for a host or a controller, and what it may be used for. */
  issue(wish: CertificateWish): Promise<IssuedCertificate>;
}

export interface CertificateWish {
  readonly subject: Subject;
  /** SPKI, DER. */
  readonly publicKey: Uint8Array;
  /** DNS names and IP addresses under which a server is reached. */
  readonly names?: readonly string[];
  readonly nowMs: number;
  readonly lifetimeMs: number;
}

export interface IssuedCertificate {
  readonly pem: string;
  /** Hexadecimal, as Node writes it. */
  readonly serial: string;
  readonly notAfterMs: number;
}

const hashed = { name: 'ECDSA', hash: 'SHA-256' } as const;
const hostKey = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const authorityYears = 20;
const yearMs = 365 * 86_400_000;

/** A new authority that is trusted by nobody yet. `key`: EC P-256. */
export async function selfSigned(key: KeyObject, name: string, nowMs: number): Promise<string> {
  const [signing, verifying] = await pairOf(key, hostKey);
  const made = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [name] }],
    notBefore: new Date(nowMs - clockAllowanceMs),
    notAfter: new Date(nowMs + authorityYears * yearMs),
    signingAlgorithm: hashed,
    keys: { privateKey: signing, publicKey: verifying },
    extensions: [
      // RFC 5280 4.2.1.9: no authority below this one.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(verifying),
    ],
  });
  return `${made.toString('pem')}\n`;
}

export type OpenedAuthority =
  | { readonly ok: true; readonly authority: Authority }
  /** What is wrong with the two, to follow the files' names. */
  | { readonly ok: false; readonly why: string };

/** `pem`: the issuer's certificate, others that are trusted may follow it. */
export async function openAuthority(pem: string, keyPem: string): Promise<OpenedAuthority> {
  const issuer = firstCertificate(pem);
  if (issuer === undefined) return { ok: false, why: 'the certificate file holds no certificate in PEM' };
  const key = privateKeyOf(keyPem);
  if (key === undefined) return { ok: false, why: 'the key file holds no private key in PEM' };
  const algorithm = signingAlgorithm(key);
  if (algorithm === undefined) {
    return { ok: false, why: `a key of type ${key.asymmetricKeyType}, expected EC P-256, EC P-384 or RSA` };
  }
  if (!issuer.checkPrivateKey(key)) return { ok: false, why: 'the key is not that of the certificate' };
  if (!issuer.ca) return { ok: false, why: 'the certificate is not that of an authority (basic constraints, CA)' };
  const writable = new Writable(issuer.raw);
  const signing = await key.toCryptoKey({ ...algorithm }, false, ['sign']);
  const authority: Authority = {
    pem: pem.endsWith('\n') ? pem : `${pem}\n`,
    fingerprint: createHash('sha256').update(issuer.raw).digest('base64url'),
    notAfterMs: Date.parse(issuer.validTo),
    issue: (wish) => issue(wish, writable, { key: signing, algorithm }),
  };
  return { ok: true, authority };
}

interface Signer {
  readonly key: webcrypto.CryptoKey;
  readonly algorithm: SigningAlgorithm;
}

type SigningAlgorithm = { readonly name: string; readonly hash: string; readonly namedCurve?: string };

async function issue(wish: CertificateWish, issuer: Writable, signer: Signer): Promise<IssuedCertificate> {
  const { subject, names = [], nowMs, lifetimeMs } = wish;
  const key = createPublicKey({ key: Buffer.from(wish.publicKey), format: 'der', type: 'spki' });
  const publicKey = await key.toCryptoKey(hostKey, true, ['verify']);
  const notAfter = new Date(Math.min(nowMs + lifetimeMs, issuer.notAfter.getTime()));
  const usage = subject.kind === 'host' ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth;
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([usage]),
    new SubjectAlternativeNameExtension([{ type: 'url', value: subjectUri(subject) }, ...names.map(generalName)]),
    await SubjectKeyIdentifierExtension.create(publicKey),
    await AuthorityKeyIdentifierExtension.create(issuer),
  ];
  const made = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [{ CN: [subject.name] }],
    issuer: issuer.subject,
    notBefore: new Date(nowMs - clockAllowanceMs),
    notAfter,
    signingKey: signer.key,
    signingAlgorithm: signer.algorithm,
    publicKey,
    extensions,
  });
  const pem = `${made.toString('pem')}\n`;
  const { serialNumber, validTo } = new X509Certificate(pem);
  return { pem, serial: serialNumber, notAfterMs: Date.parse(validTo) };
}

function generalName(name: string): { readonly type: GeneralNameType; readonly value: string } {
  return { type: isIP(name) === 0 ? 'dns' : 'ip', value: name };
}

/** RFC 5280 4.1.2.2: positive, at most 20 bytes. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

export type RequestedKey =
  /** SPKI, DER. */
  { readonly ok: true; readonly publicKey: Uint8Array } | { readonly ok: false; readonly why: string };

/** The key of a certificate request, when whoever sent it has its private half. The names in it mean nothing. */
export async function requestedKey(der: Uint8Array): Promise<RequestedKey> {
  try {
    const request = new Pkcs10CertificateRequest(der);
    const key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
      return { ok: false, why: 'the certificate request is not for an EC P-256 key' };
    }
    if (!(await request.verify())) return { ok: false, why: 'the certificate request is not signed by its own key' };
    return { ok: true, publicKey: new Uint8Array(request.publicKey.rawData) };
  } catch {
    return { ok: false, why: 'the certificate request is no PKCS #10 in DER' };
  }
}

// ---- keys ------------------------------------------------------------------------------------------------

async function pairOf(
  key: KeyObject,
  algorithm: typeof hostKey,
): Promise<readonly [webcrypto.CryptoKey, webcrypto.CryptoKey]> {
  return [
    await key.toCryptoKey(algorithm, false, ['sign']),
    await createPublicKey(key).toCryptoKey(algorithm, true, ['verify']),
  ];
}

function signingAlgorithm(key: KeyObject): SigningAlgorithm | undefined {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  switch (key.asymmetricKeyDetails?.namedCurve) {
    case 'prime256v1':
      return { ...hashed, namedCurve: 'P-256' };
    case 'secp384r1':
      return { name: 'ECDSA', hash: 'SHA-384', namedCurve: 'P-384' };
    default:
      return undefined;
  }
}

function firstCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** What the parser says is left out: it may quote the text. */
function privateKeyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
