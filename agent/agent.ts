/**
 * The agent: what the controller desires becomes what the host holds, and what the host sees goes back up.
 *
 *     session ─► update ─► check ─► desired ─► plan ─► data plane, guests ─► disk ─► acknowledge
 *     engine  ─► miss ─► subscriptions ─► session
 *     prober  ─► path MTU ─► plan ─► data plane, guests' MTU
 *
 * Everything it touches comes in as parts, so that tests give it a kernel, a clock and a controller of theirs.
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Assets, Capabilities, Hello, Update } from '../wire/control.ts';
import { isSigned } from '../wire/keys.ts';
import { version } from '../wire/version.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { HostState } from './apply/host.ts';
import { sameLinks } from './assets/assets.ts';
import { Abilities } from './capabilities/abilities.ts';
import { every } from './clock.ts';
import type { AgentConfig, LiveConfig } from './config.ts';
import { CountsLife } from './counts.ts';
import { hearDataPath } from './data-path-events.ts';
import { DataPath, type DataPathEvent, type EngineOptions, type NativeAddon } from './datapath/datapath.ts';
import { finishWaiting } from './datapath/finish-waiting.ts';
import { openForeign } from './datapath/foreign.ts';
import { FastPathLife } from './fast-path.ts';
import { Flows } from './flows/flows.ts';
import { type OpenedGni6, openGni6 } from './gni6.ts';
import { findSurplus } from './greeting.ts';
import { Journal } from './journal.ts';
import { keyStatesFile } from './keys/kept-epochs.ts';
import { Keyring } from './keys/keyring.ts';
import { Subscriptions } from './mappings/subscriptions.ts';
import type { AgentPhase } from './metrics/readiness.ts';
import { Tally } from './metrics/tally.ts';
import type { AgentParts } from './parts.ts';
import { Peers } from './peers.ts';
import { type HostFacts, reachable } from './plan/check.ts';
import type { GuestSystem, PortDevices } from './ports/system.ts';
import { Prober } from './probes/prober.ts';
import { Reports } from './reports.ts';
import { Session } from './session/driver.ts';
import type { StateStore } from './state/store.ts';
import { namesOf } from './trace/names.ts';
import { Traces } from './trace/traces.ts';
import { Renewal } from './trust/renewal.ts';

/** At guests' namespaces and the substrate's devices, which decide the MTU. */
const lookEveryMs = 10_000;
const askMachineMs = 60_000;
const reportEveryMs = 5 * 60_000;
/** One guest that cannot be set up does not keep the packets of all others waiting. */
const longestPauseMs = 5000;
/** Outer UDP source ports that one worker spreads flows over. */
const sourcePorts = 16;

/** What outlives a process that is killed. */
const keptFiles = (directory: string) => ({
  keyStates: join(directory, keyStatesFile),
  counters: join(directory, 'counters'),
});

export class Agent {
  /** As of now: see `reconfigure`. */
  config: AgentConfig;
  readonly startedMs: number;
  phase: AgentPhase = 'starting';
  readonly tally: Tally;
  readonly journal: Journal;
  readonly datapath: DataPath;
  readonly fastPath: FastPathLife;
  readonly host: HostState;
  readonly session: Session;
  readonly prober: Prober | undefined;
  readonly store: StateStore;
  readonly system: GuestSystem;
  readonly devices: PortDevices;
  readonly keyring: Keyring;
  readonly peers: Peers;
  readonly flows: Flows;
  private readonly parts: AgentParts;
  private readonly abilities: Abilities;
  private readonly subscriptions: Subscriptions;
  private readonly reports: Reports;
  private readonly acknowledgements: Acknowledgements;
  private readonly traces: Traces;
  private readonly counts: CountsLife;
  private readonly renewal: Renewal;
  private assets: Assets;
  /** What the controller was last told, as text. */
  private told = { capabilities: '', keys: '' };
  /** Why the last attempts to reach a controller failed, once said. */
  private unreachable: string | undefined;
  private reportedMs = 0;
  private askedMs = 0;
  private cancelLook: () => void = () => undefined;

