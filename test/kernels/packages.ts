/**
 * Kernels of Debian, and what is needed to boot them. A kernel is downloaded and unpacked below build/kernels/, never
 * installed on this machine; what is there already is taken as it is.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../cli/problem.ts';
import { run } from '../../lab/run.ts';

export interface KernelSource {
  /** Debian package that depends on the newest build of this kernel. */
  readonly metaPackage: string;
  /** One that package lists may lack without anything being wrong. */
  readonly optional: boolean;
}

/** To add a kernel, add its row. */
export const kernelSources: readonly KernelSource[] = [
  { metaPackage: 'linux-image-cloud-amd64', optional: false },
  { metaPackage: 'linux-image-6.12-cloud-amd64', optional: true },
];

export interface Kernel {
  /** As `uname -r` says. */
  readonly release: string;
  readonly image: string;
  /** The folder that holds lib/modules/. */
  readonly root: string;
}

const neededPackages = ['qemu-system-x86', 'busybox-static', 'cpio', 'kmod', 'xz-utils', 'libbpf-dev'] as const;

export async function installPackages(): Promise<void> {
  const missing: string[] = [];
  for (const name of neededPackages) {
    const { stdout } = await run(['dpkg-query', '--status', name]);
    if (!stdout.includes('Status: install ok installed')) missing.push(name);
  }
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new Problem(`these Debian packages are missing: ${missing.join(' ')}; install them or run this as root`);
  }
  console.error(`kernels: installing Debian packages: ${missing.join(' ')}`);
  await must(['apt-get', '-qq', 'update']);
  await must(['apt-get', '-qq', 'install', '-y', '--no-install-recommends', ...missing]);
}

/** The kernel, ready to boot; undefined when it is optional and this machine's package lists do not know it. */
export async function fetchKernel(source: KernelSource, cache: string): Promise<Kernel | undefined> {
  const imagePackage = await newestOf(source.metaPackage);
  if (imagePackage === undefined) {
    if (source.optional) return undefined;
    throw new Problem(`apt knows no package ${source.metaPackage}: run apt-get update, on Debian 12`);
  }
  const folder = join(cache, imagePackage);
  if (!existsSync(folder)) await unpack(imagePackage, folder);
  const release = imagePackage.replace(/^linux-image-/, '');
  return { release, image: join(folder, 'boot', `vmlinuz-${release}`), root: folder };
}

async function newestOf(metaPackage: string): Promise<string | undefined> {
  const { stdout } = await run(['apt-cache', 'depends', '--important', metaPackage]);
  return /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
}

/** The folder appears when it is whole, so that a stopped download leaves nothing that looks ready. */
async function unpack(imagePackage: string, folder: string): Promise<void> {
  console.error(`kernels: fetching ${imagePackage}`);
  const unfinished = `${folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await must(['apt-get', '-qq', 'download', imagePackage], unfinished);
  const archive = (await readdir(unfinished)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new Problem(`apt-get download ${imagePackage} left no package`);
  await must(['dpkg-deb', '-x', archive, '.'], unfinished);
  await rm(join(unfinished, archive));
  await must(['depmod', '-b', '.', imagePackage.replace(/^linux-image-/, '')], unfinished);
  await rename(unfinished, folder);
}

/** Runs a program that has to succeed; `folder` is where, this process's own by default. */
export async function must(argv: readonly string[], folder = '.'): Promise<string> {
  const result = await run(['env', '-C', folder, 'DEBIAN_FRONTEND=noninteractive', ...argv]);
  if (result.code === 0) return result.stdout;
  throw new Problem(`${argv.join(' ')} failed: ${result.stderr.trim()}`);
}
