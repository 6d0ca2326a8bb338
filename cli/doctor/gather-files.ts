/** Files of Weft's on this machine: configuration, state, what holds secrets, certificates. */
import { X509Certificate } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CertificateFact, FileFact } from './facts.ts';
import type { WeftConfig } from './weft-config.ts';

/** Enough for any installation; a directory with more is not looked through further. */
const mostFiles = 500;
const mostDepth = 3;
/** What a PEM block begins with stands near the top. */
const headBytes = 64 << 10;

export interface FoundFiles {
  readonly files: readonly FileFact[];
  readonly certificates: readonly string[];
}

export function findFiles(configs: readonly WeftConfig[]): FoundFiles {
  const roots = new Set(configs.flatMap(({ fact, stateDirectory }) => [dirname(fact.path), stateDirectory]));
  const named = configs.flatMap(({ paths }) => paths);
  const all = [...new Set([...[...roots].flatMap((root) => below(root, mostDepth)), ...named])].slice(0, mostFiles);
  const kinds = all.map((path) => [path, kindOf(path)] as const);
  const files = [
    ...configs.map(({ fact }) => look(fact.path, 'config')),
    ...configs.map(({ stateDirectory }) => look(stateDirectory, 'state')),
    ...configs.flatMap(({ keysDirectory }) => (keysDirectory === undefined ? [] : [look(keysDirectory, 'private')])),
    ...kinds.filter(([, kind]) => kind === 'private').map(([path]) => look(path, 'private')),
  ];
  return { files, certificates: kinds.filter(([, kind]) => kind === 'certificate').map(([path]) => path) };
}

function below(directory: string, depth: number): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return depth > 1 ? below(path, depth - 1) : [];
      return entry.isFile() ? [path] : [];
    });
  } catch {
    return [];
  }
}

/** By name where the name says it, else by what stands in it. */
function kindOf(path: string): 'private' | 'certificate' | 'other' {
  if (/\.key$|\/identity(\.[a-z]+)?$|\/token[^/]*$/.test(path)) return 'private';
  if (!/\.(pem|crt|cer|cert)$/.test(path)) return 'other';
  const head = headOf(path);
  if (head.includes('PRIVATE KEY-----')) return 'private';
  return head.includes('-----BEGIN CERTIFICATE-----') ? 'certificate' : 'other';
}

function headOf(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(headBytes);
      return buffer.toString('latin1', 0, readSync(file, buffer));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

export function look(path: string, kind: FileFact['kind']): FileFact {
  try {
    const found = statSync(path);
    const what = found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
    return { path, kind, found: what, mode: found.mode & 0o7777, uid: found.uid };
  } catch (error) {
    const found = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable';
    return { path, kind, found, mode: 0, uid: 0 };
  }
}

/** The first of the file, which is the one of who shows it; its issuers follow. */
export function readCertificate(path: string): CertificateFact {
  try {
    const { subject, validFromDate, validToDate } = new X509Certificate(readFileSync(path));
    return {
      path,
      validFromMs: validFromDate.getTime(),
      validToMs: validToDate.getTime(),
      subject: `${path} (${subject.replaceAll('\n', ', ')})`,
    };
  } catch (error) {
    return { path, error: (error as Error).message };
  }
}
