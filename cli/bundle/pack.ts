/** Collects the parts, bounds and scrubs each, says in a list what is there and what is not, and packs all. */
import { gzipSync } from 'node:zlib';
import { bytes } from '../output.ts';
import { Problem } from '../problem.ts';
import { type Part, parts, type Sources } from './parts.ts';
import { scrub } from './scrub.ts';
import { type TarFile, tar } from './tar.ts';

/** Of one part, and of all before they are compressed. */
const mostCharacters = 2 << 20;

export interface Bundle {
  readonly archive: Buffer;
  readonly files: readonly TarFile[];
  readonly missing: readonly string[];
}

/** `folder`: what all files are in, once unpacked. */
export async function pack(folder: string, sources: Sources, wanted: readonly Part[] = parts): Promise<Bundle> {
  const collected = await Promise.all(wanted.map((part) => collect(part, sources)));
  const had = collected.filter((each) => each.content !== undefined);
  const missing = collected.flatMap(({ part, content, why }) =>
    content === undefined ? [`${part.name}: ${why}`] : [],
  );
  const files = had.map(({ part, content = '' }) => ({ name: part.name, content }));
  const list = { name: 'CONTENTS.txt', content: scrub(contents(files, wanted, missing, sources.nowMs)) };
  const all = [list, ...files].map(({ name, content }) => ({ name: `${folder}/${name}`, content }));
  return { archive: gzipSync(tar(all, sources.nowMs)), files: all, missing };
}

interface Collected {
  readonly part: Part;
  readonly content?: string;
  readonly why?: string;
}

async function collect(part: Part, sources: Sources): Promise<Collected> {
  try {
    const text = await part.read(sources);
    if (text === undefined) return { part, why: 'not there, or cannot be read' };
    return { part, content: scrub(bounded(text, part.name.startsWith('logs/'))) };
  } catch (error) {
    // A bundle is wanted most when things are broken: one part less is no reason to have none.
    return { part, why: error instanceof Problem ? error.message : String(error) };
  }
}

/** Of logs the end is what matters. */
function bounded(text: string, isLog: boolean): string {
  if (text.length <= mostCharacters) return text;
  const left = `(${text.length - mostCharacters} characters are left out here)`;
  return isLog ? `${left}\n${text.slice(-mostCharacters)}` : `${text.slice(0, mostCharacters)}\n${left}\n`;
}

function contents(
  files: readonly TarFile[],
  wanted: readonly Part[],
  missing: readonly string[],
  nowMs: number,
): string {
  const row = ({ name, content }: TarFile) =>
    `${name.padEnd(28)} ${bytes(content.length).padStart(9)}  ${wanted.find((part) => part.name === name)?.what ?? ''}`;
  return [
    `A Weft bundle of ${new Date(nowMs).toISOString()}.`,
    'Secrets are left out: keys, tokens, passwords, commands’ arguments, and whatever looks like one. Names and',
    'addresses of hosts, guests and clouds are in it: read it before you give it away.',
    '',
    ...files.map(row),
    ...(missing.length === 0 ? [] : ['', 'Could not be had:', ...missing]),
    '',
  ].join('\n');
}