  /** Throws an Error with one clear sentence when the data plane cannot be had. Nothing moves before `run`. */
  constructor(parts: AgentParts) {
    const { config, clock, log, store, native } = parts;
    this.parts = parts;
    this.config = config;
    this.startedMs = clock.now() - Math.round(process.uptime() * 1000);
    this.store = store;
    this.system = parts.system;
    this.devices = parts.devices;
    this.assets = parts.assets;
    this.journal = new Journal(log, clock);
    this.tally = new Tally(clock.steadyMs());
    store.whenFailing((error) => this.journal.error('state directory', error.message));
    if (store.problem !== undefined) this.journal.error('state directory', store.problem);
    this.keyring = this.openKeyring();
    const opened = openForeign(config.foreign, (foreign) => this.openDataPath(native, foreign));
    this.datapath = opened.value.datapath;
    const foreign = { vxlan: opened.bound.includes('vxlan'), geneve: opened.bound.includes('geneve') };
    const { datapath, journal } = this;
    this.flows = new Flows(config, datapath, clock, journal);
    this.counts = new CountsLife(parts.counts, { datapath, store, journal, clock });
    this.fastPath = new FastPathLife({ native, config, foreign, datapath, journal });
    this.abilities = new Abilities({
      probe: () => native.probe(),
      masks: () => this.config,
      bound: opened.bound,
      gni6Prefix: opened.value.prefix,
      hasKey: () => this.keyring.status() !== undefined,
      fastPath: this.fastPath.mode,
      offloads: () => this.datapath.counters().offloads,
    });
    for (const problem of opened.problems) this.foundProblem('foreign framework', problem);
    for (const problem of this.fastPath.problems) this.foundProblem('fast path', problem);
    if (opened.value.problem !== undefined) this.foundProblem('gni6', opened.value.problem);
    this.subscriptions = new Subscriptions({
      clock,
      deadlineMs: config.firstPacket.deadlineMs,
      send: (wanted, unwanted) => this.session.report({ kind: 'subscribe', wanted, unwanted }),
      drop: (names) => this.host.drop(names),
      hasGuestIn: (gni) => this.host.hasGuestIn(gni),
      full: (most) =>
        this.journal.error('mappings', `${most} mappings are held, the most; packets to further addresses are dropped`),
    });
    this.host = this.openHost();
    this.peers = new Peers({
      clock,
      journal: this.journal,
      datapath: this.datapath,
      host: this.host,
      prober: () => this.prober,
      onChange: () => this.reports.pathsChanged(),
    });
    this.session = this.openSession();
    this.acknowledgements = new Acknowledgements((update, refused) =>
      this.session.report({ kind: 'acknowledge', update, refused }),
    );
    this.prober = this.openProber();
    const { system } = parts;
    this.traces = new Traces({
      clock,
      datapath: this.datapath,
      names: namesOf(this.datapath, this.host, store),
      namespaceOf: (guest) => (system.isOurs(guest) ? system.pathOf(guest) : undefined),
      report: (traced) => this.session.report({ kind: 'traced', ...traced }),
    });
    this.renewal = new Renewal({
      ...{ clock, host: config.host, directory: parts.trust.directory, journal: this.journal },
      send: (request) => this.session.report({ kind: 'certificateRequest', ...request }),
    });
    this.reports = new Reports({
      clock,
      journal: this.journal,
      send: (message) => this.session.report(message),
      connected: () => this.session.connected,
      paths: () => this.peers.measurements(),
    });
  }

