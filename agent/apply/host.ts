/**
 * What this host holds, brought to what is desired: the forwarding table at once, guests as fast as the
 * kernel makes them. Everything here is level-triggered and idempotent: doing it again changes nothing.
 */
import { familyOf, parseAddress } from '../../wire/address.ts';
import {
  type Assets,
  type GuestState,
  type Held,
  type MappingName,
  mappingKey,
  type PathMeasurement,
  type Refusal,
  type Resource,
  type ResourceName,
  type Session,
  type Update,
} from '../../wire/control.ts';
import { formatOf } from '../../wire/encapsulation.ts';
import { limits } from '../../wire/limits.ts';
import type { Clock } from '../clock.ts';
import type { CommandRecord, CommandRunner } from '../commands/supervisor.ts';
import type { DataPath } from '../datapath/datapath.ts';
import type { Journal } from '../journal.ts';
import { checkResource, type HostFacts, reachable } from '../plan/check.ts';
import {
  emptyTable,
  epochsInForce,
  planForwarding,
  planRetirement,
  type Touched,
  touchAll,
} from '../plan/forwarding.ts';
import { overlayMtu } from '../plan/mtu.ts';
import { termsInForce } from '../plan/peer.ts';
import { carries, textsOf, whyUnusable } from '../plan/terms.ts';
import type { GuestSystem, PortDevices } from '../ports/system.ts';
import type { WorkAround } from '../selftest/machine.ts';
import type { StateStore } from '../state/store.ts';
import { applyForwarding } from './forwarding.ts';
import { Guests } from './guests.ts';

export interface HostOptions {
  readonly clock: Clock;
  readonly facts: HostFacts;
  /** Formats that this host tells the controller it has: guests' MTU leaves room for the longest. */
  readonly offered: () => readonly string[];
  readonly store: StateStore;
  readonly datapath: DataPath;
  readonly system: GuestSystem;
  readonly devices: PortDevices;
  /** Why veth and tap ports cannot be had on this host; undefined: they can. */
  readonly noFastPath: string | undefined;
  readonly commands: (onChange: (guest: string, record: CommandRecord) => void) => CommandRunner;
  readonly journal: Journal;
  readonly assets: Assets;
  /** Whether a mapping that arrives is one that is asked for or held. */
  readonly keepMapping: (name: MappingName, nowhere: boolean) => boolean;
  readonly mappingWithdrawn: (name: MappingName) => void;
  /** The set of guests or sessions is another one. */
  readonly onShape: () => void;
  readonly onGuestState: (state: GuestState) => void;
  /** What is sent to a peer, or accepted of it, changed: these of this host's key epochs are named now. */
  readonly onTerms: (peers: readonly string[], epochs: ReadonlySet<number>) => void;
}

export type SessionInForce = Pick<Session, 'send' | 'accept' | 'none' | 'pairs'>;

/** What came of an update; both have happened when `done` ends. */
export interface Applied {
  /** Resources that are not in force, with the reasons. */
  readonly done: Promise<readonly Refusal[]>;
}

const usualMtu = 1500;
/** RFC 791: the total length has 16 bits, whatever the device says. */
const largestPacket = 65_535;
const rememberedPaths = 1024;
/** A version that equals none of the controller's. */
const partly = 'partly';
const mergeOrder = ['network', 'session', 'guest', 'mapping'] as const;

export class HostState {
  readonly guests: Guests;
  readonly commands: CommandRunner;
  readonly table = emptyTable();
  private readonly options: HostOptions;
  private readonly workArounds = new Map<string, WorkAround>();
  private assets: Assets;
  /** That guests were last brought to. */
  private adjustedMtu = 0;

  constructor(options: HostOptions) {
    this.options = options;
    this.assets = options.assets;
    const { clock, store, system, devices, noFastPath, datapath, journal } = options;
    this.commands = options.commands((guest, record) => this.guests.commandChanged(guest, record));
    this.guests = new Guests({
      clock,
      system,
      devices,
      noFastPath,
      commands: this.commands,
      datapath,
      journal,
      wanted: (guest) => store.desired.guests.get(guest)?.body,
      prefixes: (gni) => store.desired.networks.get(String(gni))?.body.prefixes ?? [],
      overlayMtu: () => this.overlayMtu(),
      records: store.commands,
      onPort: (guest) => this.portChanged(guest),
      onState: (state) => this.guestChanged(state),
    });
  }

