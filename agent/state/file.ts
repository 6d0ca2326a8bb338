/**
 * A state file: one line that says what follows, then JSON. Length and SHA-256 are in the first line, so
 * that a file cut at any byte, or with a flipped bit, is refused and never half believed.
 *
 *     {"weft":"agent state","format":1,"bytes":1234,"sha256":"…"}\n{…}\n
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskError } from './disk.ts';

export const stateFormat = 1;

export type DecodedFile =
  | { readonly ok: true; readonly value: unknown }
  /** `isForeign`: whole, but of another version. */
  | { readonly ok: false; readonly why: string; readonly isForeign?: true };

/** Thrown at start: the message is what people see. */
export class StateError extends Error {}

export function encodeStateFile(value: unknown): string {
  const body = `${JSON.stringify(value)}\n`;
  const header = { weft: 'agent state', format: stateFormat, bytes: Buffer.byteLength(body), sha256: digest(body) };
  return `${JSON.stringify(header)}\n${body}`;
}

export function decodeStateFile(text: string): DecodedFile {
  const end = text.indexOf('\n');
  const header = parse(text.slice(0, Math.max(end, 0))) as Record<string, unknown> | undefined;
  if (header?.weft !== 'agent state') return { ok: false, why: 'its first line is not that of a state file' };
  if (header.format !== stateFormat) {
    const why = `it has format ${String(header.format)}, this agent reads format ${stateFormat}`;
    return { ok: false, why, isForeign: true };
  }
  const body = text.slice(end + 1);
  if (header.bytes !== Buffer.byteLength(body)) {
    return { ok: false, why: `it has ${Buffer.byteLength(body)} bytes of ${String(header.bytes)}` };
  }
  if (header.sha256 !== digest(body)) return { ok: false, why: 'its checksum does not match' };
  const value = parse(body);
  return value === undefined ? { ok: false, why: 'it is no JSON' } : { ok: true, value };
}

/** Undefined when there is no such file. Throws a StateError for a damaged one. */
export async function readStateFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StateError(`${path}: cannot be read: ${(error as Error).message}`);
  }
  const decoded = decodeStateFile(text);
  if (decoded.ok) return decoded.value;
  throw decoded.isForeign ? foreign(path, decoded.why) : damaged(path, decoded.why);
}

export function damaged(path: string, why: string): StateError {
  return new StateError(
    `${path} is damaged (${why}): restore it from a backup, or move it away and start again; ` +
      'the controller then tells this host its guests anew',
  );
}

function foreign(path: string, why: string): StateError {
  return new StateError(
    `${path} was written by another version of Weft (${why}): run that version, or move the file away and start again; ` +
      'the controller then tells this host its guests anew',
  );
}

/** After this ends, the file is whole on disk; or still what it was, and a DiskError says why. */
export async function writeStateFile(path: string, text: string): Promise<void> {
  try {
    await replaceFile(path, text);
  } catch (error) {
    throw diskError(path, error);
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  // The rename itself has to be on disk too.
  const parent = await open(directory, 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

function digest(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
