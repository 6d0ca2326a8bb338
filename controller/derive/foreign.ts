/**
 * Hosts without an agent: they speak one foreign framework, are configured by whoever runs them and tell nobody
 * anything. So they are taken to send and accept that framework at all times, and every host that has guests of
 * the same cloud has a session with them, asked for or not: their first packet may be the first of all.
 */
import { noWholeSession, type WholeFacts } from '../negotiation/sessions-guests.ts';
import type { Host } from '../state/records.ts';
import type { State } from '../state/state.ts';

type ForeignHost = Host & { readonly framework: NonNullable<Host['framework']> };

export function isForeign(host: Host): host is ForeignHost {
  return host.framework !== undefined;
}

/** What such a host would have acknowledged. It stops when it is not accepted any more, so it counts as silent. */
export function foreignFacts({ framework }: ForeignHost): WholeFacts {
  return { ...noWholeSession, acknowledged: { send: undefined, accept: [framework], pairs: new Map() } };
}

export function foreignHosts({ hosts }: State): ForeignHost[] {
  return [...hosts.values()].filter(isForeign);
}

/** Hosts without an agent that have guests of a cloud that the host has guests of. */
export function foreignPeers(state: State, host: string): string[] {
  return foreignHosts(state).flatMap(({ name }) => (shareNetwork(state, host, name) ? [name] : []));
}

/** Hosts that have guests of a cloud that the host without an agent has guests of. */
export function nativePeers(state: State, foreign: string): string[] {
  return [...state.hosts.keys()].filter((host) => shareNetwork(state, host, foreign));
}

/** Hosts that have guests of the network. */
export function hostsIn(state: State, gni: number): string[] {
  return [...state.hosts.keys()].filter((host) => state.hasNetwork(host, gni));
}

export function shareNetwork(state: State, a: string, b: string): boolean {
  return a !== b && [...state.networksOnHost(a)].some((gni) => state.hasNetwork(b, gni));
}