  /** From disk to the data plane; ends when every guest is up, or is known to have failed. */
  async restore(): Promise<void> {
    const { store, system, devices, journal } = this.options;
    const left = [...store.desired.sessions.values()].flatMap(({ body }) => this.leftOut(body));
    for (const { name, reason } of [...left, ...this.refresh(touchAll(store.desired, this.table))]) {
      journal.error('restore', `${name.type} ${name.key}: ${reason}`);
    }
    // Namespaces and devices that are marked as ours and belong to no guest are what a crash left behind.
    const wanted = [...store.desired.guests.keys()];
    const names = new Set([...wanted, ...(await system.owned()), ...(await devices.owned(wanted))]);
    await Promise.all([...names].map((name) => this.guests.reconcile(name)));
  }

  /** Everything but guests' namespaces is in force when this returns. */
  update(update: Update): Applied {
    const refused: Refusal[] = [];
    const touched = this.merge(update, refused);
    refused.push(...this.refresh(touched));
    const work = [...this.guestsTouched(touched)].map((name) => this.reconcile(name));
    if (touched.sessions.size > 0) this.adjustGuests();
    if (!touched.onlyMappings()) this.options.onShape();
    return { done: this.settle(update, touched, refused, work) };
  }

  /** Takes mappings out of force. */
  drop(names: readonly MappingName[]): void {
    const { desired } = this.options.store;
    const keys = names.map(mappingKey).filter((key) => desired.mappings.has(key));
    if (keys.length === 0) return;
    for (const key of keys) desired.remove({ type: 'mapping', key });
    this.refresh({ ...nothingTouched, mappings: keys });
    this.saveMappings();
  }

  /** A path was measured: peers and guests follow. An unanswered one leaves what was known. */
  measured({ peer, pathMtu, roundTripUs }: PathMeasurement): void {
    const { store, journal } = this.options;
    const before = store.pathMtus.get(peer);
    if (pathMtu === 0 || pathMtu === before || !store.desired.sessions.has(peer)) return;
    this.rememberPath(peer, pathMtu);
    if (before !== undefined || pathMtu !== this.deviceMtu(peer)) {
      const was = before === undefined ? `device ${this.deviceMtu(peer)}` : `was ${before}`;
      journal.event('path-mtu-changed', `to ${peer}: ${pathMtu} (${was})`, { peer, ms: roundTripUs / 1000 });
    }
    this.refresh({ ...nothingTouched, sessions: [peer] });
    this.adjustGuests();
  }

  /** How a peer is sent to until another test finds otherwise; undefined: as usual. */
  workAround(peer: string, found: WorkAround | undefined): void {
    if (found === undefined) this.workArounds.delete(peer);
    else this.workArounds.set(peer, found);
    this.refresh({ ...nothingTouched, sessions: [peer] });
    this.adjustGuests();
  }

  /** The private key goes, and what was derived from it: what the data plane still holds of it goes first. */
  retireKeys(epoch: number): void {
    const { datapath, journal } = this.options;
    const [refusal] = applyForwarding(planRetirement(epoch, this.table), this.table, datapath);
    if (refusal !== undefined) journal.error('keys', refusal.reason);
  }

  /** What the data plane holds of a peer, as texts; undefined: nothing. */
  inForce(peer: string): SessionInForce | undefined {
    const entry = this.table.peers.get(peer);
    if (entry === undefined) return undefined;
    const pairs = entry.pairs.map(({ gni, own, theirs, ...terms }) => {
      return { gni, own, theirs, ...termsInForce(entry, terms) };
    });
    return { ...termsInForce(entry, entry), pairs };
  }

  /** Formats that are offered, or the machine, are others: guests' MTU follows. */
  adjust(): void {
    this.adjustGuests();
  }

  setAssets(assets: Assets): void {
    this.assets = assets;
    this.refresh({ ...nothingTouched, sessions: [...this.options.store.desired.sessions.keys()] });
    this.adjustGuests();
  }

  /** Resources in force, for Hello. */
  held(): Held[] {
    const { networks, guests, sessions, mappings } = this.options.store.desired;
    return [
      ...[...networks].map(([key, { version }]) => ({ name: { type: 'network', key } as const, version })),
      ...[...guests]
        .filter(([key]) => this.guests.ready(key))
        .map(([key, { version }]) => ({ name: { type: 'guest', key } as const, version })),
      ...[...sessions]
        .filter(([key, { body }]) => this.table.peers.has(key) || !carries(body))
        .map(([key, { version, body }]) => this.heldSession(key, version, body)),
      ...[...mappings].map(([key, { version }]) => ({ name: { type: 'mapping', key } as const, version })),
    ];
  }

