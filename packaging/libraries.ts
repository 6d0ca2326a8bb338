/** Which Debian packages the libraries come from that binaries name, with versions, as dpkg-shlibdeps tells. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './tree.ts';

/** `files`: ELF files; `scratch`: a folder for what dpkg-shlibdeps wants to see. Sorted. */
export function libraryPackages(files: readonly string[], scratch: string): readonly string[] {
  if (files.length === 0) return [];
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'libraries-'));
  try {
    mkdirSync(join(folder, 'debian'));
    writeFileSync(join(folder, 'debian/control'), 'Source: weft\n\nPackage: weft\nArchitecture: any\n');
    // Addons take names from Node, which is no library to look in.
    const binaries = files.flatMap((file) => ['-e', file]);
    return librariesOf(run(folder, 'dpkg-shlibdeps', ['-O', '--warnings=0', ...binaries]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `shlibs:Depends=libc6 (>= 2.34), libpcap0.8 (>= 1.5.1)` */
export function librariesOf(output: string): readonly string[] {
  const line = output.split('\n').find((text) => text.startsWith('shlibs:Depends='));
  return (line ?? '')
    .slice('shlibs:Depends='.length)
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .sort();
}
