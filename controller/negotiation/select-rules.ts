/**
 * The counting policies by what they do, and the questions that all steps of a selection ask them. Pure.
 *
 * Every list has the stronger policies first.
 */
import { authorCustomer, fitsFormat, isFeature, type PolicyRequest } from '../../wire/policy.ts';
import { type Counting, nameOf, type Scope, specificity } from './policies.ts';

export interface Rules {
  readonly allow: readonly PolicyRequest[];
  /** Forbid, require and pin. */
  readonly restrict: readonly PolicyRequest[];
  /** Administrators' before customers', prefer before order. */
  readonly rank: readonly PolicyRequest[];
  readonly infer: readonly PolicyRequest[];
  readonly scope: Scope;
}

/** Policies that take a format, or an option of one of its features, away. */
export interface Objection {
  /** `policy 'calm' forbids gni *`. */
  readonly text: string;
  /** Those that the text tells, the strongest first. */
  readonly told: readonly PolicyRequest[];
  /** All that stand against it. */
  readonly standing: readonly PolicyRequest[];
}

export function readRules(counting: readonly Counting[], scope: Scope): Rules {
  const counted = counting.filter(({ of }) => of === 'all' || !leavesParts(scope)).map(({ policy }) => policy);
  const of = (...effects: PolicyRequest['effect'][]) => counted.filter(({ effect }) => effects.includes(effect));
  // What permits something for a part only is left out: the rest of the traffic was not meant.
  const permits = (effect: PolicyRequest['effect']) =>
    counting.filter(({ policy, of: part }) => policy.effect === effect && part === 'all').map(({ policy }) => policy);
  return {
    allow: permits('allow'),
    restrict: of('forbid', 'require', 'pin'),
    rank: of('prefer', 'order').sort((a, b) => rankStrength(a) - rankStrength(b)),
    infer: permits('infer'),
    scope,
  };
}

/** Whether policies about part of the traffic are left to the selections of pairs of guests. */
export function leavesParts({ kind, perGuest }: Scope): boolean {
  return kind === 'hosts' && perGuest;
}

function rankStrength(policy: PolicyRequest): number {
  return (authorCustomer(policy) === undefined ? 0 : 2) + (policy.effect === 'prefer' ? 0 : 1);
}

/** Features that every packet of a format has, if the format can carry them. */
const inherent: readonly string[] = ['integrity', 'encryption'];

/** Whether a capability is the format itself, or a feature that it always has. */
export function meansFormat(capability: string, format: string, { featuresOf }: Scope): boolean {
  if (!isFeature(capability)) return fitsFormat(capability, format);
  return inherent.includes(capability) && featuresOf(format).includes(capability);
}

/** Whether a more specific policy allows what this one forbids. Customers except nothing from administrators' bans. */
export function isExcepted(
  ban: PolicyRequest,
  { allow }: Pick<Rules, 'allow'>,
  isMeant: (capability: string) => boolean,
): boolean {
  return allow.some(
    (exception) =>
      exception.capabilities.some(isMeant) &&
      specificity(exception) > specificity(ban) &&
      (authorCustomer(exception) === undefined || authorCustomer(ban) !== undefined),
  );
}

/** Of policies that stand against something the first is told. */
export function objectionOf(standing: readonly PolicyRequest[], isMeant: (capability: string) => boolean): Objection {
  const told = standing.slice(0, 1);
  return { text: told.map((policy) => say(policy, isMeant)).join(), told, standing };
}

/** `policy 'calm' forbids gni *`, `policy 'safe' requires integrity`. */
export function say(policy: PolicyRequest, isMeant: (capability: string) => boolean): string {
  const { capabilities, effect } = policy;
  const meant = effect === 'forbid' ? capabilities.filter(isMeant).slice(0, 1) : capabilities;
  return `${nameOf(policy)} ${effect}s ${meant.join(', ')}`;
}