  /**
   * The terms really in force. One that could not be taken up whole after a restart has no version that the
   * controller knows: it is told again.
   */
  private heldSession(key: string, version: string, body: Session): Held {
    const whole = this.leftOut(body).length === 0;
    // Reasons and keys would only fill the message: the version stands for them.
    const session = { ...body, ...this.inForce(key), reasons: [], peerIdentity: '', peerKeys: [] };
    return { name: { type: 'session', key }, version: whole ? version : partly, session };
  }

  /** Encapsulations that were agreed and cannot be used now, with the reasons. */
  private leftOut(session: Session): Refusal[] {
    return textsOf(session).flatMap(({ text, use }) => {
      const reason = whyUnusable(text, use, session, this.options.facts);
      return reason === undefined ? [] : [{ name: { type: 'session', key: session.peer }, reason }];
    });
  }

  hasGuestIn(gni: number): boolean {
    for (const { body } of this.options.store.desired.guests.values()) if (body.gni === gni) return true;
    return false;
  }

  /** Whether the peer has an agent: one that has not is on the port of its framework. */
  hasAgent(peer: string): boolean {
    const { store, facts } = this.options;
    return store.desired.sessions.get(peer)?.body.udpPort === facts.udpPort;
  }

  /** MTU of the device towards a peer. */
  deviceMtu(peer: string): number {
    const address = this.options.store.desired.sessions.get(peer)?.body.address;
    return this.deviceMtuOf(address === undefined ? 4 : familyOf(address));
  }

  /** What packets to the peer may be long, outside. */
  pathMtu(peer: string): number {
    const measured = this.measuredMtu(peer);
    return Math.min(measured, this.workArounds.get(peer)?.pathMtu ?? measured);
  }

  /** What is believed of the path, ways around what does not come through left aside. */
  measuredMtu(peer: string): number {
    const device = this.deviceMtu(peer);
    return Math.min(this.options.store.pathMtus.get(peer) ?? device, device);
  }

  private merge({ set, removed }: Update, refused: Refusal[]): Touch {
    const { facts, store } = this.options;
    const { desired } = store;
    const touched = new Touch();
    for (const name of removed) {
      desired.remove(name);
      touched.add(name);
      if (name.type === 'mapping') this.withdraw(name.key);
    }
    // What is referred to comes before what refers to it, whatever the order in the message.
    for (const resource of mergeOrder.flatMap((type) => set.filter(({ name }) => name.type === type))) {
      const reason = checkResource(resource, desired, facts);
      if (reason !== undefined) refused.push({ name: resource.name, reason });
      else if (this.wanted(resource)) {
        desired.set(resource);
        touched.add(resource.name);
      }
    }
    return touched;
  }

  private withdraw(key: string): void {
    const slash = key.indexOf('/');
    const address = parseAddress(key.slice(slash + 1));
    if (address !== undefined) this.options.mappingWithdrawn({ gni: Number(key.slice(0, slash)), address });
  }

  /** A mapping that nobody here asks for any more was sent before the controller heard so. */
  private wanted({ body }: Resource): boolean {
    if (body.type !== 'mapping') return true;
    return this.options.keepMapping({ gni: body.gni, address: body.address }, body.host === undefined);
  }

  private refresh(touched: Touched): Refusal[] {
    const { store, datapath, facts } = this.options;
    const delta = planForwarding(
      touched,
      store.desired,
      {
        host: facts.host,
        portReady: (guest) => this.guests.ready(guest),
        pathMtu: (peer) => this.pathMtu(peer),
        udpGso: (peer) => this.workArounds.get(peer)?.udpGso ?? true,
        usable: (session, text, use) => whyUnusable(text, use, session, facts) === undefined,
        reachable: (session) => reachable(session, facts),
      },
      this.table,
    );
    const refused = applyForwarding(delta, this.table, datapath);
    const peers = [...delta.removePeers, ...delta.peers.map(({ host }) => host)];
    if (peers.length > 0) this.options.onTerms(peers, epochsInForce(this.table));
    return refused;
  }

  /** A network's prefixes are routes of its guests. */
  private guestsTouched(touched: Touch): Set<string> {
    const names = new Set(touched.guests);
    if (touched.networks.size === 0) return names;
    for (const [name, { body }] of this.options.store.desired.guests) {
      if (touched.networks.has(String(body.gni))) names.add(name);
    }
    return names;
  }

