/**
 * Which policies may be stored. Pure.
 *
 * Customers' own may be, since pairs of guests have selections of their own: such a policy reaches the traffic of its
 * author's clouds and no other. What it names must therefore be the author's. Where hosts have too many such pairs,
 * one selection counts for all their traffic, the strictest, and the reasons say so.
 *
 * Who may write in whose name is not decided here but by whom the request comes from (`access/tenancy.ts`).
 */
import { layouts } from '../../wire/formats/index.ts';
import {
  authorCustomer,
  featureWords,
  frameworkOf,
  isFeature,
  type PolicyRequest,
  policyLimits,
  policyMistake,
} from '../../wire/policy.ts';
import type { PolicyValue } from './records.ts';
import { grant, type Outcome, refuse } from './refusal.ts';
import type { State } from './state.ts';

type Known = Pick<State, 'policies' | 'hosts' | 'vpcs' | 'guests'>;

/** The policy as it is stored. */
export function checkPolicy(request: PolicyRequest, state: Known): Outcome<PolicyValue> {
  const { name, capabilities, effect } = request;
  const mistake = policyMistake(request);
  if (mistake !== undefined) {
    return refuse('invalid', `policy '${name}', '${mistake.path.join('.')}': ${mistake.what}`);
  }
  const presumption = customersMistake(request, state);
  if (presumption !== undefined) return refuse('invalid', `policy '${name}' is by ${request.author}: ${presumption}`);
  const known = knownFrameworks(state);
  const unknown = capabilities.find((capability) => !isFeature(capability) && !known.has(frameworkOf(capability)));
  if (unknown !== undefined) {
    const expected = `known are the frameworks ${[...known].sort().join(', ')} and the features ${featureWords.join(', ')}`;
    return refuse('invalid', `policy '${name}': '${unknown}' is neither a framework nor a feature (${expected})`);
  }
  if (!state.policies.has(name) && state.policies.size >= policyLimits.policies) {
    return refuse('exhausted', `there are ${policyLimits.policies} policies, which is the limit: delete some first`);
  }
  const { description, match, author = 'administrator' } = request;
  return grant({
    ...(description === undefined ? {} : { description }),
    author,
    ...(match === undefined || Object.keys(match).length === 0 ? {} : { match: inOrder(match) }),
    effect,
    capabilities,
  });
}

/**
 * What a customer cannot decide. Clouds and guests that do not exist are no mistake: they may come later, and where
 * they are another's then, the policy does not reach them.
 */
function customersMistake(request: PolicyRequest, { vpcs, guests }: Known): string | undefined {
  const customer = authorCustomer(request);
  if (customer === undefined) return undefined;
  if (request.effect === 'infer') {
    return 'what hosts are told of changes is for an administrator to decide, expected another effect than infer';
  }
  const { cloud, guest } = request.match ?? {};
  const isAnothers = (name: string | undefined) =>
    name !== undefined && vpcs.has(name) && vpcs.get(name)?.customer !== customer;
  if (isAnothers(cloud)) return `vpc '${cloud}' is not of customer '${customer}', who decides over no other`;
  const home = guest === undefined ? undefined : guests.get(guest)?.vpc;
  if (!isAnothers(home)) return undefined;
  return `guest '${guest}' is in vpc '${home}', which is not of customer '${customer}', who decides over no other`;
}

/** A misspelt word would be a framework that nobody has: known are ours and those that a host has reported. */
function knownFrameworks({ hosts }: Pick<State, 'hosts'>): Set<string> {
  const reported = [...hosts.values()].flatMap(({ capabilities }) => capabilities.formats.map(frameworkOf));
  return new Set([...layouts.map(({ framework }) => framework), ...reported]);
}

/** So that equal matches are stored as equal texts. */
function inOrder<T extends object>(match: T): T {
  return Object.fromEntries(Object.entries(match).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}
