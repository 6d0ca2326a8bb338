/**
 * `make deb`: the three packages, into build/deb.
 *
 * Reads `VERSION` and `SOURCE_DATE_EPOCH` (by default from git: version.ts) and `COMPRESSION` (xz; none is quick).
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildPackage, checkApart } from './build.ts';
import { collect } from './collect.ts';
import { packageNames } from './contents.ts';
import { copyrightEntries } from './licences.ts';
import { scriptsOf } from './scripts.ts';
import { PackagingError, readTree } from './tree.ts';

const root = join(import.meta.dirname, '..');

function main(): void {
  const { VERSION: version, SOURCE_DATE_EPOCH: epoch, COMPRESSION: compression = 'xz' } = process.env;
  if (compression !== 'xz' && compression !== 'none')
    throw new PackagingError(`COMPRESSION is '${compression}', expected xz or none`);
  const tree = readTree(root, { ...(version && { version }), ...(epoch && { epoch }) });
  const output = process.argv[2] ?? join(root, 'build/deb');
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const collected = collect(tree);
  const entries = [...collected.entries, ...copyrightEntries(tree, collected.npm)];
  checkApart(entries);
  for (const name of packageNames) {
    const own = entries.filter(({ owner }) => owner === name);
    const scripts = scriptsOf(root, name, entries);
    const deb = buildPackage({ name, entries: own, scripts }, { tree, output, compression });
    process.stdout.write(`${basename(deb)}  ${(statSync(deb).size / 1e6).toFixed(1)} MB\n`);
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`make deb: ${error instanceof PackagingError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