  /** Sessions, paths and devices decide the MTU of all guests; nobody waits for it. */
  private adjustGuests(): void {
    const mtu = this.overlayMtu();
    if (mtu === this.adjustedMtu) return;
    this.adjustedMtu = mtu;
    for (const name of this.options.store.desired.guests.keys()) {
      // One that is being set up takes its turn after that; a failed one waits until it is told again.
      if (!this.guests.failed(name)) void this.guests.reconcile(name);
    }
  }

  private async reconcile(name: string): Promise<Refusal[]> {
    const wanted = this.options.store.desired.guests.has(name);
    const reason = this.guests.reconcile(name);
    // Packets of a removed guest have ended already; its namespace goes in its own time, and is found again after a crash.
    if (!wanted) return [];
    const why = await reason;
    return why === undefined ? [] : [{ name: { type: 'guest', key: name }, reason: why }];
  }

  private async settle(
    update: Update,
    touched: Touch,
    refused: readonly Refusal[],
    work: readonly Promise<Refusal[]>[],
  ): Promise<readonly Refusal[]> {
    // Mappings may be lost, and asked for again; everything else is on disk before the controller counts on it.
    this.saveMappings();
    const onDisk = touched.onlyMappings() ? this.options.store.saved() : this.options.store.save();
    // Guests may take longer than the disk takes to fail.
    onDisk.catch(() => undefined);
    const outcomes = (await Promise.all(work)).flat();
    await onDisk;
    // While the disk was waited for, a guest may have been tried again and run: that is told already.
    const late = outcomes.filter(({ name }) => !this.guests.ready(name.key));
    const all = [...refused, ...late].filter(({ name }) => update.set.some((each) => sameName(each.name, name)));
    for (const { name, reason } of all) {
      this.options.journal.event('resource-refused', `${name.type} ${name.key}: ${reason}`, {
        update: update.number,
        reason,
      });
    }
    return all.map(({ name, reason }) => ({ name, reason: reason.slice(0, limits.textLength) }));
  }

  /** Outlives the session, which comes and goes with the need for it: a returning peer begins with what was known. */
  private rememberPath(peer: string, pathMtu: number): void {
    const { pathMtus } = this.options.store;
    pathMtus.delete(peer);
    pathMtus.set(peer, pathMtu);
    for (const oldest of pathMtus.keys()) {
      if (pathMtus.size <= rememberedPaths) break;
      pathMtus.delete(oldest);
    }
    this.saveCore();
  }

  private portChanged(guest: string): void {
    const [refusal] = this.refresh({ ...nothingTouched, guests: [guest] });
    if (refusal !== undefined) throw new Error(refusal.reason);
  }

  private guestChanged(state: GuestState): void {
    // A program's number has to be on disk, or a returning agent would start it twice.
    this.saveCore();
    this.options.onGuestState(state);
  }

  private overlayMtu(): number {
    const { store, facts, offered } = this.options;
    const sessions = [...store.desired.sessions].filter(([, { body }]) => carries(body));
    const families = new Set(facts.substrateAddresses.map(familyOf));
    return overlayMtu({
      deviceMtus: [...families].map((family) => this.deviceMtuOf(family)),
      pathMtus: sessions.flatMap(([peer]) => [store.pathMtus.get(peer) ?? 0, this.workArounds.get(peer)?.pathMtu ?? 0]),
      substrateAddresses: facts.substrateAddresses,
      peerAddresses: sessions.map(([, { body }]) => body.address),
      formats: [
        ...new Set([
          ...offered(),
          ...sessions.flatMap(([, { body }]) => textsOf(body).map(({ text }) => formatOf(text))),
        ]),
      ],
    });
  }

  private deviceMtuOf(family: 4 | 6): number {
    const own = this.options.facts.substrateAddresses.find((address) => familyOf(address) === family);
    const nic = this.assets.nics.find(({ addresses }) => own !== undefined && addresses.includes(own));
    return Math.min(nic?.mtu || usualMtu, largestPacket);
  }

  private saveCore(): void {
    this.options.store.saveLater();
  }

  private saveMappings(): void {
    this.options.store.saveMappingsSoon();
  }
}

class Touch implements Touched {
  readonly networks = new Set<string>();
  readonly guests = new Set<string>();
  readonly sessions = new Set<string>();
  readonly mappings = new Set<string>();

  add({ type, key }: ResourceName): void {
    this[`${type}s`].add(key);
  }

  onlyMappings(): boolean {
    return this.networks.size + this.guests.size + this.sessions.size === 0;
  }
}

const nothingTouched: Touched = { networks: [], guests: [], sessions: [], mappings: [] };

function sameName(a: ResourceName, b: ResourceName): boolean {
  return a.type === b.type && a.key === b.key;
}
