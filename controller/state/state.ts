/**
 * The controller's knowledge in memory: every record of the store, with the indexes that decisions need.
 *
 * It changes only by what the store's watch says, in the order of revisions; whoever writes waits until its
 * own revision is seen. So there is one way in, whether this controller wrote or another one did.
 */
import { addressNumber, networkAddress, parseInterfaceAddress } from '../../wire/address.ts';
import { mappingKey } from '../../wire/control.ts';
import { type Batch, type Change, type Entry, type Store, storeLimits } from '../store/store.ts';
import {
  type AccessToken,
  type Guest,
  type Host,
  type JoinToken,
  keys,
  type Policy,
  parseRecord,
  type Rollout,
  recordName,
  type Selection,
  type Trust,
  type Vpc,
} from './records.ts';

/** `before` absent: created; `after` absent: deleted. */
interface Step<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}
export type StateChange =
  | ({ readonly kind: 'host'; readonly name: string } & Step<Host>)
  | ({ readonly kind: 'vpc'; readonly name: string } & Step<Vpc>)
  | ({ readonly kind: 'guest'; readonly name: string } & Step<Guest>)
  | ({ readonly kind: 'policy'; readonly name: string } & Step<Policy>)
  | ({ readonly kind: 'rollout'; readonly name: string } & Step<Rollout>)
  | ({ readonly kind: 'accessToken'; readonly name: string } & Step<AccessToken>)
  | { readonly kind: 'restored' }
  | ({ readonly kind: 'trust'; readonly name: string } & Step<Trust>)
  | ({ readonly kind: 'joinToken'; readonly name: string } & Step<JoinToken>)
  | ({ readonly kind: 'selection'; readonly source: string; readonly destination: string } & Step<Selection>);

export class State {
  readonly hosts = new Map<string, Host>();
  readonly vpcs = new Map<string, Vpc>();
  readonly guests = new Map<string, Guest>();
  readonly policies = new Map<string, Policy>();
  /** The one that is not over, if there is one, and a few past ones. */
  readonly rollouts = new Map<string, Rollout>();
  readonly accessTokens = new Map<string, AccessToken>();
  /** By host, also of hosts that are not there any more. */
  readonly trusts = new Map<string, Trust>();
  readonly joinTokens = new Map<string, JoinToken>();
  /** By key of the store. */
  readonly selections = new Map<string, Selection>();
  readonly #vpcByGni = new Map<number, string>();
  readonly #guestByAddress = new Map<string, string>();
  readonly #guestsByVpc = new Map<string, Set<string>>();
  /** Host → GNI → guests. */
  readonly #guestsByHost = new Map<string, Map<number, Set<string>>>();
  /** GNI and prefix → an address before which every guest address of the prefix is taken. */
  readonly #firstCandidates = new Map<string, string>();
  readonly #listeners = new Set<(change: StateChange) => void>();
  readonly #waiting: { readonly revision: number; readonly resolve: () => void }[] = [];
  #revision = 0;
  #restoredMs: number | undefined;

