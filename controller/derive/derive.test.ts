/**
 * The derivation with hosts that only pretend and a store in memory. Every message is a step of its own, so
 * that orders can be chosen: by hand for the bounds, at random (from a seed) for the whole.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { type Held, type MappingName, mappingKey, type Resource, type Update } from '../../wire/control.ts';
import { encodeControllerMessage } from '../../wire/control-encode.ts';
import { limits } from '../../wire/limits.ts';
import { select } from '../negotiation/select.ts';
import { placeOnLeastLoaded } from '../placement/place.ts';
import { Commands, raiseEpoch } from '../state/commands.ts';
import { State } from '../state/state.ts';
import { openEmbeddedStore } from '../store/embedded.ts';
import type { Store } from '../store/store.ts';
import { Derivation, deriveLimits } from './derive.ts';

class Host {
  readonly name: string;
  connected = false;
  /** In force and on disk. */
  readonly held = new Map<string, Resource>();
  /** Asked for and not let go of. */
  readonly wanted = new Map<string, { readonly gni: number; readonly address: string }>();
  updates: Update[] = [];
  acknowledgements: number[] = [];
  formats = ['gni 1.0', 'gni 1.1'];

  constructor(name: string) {
    this.name = name;
  }

  get(type: string, key: string) {
    return this.held.get(`${type}/${key}`)?.body;
  }

  session(peer: string) {
    const body = this.get('session', peer);
    return body?.type === 'session' ? body : undefined;
  }

  /** Returns the mappings that it does not want: it says so to the controller. */
  apply(update: Update): MappingName[] {
    const unwanted: MappingName[] = [];
    for (const { type, key } of update.removed) {
      // What was asked for again meanwhile is still asked for.
      if (this.held.delete(`${type}/${key}`) && type === 'mapping') this.wanted.delete(key);
    }
    for (const resource of update.set) {
      const { type, key } = resource.name;
      const { body } = resource;
      if (body.type === 'mapping' && !this.wanted.has(key)) unwanted.push(body);
      else this.held.set(`${type}/${key}`, resource);
    }
    this.acknowledgements.push(update.number);
    return unwanted;
  }
}

interface Controller {
  readonly state: State;
  readonly commands: Commands;
  readonly derivation: Derivation;
  readonly stop: () => Promise<void>;
}

