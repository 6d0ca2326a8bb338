/** What the audit log shows of a record: all that a person decided, nothing that is secret or only measured. */
import type { Guest, Host, Policy, Rollout, Vpc } from '../state/records.ts';

/** What was done to what. */
export interface Deed {
  /** `guest web1` */
  readonly resource: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export function deed(resource: string, before: unknown, after: unknown): Deed {
  return { resource, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

type Unnamed<T> = Omit<T, 'name' | 'revision'>;

export function plain<T extends Vpc | Policy>(record: Unnamed<T> & Partial<T>): Unnamed<T> {
  const { name: _name, revision: _revision, ...value } = record;
  return value as Unnamed<T>;
}

/** Arguments of programs are where people put passwords. */
export function toldGuest({ command, ...guest }: Unnamed<Guest> & Partial<Guest>): unknown {
  const { name: _name, revision: _revision, ...value } = guest;
  const [program] = command;
  return program === undefined ? value : { ...value, program, arguments: command.length - 1 };
}

export function toldHost({ framework, substrateAddresses, agentVersion, assets }: Unnamed<Host>): unknown {
  return { ...(framework === undefined ? {} : { framework }), substrateAddresses, agentVersion, labels: assets.labels };
}

export function toldRollout({
  phase,
  policies,
  remove,
  batchHosts,
  pauseMs,
  limits,
  order,
  batches,
}: Unnamed<Rollout>) {
  return { phase, policies, remove, batchHosts, pauseMs, limits, order, hosts: batches.flat().length };
}
