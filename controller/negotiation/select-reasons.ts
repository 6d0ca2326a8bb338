/** The sentences of a selection: what is told of every candidate, of conflicts and of policies that count otherwise. */
import { limits } from '../../wire/limits.ts';
import { frameworkOf, type PolicyRequest } from '../../wire/policy.ts';
import { type Counting, nameOf, type Party } from './policies.ts';
import { byNature, byPolicy, isPossible, type Judged, parse } from './select-candidates.ts';
import type { Ends } from './select-features.ts';
import { leavesParts, type Rules } from './select-rules.ts';

export interface Candidate {
  readonly format: string;
  /** Words that are on, or would be: `aes-256-gcm`, `lz4`. */
  readonly features: readonly string[];
  /** Both hosts have it, and no policy stands against it. */
  readonly possible: boolean;
  /** Why it is chosen, or why not. */
  readonly why: string;
}

/** The chosen one has its own reason. */
export function explain(
  judged: readonly Judged[],
  best: { readonly judged: Judged; readonly why: string } | undefined,
  rules: Rules,
): Candidate[] {
  return judged.map((each) => {
    const { format } = each;
    const possible = isPossible(each);
    const features = possible ? each.features.flatMap(({ option }) => (option === undefined ? [] : [option])) : [];
    const why = each === best?.judged ? best.why : `not chosen, ${whyNot(each, best?.judged, rules)}`;
    return { format, features, possible, why };
  });
}

function whyNot(judged: Judged, best: Judged | undefined, rules: Rules): string {
  const { lacking, removal } = judged;
  if (lacking !== undefined) return lacking;
  if (removal === 'unasked') return 'no policy asks for its framework';
  if (removal !== undefined) return removal.text;
  return best === undefined ? 'nothing is' : inferior(judged, best, rules);
}

function inferior(judged: Judged, best: Judged, { rank, scope }: Rules): string {
  const ranker = rank.find((policy) => byPolicy(policy, best, judged, scope) < 0);
  if (byNature(best.format, judged.format) > 0 && ranker !== undefined)
    return `${nameOf(ranker)} puts ${best.encapsulation} first`;
  const framework = frameworkOf(best.format);
  const isSame = framework === frameworkOf(judged.format);
  return isSame ? `${best.format.slice(framework.length + 1)} is higher` : `${best.format} is first`;
}

export function notChosen(candidates: readonly Candidate[], selected: string | undefined): string[] {
  return candidates
    .filter(({ format }) => format !== selected)
    .map(({ format, features, why }) => `${format}${features.map((word) => ` +${word}`).join('')}: ${why}`);
}

/** No policy is to blame. */
export function nothingCommon(ends: Ends, judged: readonly Judged[]): string {
  const unable = judged.find(({ format }) => ends.every(({ formats }) => formats.includes(format)));
  const has = ends.map((party) => `${party.host} has ${names(party)}`).join(', ');
  return `none, because ${has}${unable?.lacking === undefined ? '' : `, and for ${unable.format} ${unable.lacking}`}`;
}

export function conflict(common: readonly Judged[]): string {
  const clauses = common.map(({ format, removal }) =>
    removal === 'unasked' || removal === undefined ? `no policy asks for ${format}` : removal.text,
  );
  return `none, because ${[...new Set(clauses)].join(' and ')}`;
}

/** A policy about part of the traffic binds the rest too, or not at all here: people have to see that. */
export function partNotes(counting: readonly Counting[], { scope }: Rules): string[] {
  return counting
    .filter(({ of }) => of === 'part')
    .map(({ policy }) => {
      const about = 'is about part of the traffic between the hosts';
      if (leavesParts(scope)) return `${nameOf(policy)} ${about} and counts only between the guests that it is about`;
      return policy.effect === 'allow' || policy.effect === 'infer'
        ? `${nameOf(policy)} is left out: it ${about}, which have one selection`
        : `${nameOf(policy)} ${about} and counts for all of it, since they have one selection`;
    });
}

export function inferNotes(accepts: readonly string[], { infer }: Rules, { host }: Party): string[] {
  const [first] = infer;
  const more = accepts.slice(1).join(', ');
  return first === undefined || more === '' ? [] : [`${host} also accepts, by ${nameOf(first)}: ${more}`];
}

export function policyNames(policies: readonly PolicyRequest[]): string[] {
  return [...new Set(policies.map(({ name }) => name))];
}

export function cut(reasons: readonly string[]): string[] {
  return reasons.slice(0, 64).map((reason) => reason.slice(0, limits.textLength));
}

function names(party: Party): string {
  const ordered = [...new Set(party.formats)].filter((format) => parse(format) !== undefined).sort(byNature);
  return ordered.length === 0 ? 'no format' : ordered.join(', ');
}

export function families(party: Party): string {
  return party.families.length === 0 ? 'no address' : party.families.map((family) => `IPv${family}`).join(' and ');
}
