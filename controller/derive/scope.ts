/** What a selection is chosen from: the records of two hosts, and the traffic that policies can be about. */
import { layoutByName } from '../../wire/formats/index.ts';
import type { PolicyRequest } from '../../wire/policy.ts';
import { isAboutGuests, type Party, type Scope, type Traffic } from '../negotiation/policies.ts';
import type { Host, Vpc } from '../state/records.ts';
import type { State } from '../state/state.ts';
import { addressFamilies } from './resources.ts';

export function party(host: Host): Party {
  const { formats, features } = host.capabilities;
  return { host: host.name, formats, features, families: addressFamilies(host), labels: host.assets.labels };
}

/** All traffic from one host to another; `perGuest`: but for pairs of guests with a selection of their own. */
export function scopeOf(
  state: State,
  policies: readonly PolicyRequest[],
  source: string,
  destination: string,
  perGuest = false,
): Scope {
  return {
    kind: 'hosts',
    perGuest,
    traffic: policies.some(isAboutGuests) ? trafficOf(state, policies, source, destination) : [],
    ...common(state, source, destination),
  };
}

/** Packets from one guest to another. */
export function guestScope(state: State, traffic: Traffic, source: string, destination: string): Scope {
  return { kind: 'guests', perGuest: true, traffic: [traffic], ...common(state, source, destination) };
}

function common(state: State, source: string, destination: string): Pick<Scope, 'featuresOf' | 'asked'> {
  // A host without an agent has one framework: what would have to ask for it?
  const asked = [source, destination].flatMap((host) => state.hosts.get(host)?.framework ?? []);
  return { featuresOf: (format) => layoutByName(format)?.features ?? [], asked };
}

function trafficOf(state: State, policies: readonly PolicyRequest[], source: string, destination: string): Traffic[] {
  const named = policies.flatMap(({ match }) => (match?.guest === undefined ? [] : [state.guests.get(match.guest)]));
  return clouds(state, source, destination).map(({ gni, name, customer }) => {
    const on = (host: string) =>
      named.flatMap((guest) => (guest?.gni === gni && guest.host === host ? [guest.name] : []));
    return { cloud: name, customer, sourceGuests: on(source), destinationGuests: on(destination) };
  });
}

/** Those with guests on both hosts. */
export function clouds(state: State, a: string, b: string): Vpc[] {
  return [...state.networksOnHost(a)].flatMap((gni) => {
    const vpc = state.vpcByGni(gni);
    return vpc !== undefined && state.hasNetwork(b, gni) ? [vpc] : [];
  });
}
