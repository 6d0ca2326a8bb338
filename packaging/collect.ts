/** Goes through the checkout for what contents.ts lays out. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  completionEntries,
  dissectorEntry,
  documentEntries,
  type Entry,
  manEntries,
  npmEntries,
  type Page,
  programs,
  runtimeEntries,
  sourceEntries,
  systemdEntries,
} from './contents.ts';
import { needed } from './imports.ts';
import { type NpmPackage, npmClosure, runtimeFiles } from './npm.ts';
import { PackagingError, run, type Tree } from './tree.ts';

export interface Collected {
  readonly entries: readonly Entry[];
  readonly npm: readonly NpmPackage[];
}

/** Throws a PackagingError when something is not built. */
export function collect({ root, nodeFolder, version, multiarch }: Tree): Collected {
  for (const built of ['build/native/weft.node', 'build/native/service.node', `${nodeFolder}/bin/node`])
    if (!existsSync(join(root, built))) throw new PackagingError(`${built} is not there: run \`make setup\``);
  const sources = needed(programs, (path) => readFileSync(join(root, path), 'utf8'));
  const npm = npmClosure(root, sources.npm);
  const npmFiles = npm.flatMap(({ folder }) => runtimeFiles(root, folder).map((file) => join(folder, file)));
  const systemd = filesBelow(root, 'systemd').map((source) => ({
    source,
    text: readFileSync(join(root, source), 'utf8'),
  }));
  const completion = (shell: string) => `${run(root, 'bin/weft', ['completion', shell])}\n`;
  return {
    npm,
    entries: [
      ...runtimeEntries(nodeFolder, version),
      ...sourceEntries(sources.files),
      ...npmEntries(npmFiles),
      ...systemdEntries(systemd),
      ...manEntries(pages(root)),
      ...completionEntries({ bash: completion('bash'), zsh: completion('zsh'), fish: completion('fish') }),
      dissectorEntry(multiarch),
      ...documentEntries(
        ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', ...filesBelow(root, 'docs')],
        filesBelow(root, 'examples'),
      ),
    ],
  };
}

/** What the command line's generator wrote there. */
function pages(root: string): readonly Page[] {
  return filesBelow(root, 'build/man')
    .filter((path) => /\.[1-9]$/.test(path))
    .map((path) => ({ name: path.slice(path.lastIndexOf('/') + 1), text: readFileSync(join(root, path)) }))
    .map(({ name, text }) => ({ name, packed: gzipSync(text, { level: 9 }) }));
}

/** Paths from the root, sorted. */
function filesBelow(root: string, folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
