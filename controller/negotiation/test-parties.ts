/** What the tests of selections are made from: two hosts that can do everything, and short ways to say policies. */
import { offeredFeatures } from '../../wire/encapsulation.ts';
import { layoutByName } from '../../wire/formats/index.ts';
import type { PolicyRequest } from '../../wire/policy.ts';
import type { Party, Scope, Traffic } from './policies.ts';

/** Every version of Weft's own framework. */
export const modern = ['gni 1.0', 'gni 1.1', 'gni 2.0', 'gni 3.0'];
export const party = (host: string, rest: Partial<Party> = {}): Party => ({
  host,
  formats: modern,
  features: offeredFeatures,
  families: [4],
  labels: {},
  ...rest,
});
export const scope = (rest: Partial<Scope> = {}): Scope => ({
  kind: 'hosts',
  traffic: [],
  perGuest: false,
  featuresOf: (name) => layoutByName(name)?.features ?? [],
  ...rest,
});
export const policy = (
  effect: PolicyRequest['effect'],
  capabilities: string | string[],
  rest: Partial<PolicyRequest> = {},
): PolicyRequest => ({ name: effect, effect, capabilities: [capabilities].flat(), ...rest });
export const [a, b] = [party('a'), party('b')];
export const without = (host: string, ...words: string[]): Party =>
  party(host, { features: offeredFeatures.filter((word) => !words.includes(word)) });
export const traffic = (cloud: string, customer?: string, guests: [string[], string[]] = [[], []]): Traffic => ({
  cloud,
  customer,
  sourceGuests: guests[0],
  destinationGuests: guests[1],
});
export const amber = { author: 'customer amber' };
