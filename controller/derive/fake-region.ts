/**
 * A region for tests: hosts that only pretend, a store in memory, and every message a step of its own, so that
 * orders can be chosen.
 */
import { expect } from 'vitest';
import { guestPairsWord, type Held, mappingKey, type Session } from '../../wire/control.ts';
import { parseEncapsulation, withKeys } from '../../wire/encapsulation.ts';
import { Trail } from '../access/trail.ts';
import { isAboutGuests, type Party } from '../negotiation/policies.ts';
import { type Choice, select } from '../negotiation/select.ts';
import { noTerms } from '../negotiation/sessions.ts';
import { type GuestPair, pairKey, seenFromPeer } from '../negotiation/sessions-guests.ts';
import { placeOnLeastLoaded } from '../placement/place.ts';
import { Commands, raiseEpoch } from '../state/commands.ts';
import { plainAddresses, State } from '../state/state.ts';
import { openEmbeddedStore } from '../store/embedded.ts';
import type { Store } from '../store/store.ts';
import { Derivation, deriveLimits } from './derive.ts';
import { Host, keysOf } from './fake-host.ts';
import { guestScope, scopeOf } from './scope.ts';

interface Controller {
  readonly state: State;
  readonly commands: Commands;
  readonly derivation: Derivation;
  readonly stop: () => Promise<void>;
}

async function startController(store: Store, reports: string[], isConnected: (host: string) => boolean) {
  const { epoch } = await raiseEpoch(store);
  const state = new State();
  await state.load(store);
  const watching = new AbortController();
  const following = state.follow(store, watching.signal);
  const commands = new Commands({
    store,
    state,
    epoch,
    trail: await Trail.open(store),
    unixMs: () => 0,
    onFenced: (error) => {
      throw error;
    },
    place: (state, { guest, host }) => {
      const hosts = [...state.hosts.values()].map(({ name, assets, capabilities }) => ({
        name,
        connected: isConnected(name),
        cpus: assets.cpus,
        guests: state.guestCount(name),
        ports: capabilities.ports,
        problems: [],
      }));
      return placeOnLeastLoaded({ guest, host }, { hosts });
    },
  });
  const derivation = new Derivation(state, (host, code, detail) => reports.push(`${host} ${code}: ${detail}`));
  const stop = async () => {
    watching.abort();
    await following;
  };
  return { state, commands, derivation, stop } satisfies Controller;
}

export class Region {
  readonly hosts = new Map<string, Host>();
  readonly reports: string[] = [];
  readonly store: Store;
  #controller: Controller | undefined;
  #nowMs = 0;

  constructor(store: Store) {
    this.store = store;
  }

  static async create(names: readonly string[]): Promise<Region> {
    const region = new Region(await openEmbeddedStore({ file: ':memory:' }));
    await region.restartController();
    for (const name of names) {
      region.hosts.set(name, new Host(name));
      await region.connect(name);
    }
    return region;
  }

  get controller(): Controller {
    if (this.#controller === undefined) throw new Error('not started');
    return this.#controller;
  }

  host(name: string): Host {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(name);
    return host;
  }

  async restartController(): Promise<void> {
    await this.#controller?.stop();
    for (const name of this.hosts.keys()) this.lose(name);
    this.#controller = await startController(
      this.store,
      this.reports,
      (name) => this.hosts.get(name)?.connected === true,
    );
  }

  async connect(name: string): Promise<void> {
    const host = this.host(name);
    this.disconnect(name);
    host.connected = true;
    const held = [...host.held.values()].map(
      ({ name: resource, version, body }): Held => ({
        name: resource,
        version,
        ...(body.type === 'session' ? { session: body } : {}),
      }),
    );
    // What is not held when an agent returns is not asked for any more either: its packets ask anew.
    for (const key of [...host.wanted.keys()]) if (!host.held.has(`mapping/${key}`)) host.wanted.delete(key);
    this.controller.derivation.connect(name, held, keysOf(host));
    await this.describe(name);
  }

  async describe(name: string): Promise<void> {
    const host = this.host(name);
    const { formats, labels, isOld } = host;
    const features = isOld ? host.features : [...host.features, guestPairsWord];
    this.controller.derivation.learnKeys(name, keysOf(host));
    await this.controller.commands.registerHost({
      host: name,
      instance: name,
      agentVersion: '1',
      substrateAddresses: [`198.18.0.${name.charCodeAt(0)}`],
      udpPort: 6741,
      capabilities: { formats, features, offloads: [], executors: [], ports: ['tun'], problems: [] },
      keys: keysOf(host),
      assets: {
        kernel: '',
        operatingSystem: '',
        architecture: '',
        cpus: 1,
        cpuModel: '',
        memoryBytes: 0,
        nics: [],
        labels,
      },
    });
  }

