/** Says in what two .deb files differ: which members, and of those whether their bytes, modes, owners or times. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './tree.ts';

export interface Member {
  /** `control/postinst`, or `data/` and a path on the machine. */
  readonly path: string;
  /** Kind and mode, owner, time, target of a link. */
  readonly attributes: string;
  /** sha256 of the content; empty for all but files. */
  readonly content: string;
}

/** One sentence a difference; none: the same bytes, but for how they were compressed. */
export function differences(one: readonly Member[], other: readonly Member[]): readonly string[] {
  const others = new Map(other.map((member) => [member.path, member]));
  const names = new Set(one.map(({ path }) => path));
  return [
    ...one.flatMap((member) => {
      const twin = others.get(member.path);
      if (twin === undefined) return [`${member.path}: only in the first`];
      return [
        ...(twin.attributes === member.attributes ? [] : [`${member.path}: ${member.attributes} | ${twin.attributes}`]),
        ...(twin.content === member.content ? [] : [`${member.path}: other content`]),
      ];
    }),
    ...other.filter(({ path }) => !names.has(path)).map(({ path }) => `${path}: only in the second`),
    ...(sameOrder(one, other) ? [] : ['members are in another order']),
  ];
}

function sameOrder(one: readonly Member[], other: readonly Member[]): boolean {
  return one.length !== other.length || one.every(({ path }, i) => path === other[i]?.path);
}

/** `scratch`: an empty folder; the package's members are left there, as data/ and control/. */
export function membersOf(deb: string, scratch: string): readonly Member[] {
  return (['control', 'data'] as const).flatMap((part) => {
    const tar = join(scratch, `${part}.tar`);
    const packed = spawnSync('sh', ['-c', 'dpkg-deb "$1" "$2" > "$3"', 'sh', option[part], deb, tar]);
    if (packed.status !== 0) throw new Error(`${deb} cannot be read: ${packed.stderr.toString().trim()}`);
    const folder = join(scratch, part);
    run(scratch, 'mkdir', [folder]);
    run(scratch, 'tar', ['-C', folder, '-xf', tar]);
    const listing = run(scratch, 'tar', ['--numeric-owner', '--full-time', '-tvf', tar]).split('\n');
    return listing.map((line) => memberOf(line, part, folder));
  });
}

const option = { control: '--ctrl-tarfile', data: '--fsys-tarfile' } as const;

/** `-rw-r--r-- 0/0  1234 2026-12-01 11:05:24 ./usr/bin/weft -> ../lib/weft/bin/weft` */
function memberOf(line: string, part: string, folder: string): Member {
  const [mode = '', owner = '', , day = '', time = '', name = '', ...target] = line.split(/\s+/);
  const content = mode.startsWith('-')
    ? createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')
    : '';
  return { path: join(part, name), attributes: [mode, owner, day, time, ...target].join(' '), content };
}
