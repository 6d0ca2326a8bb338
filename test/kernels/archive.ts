/**
 * The initramfs of a machine under test: busybox, guest/init, modules of its kernel, and files of this machine at the
 * paths that they have here, programs together with their shared libraries.
 */
import { chmod, copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { run } from '../../lab/run.ts';
import { type Kernel, must } from './packages.ts';

/** Something the machine runs, by `sh -c`. */
export interface Task {
  readonly name: string;
  readonly command: string;
}

export interface Content {
  readonly tasks: readonly Task[];
  /** Absolute paths of this machine. */
  readonly files: readonly string[];
  /** Names of kernel modules; what they need comes with them. */
  readonly modules: readonly string[];
}

/** Writes `folder`.cpio and returns its path. */
export async function packArchive(folder: string, kernel: Kernel, content: Content): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  for (const path of ['bin', 'dev', 'proc', 'sys', 'modules', 'etc'])
    await mkdir(join(folder, path), { recursive: true });
  await copyFile('/bin/busybox', join(folder, 'bin/busybox'));
  await copyFile(join(import.meta.dirname, 'guest/init'), join(folder, 'init'));
  await chmod(join(folder, 'init'), 0o755);
  const tasks = content.tasks.map(({ name, command }) => `${name} ${command}\n`);
  await writeFile(join(folder, 'work.list'), tasks.join(''));
  await packModules(folder, kernel, content.modules);
  await packFiles(folder, content.files);
  const archive = `${folder}.cpio`;
  await must(['sh', '-c', 'find . | cpio --quiet -o -H newc -R 0:0 > "$0"', archive], folder);
  return archive;
}

/** Numbered in the order in which they are to be inserted. */
async function packModules(folder: string, kernel: Kernel, modules: readonly string[]): Promise<void> {
  const inOrder = new Set<string>();
  for (const name of modules) {
    const told = await must(['modprobe', '-d', kernel.root, '-S', kernel.release, '--show-depends', name]);
    for (const [, path] of told.matchAll(/^insmod (\S+)/gm)) if (path !== undefined) inOrder.add(path);
  }
  for (const [index, path] of [...inOrder].entries()) {
    const name = `${String(index).padStart(2, '0')}-${basename(path).replace(/\.xz$/, '')}`;
    const unpacked = path.endsWith('.xz') ? 'xz -dc "$0" > "$1"' : 'cp "$0" "$1"';
    await must(['sh', '-c', unpacked, path, join(folder, 'modules', name)]);
  }
}

async function packFiles(folder: string, files: readonly string[]): Promise<void> {
  const all = new Set(files);
  for (const file of files) for (const library of await librariesOf(file)) all.add(library);
  // Debian's paths of libraries go through this link.
  await symlink('usr/lib64', join(folder, 'lib64')).catch(() => undefined);
  for (const file of all) {
    const target = join(folder, file.replace(/^\/lib64\//, '/usr/lib64/'));
    await mkdir(dirname(target), { recursive: true });
    await copyFile(file, target);
  }
}

/** None for what is no dynamic program: ldd says so and fails. */
async function librariesOf(file: string): Promise<string[]> {
  const { stdout } = await run(['ldd', file]);
  return [...stdout.matchAll(/(?:^|=> )\s*(\/\S+) \(0x/gm)].flatMap(([, path]) => (path === undefined ? [] : [path]));
}
