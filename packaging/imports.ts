/**
 * What a program needs at run time: our own files and npm packages, found by following imports from its entry points.
 *
 * Tests, generators and whatever else nothing imports is so left out without a list of what to leave out.
 */
import { dirname, join, normalize } from 'node:path';

/** Path from the tree's root → its text. Throws when there is no such file. */
export type ReadSource = (path: string) => string;

export interface Needed {
  /** Paths from the tree's root, sorted. */
  readonly files: readonly string[];
  /** Names of npm packages that our files name themselves, sorted. */
  readonly npm: readonly string[];
}

/** Statements, `import()`, and `createRequire(…)('…')` of packages with a native part; types are gone at run time. */
const forms = [
  /(?:^|\n)\s*(?:import|export)\s+(?!type\b)[^'";]*?from\s*['"]([^'"]+)['"]/g,
  /(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g,
  /import\s*\(\s*['"]([^'"]+)['"]\s*\)/g,
  /createRequire\([^()]*\)\s*\(\s*['"]([^'"]+)['"]\s*\)/g,
] as const;

export function specifiersOf(text: string): readonly string[] {
  return forms.flatMap((form) => [...text.matchAll(form)].map((match) => match[1] ?? ''));
}

/** `entries`: paths from the tree's root. */
export function needed(entries: readonly string[], read: ReadSource): Needed {
  const files = new Set<string>();
  const npm = new Set<string>();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (files.has(path)) continue;
    files.add(path);
    if (path.endsWith('.json')) continue;
    for (const specifier of specifiersOf(read(path))) {
      if (specifier.startsWith('.')) open.push(normalize(join(dirname(path), specifier)));
      else if (!specifier.startsWith('node:')) npm.add(packageOf(specifier));
    }
  }
  return { files: [...files].sort(), npm: [...npm].sort() };
}

/** `@scope/name/deep/file.js` is a file of `@scope/name`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
