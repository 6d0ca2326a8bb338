/**
 * `make deb-twice`: builds the packages of the last commit in two fresh clones that differ in path, umask, language and
 * time zone, and compares what comes out byte for byte. Everything native is compiled anew in both, raw-socket and cap too.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differences, membersOf } from './compare.ts';
import { PackagingError, run } from './tree.ts';

const root = join(import.meta.dirname, '..');
const shownDifferences = 40;

interface Place {
  readonly folder: string;
  readonly umask: string;
  readonly environment: Readonly<Record<string, string>>;
}

function main(scratch: string): boolean {
  const places: readonly [Place, Place] = [
    { folder: join(scratch, 'a'), umask: '022', environment: { TZ: 'UTC', LC_ALL: 'C' } },
    {
      folder: join(scratch, 'somewhere-else/with-a-longer-name'),
      umask: '077',
      environment: { TZ: 'Pacific/Kiritimati', LC_ALL: 'C.UTF-8' },
    },
  ];
  for (const place of places) build(place);
  const [one, other] = places.map(({ folder }) => join(folder, 'build/deb')) as [string, string];
  const names = [readdirSync(one).sort(), readdirSync(other).sort()] as const;
  if (names[0].join() !== names[1].join())
    throw new PackagingError(`other packages: ${names[0].join(', ')} | ${names[1].join(', ')}`);
  return names[0].map((name) => compare(join(one, name), join(other, name), name, scratch)).every((same) => same);
}

function build({ folder, umask, environment }: Place): void {
  process.stdout.write(`building in ${folder}\n`);
  run(root, 'git', ['clone', '--quiet', '--no-hardlinks', root, folder]);
  run(root, 'cp', ['-a', 'node_modules', folder]);
  for (const addon of ['raw-socket', 'cap'])
    rmSync(join(folder, 'node_modules', addon, 'build'), { recursive: true, force: true });
  // Only this step of set-up is taken as done: npm packages are the lock file's, whoever installed them.
  mkdirSync(join(folder, '.setup'));
  copyFileSync(join(root, '.setup/npm'), join(folder, '.setup/npm'));
  const { MAKEFLAGS: _, VERSION: __, SOURCE_DATE_EPOCH: ___, COMPRESSION: ____, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `umask ${umask}; exec make deb`], {
    cwd: folder,
    env: { ...inherited, ...environment },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0)
    throw new PackagingError(`building in ${folder} failed:\n${stdout.slice(-4000)}${stderr.slice(-4000)}`);
}

function compare(one: string, other: string, name: string, scratch: string): boolean {
  const [first = '', second = ''] = [one, other].map((deb) =>
    createHash('sha256').update(readFileSync(deb)).digest('hex'),
  );
  process.stdout.write(`${first}  ${name}\n`);
  if (first === second) return true;
  process.stdout.write(`${second}  ${name}, the second time\n`);
  const [members = [], others = []] = [one, other].map((deb) => membersOf(deb, mkdtempSync(join(scratch, 'members-'))));
  const found = differences(members, others);
  for (const difference of found.slice(0, shownDifferences)) process.stdout.write(`  ${difference}\n`);
  if (found.length === 0) process.stdout.write('  the same members, compressed in another way\n');
  return false;
}

const scratch = mkdtempSync(join(tmpdir(), 'weft-twice-'));
try {
  const same = main(scratch);
  process.stdout.write(same ? 'the same bytes twice\n' : 'not the same bytes\n');
  process.exitCode = same ? 0 : 1;
} catch (error) {
  process.stderr.write(`make deb-twice: ${error instanceof PackagingError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
