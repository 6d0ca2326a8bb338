/** Which policies count between two hosts while a rollout is under way. Pure. */
import type { PolicyRequest } from '../../wire/policy.ts';
import type { RolloutValue } from '../state/records.ts';

type Rollout = Pick<RolloutValue, 'phase' | 'batches' | 'policies' | 'remove'>;

/**
 * The rollout's set when both hosts are in, else the old one. While it finishes everybody is in, so the policies may
 * arrive one by one in between: under its set they make no difference.
 */
export function effectivePolicies(
  base: ReadonlyMap<string, PolicyRequest>,
  rollout: Rollout | undefined,
  sourceHost: string,
  destinationHost: string,
): PolicyRequest[] {
  if (rollout === undefined || !isIn(rollout, sourceHost) || !isIn(rollout, destinationHost)) return [...base.values()];
  return newPolicies(base, rollout);
}

/** The set that counts for everybody in the end. */
export function newPolicies(
  base: ReadonlyMap<string, PolicyRequest>,
  { policies, remove }: Pick<Rollout, 'policies' | 'remove'>,
): PolicyRequest[] {
  const set = new Map(base);
  for (const name of remove) set.delete(name);
  for (const policy of policies) set.set(policy.name, policy);
  return [...set.values()];
}

/** Whether the host is one of those for which the new set counts with each other. */
export function isIn(rollout: Rollout, host: string): boolean {
  if (isOver(rollout)) return false;
  return rollout.phase === 'finishing' || hostsIn(rollout).has(host);
}

/** A record never changes, and is asked for every pair. */
const known = new WeakMap<object, ReadonlySet<string>>();

export function hostsIn(rollout: Pick<RolloutValue, 'batches'>): ReadonlySet<string> {
  const set = known.get(rollout.batches) ?? new Set(rollout.batches.flat());
  known.set(rollout.batches, set);
  return set;
}

/** The one that is not over; there is one at most. */
export function activeRollout<R extends Pick<RolloutValue, 'phase'>>(rollouts: ReadonlyMap<string, R>): R | undefined {
  for (const rollout of rollouts.values()) if (!isOver(rollout)) return rollout;
  return undefined;
}

export function isOver({ phase }: Pick<RolloutValue, 'phase'>): boolean {
  return phase === 'done' || phase === 'aborted';
}