  /** The data plane as it was, then the controller. Ends when every guest is up, or is known to have failed. */
  async run(): Promise<void> {
    const { clock, store } = this.parts;
    const mappings = [...store.desired.mappings.values()];
    this.subscriptions.restore(
      mappings.map(({ body: { gni, address, host } }) => ({ name: { gni, address }, nowhere: host === undefined })),
    );
    await this.restoreKeys();
    this.fastPath.begin();
    // What is in force needs no new key, and packets are waiting.
    const soon = clock.after(longestPauseMs, () => this.datapath.begin());
    await Promise.all([this.abilities.encrypts ? this.keyring.start() : undefined, this.host.restore()]);
    soon();
    this.fastPath.takeOver();
    this.counts.save();
    this.datapath.begin();
    this.datapath.settle(store.desired.guests.keys());
    this.shapeChanged();
    const ms = Math.round(process.uptime() * 1000);
    this.journal.event('agent-started', `agent ${version} on ${this.config.host}, ready in ${ms} ms`, {
      epoch: store.epoch,
      ms,
    });
    this.session.start();
    this.phase = 'running';
    this.reportedMs = clock.steadyMs();
    this.askedMs = this.reportedMs;
    const failed = (error: Error) => this.journal.error('assets', error.message);
    this.cancelLook = every(
      clock,
      () => lookEveryMs,
      () => {
        this.host.guests.look();
        this.fastPath.look();
        this.peers.look();
        this.counts.save();
        this.lookAtMachine().catch(failed);
      },
    );
  }

  /** Guests, their ports and programs stay. */
  async stop(): Promise<void> {
    this.phase = 'stopping';
    this.cancelLook();
    await finishWaiting(this.datapath, this.parts.clock);
    this.prober?.close();
    this.peers.close();
    this.traces.close();
    this.renewal.close();
    this.subscriptions.close();
    this.reports.flush();
    this.reports.close();
    await this.session.stop();
    await this.host.guests.close();
    this.host.commands.release();
    await this.keyring.close();
    this.datapath.stop();
    await this.counts.close();
    await this.flows.close();
    await this.store.close();
  }

  /** Unix ms, for people, of a moment of the steady clock. */
  shownMs(steadyMs: number): number {
    const { clock } = this.parts;
    return Math.round(clock.now() + steadyMs - clock.steadyMs());
  }

  capabilities(): Capabilities {
    return this.abilities.capabilities();
  }

  /** A new key epoch: answers why there is none now, if there is none. */
  rotateKeys(): string | undefined {
    return this.keyring.rotate();
  }

  /** Takes what may change while packets flow; ends when the controller was told. */
  async reconfigure(live: LiveConfig): Promise<void> {
    this.config = { ...this.config, ...live };
    await this.reportMachine();
  }

  private async restoreKeys(): Promise<void> {
    const { generation, problem = this.parts.keysNotKept } = this.datapath.keyStates();
    if (problem !== undefined && this.abilities.encrypts) {
      this.abilities.problem(`keys end with the agent's process: ${problem}`);
    }
    await this.keyring.restore(generation);
  }

  private openDataPath(native: NativeAddon, foreign: EngineOptions['foreign']): OpenedGni6 {
    const { workers, udpPort, substrateAddresses, offloads, firstPacket, flows } = this.config;
    const flowSampling = flows?.sampling ?? 0;
    const { kept } = this.parts.keys;
    const options = { workers, udpPort, substrateAddresses, sourcePorts, offloads, firstPacket, foreign, flowSampling };
    const open = (gni6: Pick<EngineOptions, 'gni6'>) =>
      new DataPath(
        native,
        { ...options, ...gni6, ...(kept === undefined ? {} : keptFiles(kept.directory)) },
        (event) => this.dataPathSaid(event),
        (key) => this.keyring.derive(key),
        this.parts.descriptors,
      );
    return openGni6(this.config, this.parts.gni6Problem, open);
  }

  private openKeyring(): Keyring {
    const { clock, config, keys } = this.parts;
    return new Keyring(
      keys,
      { host: config.host, clock, rotateMs: config.keys.rotateMs },
      {
        changed: (newest, replaced) => {
          if (replaced !== undefined) this.journal.event('keys-rotated', `epoch ${newest} comes after ${replaced}`);
          this.tellKeys();
          this.tellCapabilities();
        },
        retired: (epoch) => this.host.retireKeys(epoch),
        kept: (epochs) => this.datapath.keepKeyStates(epochs),
        failed: (error) => this.journal.error('keys', `no new key: ${error.message}`),
        notKept: (error) => this.journal.error('keys', `the newest keys end with this process: ${error.message}`),
      },
    );
  }