async function startController(store: Store, reports: string[], isConnected: (host: string) => boolean) {
  const epoch = await raiseEpoch(store);
  const state = new State();
  await state.load(store);
  const watching = new AbortController();
  const following = state.follow(store, watching.signal);
  const commands = new Commands({
    store,
    state,
    epoch,
    onFenced: (error) => {
      throw error;
    },
    place: (guest, host) => {
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

class Region {
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
    this.#controller = await startController(this.store, this.reports, (name) => this.host(name).connected);
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
    this.controller.derivation.connect(name, held);
    await this.describe(name);
  }

  async describe(name: string): Promise<void> {
    const { formats } = this.host(name);
    await this.controller.commands.registerHost({
      host: name,
      instance: name,
      agentVersion: '1',
      substrateAddresses: [`198.18.0.${name.charCodeAt(0)}`],
      udpPort: 6741,
      capabilities: { formats, features: [], offloads: [], executors: [], ports: ['tun'], problems: [] },
      assets: {
        kernel: '',
        operatingSystem: '',
        architecture: '',
        cpus: 1,
        cpuModel: '',
        memoryBytes: 0,
        nics: [],
        labels: {},
      },
    });
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
      if (this.host(name).connected) this.host(name).updates.push(...derivation.takeUpdates(name));
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
    const number = this.host(name).acknowledgements.shift();
    if (number === undefined) return;
    const known = this.controller.derivation.acknowledge(name, number, [], this.#nowMs);
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

  /** Whatever a host sends, its peer accepts. */
  check(): void {
    for (const host of this.hosts.values()) {
      for (const peer of this.hosts.values()) {
        const send = host.session(peer.name)?.send;
        const accept = peer.session(host.name)?.accept ?? [];
        if (send !== undefined && !accept.includes(send)) {
          throw new Error(`${host.name} sends ${send} to ${peer.name}, which accepts [${accept}]`);
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
        if (target === undefined || target.host === host.name) continue;
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
    const choice = (a: Host, b: Host) =>
      select({ host: a.name, formats: a.formats, families: [4] }, { host: b.name, formats: b.formats, families: [4] })
        .selected;
    for (const [a, b] of [
      [host, peer],
      [peer, host],
    ] as const) {
      const incoming = choice(b, a);
      expect(a.session(b.name)).toMatchObject({
        send: choice(a, b),
        accept: incoming === undefined ? [] : [incoming],
      });
    }
  }

  async close(): Promise<void> {
    await this.#controller?.stop();
    await this.store.close();
  }
}

let region: Region;
afterEach(() => region.close());

const vpc = async (name = 'blue', prefix = '10.0.0.0/16'): Promise<number> => {
  const created = await region.controller.commands.createVpc({ name, prefixes: [prefix] });
  return created.ok ? created.value.gni : 0;
};
const guest = async (name: string, host: string, rest: { address?: string; vpc?: string; command?: string[] } = {}) => {
  const { address, vpc: cloud = 'blue', command } = rest;
  const outcome = await region.controller.commands.createGuest({
    name,
    host,
    vpc: cloud,
    ...(address === undefined ? {} : { addresses: [address] }),
    ...(command === undefined ? {} : { command }),
  });
  return outcome.ok;
};

describe('updates', () => {
  it('are split, and only a few are under way', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await region.settle();
    const wanted = Array.from({ length: 6000 }, (_, i) => ({ gni, address: `10.0.${i >> 8}.${i & 255}` }));
    region.subscribe('a', ...wanted);
    await region.flush();
    const { updates } = region.host('a');
    expect(updates.map(({ set }) => set.length)).toEqual([1024, 1024, 1024, 1024]);
    // Nothing more until one is acknowledged.
    region.pass(0);
    await region.flush();
    expect(updates).toHaveLength(4);
    region.deliver('a');
    region.acknowledge('a');
    await region.flush();
    expect(updates.map(({ set }) => set.length)).toEqual([1024, 1024, 1024, 1024]);
    await region.settle();
    region.expectSettled();
  });

  it('stay under the size of a control message, whatever guests run', async () => {
    region = await Region.create(['a']);
    await vpc();
    const command = Array.from({ length: 30 }, () => 'x'.repeat(4096));
    for (let i = 0; i < 40; i++) expect(await guest(`g${i}`, 'a', { command })).toBe(true);
    await region.flush();
    const sizes = region.host('a').updates.map((update) => {
      return encodeControllerMessage(1, 1, { kind: 'update', ...update }).length;
    });
    expect(sizes).toHaveLength(4);
    expect(Math.max(...sizes)).toBeLessThan(limits.controlMessageBytes);
    await region.settle();
    region.expectSettled();
  });

  it('gather what changes while a host is behind', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await region.settle();
    region.subscribe('a', { gni, address: '10.0.9.9' });
    await region.settle();
    // Four changes fill the window; those that follow wait, and only their end is told.
    for (let i = 0; i < 4; i++) {
      await guest(`w${i}`, 'a');
      await region.flush();
    }
    expect(region.host('a').updates).toHaveLength(4);
    for (let i = 0; i < 5; i++) {
      await guest('moving', 'a', { address: '10.0.9.9' });
      await region.flush();
      await region.controller.commands.deleteGuest('moving');
      await region.flush();
    }
    await guest('moving', 'a', { address: '10.0.9.9' });
    for (let i = 0; i < 4; i++) {
      region.deliver('a');
      region.acknowledge('a');
    }
    await region.flush();
    const { updates } = region.host('a');
    expect(updates).toHaveLength(1);
    expect(updates[0]?.set.map(({ name }) => `${name.type}/${name.key}`)).toEqual([
      'guest/moving',
      `mapping/${gni}/10.0.9.9`,
    ]);
    await region.settle();
    region.expectSettled();
  });

  it('are not made for hosts that a change does not concern', async () => {
    region = await Region.create(['a', 'b', 'c']);
    await vpc();
    await guest('g1', 'a');
    await region.settle();
    expect(region.controller.derivation.takePending()).toEqual([]);
    await guest('g2', 'b');
    expect(region.controller.derivation.takePending()).toEqual(['b']);
  });
});

describe('a session', () => {
  it('is accepted for a grace after its sender has changed to another format', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await guest('g2', 'b', { address: '10.0.0.9' });
    region.host('a').formats = ['gni 1.0'];
    await region.describe('a');
    await region.settle();
    region.subscribe('a', { gni, address: '10.0.0.9' });
    await region.settle();
    region.host('a').formats = ['gni 1.0', 'gni 1.1'];
    await region.describe('a');
    const pump = async () => {
      for (let i = 0; i < 10; i++) {
        await region.flush();
        for (const name of region.hosts.keys()) {
          region.deliver(name);
          region.acknowledge(name);
        }
      }
    };
    await pump();
    region.pass(deriveLimits.graceMs - 1);
    await pump();
    expect(region.host('a').session('b')).toMatchObject({ send: 'gni 1.1', accept: ['gni 1.0', 'gni 1.1'] });
    region.pass(1);
    await pump();
    expect(region.host('a').session('b')).toMatchObject({ send: 'gni 1.1', accept: ['gni 1.1'] });
  });

  it('with a peer that is away when the controller starts is kept, and ends when the peer does not need it', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a', { address: '10.0.0.8' });
    await guest('g2', 'b');
    await region.settle();
    region.subscribe('b', { gni, address: '10.0.0.8' });
    await region.settle();
    await region.restartController();
    await region.connect('a');
    await region.settle();
    expect(region.host('a').session('b')).toMatchObject({ send: 'gni 1.1', accept: ['gni 1.1'] });
    // b comes back without its disk.
    region.host('b').held.clear();
    await region.connect('b');
    await region.settle();
    expect(region.host('a').session('b')).toBeUndefined();
  });

  it('that nobody needs any more ends at the sender first', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await guest('g2', 'b', { address: '10.0.0.9' });
    await region.settle();
    region.subscribe('a', { gni, address: '10.0.0.9' });
    await region.settle();
    expect(region.host('a').session('b')?.send).toBe('gni 1.1');
    region.unsubscribe('a', { gni, address: '10.0.0.9' });
    await region.flush();
    expect(region.host('a').updates.at(-1)?.set[0]?.body).toMatchObject({ send: undefined, accept: ['gni 1.1'] });
    await region.settle();
    expect([region.host('a').session('b'), region.host('b').session('a')]).toEqual([undefined, undefined]);
  });

  it('moves to another address with its host', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await guest('g2', 'b', { address: '10.0.0.9' });
    await region.settle();
    region.subscribe('a', { gni, address: '10.0.0.9' });
    await region.settle();
    const { state, commands } = region.controller;
    const known = state.hosts.get('b');
    if (known === undefined) throw new Error('b is not known');
    await commands.registerHost({ ...known, host: 'b', substrateAddresses: ['198.18.9.9'], udpPort: 7000 });
    await region.settle();
    expect(region.host('a').session('b')).toMatchObject({ address: '198.18.9.9', udpPort: 7000, send: 'gni 1.1' });
  });

  it('with a host that was deleted goes', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await guest('g2', 'b', { address: '10.0.0.9' });
    await region.settle();
    region.subscribe('a', { gni, address: '10.0.0.9' });
    await region.settle();
    await region.controller.commands.deleteGuest('g2');
    expect(await region.controller.commands.deleteHost('b')).toMatchObject({ ok: true });
    region.host('b').held.clear();
    await region.settle();
    expect(region.host('a').session('b')).toBeUndefined();
    expect(region.controller.state.selections.size).toBe(0);
  });
});

const seeds = Number(process.env.SEEDS ?? 200);

describe('any order of events', () => {
  it('ends with every host holding what it should, and never sends what is not accepted', async () => {
    for (let seed = 1; seed <= seeds; seed++) {
      region = await Region.create(['a', 'b', 'c']);
      await vpc('blue');
      await vpc('red');
      const random = seededRandom(seed);
      for (let i = 0; i < 150; i++) {
        await act(region, random);
        region.check();
      }
      for (const host of region.hosts.values()) if (!host.connected) await region.connect(host.name);
      await region.giveUp();
      try {
        region.expectSettled();
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`);
      }
      if (seed < seeds) await region.close();
    }
  }, 60_000);
});

/** One thing that happens, the likely ones more often. */
async function act(region: Region, random: () => number): Promise<void> {
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick');
    return item;
  };
  const host = pick([...region.hosts.values()]);
  const address = `10.0.0.${2 + Math.floor(random() * 6)}`;
  const mapping = { gni: 1 + Math.floor(random() * 2), address };
  const name = `g${Math.floor(random() * 8)}`;
  const roll = random();
  if (roll < 0.25) await region.flush();
  else if (roll < 0.45) region.deliver(host.name);
  else if (roll < 0.62) region.acknowledge(host.name);
  else if (roll < 0.72) await guest(name, host.name, { address, vpc: pick(['blue', 'red']) });
  else if (roll < 0.77) await region.controller.commands.deleteGuest(name);
  else if (roll < 0.87) {
    // Agents ask only for networks of their guests, and for what they do not hold.
    const asks = host.held.has(`network/${mapping.gni}`) && !host.held.has(`mapping/${mappingKey(mapping)}`);
    if (host.connected && asks) region.subscribe(host.name, mapping);
  } else if (roll < 0.9) {
    if (host.connected) region.unsubscribe(host.name, mapping);
  } else if (roll < 0.93) region.pass(400);
  else if (roll < 0.95) {
    host.formats = pick([['gni 1.0'], ['gni 1.0', 'gni 1.1'], ['gni 1.1'], ['gni 2.0']]);
    if (host.connected) await region.describe(host.name);
  } else if (roll < 0.97) region.disconnect(host.name);
  else if (roll < 0.99) await region.connect(host.name);
  else await region.restartController();
}

/** mulberry32: the same numbers for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
