/**
 * The same product with tables of another layout, built into a folder of its own: what an upgrade that changes
 * native/bpf/maps.h is, in both directions. Only what depends on that file is compiled anew.
 */
import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './region.ts';

const execute = promisify(execFile);

/** Layout of the tables that this checkout reads and writes. */
export const ownLayout = Number(/#define WEFT_LAYOUT (\d+)/.exec(readFileSync(header(root), 'utf8'))?.[1]);
export const otherLayout = ownLayout + 1000;

/** In front of all others, so that programs of one layout make nothing of the other's entries. */
const members = {
  weft_location: '__u32 of_another_layout;',
  weft_peer: '__u64 of_another_layout;',
  weft_control: '__u64 of_another_layout;',
} as const;

/** `folder`: an empty one, which holds a checkout afterwards that agents can be started from. */
export async function buildOtherLayout(folder: string): Promise<void> {
  for (const part of ['agent', 'wire', 'native', 'package.json']) copy(part, folder);
  for (const part of ['engine', 'napi', 'fastpath']) copy(`build/native/${part}`, folder);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(header(folder), changed(readFileSync(header(root), 'utf8')));
  removeObjectsOf('bpf/maps.h', join(folder, 'build/native'));
  await execute('make', ['-s', '-j2', '-C', join(folder, 'native'), 'all'], { maxBuffer: 16 << 20 });
}

function header(checkout: string): string {
  return join(checkout, 'native/bpf/maps.h');
}

/** Times stay: make goes by them. */
function copy(part: string, folder: string): void {
  cpSync(join(root, part), join(folder, part), { recursive: true, preserveTimestamps: true });
}

/** Throws when the header no longer has what is to be changed. */
function changed(text: string): string {
  const change = (from: string, to: string) => (whole: string) => {
    if (!whole.includes(from)) throw new Error(`native/bpf/maps.h has no '${from}'`);
    return whole.replace(from, to);
  };
  const steps = [
    change(`#define WEFT_LAYOUT ${ownLayout}`, `#define WEFT_LAYOUT ${otherLayout}`),
    ...Object.entries(members).map(([name, member]) => change(`struct ${name} {`, `struct ${name} {\n\t${member}`)),
  ];
  return steps.reduce((whole, step) => step(whole), text);
}

/** What make knows of dependencies names the files of this checkout, and is nothing to the copy. */
function removeObjectsOf(dependency: string, folder: string): void {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.d'));
  for (const path of found) {
    const file = join(folder, path);
    if (readFileSync(file, 'utf8').includes(dependency)) rmSync(file.replace(/\.d$/, '.o'));
    rmSync(file);
  }
}