  private openHost(): HostState {
    const { clock, store, system, devices, commands, assets } = this.parts;
    return new HostState({
      clock,
      facts: this.hostFacts(),
      offered: () => this.abilities.offered,
      store,
      datapath: this.datapath,
      system,
      devices,
      noFastPath: this.fastPath.missing,
      commands,
      journal: this.journal,
      assets,
      keepMapping: (name, nowhere) => this.subscriptions.arrived(name, nowhere),
      mappingWithdrawn: (name) => this.subscriptions.withdrawn(name),
      onShape: () => this.shapeChanged(),
      onGuestState: (state) => this.reports.guest(state),
      onTerms: (peers, epochs) => {
        this.keyring.named(epochs);
        this.peers.changed(peers);
      },
    });
  }

  private hostFacts(): HostFacts {
    const { host, udpPort, substrateAddresses } = this.config;
    const { abilities, keyring } = this;
    return {
      ...{ host, udpPort, substrateAddresses },
      get formats() {
        return abilities.formats;
      },
      get ciphers() {
        return abilities.ciphers;
      },
      get features() {
        return abilities.features;
      },
      get compressions() {
        return abilities.compressions;
      },
      ownsEpoch: (epoch) => keyring.owns(epoch),
      signed: isSigned,
    };
  }

  private openSession(): Session {
    const { config, clock, store, log } = this.parts;
    return new Session(
      {
        controllers: config.controllers,
        epoch: store.epoch,
        store: store.leader,
        guests: () => store.desired.guests.size,
        credentials: (url) => this.parts.trust.credentials(url),
        clock,
      },
      {
        hello: () => this.hello(),
        heartbeat: () => ({
          guests: store.desired.guests.size,
          load1: loadavg()[0] ?? 0,
          residentBytes: process.memoryUsage.rss(),
        }),
        // On disk before the next acknowledgement, which waits for the same file.
        obey: (epoch, leader) => {
          store.epoch = epoch;
          store.leader = leader;
          store.saveLater();
        },
        up: (controller, version) => {
          this.tally.up();
          log.info({ epoch: store.epoch }, `connected to controller ${controller} ${version}`);
          this.subscriptions.connected();
          this.renewal.connected();
          for (const state of this.host.guests.states()) this.reports.guest(state);
          this.reports.flush();
          this.reports.pathsChanged();
          // What changed after Hello left.
          this.tellCapabilities();
          this.tellKeys();
        },
        rotateKeys: () => {
          const why = this.rotateKeys();
          if (why !== undefined) this.journal.error('keys', `a new key was asked for: ${why}`);
        },
        trace: (trace) => this.traces.asked(trace),
        certificate: (said) => {
          this.renewal.take(said).catch((error: Error) => this.journal.error('certificate', error.message));
        },
        update: (update) => this.obey(update),
        down: (why, never) => {
          this.tally.down(clock.steadyMs());
          this.acknowledgements.forget();
          // A controller that stays away is worth one line, not one for every attempt.
          if (!never || why !== this.unreachable) this.journal.error('session', why);
          this.unreachable = never ? why : undefined;
        },
      },
    );
  }

  private openProber(): Prober | undefined {
    const { clock, config, openIcmp } = this.parts;
    try {
      return new Prober({
        clock,
        icmp: openIcmp(),
        intervalMs: config.probe.intervalMs,
        onMeasured: (measurement) => {
          this.host.measured(measurement);
          this.reports.pathsChanged();
        },
      });
    } catch (error) {
      const why = `${(error as Error).message}; round trips and path MTUs are not measured`;
      this.foundProblem('prober', why);
      return undefined;
    }
  }

  private foundProblem(where: string, sentence: string): void {
    this.abilities.problem(sentence);
    this.journal.error(where, sentence);
  }

