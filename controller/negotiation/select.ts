/**
 * The selection for one direction of one pair: which format with which features, and why. Pure.
 *
 *   policies that count ─► rules ─► every format judged, with its features ─► customers overruled ─► the first left
 *   policies.ts          select-rules  select-candidates, select-features                          select-reasons
 *
 * Without policies: the highest version of the `gni` framework that both ends have; one that is sealed counts when
 * they have a cipher in common. Features that cost work are on only where a policy wants them.
 *
 * An administrator's policy is never broken for a customer's: what an administrator requires or pins is used
 * although a customer objects, and what an administrator forbids is not used although a customer requires it
 * (there is none then).
 */
import { authorCustomer, isFeature, type PolicyRequest } from '../../wire/policy.ts';
import { countingPolicies, nameOf, type Party, type Scope } from './policies.ts';
import { acceptsOf } from './select-accepts.ts';
import { byNature, byPolicy, isPossible, type Judged, judge } from './select-candidates.ts';
import type { Ends } from './select-features.ts';
import {
  type Candidate,
  conflict,
  cut,
  explain,
  families,
  inferNotes,
  notChosen,
  nothingCommon,
  partNotes,
  policyNames,
} from './select-reasons.ts';
import { type Rules, readRules } from './select-rules.ts';

export type { Party, Scope } from './policies.ts';
export type { Candidate } from './select-reasons.ts';

export interface Choice {
  /** An encapsulation's text without keys. Undefined: none, because of the reasons. */
  readonly selected: string | undefined;
  /** Such texts, the selected one first: all that the destination shall accept. More than one only under `infer`. */
  readonly accepts: readonly string[];
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
  const ends: Ends = [source, destination];
  const counting = countingPolicies(policies, source, destination, scope);
  const { judged, rules, notes } = settle(ends, readRules(counting, scope));
  const parts = partNotes(counting, rules);
  const common = judged.filter(({ lacking }) => lacking === undefined);
  if (common.length === 0) return none([nothingCommon(ends, judged)], [], explain(judged, undefined, rules));
  const best = common.find(isPossible);
  if (best !== undefined) return chosen(best, judged, rules, { ends, overruled: notes, parts });
  const lacking = judged.filter((each) => each.lacking !== undefined);
  const reasons = [conflict(common), ...notChosen(explain(lacking, undefined, rules), undefined), ...parts];
  return none(reasons, policyNames(common.flatMap(told)), explain(judged, undefined, rules));
}

// ---- administrators before customers ------------------------------------------------------------------------

interface Settled {
  readonly judged: readonly Judged[];
  /** Without the policies that were overruled. */
  readonly rules: Rules;
  readonly notes: readonly string[];
}

/** Where customers' policies leave nothing of what an administrator demands, those that do so do not count. */
function settle(ends: Ends, rules: Rules): Settled {
  const judged = judge(ends, rules);
  const demand = rules.restrict.find((policy) => policy.effect !== 'forbid' && authorCustomer(policy) === undefined);
  if (demand === undefined || judged.some(isPossible)) return { judged, rules, notes: [] };
  const ofAdministrators = without(rules, (policy) => authorCustomer(policy) !== undefined);
  const feasible = new Set(
    judge(ends, ofAdministrators)
      .filter(isPossible)
      .map(({ format }) => format),
  );
  const losers = new Set(
    judged
      .filter(({ format }) => feasible.has(format))
      .flatMap(({ removal }) => (removal === undefined || removal === 'unasked' ? [] : removal.standing))
      .filter((policy) => authorCustomer(policy) !== undefined),
  );
  if (losers.size === 0) return { judged, rules, notes: [] };
  const notes = [...losers].map((loser) => `${nameOf(loser)} is overruled by the administrator's ${nameOf(demand)}`);
  // Each turn takes at least one policy away, so there is an end.
  const settled = settle(
    ends,
    without(rules, (policy) => losers.has(policy)),
  );
  return { ...settled, notes: [...notes, ...settled.notes] };
}

function without(rules: Rules, isLeftOut: (policy: PolicyRequest) => boolean): Rules {
  return { ...rules, restrict: rules.restrict.filter((policy) => !isLeftOut(policy)) };
}

// ---- the outcome --------------------------------------------------------------------------------------------

interface Circumstances {
  readonly ends: Ends;
  readonly overruled: readonly string[];
  readonly parts: readonly string[];
}

function chosen(best: Judged, judged: readonly Judged[], rules: Rules, { ends, overruled, parts }: Circumstances) {
  const { format, encapsulation, features } = best;
  const { why, deciders } = whyFormat(best, judged, rules);
  const candidates = explain(judged, { judged: best, why }, rules);
  const accepts = acceptsOf(best, judged, rules);
  const reasons = [
    `${encapsulation}: ${why}`,
    ...features.flatMap(({ reason }) => (reason === undefined ? [] : [reason])),
    ...overruled,
    ...parts,
    ...inferNotes(accepts, rules, ends[1]),
    ...notChosen(candidates, format),
  ];
  const decidedBy = policyNames([...deciders, ...features.flatMap((each) => each.deciders)]);
  return { selected: encapsulation, accepts, reasons: cut(reasons), decidedBy, candidates };
}

function whyFormat(best: Judged, judged: readonly Judged[], { restrict, rank, scope }: Rules) {
  // What would have been before it if there were no policies.
  const better = judged.filter(
    (other) => other.lacking === undefined && other.removal !== 'unasked' && byNature(other.format, best.format) < 0,
  );
  const removers = better.flatMap(told);
  const passed = better.filter(isPossible);
  const rankers = rank.filter((policy) => passed.some((other) => byPolicy(policy, best, other, scope) < 0));
  const pins = restrict.filter(
    ({ effect, capabilities }) => effect === 'pin' && capabilities.some((capability) => !isFeature(capability)),
  );
  const [ranker] = rankers;
  const [pin] = pins;
  let why = 'both hosts have it, highest common version';
  if (pin !== undefined) why = `pinned by ${nameOf(pin)}`;
  else if (ranker?.effect === 'prefer') why = `both hosts have it, preferred by ${nameOf(ranker)}`;
  else if (ranker !== undefined) why = `both hosts have it, first in the order of ${nameOf(ranker)}`;
  else if (removers.length > 0) why = 'both hosts have it, highest common version that policies leave';
  return { why, deciders: [...pins, ...removers, ...rankers] };
}

function told({ removal }: Judged): readonly PolicyRequest[] {
  return removal === undefined || removal === 'unasked' ? [] : removal.told;
}

function none(reasons: readonly string[], decidedBy: readonly string[], candidates: readonly Candidate[]): Choice {
  return { selected: undefined, accepts: [], reasons: cut(reasons), decidedBy, candidates };
}
