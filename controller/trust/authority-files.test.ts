import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { givenAuthority, ownAuthority, ownFiles } from './authority-files.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-authority-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const own = () => ownAuthority(directory, 'north', Date.now());
const files = () => ownFiles(directory);

it('one that is there is used again; a key that a backup left open is closed', async () => {
  const made = await own();
  chmodSync(files().key, 0o644);
  expect((await own()).fingerprint).toBe(made.fingerprint);
  expect(statSync(files().key).mode & 0o777).toBe(0o600);
});

it('a crash between the two files leaves a key for which a certificate is made', async () => {
  await own();
  const key = readFileSync(files().key, 'utf8');
  rmSync(files().certificate);
  await own();
  expect(readFileSync(files().key, 'utf8')).toBe(key);
});

it('a certificate without its key is not replaced: every host would have to join again', async () => {
  await own();
  const certificate = readFileSync(files().certificate, 'utf8');
  rmSync(files().key);
  await expect(own()).rejects.toThrow(/region-ca\.crt is there, but its key .*region-ca\.key is not: restore the key/);
  expect(readFileSync(files().certificate, 'utf8')).toBe(certificate);
});

it.each([
  ['certificate', 'the certificate file holds no certificate in PEM'],
  ['key', 'the key file holds no private key in PEM'],
] as const)('a damaged %s is a sentence, and quotes nothing', async (which, why) => {
  await own();
  writeFileSync(files()[which], 'damaged secret');
  const message = await own().then(String, (error: Error) => error.message);
  expect(message).toContain(`cannot be used: ${why}`);
  expect(message).not.toContain('damaged secret');
});

const signs = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];

/** By another program, as an administrator with an authority of their own would. */
function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: directory, stdio: 'ignore' });
}

it.each([
  ['EC P-256', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
  ['EC P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
  ['RSA', ['-newkey', 'rsa:2048']],
])('one that is given, with a key of type %s, issues what OpenSSL takes', async (_, key) => {
  openssl(
    'req',
    '-x509',
    ...key,
    '-nodes',
    '-keyout',
    'k.pem',
    '-out',
    'c.pem',
    '-days',
    '30',
    '-subj',
    '/CN=given',
    ...signs,
  );
  chmodSync(join(directory, 'k.pem'), 0o600);
  const given = await givenAuthority({ certificate: join(directory, 'c.pem'), key: join(directory, 'k.pem') });
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'h.pem');
  openssl('ec', '-in', 'h.pem', '-pubout', '-outform', 'DER', '-out', 'h.der');
  const publicKey = readFileSync(join(directory, 'h.der'));
  const subject = { kind: 'host', name: 'a', generation: 1 } as const;
  const { pem } = await given.issue({ subject, publicKey, nowMs: Date.now(), lifetimeMs: 3_600_000 });
  writeFileSync(join(directory, 'a.pem'), pem);
  openssl('verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', 'c.pem', 'a.pem');
  expect(() => openssl('verify', '-purpose', 'sslserver', '-CAfile', 'c.pem', 'a.pem')).toThrow(/failed/);
});

it('one that is given is refused with a sentence when it does not fit together', async () => {
  const certificate = join(directory, 'c.pem');
  const key = join(directory, 'k.pem');
  await expect(givenAuthority({ certificate, key })).rejects.toThrow(
    `trust.certificate: there is no file ${certificate}`,
  );
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'k.pem', '-out', 'c.pem', '-subj', '/CN=x');
  chmodSync(key, 0o644);
  await expect(givenAuthority({ certificate, key })).rejects.toThrow(
    /can be used by everybody on this machine: chmod 600/,
  );
  openssl('genrsa', '-out', 'k.pem', '2048');
  chmodSync(key, 0o600);
  await expect(givenAuthority({ certificate, key })).rejects.toThrow(/the key is not that of the certificate/);
  const leaf = ['-addext', 'basicConstraints=critical,CA:FALSE'];
  openssl('req', '-x509', '-key', 'k.pem', '-out', 'c.pem', '-subj', '/CN=x', ...leaf);
  await expect(givenAuthority({ certificate, key })).rejects.toThrow(/is not that of an authority/);
});
