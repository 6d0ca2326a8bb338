/**
 * The same product with another layout of tables and of keys' states, built into a folder of its own: what an upgrade
 * that changes native/bpf/maps.h and the records of native/engine/keys/key_states.cpp is, in both directions. Only what
 * depends on those files is compiled anew.
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
  for (const part of ['engine', 'napi', 'fastpath', 'service']) copy(`build/native/${part}`, folder);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(header(folder), changed(readFileSync(header(root), 'utf8')));
  const states = join(folder, keyStates);
  writeFileSync(
    states,
    replaceOnce(readFileSync(states, 'utf8'), 'struct Record {', 'struct Record {\n  uint64_t of_another_layout[16];'),
  );
  removeObjectsOf('bpf/maps.h', join(folder, 'build/native'));
  await execute('make', ['-s', '-j2', '-C', join(folder, 'native'), 'all'], { maxBuffer: 16 << 20 });
}

const keyStates = 'native/engine/keys/key_states.cpp';

function header(checkout: string): string {
  return join(checkout, 'native/bpf/maps.h');
}

/** Times stay: make goes by them. */
function copy(part: string, folder: string): void {
  cpSync(join(root, part), join(folder, part), { recursive: true, preserveTimestamps: true });
}

function changed(text: string): string {
  const steps = [
    [`#define WEFT_LAYOUT ${ownLayout}`, `#define WEFT_LAYOUT ${otherLayout}`] as const,
    ...Object.entries(members).map(([name, member]) => [`struct ${name} {`, `struct ${name} {\n\t${member}`] as const),
  ];
  return steps.reduce((whole, [from, to]) => replaceOnce(whole, from, to), text);
}

/** Throws when the file no longer has what is to be changed. */
function replaceOnce(whole: string, from: string, to: string): string {
  if (!whole.includes(from)) throw new Error(`there is no '${from}' any more`);
  return whole.replace(from, to);
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
