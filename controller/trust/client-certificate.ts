/** Who is at the other end of a TLS connection: the edge where a certificate becomes a host's name, or a reason. */
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { HostCertificate } from '../../wire/trust.ts';
import { subjectOf } from '../../wire/trust.ts';

export type Client =
  | { readonly ok: true; readonly certificate: HostCertificate }
  /** `host`: whose certificate it is, where that is certain. */
  | { readonly ok: false; readonly why: string; readonly host?: string };

/** What OpenSSL says of a certificate (openssl-verification-options(1)), in words; the rest in its own. */
const faults: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: 'is of another authority than this region’s',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is of no authority',
  UNABLE_TO_GET_ISSUER_CERT: 'is of another authority than this region’s',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is of another authority than this region’s',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is of another authority than this region’s',
  CERT_SIGNATURE_FAILURE: 'is forged: its signature is not that of this region’s authority',
  INVALID_PURPOSE: 'is not one of a host',
};

/** `region`: the authorities that hosts' certificates are of. Every byte of the certificate is a stranger's until then. */
export function clientOf(socket: TLSSocket, region: readonly X509Certificate[], nowMs: number): Client {
  const found = socket.getPeerX509Certificate();
  if (found === undefined) return { ok: false, why: `no certificate was shown: ${joinFirst('NAME')}` };
  // OpenSSL tells its last finding only: of a certificate that is foreign and expired, that it is expired.
  const isOurs = region.some((authority) => found.checkIssued(authority) && found.verify(authority.publicKey));
  const code = socket.authorizationError as unknown as string | undefined;
  const fault = faults[String(code)];
  if (!isOurs) {
    return { ok: false, why: `the certificate ${fault ?? faults.SELF_SIGNED_CERT_IN_CHAIN}: ${joinFirst()}` };
  }
  const validity = { notBeforeMs: Date.parse(found.validFrom), notAfterMs: Date.parse(found.validTo) };
  if (!(validity.notBeforeMs <= validity.notAfterMs)) {
    return { ok: false, why: `the certificate has times that cannot be read: ${joinFirst()}` };
  }
  const subject = subjectOf(found.subjectAltName ?? '');
  const host = subject?.kind === 'host' ? subject.name : undefined;
  const isTime = code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID';
  if (!socket.authorized && !isTime) {
    return { ok: false, why: `the certificate ${fault ?? `is refused (${code})`}: ${joinFirst(host)}` };
  }
  if (subject?.kind !== 'host' || host === undefined) {
    return { ok: false, why: 'the certificate is of this region, but not one of a host' };
  }
  const outdated = outOfTime(host, validity, nowMs) ?? (isTime ? `the certificate is refused (${code})` : undefined);
  if (outdated !== undefined) return { ok: false, why: outdated, host };
  const { generation } = subject;
  return { ok: true, certificate: { host, generation, serial: found.serialNumber, ...validity } };
}

type Validity = Pick<HostCertificate, 'notBeforeMs' | 'notAfterMs'>;

/** The time here is said with it: it may be this machine's clock that is wrong. */
export function outOfTime(host: string, { notBeforeMs, notAfterMs }: Validity, nowMs: number): string | undefined {
  const here = `it is ${timeOf(nowMs)} at the controller`;
  if (nowMs >= notAfterMs) {
    return `the certificate of host '${host}' expired at ${timeOf(notAfterMs)}, and ${here}: ${joinFirst(host)}`;
  }
  if (nowMs >= notBeforeMs) return undefined;
  return `the certificate of host '${host}' is valid from ${timeOf(notBeforeMs)} on, but ${here}: set its clock`;
}

function joinFirst(host = 'NAME'): string {
  return `join with a new token (weft token create --host ${host})`;
}

function timeOf(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 19)}Z`;
}