  private hello(): Omit<Hello, 'epoch'> {
    const { host, substrateAddresses, udpPort } = this.config;
    this.subscriptions.greeting();
    this.shed();
    const capabilities = this.capabilities();
    const keys = this.keyring.keys();
    this.told = { capabilities: JSON.stringify(capabilities), keys: JSON.stringify(keys) };
    return {
      host,
      instance: this.store.instance,
      agentVersion: version,
      substrateAddresses,
      udpPort,
      held: this.host.held(),
      capabilities,
      assets: this.assets,
      keys,
    };
  }

  /** Hello has to fit into a message. */
  private shed(): void {
    const { sessions, mappings } = findSurplus(this.store.desired);
    for (const name of mappings) this.subscriptions.withdrawn(name);
    this.host.drop(mappings);
    if (sessions.length === 0) return;
    this.journal.error('session', `${sessions.length} sessions do not fit into a greeting; they are asked for again`);
    const removed = sessions.map((key) => ({ type: 'session', key }) as const);
    const failed = (error: Error) => this.journal.error('state directory', error.message);
    this.host.update({ number: 0, set: [], removed }).done.catch(failed);
  }

  private obey(update: Update): void {
    const inForce = this.acknowledgements.expect(update);
    const { done } = this.host.update(update);
    this.parts.log.debug(
      { update: update.number },
      `update: ${update.set.length} set, ${update.removed.length} removed`,
    );
    // A disk that fails is no refusal: the update stays unacknowledged until it is on disk, which is the truth.
    done.then(inForce, (error: Error) => this.journal.error('state directory', error.message));
  }

  private dataPathSaid(event: DataPathEvent): void {
    const { subscriptions, peers, traces, journal } = this;
    if (event.kind === 'miss') this.tally.misses++;
    hearDataPath(event, {
      ...{ subscriptions, peers, traces, journal },
      offersChanged: () => this.tellCapabilities(),
      portFailed: (where) => {
        const guest = this.datapath.guestAt(where);
        if (guest !== undefined) this.host.guests.portFailed(guest);
      },
    });
  }

  /** Guests or sessions came or went: what depends on the set of them follows. */
  private shapeChanged(): void {
    this.subscriptions.guestsChanged();
    this.counts.saveSoon();
    if (this.prober === undefined) return;
    const { sessions } = this.store.desired;
    for (const name of [...this.prober.names()]) if (!sessions.has(name)) this.prober.forget(name);
    for (const [peer, { body }] of sessions) {
      if (reachable(body, this.config)) this.prober.watch(peer, body.address, this.host.deviceMtu(peer));
      else this.prober.forget(peer);
    }
  }

  private tellCapabilities(): void {
    const capabilities = this.capabilities();
    const text = JSON.stringify(capabilities);
    if (text === this.told.capabilities) return;
    if (this.session.report({ kind: 'capabilities', ...capabilities })) this.told.capabilities = text;
  }

  private tellKeys(): void {
    const keys = this.keyring.keys();
    const text = JSON.stringify(keys);
    if (text === this.told.keys) return;
    if (this.session.report({ kind: 'keys', ...keys })) this.told.keys = text;
  }

  private async lookAtMachine(): Promise<void> {
    const links = await this.parts.findLinks();
    const now = this.parts.clock.steadyMs();
    if (sameLinks(links, this.assets.nics) && now - this.askedMs < askMachineMs) return;
    this.askedMs = now;
    await this.reportMachine();
  }

  /** Told when something of it changed, and now and then anyway. */
  private async reportMachine(): Promise<void> {
    this.abilities.ask();
    if (this.abilities.encrypts) await this.keyring.start();
    this.tellCapabilities();
    this.host.adjust();
    const assets = await this.parts.findAssets(this.config.labels);
    const now = this.parts.clock.steadyMs();
    const changed = JSON.stringify(assets) !== JSON.stringify(this.assets);
    if (!changed && now - this.reportedMs < reportEveryMs) return;
    this.reportedMs = now;
    this.assets = assets;
    this.host.setAssets(assets);
    this.shapeChanged();
    this.session.report({ kind: 'assets', ...assets });
  }
}
