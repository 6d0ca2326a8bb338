/** Finds the licences of what a package holds of others, for copyright.ts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, type PackageName, packageNames, treeRoot } from './contents.ts';
import { copyrightFile, type Piece } from './copyright.ts';
import { licenceText, type NpmPackage } from './npm.ts';
import { PackagingError, run, type Tree } from './tree.ts';

/** Debian packages whose archives are linked into the addon (native/Makefile). */
const linked = ['libbpf-dev', 'libelf-dev', 'zlib1g-dev', 'liblz4-dev', 'libzstd-dev', 'libstdc++-12-dev'] as const;

export function copyrightEntries(tree: Tree, npm: readonly NpmPackage[]): readonly Entry[] {
  const ours = readFileSync(join(tree.root, 'LICENSE'), 'utf8');
  const pieces: Readonly<Record<PackageName, readonly Piece[]>> = {
    'weft-cli': [nodePiece(tree), ...npm.map((one) => npmPiece(tree.root, one))],
    'weft-agent': linked.map((name) => linkedPiece(tree.root, name)),
    'weft-controller': [],
  };
  return packageNames.map((owner) => ({
    owner,
    path: `usr/share/doc/${owner}/copyright`,
    content: { kind: 'text', text: copyrightFile(ours, pieces[owner]) },
  }));
}

function nodePiece({ root, nodeFolder }: Tree): Piece {
  const text = readFileSync(join(root, nodeFolder, 'LICENSE'), 'utf8');
  const { version } = JSON.parse(readFileSync(join(root, nodeFolder, 'package.json'), 'utf8')) as { version: string };
  return {
    files: `${treeRoot}/bin/node`,
    what: `Node.js ${version} with all that it contains`,
    license: 'MIT and others',
    text,
  };
}

function npmPiece(root: string, { name, version, folder, license }: NpmPackage): Piece {
  const text = licenceText(root, folder) ?? `${name} says in its package.json that its licence is ${license}.`;
  return { files: `${treeRoot}/${folder}/*`, what: `npm package ${name} ${version}`, license, text };
}

function linkedPiece(root: string, name: string): Piece {
  const file = `/usr/share/doc/${name}/copyright`;
  if (!existsSync(file))
    throw new PackagingError(`${file} is not there, but its archive is in the addon: reinstall ${name}`);
  const version = run(root, 'dpkg-query', ['-W', `-f=$\{source:Package} $\{source:Version}`, name]);
  return {
    files: `${treeRoot}/build/native/weft.node`,
    what: `parts linked in from Debian's ${name} (source package ${version})`,
    license: 'see below',
    text: readFileSync(file, 'utf8'),
  };
}
