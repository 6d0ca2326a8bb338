/**
 * The selection for one direction of one pair of hosts: which format, and why. Pure.
 *
 *   formats of both ends ─► common ─► not forbidden, as required ─► preferred, then by order ─► the first
 *
 * Without policies: the highest version of the `gni` framework that both ends have. Versions are ordered as
 * numbers and taken from the names, so a controller can choose one that is newer than itself. Frameworks have no
 * order of their own: another one than `gni` is chosen only when a policy asks for it.
 *
 * An administrator's policy is never broken for a customer's: what an administrator requires or pins is used
 * although a customer objects, and what an administrator forbids is not used although a customer requires it
 * (there is none then).
 */
import { limits } from '../../wire/limits.ts';
import { authorCustomer, fitsFormat, frameworkOf, isFeature, type PolicyRequest } from '../../wire/policy.ts';
import { type Counting, countingPolicies, nameOf, type Party, type Scope, specificity } from './policies.ts';

export type { Party, Scope } from './policies.ts';

export interface Candidate {
  readonly format: string;
  /** Both hosts have it, and no policy stands against it. */
  readonly possible: boolean;
  /** Why it is chosen, or why not. */
  readonly why: string;
}

export interface Choice {
  /** Undefined: none, because of the reasons. */
  readonly selected: string | undefined;
  /** Sentences, the decisive one first. */
  readonly reasons: readonly string[];
  /** Names of the policies without which it would be otherwise, the strongest first. */
  readonly decidedBy: readonly string[];
  /** Best first. */
  readonly candidates: readonly Candidate[];
}

export function select(source: Party, destination: Party, policies: readonly PolicyRequest[], scope: Scope): Choice {
  if (!source.families.some((family) => destination.families.includes(family))) {
    const [a, b] = [families(source), families(destination)];
    return none([`none, because ${source.host} has ${a}, ${destination.host} has ${b} on the substrate`], [], []);
  }
  const counting = countingPolicies(policies, source, destination, scope);
  const rules = readRules(counting, scope);
  const judged = judge(rank(source, destination, rules), rules, source, destination);
  const { candidates, notes } = overrule(judged, rules);
  const common = candidates.filter(({ lacking }) => lacking === undefined);
  if (common.length === 0) {
    const because = `${source.host} has ${names(source)}, ${destination.host} has ${names(destination)}`;
    return none([`none, because ${because}`], [], explain(candidates, undefined, rules));
  }
  const best = common.find(({ removal }) => removal === undefined);
  if (best === undefined) return conflict(candidates, rules);
  return chosen(best, candidates, rules, [...notes, ...partNotes(counting)]);
}

// ---- rules: policies by what they do ------------------------------------------------------------------------

interface Rules {
  readonly allow: readonly PolicyRequest[];
  /** Forbid, require and pin. */
  readonly restrict: readonly PolicyRequest[];
  /** Administrators' before customers', prefer before order. */
  readonly rank: readonly PolicyRequest[];
  readonly scope: Scope;
}

function readRules(counting: readonly Counting[], scope: Scope): Rules {
  const all = counting.map(({ policy }) => policy);
  const of = (...effects: PolicyRequest['effect'][]) => all.filter(({ effect }) => effects.includes(effect));
  // What allows a part only is left out: the rest of the traffic was not meant.
  const allow = counting.filter(({ policy, of: part }) => policy.effect === 'allow' && part === 'all');
  return {
    allow: allow.map(({ policy }) => policy),
    restrict: of('forbid', 'require', 'pin'),
    rank: of('prefer', 'order').sort((a, b) => rankStrength(a) - rankStrength(b)),
    scope,
  };
}

function rankStrength(policy: PolicyRequest): number {
  return (authorCustomer(policy) === undefined ? 0 : 2) + (policy.effect === 'prefer' ? 0 : 1);
}

function means(capability: string, format: string, { featuresOf }: Scope): boolean {
  return isFeature(capability) ? featuresOf(format).includes(capability) : fitsFormat(capability, format);
}

function meansAny({ capabilities }: PolicyRequest, format: string, scope: Scope): boolean {
  return capabilities.some((capability) => means(capability, format, scope));
}

/** Of formats one, of features all. */
function satisfies({ capabilities }: PolicyRequest, format: string, scope: Scope): boolean {
  const wantedFormats = capabilities.filter((capability) => !isFeature(capability));
  const formatFits = wantedFormats.length === 0 || wantedFormats.some((pattern) => fitsFormat(pattern, format));
  return formatFits && capabilities.filter(isFeature).every((feature) => means(feature, format, scope));
}

// ---- candidates ---------------------------------------------------------------------------------------------

interface Version {
  readonly framework: string;
  readonly major: number;
  readonly minor: number;
}

interface Judged {
  readonly format: string;
  /** The end that does not have it. */
  readonly lacking: string | undefined;
  /** The policy that stands against it; `unasked`: a framework that no policy asks for. */
  readonly removal: PolicyRequest | 'unasked' | undefined;
}

