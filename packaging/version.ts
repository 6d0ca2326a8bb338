/**
 * The packages' version, from package.json and git, so that the same commit always has the same one and a later one
 * sorts after it (deb-version(7)):
 *
 *   0.1.0                                 tagged v0.1.0
 *   0.1.0~git20261201.110000.539acc9      on the way to it: `~` sorts before the release
 *   0.1.0+git20261201.110000.539acc9      behind it, before package.json says what comes next
 *   ….dirty                               with changes that are in no commit
 */
export interface VersionFacts {
  /** From package.json. */
  readonly release: string;
  /** Seconds since 1970 of the last commit. */
  readonly committedAt: number;
  readonly commit: string;
  /** Tags of the last commit. */
  readonly tagsHere: readonly string[];
  /** Is there a tag of this release anywhere before? */
  readonly released: boolean;
  readonly dirty: boolean;
}

export function packageVersion({ release, committedAt, commit, tagsHere, released, dirty }: VersionFacts): string {
  const suffix = dirty ? '.dirty' : '';
  // semver's pre-releases sort before their release there, and have to here.
  const base = release.replace('-', '~');
  if (tagsHere.includes(`v${release}`) && !dirty) return base;
  const [day, time] = new Date(committedAt * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  return `${base}${released ? '+' : '~'}git${day}.${time}.${commit.slice(0, 7)}${suffix}`;
}
