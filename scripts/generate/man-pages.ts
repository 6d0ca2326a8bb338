/** All manual pages, by the names of their files. */
import { commandPages } from '../../cli/manual/roff.ts';
import { version } from '../../wire/version.ts';
import { configPages } from './config-reference.ts';
import { wholeProgram } from './program.ts';

/** Of the newest change of what they say; not of the build, so that packages are the same byte for byte. */
const date = '2026-12-01';

export async function manualPages(root: string): Promise<ReadonlyMap<string, string>> {
  const release = { version, date };
  return new Map([...commandPages(await wholeProgram(), release), ...configPages(root, release)]);
}
