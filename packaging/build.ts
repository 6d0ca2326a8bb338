/**
 * Entries become a .deb: a folder with exactly what the package holds, with fixed modes and one time for all files,
 * packed by dpkg-deb. The same entries give the same bytes, whenever, wherever and by whom it is done.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Entry, PackageName } from './contents.ts';
import { controlFile } from './control.ts';
import { libraryPackages } from './libraries.ts';
import { PackagingError, run, type Tree } from './tree.ts';

export interface PackageWish {
  readonly name: PackageName;
  readonly entries: readonly Entry[];
  /** Name (postinst, …) → text. */
  readonly scripts: Readonly<Record<string, string>>;
}

export interface BuildWish {
  readonly tree: Tree;
  /** Folder for the .deb and, while it is built, for what goes into it. */
  readonly output: string;
  /** As dpkg-deb's -Z; none for tests that only install. */
  readonly compression: 'xz' | 'none';
}

/** Returns the .deb's path. */
export function buildPackage(
  { name, entries, scripts }: PackageWish,
  { tree, output, compression }: BuildWish,
): string {
  const stage = join(output, `stage-${name}`);
  rmSync(stage, { recursive: true, force: true });
  for (const entry of entries) place(tree.root, stage, entry);
  const elf = entries.filter(({ content }) => content.kind === 'elf').map(({ path }) => join(stage, path));
  const control = controlFile({
    name,
    version: tree.version,
    architecture: tree.architecture,
    installedSize: installedSize(stage),
    libraries: libraryPackages(elf, output),
  });
  const sums = checksums(stage, entries);
  const debian = join(stage, 'DEBIAN');
  makeFolder(debian);
  write(join(debian, 'control'), control, 0o644);
  write(join(debian, 'md5sums'), sums, 0o644);
  for (const [script, text] of Object.entries(scripts)) write(join(debian, script), text, 0o755);
  settle(stage, tree.epoch);
  const deb = join(output, `${name}_${tree.version}_${tree.architecture}.deb`);
  pack(stage, deb, tree, compression);
  rmSync(stage, { recursive: true });
  return deb;
}

/** One thread: how many there are would show in the bytes. */
function pack(stage: string, deb: string, { epoch }: Tree, compression: BuildWish['compression']): void {
  const args = ['--root-owner-group', `-Z${compression}`, '--threads-max=1', '--build', stage, deb];
  run('/', 'env', [`SOURCE_DATE_EPOCH=${epoch}`, 'dpkg-deb', ...args]);
}

function place(root: string, stage: string, { path, content, executable }: Entry): void {
  const target = join(stage, path);
  makeFolder(dirname(target));
  const mode = executable ? 0o755 : 0o644;
  switch (content.kind) {
    case 'directory':
      makeFolder(target);
      break;
    case 'link':
      symlinkSync(content.target, target);
      break;
    case 'text':
      write(target, content.text, mode);
      break;
    case 'file':
      copyFileSync(join(root, content.source), target);
      chmodSync(target, mode);
      break;
    case 'elf':
      // Symbols that others look up stay: addons find Node's that way.
      run(root, 'strip', ['--strip-unneeded', '--remove-section=.comment', '-o', target, join(root, content.source)]);
      chmodSync(target, mode);
      break;
  }
}

function write(path: string, text: string | Uint8Array, mode: number): void {
  writeFileSync(path, text);
  chmodSync(path, mode);
}

/** Modes do not depend on who builds: umask counts for mkdir only. */
function makeFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return;
  for (let folder = path; folder.length >= first.length; folder = dirname(folder)) chmodSync(folder, 0o755);
}

function settle(stage: string, epoch: number): void {
  const paths = readdirSync(stage, { recursive: true, encoding: 'utf8' }).map((path) => join(stage, path));
  // Folders last: whatever is done in one changes its time.
  for (const path of [...paths, stage].sort((a, b) => b.length - a.length)) lutimesSync(path, epoch, epoch);
}

/** As dpkg-gencontrol counts: every file in whole KiB, one KiB for all else. */
function installedSize(stage: string): number {
  const sizes = readdirSync(stage, { recursive: true, withFileTypes: true }).map((entry) =>
    entry.isFile() ? Math.ceil(statSync(join(entry.parentPath, entry.name)).size / 1024) : 1,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function checksums(stage: string, entries: readonly Entry[]): string {
  return entries
    .filter(({ content }) => content.kind !== 'link' && content.kind !== 'directory')
    .map(
      ({ path }) =>
        `${createHash('md5')
          .update(readFileSync(join(stage, path)))
          .digest('hex')}  ${path}\n`,
    )
    .sort((a, b) => (a.slice(34) < b.slice(34) ? -1 : 1))
    .join('');
}

/** Throws a PackagingError when two packages, or two rules of one, want the same path. */
export function checkApart(entries: readonly Entry[]): void {
  const owners = new Map<string, PackageName>();
  for (const { path, owner, content } of entries) {
    if (content.kind === 'directory') continue;
    const other = owners.get(path);
    if (other !== undefined) throw new PackagingError(`${path} is put into ${other} and into ${owner}`);
    owners.set(path, owner);
  }
}
