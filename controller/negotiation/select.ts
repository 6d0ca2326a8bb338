/**
 * The selection for one direction of one pair of hosts: which format, and why. Pure.
 *
 * The highest version of the `gni` framework that both ends have. Its versions are ordered as numbers, so
 * a controller can choose one that is newer than itself.
 */
import type { Family } from '../../wire/address.ts';
import { limits } from '../../wire/limits.ts';

/** One end, as it described itself. */
export interface Party {
  readonly host: string;
  readonly formats: readonly string[];
  /** Of its substrate addresses. */
  readonly families: readonly Family[];
}

export interface Choice {
  /** Undefined: none, because of the reasons. */
  readonly selected: string | undefined;
  /** Sentences, the decisive one first. */
  readonly reasons: readonly string[];
}

export function select(source: Party, destination: Party): Choice {
  if (!source.families.some((family) => destination.families.includes(family))) {
    return none(
      `${source.host} has ${families(source)}, ${destination.host} has ${families(destination)} on the substrate`,
    );
  }
  const [mine, theirs] = [gniVersions(source), gniVersions(destination)];
  const common = mine.filter((version) => theirs.some((other) => compare(version, other) === 0));
  const [best] = common;
  if (best === undefined) {
    return none(`${source.host} has ${names(mine)}, ${destination.host} has ${names(theirs)}`);
  }
  const reasons = [`${name(best)}: both hosts have it, highest common version`];
  for (const version of merge(mine, theirs)) {
    if (compare(version, best) === 0) continue;
    const lacking = [source, destination].find((party) => !party.formats.includes(name(version)));
    reasons.push(
      lacking === undefined
        ? `${name(version)}: not chosen, ${best.join('.')} is higher`
        : `${name(version)}: not chosen, ${lacking.host} does not have it`,
    );
  }
  return { selected: name(best), reasons: reasons.slice(0, 64) };
}

function none(because: string): Choice {
  return { selected: undefined, reasons: [`none, because ${because}`.slice(0, limits.textLength)] };
}

type Version = readonly [major: number, minor: number];

/** Highest first. Formats of other frameworks are not chosen without a policy. */
function gniVersions(party: Party): Version[] {
  const versions = party.formats.flatMap((format): Version[] => {
    const match = /^gni (0|[1-9]\d?)\.(0|[1-9]\d?)$/.exec(format);
    return match === null ? [] : [[Number(match[1]), Number(match[2])]];
  });
  return merge(versions, []);
}

function merge(a: readonly Version[], b: readonly Version[]): Version[] {
  const sorted = [...a, ...b].sort((x, y) => compare(y, x));
  return sorted.filter((version, i) => i === 0 || compare(version, sorted[i - 1] ?? version) !== 0);
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1];
}

function name(version: Version): string {
  return `gni ${version.join('.')}`;
}

function names(versions: readonly Version[]): string {
  return versions.length === 0 ? 'no format' : versions.map(name).join(', ');
}

function families(party: Party): string {
  return party.families.length === 0 ? 'no address' : party.families.map((family) => `IPv${family}`).join(' and ');
}
