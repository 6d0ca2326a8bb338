/**
 * What a rollout is judged by: whether the sessions of its newest batch have settled, how many of their packets are
 * dropped, and which pairs of hosts its next batch would leave without any selection.
 *
 * Only pairs of which both hosts are in have changed, so only these count.
 */
import type { Derivation } from '../derive/derive.ts';
import type { HostFacts } from '../derive/facts.ts';
import type { Plan } from '../derive/selections.ts';
import type { Host, Rollout, RolloutValue } from '../state/records.ts';
import type { State } from '../state/state.ts';
import { hostsIn, newPolicies } from './effective.ts';
import type { Watched } from './machine.ts';

export interface WatchSources {
  readonly state: Pick<State, 'hosts' | 'policies' | 'selection'>;
  readonly derivation: Pick<Derivation, 'facts' | 'inForce' | 'areGuestsInForce' | 'plan' | 'chooseForGuests'>;
}

export const watchLimits = {
  /** Choosing takes some ten microseconds; the controller must not stand still for seconds. */
  directionsToCheck: 50_000,
} as const;

interface Counted {
  readonly packets: number;
  readonly drops: number;
}
const nothing: Counted = { packets: 0, drops: 0 };

export class Watch {
  readonly #sources: WatchSources;
  /** Host/peer → the agent's counters when last seen. */
  #seen = new Map<string, Counted>();
  #sum = nothing;

  constructor(sources: WatchSources) {
    this.#sources = sources;
  }

  /** Counts packets from now on. */
  restart(rollout: Rollout): void {
    this.#seen = new Map();
    this.#sum = nothing;
    this.#count(rollout);
    this.#sum = nothing;
  }

  look(rollout: Rollout): Watched {
    this.#count(rollout);
    const { derivation } = this.#sources;
    const unsettled: string[] = [];
    let sessions = 0;
    for (const [source, destination] of this.#directions(rollout.batches.at(-1) ?? [], hostsIn(rollout))) {
      const inForce = derivation.inForce(source, destination);
      if (inForce !== undefined) sessions += 1;
      const isSettled =
        inForce !== false && (inForce === undefined || derivation.areGuestsInForce(source, destination));
      if (!isSettled) unsettled.push(`${source} → ${destination}`);
    }
    return { sessions, unsettled, ...this.#sum };
  }

  /** Directions that have a selection and would have none with the batch in, with the reason. */
  cut(rollout: RolloutValue, batch: readonly string[]): string[] {
    const { state, derivation } = this.#sources;
    const policies = newPolicies(state.policies, rollout);
    const cut: string[] = [];
    let checked = 0;
    for (const [from, to] of this.#directions(batch, new Set([...hostsIn(rollout), ...batch]))) {
      checked += 1;
      if (checked > watchLimits.directionsToCheck) break;
      const [source, destination] = [state.hosts.get(from), state.hosts.get(to)];
      if (source === undefined || destination === undefined) continue;
      const { outgoing, pairs } = derivation.plan(source, destination, policies);
      const had = state.selection(from, to)?.selected !== undefined;
      if (had && outgoing.selected === undefined) cut.push(`${from} → ${to} (${outgoing.reasons[0]})`);
      else cut.push(...this.#cutGuests(pairs, source, destination));
    }
    return cut;
  }

  /** Pairs of guests that would have none although they have one now. */
  #cutGuests(pairs: Plan['pairs'], source: Host, destination: Host): string[] {
    const lost = pairs.filter(({ outgoing }) => outgoing.selected === undefined);
    if (lost.length === 0) return [];
    const { derivation } = this.#sources;
    return lost.flatMap(({ ownGuest, theirGuest, outgoing }) => {
      const present = derivation.chooseForGuests(source, destination, ownGuest, theirGuest);
      const isLost = present.selected !== undefined;
      return isLost ? [`${ownGuest.name} → ${theirGuest.name} (${outgoing.reasons[0]})`] : [];
    });
  }

  /** Of all packets that the agents have counted since they started, in percent. */
  dropsPercent(): number {
    const { state, derivation } = this.#sources;
    let [packets, drops] = [0, 0];
    for (const host of state.hosts.keys()) {
      for (const path of derivation.facts(host)?.paths ?? []) {
        packets += path.packetsIn + path.drops;
        drops += path.drops;
      }
    }
    return packets === 0 ? 0 : (100 * drops) / packets;
  }

  /** Both directions of every session between a host of the batch and one that is in, each once. */
  *#directions(batch: readonly string[], inside: ReadonlySet<string>): Iterable<readonly [string, string]> {
    const seen = new Set<string>();
    for (const host of batch) {
      for (const peer of this.#sources.derivation.facts(host)?.peers() ?? []) {
        if (!inside.has(peer) || seen.has(peer)) continue;
        yield [host, peer];
        yield [peer, host];
      }
      seen.add(host);
    }
  }

  #count(rollout: Rollout): void {
    const batch = new Set(rollout.batches.at(-1) ?? []);
    const inside = hostsIn(rollout);
    for (const host of inside) {
      for (const path of this.#sources.derivation.facts(host)?.paths ?? []) {
        if (inside.has(path.peer) && (batch.has(host) || batch.has(path.peer))) this.#add(host, path);
      }
    }
  }

  #add(host: string, { peer, packetsIn, drops }: HostFacts['paths'][number]): void {
    const now = { packets: packetsIn + drops, drops };
    const before = this.#seen.get(`${host}/${peer}`);
    this.#seen.set(`${host}/${peer}`, now);
    // Smaller counters are those of an agent that has started anew; a path seen first began before it was watched.
    const isNewAgent = before !== undefined && (now.packets < before.packets || now.drops < before.drops);
    const base = isNewAgent ? nothing : (before ?? now);
    this.#sum = {
      packets: this.#sum.packets + now.packets - base.packets,
      drops: this.#sum.drops + now.drops - base.drops,
    };
  }
}
