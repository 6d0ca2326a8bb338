/**
 * Who this host is to the controller: its key and certificate, and whom it trusts itself. Two files of the state
 * directory that only root may read:
 *
 *     trust/host.pem      the key, then its certificate: one file, so that they always belong together
 *     trust/region.pem    the region's authorities
 *
 * They are read for every connection, so what was renewed, or written by `weft join`, counts from the next one on.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clockAllowanceMs, type HostCertificate, type Issued, subjectOf } from '../../wire/trust.ts';
import { writeStateFile } from '../state/file.ts';

export const trustDirectory = (stateDirectory: string): string => join(stateDirectory, 'trust');
export const hostFile = 'host.pem';
export const regionFile = 'region.pem';

/** PEM all of them, as TLS wants them. */
export interface Credentials {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
  readonly certificate: HostCertificate;
}

export type FoundCredentials =
  | ({ readonly ok: true } & Credentials)
  /** One sentence; `missing`: this host has never joined. */
  | { readonly ok: false; readonly missing: boolean; readonly why: string };

export async function readCredentials(directory: string): Promise<FoundCredentials> {
  const [hostPath, regionPath] = [join(directory, hostFile), join(directory, regionFile)];
  const [own, region] = [await read(hostPath), await read(regionPath)];
  if (own === undefined || region === undefined) {
    const why = 'this host has not joined: weft token create --host NAME at the controller, then weft join here';
    return { ok: false, missing: own === undefined, why };
  }
  const certificate = certificateOf(own);
  if (certificate !== undefined && isKey(own) && isCertificate(region)) {
    return { ok: true, key: own, cert: own, ca: region, certificate };
  }
  const damaged = certificate === undefined || !isKey(own) ? hostPath : regionPath;
  return { ok: false, missing: false, why: `${damaged} is damaged: restore it from a backup, or join again` };
}

/** Both files are whole on disk when it ends; a crash before that leaves a pair that works. */
export async function writeCredentials(directory: string, key: string, issued: Issued): Promise<void> {
  await writeStateFile(join(directory, regionFile), issued.authority);
  await writeStateFile(join(directory, hostFile), key + issued.certificate);
}

/** Undefined: it is none of a host of a region. */
export function certificateOf(pem: string): HostCertificate | undefined {
  const found = parse(pem);
  const subject = subjectOf(found?.subjectAltName ?? '');
  if (found === undefined || subject?.kind !== 'host') return undefined;
  return {
    host: subject.name,
    generation: subject.generation,
    serial: found.serialNumber,
    notBeforeMs: Date.parse(found.validFrom),
    notAfterMs: Date.parse(found.validTo),
  };
}

/** Why what the controller has issued is not for this key and this host; undefined: it is. */
export function unfit(issued: Issued, key: string, host: string): string | undefined {
  const [certificate, authority] = [parse(issued.certificate), parse(issued.authority)];
  if (certificate === undefined || authority === undefined) return 'what the controller has issued is no certificate';
  const { host: name } = certificateOf(issued.certificate) ?? {};
  if (name !== host) return `the certificate is for host '${name}', not for '${host}'`;
  if (!certificate.checkPrivateKey(createPrivateKey(key))) return 'the certificate is for another key';
  const isIssued = certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  return isIssued ? undefined : 'the certificate is not of the authority that came with it';
}

/** How long it was meant for, without what it is valid before. */
export function lifetimeMs({ notBeforeMs, notAfterMs }: HostCertificate): number {
  return Math.max(notAfterMs - notBeforeMs - clockAllowanceMs, 0);
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The first certificate of the text, whatever stands before it. */
function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem.slice(Math.max(0, pem.indexOf('-----BEGIN CERTIFICATE-----'))));
  } catch {
    return undefined;
  }
}

function isCertificate(pem: string): boolean {
  return parse(pem) !== undefined;
}

function isKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}
