/**
 * Which policies count for a direction of a pair, and in which order. Pure.
 *
 * One selection covers everything that a scope holds. Today that is all traffic from one host to another; a scope
 * of one pair of guests is the same with one cloud and one guest at each end. Where a policy is about a customer,
 * a cloud or a guest, only part of a host pair's traffic may fit it. What it forbids or requires then binds the
 * whole (the stricter result); what it would allow does not count, since the rest was not meant.
 */
import type { Family } from '../../wire/address.ts';
import { authorCustomer, type PolicyRequest } from '../../wire/policy.ts';

/** One end, as it described itself. */
export interface Party {
  readonly host: string;
  readonly formats: readonly string[];
  /** Of its substrate addresses. */
  readonly families: readonly Family[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What a selection is for. */
export interface Scope {
  /** `hosts`: all guests of the clouds; `guests`: one at each end, the two that the only entry of `traffic` names. */
  readonly kind: 'hosts' | 'guests';
  /** Clouds with guests on both hosts. */
  readonly traffic: readonly Traffic[];
  /** Features that packets of a format have. */
  readonly featuresOf: (format: string) => readonly string[];
  /** Of a scope of hosts: pairs of guests have selections of their own, so what is about some guests counts there. */
  readonly perGuest?: boolean;
  /** Frameworks that may be chosen without a policy that asks for them: all that a host without an agent has. */
  readonly asked?: readonly string[];
}

export interface Traffic {
  readonly cloud: string;
  readonly customer: string | undefined;
  /** At least those that policies name. */
  readonly sourceGuests: readonly string[];
  readonly destinationGuests: readonly string[];
}

export interface Counting {
  readonly policy: PolicyRequest;
  /** `part`: other traffic of the scope does not fit it. */
  readonly of: 'all' | 'part';
}

/** The policies that count, the stronger ones first: administrators', then the more specific, then by name. */
export function countingPolicies(
  policies: readonly PolicyRequest[],
  source: Party,
  destination: Party,
  scope: Scope,
): Counting[] {
  return policies
    .flatMap((policy): Counting[] => {
      const of = share(policy, source, destination, scope);
      return of === 'none' ? [] : [{ policy, of }];
    })
    .sort((a, b) => byStrength(a.policy, b.policy));
}

/** Number of conditions: a policy about a host in production is more specific than one about production. */
export function specificity({ match = {} }: PolicyRequest): number {
  return Object.keys(match).length;
}

/** Whether selections can depend on which guests are where. */
export function isAboutGuests(policy: PolicyRequest): boolean {
  const { customer, cloud, guest } = policy.match ?? {};
  return customer !== undefined || cloud !== undefined || guest !== undefined || authorCustomer(policy) !== undefined;
}

/** `policy 'calm'`, `policy 'mine' of customer acme`. */
export function nameOf(policy: PolicyRequest): string {
  const customer = authorCustomer(policy);
  return `policy '${policy.name}'${customer === undefined ? '' : ` of customer ${customer}`}`;
}

function byStrength(a: PolicyRequest, b: PolicyRequest): number {
  const rank = (policy: PolicyRequest) => (authorCustomer(policy) === undefined ? 0 : 1);
  return rank(a) - rank(b) || specificity(b) - specificity(a) || (a.name < b.name ? -1 : 1);
}

function share(policy: PolicyRequest, source: Party, destination: Party, scope: Scope): 'all' | 'part' | 'none' {
  const { environment, host, guest, cloud, customer, direction, areas } = policy.match ?? {};
  if (areas !== undefined && !areAreas(areas, source, destination)) return 'none';
  const isEnd = (party: Party) =>
    (environment === undefined || party.labels.environment === environment) &&
    (host === undefined || party.host === host);
  const atSource = direction !== 'to' && isEnd(source);
  const atDestination = direction !== 'from' && isEnd(destination);
  if (!atSource && !atDestination) return 'none';
  if (!isAboutGuests(policy)) return 'all';
  const author = authorCustomer(policy);
  const fitting = scope.traffic.filter(
    (traffic) =>
      (cloud === undefined || traffic.cloud === cloud) &&
      (customer === undefined || traffic.customer === customer) &&
      (author === undefined || traffic.customer === author) &&
      (guest === undefined ||
        (atSource && traffic.sourceGuests.includes(guest)) ||
        (atDestination && traffic.destinationGuests.includes(guest))),
  );
  if (fitting.length === 0) return 'none';
  const whole = fitting.length === scope.traffic.length && (guest === undefined || scope.kind === 'guests');
  return whole ? 'all' : 'part';
}

function areAreas(
  wanted: 'same-rack' | 'same-area' | 'across-areas',
  { labels: a }: Party,
  { labels: b }: Party,
): boolean {
  const sameArea = (a.area ?? '') === (b.area ?? '');
  switch (wanted) {
    case 'same-rack':
      return sameArea && a.rack !== undefined && a.rack === b.rack;
    case 'same-area':
      return sameArea;
    case 'across-areas':
      return !sameArea;
  }
}