  /** The host makes a new key, and says so when it is connected. */
  async rotate(name: string): Promise<void> {
    this.host(name).rotate();
    if (this.host(name).connected) await this.describe(name);
  }

  /** Long after a rotation: the host lets go of keys that no session names. */
  async retire(name: string): Promise<void> {
    const host = this.host(name);
    // Keys outlive what is under way by far.
    if (host.updates.length > 0 || !host.connected || !host.retire()) return;
    await this.describe(name);
  }

  /** The agent's process ends and begins anew, with what is on its disk. */
  async restartHost(name: string): Promise<void> {
    this.disconnect(name);
    this.host(name).loseKeys();
    await this.connect(name);
  }

  disconnect(name: string): void {
    if (this.host(name).connected) this.controller.derivation.disconnect(name);
    this.lose(name);
  }

  private lose(name: string): void {
    const host = this.host(name);
    host.connected = false;
    host.updates = [];
    host.acknowledgements = [];
  }

  subscribe(name: string, ...wanted: { readonly gni: number; readonly address: string }[]): void {
    const ignored = this.reports.length;
    this.controller.derivation.subscribe(name, wanted, []);
    // An agent that gets no answer gives up and asks anew when a packet wants it.
    if (this.reports.length > ignored) return;
    for (const mapping of wanted) this.host(name).wanted.set(mappingKey(mapping), mapping);
  }

  unsubscribe(name: string, mapping: { readonly gni: number; readonly address: string }): void {
    const key = mappingKey(mapping);
    this.host(name).wanted.delete(key);
    this.host(name).held.delete(`mapping/${key}`);
    this.controller.derivation.subscribe(name, [], [mapping]);
  }

  // ---- steps

  /** What the channel does at the end of a turn. */
  async flush(): Promise<void> {
    const { derivation, commands } = this.controller;
    for (const name of derivation.takePending()) {
      const host = this.hosts.get(name);
      if (host?.connected === true) host.updates.push(...derivation.takeUpdates(name));
    }
    const selections = derivation.takeSelections();
    if (selections.length === 0) return;
    await commands.saveSelections(selections);
    derivation.settled(selections);
  }

  deliver(name: string): void {
    const update = this.host(name).updates.shift();
    if (update === undefined) return;
    this.controller.derivation.subscribe(name, [], this.host(name).apply(update));
  }

