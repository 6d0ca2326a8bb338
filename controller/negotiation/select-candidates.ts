/**
 * The formats that one direction of a pair could have, the best first, each with its features and what stands
 * against it. Pure.
 *
 * Versions are ordered as numbers and taken from the names, so a controller can choose one that is newer than
 * itself. Frameworks have no order of their own: another one than `gni` is a candidate only when a policy asks for it.
 */
import { fitsFeature, fitsFormat, frameworkOf, isFeature, type PolicyRequest } from '../../wire/policy.ts';
import { dress, type Ends, type Filled, fillSlots } from './select-features.ts';
import { isExcepted, meansFormat, type Objection, objectionOf, type Rules } from './select-rules.ts';

export interface Judged {
  readonly format: string;
  readonly features: readonly Filled[];
  /** The format with the features that are on, without keys. */
  readonly encapsulation: string;
  /** Why the two hosts cannot speak it, whatever policies say. */
  readonly lacking: string | undefined;
  /** What policies have against it; `unasked`: its framework is not ours, and no policy asks for it. */
  readonly removal: Objection | 'unasked' | undefined;
}

export function judge(ends: Ends, rules: Rules): readonly Judged[] {
  const formats = new Set(ends.flatMap((party) => party.formats).filter((format) => parse(format) !== undefined));
  const asked = new Set([ownFramework, ...(rules.scope.asked ?? []), ...askedFrameworks(rules)]);
  return [...formats]
    .map((format) => judgeFormat(format, asked.has(frameworkOf(format)), ends, rules))
    .sort((a, b) => byPolicies(a, b, rules) || byNature(a.format, b.format));
}

export function isPossible({ lacking, removal }: Judged): boolean {
  return lacking === undefined && removal === undefined;
}

function judgeFormat(format: string, isAsked: boolean, ends: Ends, rules: Rules): Judged {
  const without = ends.find((party) => !party.formats.includes(format))?.host;
  const features = fillSlots(format, ends, rules);
  const unable = features.find(({ lacking }) => lacking !== undefined)?.lacking;
  return {
    format,
    features,
    encapsulation: dress(
      format,
      features.map(({ option }) => option),
    ),
    lacking: without === undefined ? unable : `${without} does not have it`,
    removal: isAsked
      ? strongest([objectionTo(format, rules), ...features.map((each) => each.objection)], rules)
      : 'unasked',
  };
}

function askedFrameworks({ allow, restrict, rank }: Rules): string[] {
  return [...allow, ...restrict.filter(({ effect }) => effect !== 'forbid'), ...rank].flatMap(({ capabilities }) =>
    capabilities.filter((capability) => !isFeature(capability)).map(frameworkOf),
  );
}

// ---- what stands against a format as such -------------------------------------------------------------------

function objectionTo(format: string, rules: Rules): Objection | undefined {
  const standing = rules.restrict.filter((policy) => stands(policy, format, rules));
  return standing.length === 0 ? undefined : objectionOf(standing, (each) => isFormatWord(each, format, rules));
}

/** Not the features that have options: their objections are found option by option. */
function isFormatWord(capability: string, format: string, { scope }: Rules): boolean {
  return capability !== 'encryption' && meansFormat(capability, format, scope);
}

function stands(policy: PolicyRequest, format: string, rules: Rules): boolean {
  const { effect, capabilities } = policy;
  const means = (capability: string) => meansFormat(capability, format, rules.scope);
  if (effect === 'forbid') {
    const isHit = capabilities.some((capability) => isFormatWord(capability, format, rules));
    return isHit && !isExcepted(policy, rules, means);
  }
  // Of formats one, of features all.
  const formats = capabilities.filter((capability) => !isFeature(capability));
  const formatFits = formats.length === 0 || formats.some((pattern) => fitsFormat(pattern, format));
  return !formatFits || (capabilities.includes('integrity') && !means('integrity'));
}

/** The one whose weakest policy is the strongest: what administrators alone object to is told first. */
function strongest(objections: readonly (Objection | undefined)[], { restrict }: Rules): Objection | undefined {
  const weakness = ({ told }: Objection) => Math.max(...told.map((policy) => restrict.indexOf(policy)));
  return objections
    .filter((objection) => objection !== undefined)
    .toSorted((a, b) => weakness(a) - weakness(b))
    .at(0);
}

// ---- orders -------------------------------------------------------------------------------------------------

function byPolicies(a: Judged, b: Judged, { rank, scope }: Rules): number {
  return rank.map((policy) => byPolicy(policy, a, b, scope)).find((difference) => difference !== 0) ?? 0;
}

/** Negative: the policy puts `a` first, because it has the first capability that only one of them has. */
export function byPolicy({ effect, capabilities }: PolicyRequest, a: Judged, b: Judged, scope: Rules['scope']): number {
  // An order of ciphers or compressions is no wish to have any.
  const words = effect === 'order' ? capabilities.filter((capability) => !isFeature(capability)) : capabilities;
  const differences = words.map((word) => Number(has(word, b, scope)) - Number(has(word, a, scope)));
  return differences.find((difference) => difference !== 0) ?? 0;
}

function has(word: string, { format, features }: Judged, scope: Rules['scope']): boolean {
  return (
    meansFormat(word, format, scope) || features.some(({ option }) => option !== undefined && fitsFeature(word, option))
  );
}

interface Version {
  readonly framework: string;
  readonly major: number;
  readonly minor: number;
}

const ownFramework = 'gni';

/** Weft's own framework first, higher versions first. */
export function byNature(a: string, b: string): number {
  const [x, y] = [parse(a), parse(b)];
  if (x === undefined || y === undefined) return 0;
  const own = (version: Version) => (version.framework === ownFramework ? 0 : 1);
  const byFramework = own(x) - own(y) || (x.framework < y.framework ? -1 : Number(x.framework > y.framework));
  return byFramework || y.major - x.major || y.minor - x.minor;
}

/** Undefined: no format, so never chosen. */
export function parse(format: string): Version | undefined {
  const match = /^([a-z][a-z0-9-]*)(?: (0|[1-9]\d?)(?:\.(0|[1-9]\d?))?)?$/.exec(format);
  if (match === null) return undefined;
  // `vxlan` has no versions, `x 1` is before `x 1.0`.
  return { framework: match[1] ?? '', major: Number(match[2] ?? -1), minor: Number(match[3] ?? -1) };
}
