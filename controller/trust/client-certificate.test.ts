import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Authority } from './authority.ts';
import { ownAuthority } from './authority-files.ts';
import { clientOf } from './client-certificate.ts';
import { hostCredentials } from './test-credentials.ts';

const directory = mkdtempSync(join(tmpdir(), 'weft-client-'));
const nowMs = Date.now();
let authority: Authority;
let region: readonly X509Certificate[];
beforeAll(async () => {
  authority = await ownAuthority(directory, 'test', nowMs);
  region = [new X509Certificate(authority.pem)];
});
afterAll(() => rmSync(directory, { recursive: true }));

/** As a connection shows it whose certificate OpenSSL found this of. */
function socketWith(certificate: X509Certificate, authorizationError?: string): TLSSocket {
  const shown = { getPeerX509Certificate: () => certificate, authorized: authorizationError === undefined };
  return { ...shown, authorizationError } as unknown as TLSSocket;
}

async function certificateOf(host: string): Promise<X509Certificate> {
  return new X509Certificate((await hostCredentials(authority, host)).cert);
}

it('knows a host by a certificate of the region', async () => {
  const client = clientOf(socketWith(await certificateOf('a')), region, nowMs);
  expect(client).toMatchObject({ ok: true, certificate: { host: 'a', generation: 1 } });
});

it('refuses a certificate whose times cannot be read, and goes on', async () => {
  const der = Buffer.from((await certificateOf('a')).raw);
  // UTCTime, 13 characters (RFC 5280, 4.1.2.5.1).
  der.fill('x', der.indexOf(Buffer.from([0x17, 13])) + 2, der.indexOf(Buffer.from([0x17, 13])) + 15);
  const broken = new X509Certificate(der);
  expect(Date.parse(broken.validFrom)).toBeNaN();
  const client = clientOf(socketWith(broken, 'CERT_HAS_EXPIRED'), region, nowMs);
  expect(client).toEqual({ ok: false, why: expect.stringContaining('another authority') });
});

it('does not say whose an expired certificate is that is not the region’s', async () => {
  const other = mkdtempSync(join(tmpdir(), 'weft-other-'));
  const foreign = await ownAuthority(other, 'test', nowMs);
  rmSync(other, { recursive: true });
  const certificate = new X509Certificate((await hostCredentials(foreign, 'a')).cert);
  const client = clientOf(socketWith(certificate, 'CERT_HAS_EXPIRED'), region, nowMs);
  expect(client).toEqual({ ok: false, why: expect.stringContaining('another authority') });
});