  /**
   * The store was brought back from a backup then, and nobody has settled yet what is to become of all that hosts have
   * and it knows nothing of: until then they keep it.
   */
  get restoredMs(): number | undefined {
    return this.#restoredMs;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Number of (GNI, address) pairs that lead somewhere. */
  get mappings(): number {
    return this.#guestByAddress.size;
  }

  /** The host that has the substrate address. */
  hostAt(address: string): Host | undefined {
    for (const host of this.hosts.values()) if (host.substrateAddresses.includes(address)) return host;
    return undefined;
  }

  vpcByGni(gni: number): Vpc | undefined {
    const name = this.#vpcByGni.get(gni);
    return name === undefined ? undefined : this.vpcs.get(name);
  }

  guestAt(gni: number, address: string): Guest | undefined {
    const name = this.#guestByAddress.get(mappingKey({ gni, address }));
    return name === undefined ? undefined : this.guests.get(name);
  }

  guestsOfVpc(vpc: string): ReadonlySet<string> {
    return this.#guestsByVpc.get(vpc) ?? nobody;
  }

  guestsOnHost(host: string): string[] {
    return [...(this.#guestsByHost.get(host)?.values() ?? [])].flatMap((names) => [...names]);
  }

  /** Of one network. */
  guestsOnHostIn(host: string, gni: number): Iterable<string> {
    return this.#guestsByHost.get(host)?.get(gni) ?? [];
  }

  guestCount(host: string): number {
    let count = 0;
    for (const names of this.#guestsByHost.get(host)?.values() ?? []) count += names.size;
    return count;
  }

  /** Number of guests of the networks on the host. */
  guestCountIn(host: string, gnis: Iterable<number>): number {
    const networks = this.#guestsByHost.get(host);
    let count = 0;
    for (const gni of gnis) count += networks?.get(gni)?.size ?? 0;
    return count;
  }

  /** GNIs of the guests on the host. */
  networksOnHost(host: string): Iterable<number> {
    return this.#guestsByHost.get(host)?.keys() ?? [];
  }

  hasNetwork(host: string, gni: number): boolean {
    return this.#guestsByHost.get(host)?.has(gni) ?? false;
  }

  /** Where the search for a free address of the prefix may begin. */
  firstCandidate(gni: number, prefix: string): string | undefined {
    return this.#firstCandidates.get(`${gni}/${prefix}`);
  }

  /** A search has found that every address of its prefix before this one is taken: 10.0.0.7/24. */
  searched(gni: number, interfaceAddress: string): void {
    const [key, address] = candidateEntry(gni, interfaceAddress);
    this.#firstCandidates.set(key, address);
  }

  selection(source: string, destination: string): Selection | undefined {
    return this.selections.get(keys.selection(source, destination));
  }

  /** A copy that nobody listens to and no store leads: only `change` alters it. Records are shared, they never change. */
  fork(): { readonly state: State; readonly change: (batch: Batch) => void } {
    const copy = new State();
    refill(copy.hosts, this.hosts);
    refill(copy.vpcs, this.vpcs);
    refill(copy.guests, this.guests);
    refill(copy.policies, this.policies);
    refill(copy.rollouts, this.rollouts);
    refill(copy.trusts, this.trusts);
    refill(copy.joinTokens, this.joinTokens);
    refill(copy.selections, this.selections);
    refill(copy.#vpcByGni, this.#vpcByGni);
    refill(copy.#firstCandidates, this.#firstCandidates);
    for (const guest of this.guests.values()) copy.#indexGuest(guest);
    copy.#restoredMs = this.#restoredMs;
    copy.#revision = this.#revision;
    return { state: copy, change: (batch) => copy.#apply(batch) };
  }

  /** Called for every change after it is in the maps. */
  onChange(listener: (change: StateChange) => void): void {
    this.#listeners.add(listener);
  }

  /** Everything that the store holds. */
  async load(store: Store): Promise<void> {
    let first: number | undefined;
    let after = '';
    for (;;) {
      const page = await store.range('', { after, limit: storeLimits.pageEntries });
      // Changes made while pages were read come again through the watch, which starts at the first page's revision.
      first ??= page.revision;
      for (const entry of page.entries) this.#put(entry);
      after = page.entries.at(-1)?.key ?? after;
      if (!page.more) break;
    }
    this.#reach(first);
  }

  /** Runs until the signal; rejects when the watch cannot go on. */
  async follow(store: Store, signal: AbortSignal): Promise<void> {
    for await (const batch of store.watch('', this.#revision, signal)) this.#apply(batch);
  }

  /** Resolves when the revision is in the maps. */
  seen(revision: number): Promise<void> {
    if (revision <= this.#revision) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ revision, resolve }));
  }

  #apply(batch: Batch): void {
    for (const change of batch.changes) this.#change(change);
    this.#reach(batch.revision);
  }

  #change(change: Change): void {
    if (change.kind === 'put') this.#put(change.entry);
    else this.#delete(change.key);
  }

  #reach(revision: number): void {
    this.#revision = revision;
    const due = this.#waiting.filter((waiter) => waiter.revision <= revision);
    if (due.length === 0) return;
    const rest = this.#waiting.filter((waiter) => waiter.revision > revision);
    this.#waiting.splice(0, this.#waiting.length, ...rest);
    for (const { resolve } of due) resolve();
  }

  #put(entry: Entry): void {
    if (entry.key === keys.restored) this.#restored(Number(entry.value));
    const name = recordName(entry.key);
    const revision = entry.modRevision;
    if (name?.kind === 'host') {
      const after = { ...parseRecord('host', entry), name: name.name, revision };
      this.#tell({ ...name, before: replace(this.hosts, name.name, after), after });
    } else if (name?.kind === 'vpc') {
      const after = { ...parseRecord('vpc', entry), name: name.name, revision };
      this.#vpcChanged(name.name, replace(this.vpcs, name.name, after), after);
    } else if (name?.kind === 'guest') {
      const after = { ...parseRecord('guest', entry), name: name.name, revision };
      this.#guestChanged(name.name, replace(this.guests, name.name, after), after);
    } else if (name?.kind === 'policy') {
      const after = { ...parseRecord('policy', entry), name: name.name, revision };
      this.#tell({ ...name, before: replace(this.policies, name.name, after), after });
    } else if (name?.kind === 'rollout') {
      const after = { ...parseRecord('rollout', entry), name: name.name, revision };
      this.#tell({ ...name, before: replace(this.rollouts, name.name, after), after });
    } else if (name?.kind === 'accessToken') {
      const after = { ...parseRecord('accessToken', entry), name: name.name, revision };
      this.#tell({ ...name, before: replace(this.accessTokens, name.name, after), after });
    } else if (name?.kind === 'trust') {
      const after = { ...parseRecord('trust', entry), name: name.name, revision };
      this.#tell({ ...name, before: replace(this.trusts, name.name, after), after });
    } else if (name?.kind === 'joinToken') {
      const after = { ...parseRecord('joinToken', entry), name: name.name, revision };
      this.#tell({ ...name, before: replace(this.joinTokens, name.name, after), after });
    } else if (name?.kind === 'selection') {
      const { source, destination } = name;
      const after = { ...parseRecord('selection', entry), source, destination, revision };
      this.#tell({ ...name, before: replace(this.selections, entry.key, after), after });
    }
  }

  #delete(key: string): void {
    if (key === keys.restored) this.#restored(undefined);
    const name = recordName(key);
    if (name?.kind === 'host') this.#tell({ ...name, before: take(this.hosts, name.name), after: undefined });
    else if (name?.kind === 'vpc') this.#vpcChanged(name.name, take(this.vpcs, name.name), undefined);
    else if (name?.kind === 'guest') this.#guestChanged(name.name, take(this.guests, name.name), undefined);
    else if (name?.kind === 'policy') this.#tell({ ...name, before: take(this.policies, name.name), after: undefined });
    else if (name?.kind === 'rollout')
      this.#tell({ ...name, before: take(this.rollouts, name.name), after: undefined });
    else if (name?.kind === 'accessToken')
      this.#tell({ ...name, before: take(this.accessTokens, name.name), after: undefined });
    else if (name?.kind === 'trust') this.#tell({ ...name, before: take(this.trusts, name.name), after: undefined });
    else if (name?.kind === 'joinToken')
      this.#tell({ ...name, before: take(this.joinTokens, name.name), after: undefined });
    else if (name?.kind === 'selection') this.#tell({ ...name, before: take(this.selections, key), after: undefined });
  }

  #restored(unixMs: number | undefined): void {
    this.#restoredMs = unixMs;
    this.#tell({ kind: 'restored' });
  }

  #vpcChanged(name: string, before: Vpc | undefined, after: Vpc | undefined): void {
    if (before !== undefined) {
      this.#vpcByGni.delete(before.gni);
      for (const prefix of before.prefixes) this.#firstCandidates.delete(`${before.gni}/${prefix}`);
    }
    if (after !== undefined) this.#vpcByGni.set(after.gni, name);
    this.#tell({ kind: 'vpc', name, before, after });
  }

  #guestChanged(name: string, before: Guest | undefined, after: Guest | undefined): void {
    if (before !== undefined) this.#unindexGuest(before);
    if (after !== undefined) this.#indexGuest(after);
    this.#tell({ kind: 'guest', name, before, after });
  }

  #indexGuest(guest: Guest): void {
    for (const address of plainAddresses(guest))
      this.#guestByAddress.set(mappingKey({ gni: guest.gni, address }), guest.name);
    entry(this.#guestsByVpc, guest.vpc, () => new Set()).add(guest.name);
    const networks = entry(this.#guestsByHost, guest.host, () => new Map<number, Set<string>>());
    entry(networks, guest.gni, () => new Set()).add(guest.name);
  }

  #unindexGuest(guest: Guest): void {
    for (const address of plainAddresses(guest)) this.#guestByAddress.delete(mappingKey({ gni: guest.gni, address }));
    for (const freed of guest.addresses) {
      const [key, address] = candidateEntry(guest.gni, freed);
      const candidate = this.#firstCandidates.get(key);
      const isBefore = candidate !== undefined && addressNumber(address) < addressNumber(candidate);
      if (isBefore) this.#firstCandidates.set(key, address);
    }
    this.#guestsByVpc.get(guest.vpc)?.delete(guest.name);
    const networks = this.#guestsByHost.get(guest.host);
    const names = networks?.get(guest.gni);
    names?.delete(guest.name);
    if (names?.size === 0) networks?.delete(guest.gni);
    if (networks?.size === 0) this.#guestsByHost.delete(guest.host);
    if (this.#guestsByVpc.get(guest.vpc)?.size === 0) this.#guestsByVpc.delete(guest.vpc);
  }

  #tell(change: StateChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

const nobody: ReadonlySet<string> = new Set();

function candidateEntry(gni: number, interfaceAddress: string): [key: string, address: string] {
  const parsed = parseInterfaceAddress(interfaceAddress);
  if (parsed === undefined) throw new Error(`a stored address is none: ${interfaceAddress}`);
  return [`${gni}/${networkAddress(parsed)}/${parsed.length}`, parsed.address];
}

/** A guest's addresses without their prefix lengths. */
export function plainAddresses(guest: { readonly addresses: readonly string[] }): string[] {
  return guest.addresses.map((address) => address.slice(0, address.indexOf('/')));
}

function replace<T>(map: Map<string, T>, key: string, value: T): T | undefined {
  const before = map.get(key);
  map.set(key, value);
  return before;
}

function refill<K, V>(target: Map<K, V>, source: ReadonlyMap<K, V>): void {
  for (const [key, value] of source) target.set(key, value);
}

function take<T>(map: Map<string, T>, key: string): T | undefined {
  const before = map.get(key);
  map.delete(key);
  return before;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