/** Every format that an end has, the best first. */
function rank(source: Party, destination: Party, rules: Rules): string[] {
  const formats = new Set([...source.formats, ...destination.formats].filter((format) => parse(format) !== undefined));
  return [...formats].sort((a, b) => byPolicies(a, b, rules) || byNature(a, b));
}

function byPolicies(a: string, b: string, { rank: policies, scope }: Rules): number {
  for (const policy of policies) {
    const difference = place(policy, a, scope) - place(policy, b, scope);
    if (difference !== 0) return difference;
  }
  return 0;
}

function place({ capabilities }: PolicyRequest, format: string, scope: Scope): number {
  const index = capabilities.findIndex((capability) => means(capability, format, scope));
  return index < 0 ? capabilities.length : index;
}

/** Weft's own framework first, higher versions first. */
function byNature(a: string, b: string): number {
  const [x, y] = [parse(a), parse(b)];
  if (x === undefined || y === undefined) return 0;
  const own = (version: Version) => (version.framework === ownFramework ? 0 : 1);
  const byFramework = own(x) - own(y) || (x.framework < y.framework ? -1 : Number(x.framework > y.framework));
  return byFramework || y.major - x.major || y.minor - x.minor;
}

const ownFramework = 'gni';

function parse(format: string): Version | undefined {
  const match = /^([a-z][a-z0-9-]*)(?: (0|[1-9]\d?)(?:\.(0|[1-9]\d?))?)?$/.exec(format);
  if (match === null) return undefined;
  // `vxlan` has no versions, `x 1` is before `x 1.0`.
  return { framework: match[1] ?? '', major: Number(match[2] ?? -1), minor: Number(match[3] ?? -1) };
}

function judge(ranked: readonly string[], rules: Rules, source: Party, destination: Party): Judged[] {
  const asked = new Set([ownFramework, ...(rules.scope.asked ?? []), ...askedFrameworks(rules)]);
  return ranked.map((format) => ({
    format,
    lacking: [source, destination].find((party) => !party.formats.includes(format))?.host,
    removal: asked.has(frameworkOf(format))
      ? rules.restrict.find((policy) => stands(policy, format, rules))
      : ('unasked' as const),
  }));
}

function askedFrameworks({ allow, restrict, rank: ranking }: Rules): string[] {
  return [...allow, ...restrict.filter(({ effect }) => effect !== 'forbid'), ...ranking].flatMap(({ capabilities }) =>
    capabilities.filter((capability) => !isFeature(capability)).map(frameworkOf),
  );
}

/** Whether a policy stands against a format. */
function stands(policy: PolicyRequest, format: string, { allow, scope }: Rules): boolean {
  if (policy.effect !== 'forbid') return !satisfies(policy, format, scope);
  const isException = (other: PolicyRequest) =>
    meansAny(other, format, scope) &&
    specificity(other) > specificity(policy) &&
    (authorCustomer(other) === undefined || authorCustomer(policy) !== undefined);
  return meansAny(policy, format, scope) && !allow.some(isException);
}

/** Where customers' policies leave nothing of what an administrator demands, they do not count. */
function overrule(judged: readonly Judged[], rules: Rules): { candidates: readonly Judged[]; notes: string[] } {
  const isCustomers = (removal: Judged['removal']) =>
    removal !== undefined && removal !== 'unasked' && authorCustomer(removal) !== undefined;
  const demand = rules.restrict.find((policy) => policy.effect !== 'forbid' && authorCustomer(policy) === undefined);
  const common = judged.filter(({ lacking }) => lacking === undefined);
  const nothingLeft = common.every(({ removal }) => removal !== undefined);
  // Stronger policies come first: what a customer's has removed, no administrator's has.
  const overruled = common.filter(({ removal }) => isCustomers(removal));
  if (demand === undefined || !nothingLeft || overruled.length === 0) return { candidates: judged, notes: [] };
  const losers = new Set(overruled.map(({ removal }) => nameOf(removal as PolicyRequest)));
  return {
    candidates: judged.map((each) => (isCustomers(each.removal) ? { ...each, removal: undefined } : each)),
    notes: [...losers].map((loser) => `${loser} is overruled by the administrator's ${nameOf(demand)}`),
  };
}

// ---- the outcome and its reasons ----------------------------------------------------------------------------

