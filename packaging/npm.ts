/** npm packages as they are installed: who needs whom, and which of their files run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** Path from the tree's root, such as `node_modules/fast-json-stringify/node_modules/fast-uri`. */
  readonly folder: string;
  /** SPDX, or what the package says. */
  readonly license: string;
}

interface Manifest {
  readonly version?: string;
  readonly license?: string;
  readonly licenses?: readonly { readonly type?: string }[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What only headers of an addon's source come from. */
const buildOnly: ReadonlySet<string> = new Set(['nan', 'node-addon-api']);

/** `names` and all that they depend on, sorted by folder. Throws when one is not installed. */
export function npmClosure(root: string, names: readonly string[]): readonly NpmPackage[] {
  const found = new Map<string, NpmPackage>();
  const visit = (name: string, from: string): void => {
    if (buildOnly.has(name)) return;
    const folder = installedAt(root, name, from);
    if (found.has(folder)) return;
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
    const license = manifest.license ?? manifest.licenses?.[0]?.type ?? 'see its files';
    found.set(folder, { name, folder, license, version: manifest.version ?? 'unknown' });
    for (const dependency of Object.keys(manifest.dependencies ?? {})) visit(dependency, folder);
  };
  for (const name of names) visit(name, '.');
  return [...found.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** As Node looks: beside the one who asks, then beside each folder above. */
function installedAt(root: string, name: string, from: string): string {
  for (let place = from; ; place = dirname(place)) {
    const folder = join(place, 'node_modules', name);
    if (existsSync(join(root, folder, 'package.json'))) return folder;
    if (place === '.')
      throw new Error(`npm package ${name}, which ${from} needs, is not installed: run \`make setup\``);
  }
}

/** Paths from the package's folder of what runs: no types, no maps, no sources, no tests, no words. */
export function runtimeFiles(root: string, folder: string): readonly string[] {
  const base = join(root, folder);
  return readdirSync(base, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(base, join(entry.parentPath, entry.name)))
    .filter(runs)
    .sort();
}

/** Folders at the top of packages; below, a folder of such a name may hold code (yaml's dist/doc does). */
const notRun: ReadonlySet<string> = new Set([
  ...['test', 'tests', '__tests__', 'benchmark', 'benchmarks', 'bench', 'integration', 'tap-snapshots', 'scripts'],
  ...['example', 'examples', 'doc', 'docs', 'types', 'deps', 'browser', '.github', '.vscode'],
]);

export function runs(path: string): boolean {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  // A package inside a package is listed by itself.
  if (parts.includes('node_modules') || notRun.has(parts[0] ?? '')) return false;
  if (parts.includes('obj.target')) return false;
  if (/^(eslint|tsconfig|jsconfig|biome|\.)|\.(test|spec|bench)\.|^(test|benchmark|bench)\.js$/.test(name))
    return false;
  return /\.(js|cjs|mjs|json|node)$/.test(name);
}

/** Its licence's text, and what it asks to be passed on; undefined: it has none beside its manifest. */
export function licenceText(root: string, folder: string): string | undefined {
  const names = readdirSync(join(root, folder)).filter((name) => /^(licen[cs]e|notice|copying)/i.test(name));
  if (names.length > 0)
    return names
      .sort()
      .map((name) => readFileSync(join(root, folder, name), 'utf8').trim())
      .join('\n\n');
  // Some have it at the end of their README instead.
  const readme = readdirSync(join(root, folder)).find((name) => /^readme/i.test(name));
  if (readme === undefined) return undefined;
  return /\n#+ Licen[cs]e\s*\n([\s\S]*?)(?=\n# |$)/i
    .exec(readFileSync(join(root, folder, readme), 'utf8'))?.[1]
    ?.trim();
}
