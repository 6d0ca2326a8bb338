/** From a request to a rollout that may begin, or why not. Pure. */
import { policyLimits } from '../../wire/policy.ts';
import { type RolloutRequest, rolloutDefaults } from '../../wire/rollout.ts';
import { checkPolicy } from '../state/policy-rules.ts';
import type { RolloutValue } from '../state/records.ts';
import { grant, type Outcome, refuse } from '../state/refusal.ts';
import type { State } from '../state/state.ts';
import { storeLimits } from '../store/store.ts';
import { activeRollout, newPolicies } from './effective.ts';

type Known = Pick<State, 'policies' | 'rollouts' | 'hosts' | 'vpcs' | 'guests'>;

export interface Moment {
  readonly nowMs: number;
  readonly dropsPercentBefore: number;
}

export function planRollout(request: RolloutRequest, state: Known, moment: Moment): Outcome<RolloutValue> {
  const active = activeRollout(state.rollouts);
  if (active !== undefined) {
    return refuse('in-use', `rollout '${active.name}' is ${active.phase}: wait for its end, or abort it first`);
  }
  const policies = checkPolicies(request, state);
  if (!policies.ok) return policies;
  const { name, remove = [], pauseMs = rolloutDefaults.pauseMs, order = [] } = request;
  const { settleMs, unsettledPercent, dropsPercent, cut } = { ...rolloutDefaults, ...request.limits };
  if (request.batchHosts !== undefined && request.batchPercent !== undefined) {
    return refuse('invalid', `rollout '${name}' has batchHosts and batchPercent: give one of them`);
  }
  const share = (request.batchPercent ?? rolloutDefaults.batchPercent) / 100;
  const value: RolloutValue = {
    phase: 'running',
    why: 'it has begun',
    policies: policies.value,
    remove: [...remove],
    batchHosts: request.batchHosts ?? Math.max(1, Math.ceil(state.hosts.size * share)),
    pauseMs,
    limits: { settleMs, unsettledPercent, dropsPercent, cut },
    order: [...order],
    batches: [],
    dropsPercentBefore: moment.dropsPercentBefore,
    startedMs: moment.nowMs,
    changedMs: moment.nowMs,
  };
  return fits(value, state) ? grant(value) : refuse('exhausted', tooLarge(name));
}

/** As they will be stored. */
function checkPolicies(request: RolloutRequest, state: Known): Outcome<RolloutValue['policies']> {
  const { name, policies = [], remove = [] } = request;
  const names = [...policies.map((policy) => policy.name), ...remove];
  const twice = names.find((each, i) => names.indexOf(each) !== i);
  if (twice !== undefined) return refuse('invalid', `rollout '${name}' names policy '${twice}' twice`);
  const missing = remove.find((each) => !state.policies.has(each));
  if (missing !== undefined) return refuse('unknown', `policy '${missing}', which shall go, does not exist`);
  const checked: RolloutValue['policies'] = [];
  for (const policy of policies) {
    const value = checkPolicy(policy, state);
    if (!value.ok) return value;
    checked.push({ name: policy.name, ...value.value });
  }
  if (remove.length === 0 && checked.every((policy) => isPut(policy, state))) {
    return refuse('invalid', `rollout '${name}' would change nothing: every policy is as it wants it already`);
  }
  if (newPolicies(state.policies, { policies: checked, remove }).length > policyLimits.policies) {
    return refuse('exhausted', `there would be more than ${policyLimits.policies} policies, which is the limit`);
  }
  return grant(checked);
}

/** Whether the policy is in the store as the rollout wants it. */
export function isPut(wanted: RolloutValue['policies'][number], { policies }: Pick<State, 'policies'>): boolean {
  const present = policies.get(wanted.name);
  if (present === undefined) return false;
  const { revision: _revision, ...value } = present;
  return JSON.stringify(inOrder(value)) === JSON.stringify(inOrder(wanted));
}

/** Keys of a policy are words of one level, but for the match, whose order is that of the store already. */
function inOrder(policy: object): unknown[] {
  return Object.entries(policy).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Its record holds the policies, and in the end the names of all hosts; with room for some that come later. */
function fits(value: RolloutValue, { hosts }: Known): boolean {
  const names = [...hosts.keys()].reduce((bytes, name) => bytes + name.length + 3, 0);
  return Buffer.byteLength(JSON.stringify(value)) + names < 0.8 * storeLimits.valueBytes;
}

function tooLarge(name: string): string {
  return `rollout '${name}' has more policies and hosts than one record holds: split its policies into several rollouts`;
}