function chosen(best: Judged, judged: readonly Judged[], rules: Rules, notes: readonly string[]): Choice {
  const { format } = best;
  // What would have been before it if there were no policies.
  const better = judged.filter(({ lacking, format: other, removal }) => {
    return lacking === undefined && removal !== 'unasked' && byNature(other, format) < 0;
  });
  const removers = better.flatMap(({ removal }) => (removal === undefined || removal === 'unasked' ? [] : [removal]));
  const passed = better.filter(({ removal }) => removal === undefined);
  const rankers = rules.rank.filter((policy) =>
    passed.some((other) => place(policy, format, rules.scope) < place(policy, other.format, rules.scope)),
  );
  const pins = rules.restrict.filter(({ effect }) => effect === 'pin');
  const [ranker] = rankers;
  const [pin] = pins;
  let why = 'both hosts have it, highest common version';
  if (pin !== undefined) why = `pinned by ${nameOf(pin)}`;
  else if (ranker?.effect === 'prefer') why = `both hosts have it, preferred by ${nameOf(ranker)}`;
  else if (ranker !== undefined) why = `both hosts have it, first in the order of ${nameOf(ranker)}`;
  else if (removers.length > 0) why = 'both hosts have it, highest common version that policies leave';
  const candidates = explain(judged, { format, why, ranker }, rules);
  const reasons = [`${format}: ${why}`, ...notes, ...notChosen(candidates, format)];
  return {
    selected: format,
    reasons: cut(reasons),
    decidedBy: policyNames([...pins, ...removers, ...rankers]),
    candidates,
  };
}

/** Both hosts have formats in common, and policies leave none of them. */
function conflict(judged: readonly Judged[], rules: Rules): Choice {
  const common = judged.filter(({ lacking }) => lacking === undefined);
  const removers = common.flatMap(({ removal }) => (removal === undefined || removal === 'unasked' ? [] : [removal]));
  const clauses = common.map(({ format, removal }) =>
    removal === 'unasked' || removal === undefined ? `no policy asks for ${format}` : objection(removal, format, rules),
  );
  const because = `none, because ${[...new Set(clauses)].join(' and ')}`;
  const lacking = judged.filter((each) => each.lacking !== undefined);
  const reasons = [because, ...notChosen(explain(lacking, undefined, rules), undefined)];
  return none(reasons, policyNames(removers), explain(judged, undefined, rules));
}

function none(reasons: readonly string[], decidedBy: readonly string[], candidates: readonly Candidate[]): Choice {
  return { selected: undefined, reasons: cut(reasons), decidedBy, candidates };
}

function explain(
  judged: readonly Judged[],
  best: { format: string; why: string; ranker: PolicyRequest | undefined } | undefined,
  rules: Rules,
): Candidate[] {
  return judged.map(({ format, lacking, removal }) => {
    const possible = lacking === undefined && removal === undefined;
    if (format === best?.format) return { format, possible, why: best.why };
    if (lacking !== undefined) return { format, possible, why: `not chosen, ${lacking} does not have it` };
    if (removal === 'unasked') return { format, possible, why: 'not chosen, no policy asks for its framework' };
    if (removal !== undefined) return { format, possible, why: `not chosen, ${objection(removal, format, rules)}` };
    return { format, possible, why: `not chosen, ${inferior(format, best)}` };
  });
}

function inferior(format: string, best: { format: string; ranker: PolicyRequest | undefined } | undefined): string {
  if (best === undefined) return 'nothing is';
  if (byNature(best.format, format) > 0 && best.ranker !== undefined)
    return `${nameOf(best.ranker)} puts ${best.format} first`;
  const sameFramework = frameworkOf(best.format) === frameworkOf(format);
  return `${sameFramework ? best.format.slice(frameworkOf(best.format).length + 1) : best.format} is ${sameFramework ? 'higher' : 'first'}`;
}

/** `policy 'calm' forbids gni *`, `policy 'safe' requires integrity`. */
function objection(policy: PolicyRequest, format: string, { scope }: Rules): string {
  if (policy.effect === 'forbid') {
    const named = policy.capabilities.find((capability) => means(capability, format, scope));
    return `${nameOf(policy)} forbids ${named ?? format}`;
  }
  return `${nameOf(policy)} ${policy.effect}s ${policy.capabilities.join(', ')}`;
}

function notChosen(candidates: readonly Candidate[], selected: string | undefined): string[] {
  return candidates.filter(({ format }) => format !== selected).map(({ format, why }) => `${format}: ${why}`);
}

/** A policy about part of the traffic binds the rest too: people have to see that. */
function partNotes(counting: readonly Counting[]): string[] {
  return counting
    .filter(({ of }) => of === 'part')
    .map(({ policy }) =>
      policy.effect === 'allow'
        ? `${nameOf(policy)} is left out: it is about part of the traffic between the hosts, which have one selection`
        : `${nameOf(policy)} is about part of the traffic between the hosts and counts for all of it, since they have one selection`,
    );
}

function policyNames(policies: readonly PolicyRequest[]): string[] {
  return [...new Set(policies.map(({ name }) => name))];
}

function cut(reasons: readonly string[]): string[] {
  return reasons.slice(0, 64).map((reason) => reason.slice(0, limits.textLength));
}

function names(party: Party): string {
  const ordered = [...new Set(party.formats)].filter((format) => parse(format) !== undefined).sort(byNature);
  return ordered.length === 0 ? 'no format' : ordered.join(', ');
}

function families(party: Party): string {
  return party.families.length === 0 ? 'no address' : party.families.map((family) => `IPv${family}`).join(' and ');
}
