/**
 * Where the region's authority is kept: two files in the state directory, made at the first start, or two that somebody
 * else keeps. The key is written first, so that a crash in between leaves a key that nobody has trusted yet.
 */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Authority, openAuthority, selfSigned } from './authority.ts';

export interface AuthorityFiles {
  readonly certificate: string;
  readonly key: string;
}

export const ownFiles = (stateDirectory: string): AuthorityFiles => ({
  certificate: join(stateDirectory, 'region-ca.crt'),
  key: join(stateDirectory, 'region-ca.key'),
});

/** Throws an Error with one sentence for people: which file, what is wrong, what to do. */
export async function ownAuthority(stateDirectory: string, region: string, nowMs: number): Promise<Authority> {
  const files = ownFiles(stateDirectory);
  const [certificate, key] = [read(files.certificate), read(files.key)];
  if (certificate !== undefined && key === undefined) {
    throw new Error(
      `${files.certificate} is there, but its key ${files.key} is not: restore the key from a backup; ` +
        'without it (move the certificate away) a new authority is made, and every host has to join again',
    );
  }
  // A backup that was put back may be open to all.
  if (key !== undefined) chmodSync(files.key, 0o600);
  const keyPem = key ?? newKey(files.key);
  return open(files, certificate ?? (await newCertificate(files.certificate, keyPem, region, nowMs)), keyPem);
}

/** The same of files that are kept by somebody else; they are never written. */
export async function givenAuthority(files: AuthorityFiles): Promise<Authority> {
  const certificate = read(files.certificate);
  const key = read(files.key);
  if (certificate === undefined) throw new Error(`trust.certificate: there is no file ${files.certificate}`);
  if (key === undefined) throw new Error(`trust.key: there is no file ${files.key}`);
  if ((statSync(files.key).mode & 0o007) !== 0) {
    throw new Error(`${files.key} can be used by everybody on this machine: chmod 600 it`);
  }
  return open(files, certificate, key);
}

async function open(files: AuthorityFiles, certificate: string, key: string): Promise<Authority> {
  const opened = await openAuthority(certificate, key);
  if (opened.ok) return opened.authority;
  throw new Error(`the region's authority (${files.certificate}, ${files.key}) cannot be used: ${opened.why}`);
}

function newKey(path: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return write(path, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 0o600);
}

async function newCertificate(path: string, keyPem: string, region: string, nowMs: number): Promise<string> {
  let key: ReturnType<typeof createPrivateKey>;
  try {
    key = createPrivateKey(keyPem);
  } catch {
    throw new Error(`the key of the region's authority beside ${path} is damaged: restore it from a backup`);
  }
  return write(path, await selfSigned(key, `weft region ${region}`, nowMs), 0o644);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** Whole on disk when it ends, or not there. */
function write(path: string, text: string, mode: number): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w', mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const parent = openSync(dirname(path), 'r');
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
  return text;
}
