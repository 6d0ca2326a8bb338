/**
 * Which policies count for a direction of a pair, and in which order. Pure.
 *
 * One selection covers everything that a scope holds: all traffic from one host to another, or that of one pair of
 * guests. Where a policy is about a customer, a cloud or a guest, only part of a host pair's traffic may fit it.
 * Where pairs of guests have selections of their own (`perGuest`), such a policy counts in those only. Elsewhere
 * what it forbids or requires binds the whole (the stricter result), and what it would allow does not count, since
 * the rest was not meant.
 */
import type { Family } from '../../wire/address.ts';
import { authorCustomer, type PolicyRequest } from '../../wire/policy.ts';

/** One end, as it described itself. */
export interface Party {
  readonly host: string;
  readonly formats: readonly string[];
  /** What it can do to packets of the formats that carry it: ciphers, compressions, `ip-elision`, `flow-control`. */
  readonly features: readonly string[];
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
  /**
   * Pairs of guests have selections of their own wherever `needsGuestScope`: the hosts' one leaves policies about
   * part of the traffic to them. Means nothing where the scope is such a pair itself.
   */
  readonly perGuest: boolean;
  /** All features that packets of a format can have, in the words of `wire/formats`. */
  readonly featuresOf: (format: string) => readonly string[];
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

/**
 * Whether a pair of guests may have to have another selection than their hosts: a policy is about part of the
 * traffic between these. The scope is of kind `hosts`.
 */
export function needsGuestScope(
  policies: readonly PolicyRequest[],
  source: Party,
  destination: Party,
  scope: Scope,
): boolean {
  return countingPolicies(policies, source, destination, scope).some(({ of }) => of === 'part');
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

/** `policy 'calm'`, `policy 'mine' of customer amber`. */
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
