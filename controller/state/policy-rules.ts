/**
 * Which policies may be stored. Pure.
 *
 * Not those of customers yet, although `select` knows them: one selection covers all traffic between two hosts,
 * so on hosts that tenants share a customer's policy would decide for the others too (and could leave them none),
 * and the API cannot tell customers apart. Administrators may write policies about customers, clouds and guests:
 * where such a policy is about part of a pair's traffic only, it counts for all of it, and the reasons say so.
 */
import { layouts } from '../../wire/formats/index.ts';
import { features } from '../../wire/formats/layout.ts';
import {
  authorCustomer,
  frameworkOf,
  isFeature,
  type PolicyRequest,
  policyLimits,
  policyMistake,
} from '../../wire/policy.ts';
import type { PolicyValue } from './records.ts';
import { grant, type Outcome, refuse } from './refusal.ts';
import type { State } from './state.ts';

/** The policy as it is stored. */
export function checkPolicy(request: PolicyRequest, state: Pick<State, 'policies' | 'hosts'>): Outcome<PolicyValue> {
  const { name, capabilities, effect } = request;
  const mistake = policyMistake(request);
  if (mistake !== undefined) {
    return refuse('invalid', `policy '${name}', '${mistake.path.join('.')}': ${mistake.what}`);
  }
  const customer = authorCustomer(request);
  if (customer !== undefined) {
    const why = 'hosts that customers share have one selection for all, so theirs cannot be obeyed alone yet';
    const advice = `an administrator can write it, with the match customer '${customer}'`;
    return refuse('invalid', `policy '${name}' is by customer '${customer}': ${why}; ${advice}`);
  }
  const known = knownFrameworks(state);
  const unknown = capabilities.find((capability) => !isFeature(capability) && !known.has(frameworkOf(capability)));
  if (unknown !== undefined) {
    const expected = `known are the frameworks ${[...known].sort().join(', ')} and the features ${features.join(', ')}`;
    return refuse('invalid', `policy '${name}': '${unknown}' is neither a framework nor a feature (${expected})`);
  }
  if (!state.policies.has(name) && state.policies.size >= policyLimits.policies) {
    return refuse('exhausted', `there are ${policyLimits.policies} policies, which is the limit: delete some first`);
  }
  const { description, match } = request;
  return grant({
    ...(description === undefined ? {} : { description }),
    author: 'administrator',
    ...(match === undefined || Object.keys(match).length === 0 ? {} : { match: inOrder(match) }),
    effect,
    capabilities,
  });
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