  acknowledge(name: string): void {
    const answer = this.host(name).acknowledgements.shift();
    if (answer === undefined) return;
    const { number, refused } = answer;
    const known = this.controller.derivation.acknowledge(name, number, refused, this.#nowMs);
    if (!known) throw new Error(`update ${number} of ${name} was not under way`);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    this.controller.derivation.tick(this.#nowMs);
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 500; i++) {
      await this.flush();
      const busy = [...this.hosts.values()].filter(
        ({ updates, acknowledgements }) => updates.length + acknowledgements.length > 0,
      );
      if (busy.length === 0) {
        this.pass(deriveLimits.graceMs);
        await this.flush();
        if ([...this.hosts.values()].every(({ updates }) => updates.length === 0)) return;
      }
      for (const { name } of busy) {
        this.deliver(name);
        this.acknowledge(name);
        this.check();
      }
    }
    throw new Error('it does not settle');
  }

  /** Agents let go of what they get no answer to. */
  async giveUp(): Promise<void> {
    await this.settle();
    for (const host of this.hosts.values()) {
      for (const [key, mapping] of [...host.wanted]) {
        if (!host.held.has(`mapping/${key}`)) this.unsubscribe(host.name, mapping);
      }
    }
    await this.settle();
  }

  /** Whatever a host sends, its peer accepts, for every pair of guests: but for keys that the peer has lost. */
  check(): void {
    for (const host of this.hosts.values()) {
      for (const peer of this.hosts.values()) {
        const [sent, accepted] = [host.session(peer.name), peer.session(host.name)];
        const sends = new Map(sent?.pairs.map((pair) => [pairKey(pair), pair]));
        const accepts = new Map(accepted?.pairs.map((pair) => [pairKey(seenFromPeer(pair)), pair]));
        const pairs = [...sends.values(), ...[...accepts.values()].map(seenFromPeer)];
        for (const pair of [undefined, ...pairs]) {
          const key = pair === undefined ? '' : pairKey(pair);
          const { send } = sends.get(key) ?? sent ?? noTerms;
          const { accept } = accepts.get(key) ?? accepted ?? noTerms;
          if (send === undefined || accept.includes(send) || !peer.isUsable(send, 'destination')) continue;
          const between = pair === undefined ? '' : ` from ${pair.own} to ${pair.theirs}`;
          throw new Error(`${host.name} sends ${send} to ${peer.name}${between}, which accepts [${accept}]`);
        }
      }
    }
  }

  /** What every connected host should hold now, from the records alone. */
  expectSettled(): void {
    const { state } = this.controller;
    const pairs = new Set<string>();
    for (const host of this.hosts.values()) {
      const guests = [...state.guests.values()].filter((guest) => guest.host === host.name);
      const expected = new Set([
        ...guests.map(({ name }) => `guest/${name}`),
        ...guests.map(({ gni }) => `network/${gni}`),
      ]);
      for (const [key, { gni, address }] of host.wanted) {
        if (!guests.some((guest) => guest.gni === gni)) continue;
        expected.add(`mapping/${key}`);
        const target = [...state.guests.values()].find(
          (guest) => guest.gni === gni && guest.addresses.some((text) => text.startsWith(`${address}/`)),
        );
        expect(host.get('mapping', key)).toMatchObject({ host: target?.host, guest: target?.name });
        // Hosts without an agent are no hosts of the region.
        if (target === undefined || target.host === host.name || !this.hosts.has(target.host)) continue;
        this.expectSession(host, this.host(target.host));
        pairs.add(`${host.name} ${target.host}`).add(`${target.host} ${host.name}`);
      }
      const held = [...host.held.keys()].filter((key) => !key.startsWith('session/'));
      expect(held.sort()).toEqual([...expected].sort());
    }
    // And no session that nobody needs.
    const subscriptions = [...this.hosts.values()].reduce((sum, { wanted }) => sum + wanted.size, 0);
    expect(this.controller.derivation.subscriptionCount).toBe(subscriptions);
    const sessions = [...this.hosts.values()].flatMap((host) =>
      [...this.hosts.keys()].filter((peer) => host.session(peer)).map((peer) => `${host.name} ${peer}`),
    );
    expect(sessions.sort()).toEqual([...pairs].sort());
  }

  private expectSession(host: Host, peer: Host): void {
    const { state } = this.controller;
    const policies = [...state.policies.values()];
    const perGuest = policies.some(isAboutGuests);
    for (const [a, b] of [
      [host, peer],
      [peer, host],
    ] as const) {
      const choice = (from: Host, to: Host) =>
        keyed(select(self(from), self(to), policies, scopeOf(state, policies, from.name, to.name, perGuest)), from, to);
      const session = a.session(b.name);
      const incoming = choice(b, a);
      expect(session).toMatchObject({ send: choice(a, b), accept: incoming === undefined ? [] : [incoming] });
      for (const pair of this.pairsBetween(a, b)) {
        const [own, theirs] = [state.guestAt(pair.gni, pair.own), state.guestAt(pair.gni, pair.theirs)];
        const guests = (from: typeof own, to: typeof own, source: Host, destination: Host) => {
          const traffic = { cloud: own?.vpc ?? '', customer: state.vpcs.get(own?.vpc ?? '')?.customer };
          const named = { sourceGuests: [from?.name ?? ''], destinationGuests: [to?.name ?? ''] };
          const scope = guestScope(state, { ...traffic, ...named }, source.name, destination.name);
          return keyed(select(self(source), self(destination), policies, scope), source, destination);
        };
        const back = guests(theirs, own, b, a);
        const { send, accept } = termsIn(session, pair);
        expect({ pair, send, accept }).toEqual({
          pair,
          send: guests(own, theirs, a, b),
          accept: back === undefined ? [] : [back],
        });
      }
    }
  }

  /** Every guest of one host with every guest of the other that this one, or that one, has asked for. */
  private pairsBetween(a: Host, b: Host): GuestPair[] {
    const { state } = this.controller;
    const on = (host: Host, gni: number) =>
      [...state.guests.values()].filter((guest) => guest.host === host.name && guest.gni === gni);
    const asked = (from: Host, to: Host) =>
      [...from.wanted.values()].flatMap(({ gni, address }) =>
        state.guestAt(gni, address)?.host === to.name
          ? on(from, gni).flatMap((guest) => plainAddresses(guest).map((own) => ({ gni, own, theirs: address })))
          : [],
      );
    return [...asked(a, b), ...asked(b, a).map(seenFromPeer)];
  }

  async close(): Promise<void> {
    await this.#controller?.stop();
    await this.store.close();
  }
}

function self({ name, formats, features, labels }: Host): Party {
  return { host: name, formats, features, families: [4], labels };
}

/** With the newest keys of both ends. */
function keyed({ selected }: Choice, source: Host, destination: Host): string | undefined {
  if (selected === undefined || parseEncapsulation(selected)?.cipher === undefined) return selected;
  return withKeys(selected, { source: source.epochs[0] ?? 0, destination: destination.epochs[0] ?? 0 });
}

/** What counts for a pair of guests, or for those of which a session says nothing. */
export function termsIn(session: Session | undefined, pair: GuestPair | undefined): Pick<Session, 'send' | 'accept'> {
  if (session === undefined) return noTerms;
  const isIt = (other: GuestPair) => pair !== undefined && pairKey(other) === pairKey(pair);
  return session.pairs.find(isIt) ?? session;
}
