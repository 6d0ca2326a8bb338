/**
 * Guests as they really are on this host, brought to what is desired: namespace, port, addresses, command.
 *
 * `reconcile(name)` looks at what is wanted when its turn comes, so that ten changes in a row cost what the
 * last one needs. Turns of one guest never overlap: a guest that is deleted and made again waits for its
 * namespace to be gone.
 */
import type { Guest, GuestState, PortKind } from '../../wire/control.ts';
import { limits } from '../../wire/limits.ts';
import type { Clock } from '../clock.ts';
import { type CommandRecord, type CommandRunner, describeExit } from '../commands/supervisor.ts';
import type { DataPath } from '../datapath/datapath.ts';
import type { Journal } from '../journal.ts';
import { planGuest } from '../plan/guest.ts';
import { portMtu } from '../plan/mtu.ts';
import { type GuestSystem, type InterfaceWish, NamespaceTaken, type PortDevices } from '../ports/system.ts';
import { Turns } from '../turns.ts';
import { GuestPorts, macOf } from './ports.ts';

export interface GuestsOptions {
  readonly clock: Clock;
  readonly system: GuestSystem;
  readonly devices: PortDevices;
  readonly commands: CommandRunner;
  readonly datapath: Pick<DataPath, 'openPort' | 'closePort' | 'setPortMtu' | 'forgetCounts'>;
  readonly journal: Journal;
  /** What is wanted now. */
  readonly wanted: (guest: string) => Guest | undefined;
  /** Prefixes of the guest's network. */
  readonly prefixes: (gni: number) => readonly string[];
  /** Why veth and tap ports cannot be had on this host; undefined: they can. */
  readonly noFastPath: string | undefined;
  /** MTU that fits every path. */
  readonly overlayMtu: () => number;
  /** Programs that were started, by guest; kept on disk by the owner. */
  readonly records: Map<string, CommandRecord>;
  /** Whether the port takes packets has changed: forwarding follows before this returns. Throws when refused. */
  readonly onPort: (guest: string) => void;
  /** Something that the controller and the disk shall know has changed. */
  readonly onState: (state: GuestState) => void;
}

interface Held {
  /** As it is set up; undefined while it is being prepared and after a failure. */
  body: Guest | undefined;
  phase: 'preparing' | 'running' | 'failed';
  detail: string;
  mtu: number;
  /** Undefined until it is decided. */
  port: PortKind | undefined;
  /** Since when its namespace's name has been somebody else's. */
  takenSinceMs: number | undefined;
  /** As last configured, to skip what would change nothing. */
  wish: string;
}

/** Namespaces that are worked on at the same time: each needs several short processes. */
const together = 4;

/** What failed is tried again, ever more seldom: its cause may pass, such as a namespace that is still being removed. */
const retry = { firstMs: 25, mostMs: 30_000 } as const;

/**
 * A guest that moves between agents of one machine finds the namespace of its former place, which goes
 * within seconds: that long it is waited for before it is a failure.
 */
const takenMs = 5000;
const takenRetryMs = 500;

/** A port that fails again and again is made again no oftener than this. */
const repairEveryMs = 10_000;

interface Retry {
  readonly waitMs: number;
  readonly cancel: () => void;
}

export class Guests {
  private readonly options: GuestsOptions;
  private readonly ports: GuestPorts;
  private readonly held = new Map<string, Held>();
  private readonly turns = new Turns(together);
  private readonly retries = new Map<string, Retry>();
  /** Guests whose port stopped working. */
  private readonly broken = new Set<string>();
  private readonly repairedMs = new Map<string, number>();
  private readonly pauses = new Map<string, Promise<void>>();
  private closing = false;

  constructor(options: GuestsOptions) {
    this.options = options;
    this.ports = new GuestPorts(options);
  }

  /** The engine can no longer read from the guest's port. */
  portFailed(name: string): void {
    this.broken.add(name);
    const beforeMs = this.repairedMs.get(name) ?? Number.NEGATIVE_INFINITY;
    if (this.options.clock.steadyMs() - beforeMs >= repairEveryMs) void this.repair(name);
  }

  /** What somebody else took away is made again; costs a look at each namespace's identity, and one at all devices. */
  look(): void {
    const present = this.options.devices.present();
    for (const name of this.held.keys()) if (this.whatIsWrong(name, present) !== undefined) void this.repair(name);
    for (const name of this.ports.left(present)) void this.sweep(name);
  }

  /** Ends when the guest is as wanted (undefined), or with the sentence that says why it is not. */
  async reconcile(name: string): Promise<string | undefined> {
    for (;;) {
      const reason = await this.turns.take(name, () => this.step(name));
      // Between the attempts others take their turns.
      if (this.held.get(name)?.takenSinceMs === undefined || this.closing) return reason;
      await this.pause(name);
      if (this.options.wanted(name) === undefined) return undefined;
    }
  }

  /** Whether its port takes packets. */
  ready(name: string): boolean {
    return this.held.get(name)?.body !== undefined;
  }

  failed(name: string): boolean {
    return this.held.get(name)?.phase === 'failed';
  }

  names(): Iterable<string> {
    return this.held.keys();
  }

  state(name: string): GuestState | undefined {
    const held = this.held.get(name);
    if (held === undefined) return undefined;
    const { phase, detail, mtu, port } = held;
    const record = this.options.records.get(name);
    // How its command ended stands in `command`, for each reader to say in words of its own.
    return {
      ...{ guest: name, phase, detail, mtu },
      ...(port === undefined ? {} : { port }),
      ...(record === undefined ? {} : { command: commandState(record) }),
    };
  }

  states(): GuestState[] {
    return [...this.held.keys()].flatMap((name) => this.state(name) ?? []);
  }

  commandChanged(name: string, record: CommandRecord): void {
    this.options.records.set(name, record);
    if (record.state === 'exited') {
      const detail = `${name}: ${record.argv.join(' ').slice(0, 200)}: ${describeExit(record)}`;
      this.options.journal.event('command-exited', detail, { guest: name });
    }
    this.changed(name);
  }

  /** Nothing is tried again from here on; ends when nothing is under way. */
  close(): Promise<void> {
    this.closing = true;
    for (const { cancel } of this.retries.values()) cancel();
    return this.settled();
  }

  /** Ends when nothing is under way. */
  settled(): Promise<void> {
    return this.turns.settled();
  }

  private async step(name: string): Promise<string | undefined> {
    const wanted = this.options.wanted(name);
    const held = this.held.get(name);
    switch (planGuest(wanted, held?.body, held?.port)) {
      case 'nothing':
        // A failed one is no longer wanted, or one of a former run: what there is of it goes.
        return this.attempt(name, () => this.takeDown(name));
      case 'remove':
        return this.attempt(name, () => this.takeDown(name));
      case 'recreate':
        return (await this.attempt(name, () => this.takeDown(name))) ?? this.step(name);
      case 'create':
        return wanted && this.attempt(name, () => this.setUp(wanted));
      case 'keep':
        return wanted && this.attempt(name, () => this.bringUpToDate(wanted));
    }
  }

  private whatIsWrong(name: string, present = this.options.devices.present()): string | undefined {
    const port = this.held.get(name)?.port;
    // What is being prepared, or failed, is looked at by its own attempts.
    if (!this.ready(name) || port === undefined) return undefined;
    const missing = this.ports.whatIsMissing(name, port, present);
    if (missing !== undefined) return missing;
    return this.broken.has(name) ? 'its port stopped working' : undefined;
  }

  private repair(name: string): Promise<void> {
    const { clock, journal, wanted } = this.options;
    return this.turns.take(name, async () => {
      const why = this.whatIsWrong(name);
      const guest = wanted(name);
      const held = this.held.get(name);
      if (why === undefined || guest === undefined || held === undefined) return;
      this.broken.delete(name);
      this.repairedMs.set(name, clock.steadyMs());
      journal.error('guest', `${name}: ${why}; it is set up again`, { guest: name });
      await this.attempt(name, () => this.setUpAgain(guest, held));
    });
  }

  private sweep(name: string): Promise<void> {
    const { devices, journal } = this.options;
    return this.turns.take(name, async () => {
      // Its name may be another guest's by now.
      if (this.held.has(name)) return;
      await devices.remove(name).catch((error: Error) => journal.error('guest', error.message, { guest: name }));
    });
  }

  /** Its port is opened anew, on the same devices if they are there. */
  private async setUpAgain(guest: Guest, held: Held): Promise<void> {
    const { datapath, onPort, system } = this.options;
    const { name } = guest;
    held.body = undefined;
    onPort(name);
    // In a namespace without a name the device would be left to whoever still runs there.
    datapath.closePort(name, system.isOurs(name) ? 'keep' : 'remove');
    await this.setUp(guest);
  }

  private async attempt(name: string, task: () => Promise<void>): Promise<string | undefined> {
    try {
      await task();
      this.retries.get(name)?.cancel();
      this.retries.delete(name);
      return undefined;
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).slice(0, limits.textLength);
      if (error instanceof NamespaceTaken && this.waitsForNamespace(name, reason)) return reason;
      this.fail(name, reason);
      this.retryLater(name);
      return reason;
    }
  }

  private retryLater(name: string): void {
    const before = this.retries.get(name);
    before?.cancel();
    const waitMs = before === undefined ? retry.firstMs : Math.min(before.waitMs * 2, retry.mostMs);
    const cancel = this.options.clock.after(waitMs, () => void this.reconcile(name));
    this.retries.set(name, { waitMs, cancel });
  }

  /** Ends after the wait, or at once when there is nothing to wait for any more. One for all who wait for the guest. */
  private pause(name: string): Promise<void> {
    const others = this.pauses.get(name);
    if (others !== undefined) return others;
    const before = this.retries.get(name);
    before?.cancel();
    const waitMs = before === undefined ? retry.firstMs : Math.min(before.waitMs * 2, takenRetryMs);
    const pause = new Promise<void>((resolve) => {
      const end = () => {
        this.pauses.delete(name);
        resolve();
      };
      const cancelTimer = this.options.clock.after(waitMs, end);
      const cancel = () => {
        cancelTimer();
        end();
      };
      this.retries.set(name, { waitMs, cancel });
    });
    this.pauses.set(name, pause);
    return pause;
  }

  private waitsForNamespace(name: string, reason: string): boolean {
    const held = this.held.get(name);
    if (held === undefined || held.phase === 'failed') return false;
    const now = this.options.clock.steadyMs();
    const sinceMs = held.takenSinceMs ?? now;
    held.takenSinceMs = now - sinceMs < takenMs ? sinceMs : undefined;
    if (held.takenSinceMs === undefined) return false;
    const detail = `waits for its name: ${reason}`.slice(0, limits.textLength);
    if (held.detail !== detail) {
      held.detail = detail;
      this.changed(name);
    }
    return true;
  }

  private async setUp(guest: Guest): Promise<void> {
    const { commands, journal, overlayMtu, records, onPort } = this.options;
    const { name } = guest;
    const mtu = portMtu(overlayMtu(), guest.addresses);
    // One that failed is failed until it runs: people want the reason, not the attempts.
    const before = this.held.get(name);
    const kept = before?.phase === 'failed' || before?.takenSinceMs !== undefined;
    const { phase, detail } = kept ? before : { phase: 'preparing' as const, detail: '' };
    const takenSinceMs = before?.takenSinceMs;
    const held: Held = { body: undefined, phase, detail, mtu, port: undefined, takenSinceMs, wish: '' };
    this.held.set(name, held);
    if (!kept) this.changed(name);

    const prepared = await this.ports.prepare(guest, mtu);
    held.takenSinceMs = undefined;
    const record = records.get(name);
    if (prepared.fresh && record !== undefined) {
      // Of a namespace that was deleted behind our back the program may still run; after a reboot it does not.
      await commands.stop(name, record);
      records.delete(name);
    }
    const wish = this.wishFor(guest, prepared.kind);
    const { kind, fresh, adopted } = this.ports.open(guest, prepared, wish.mtu);
    Object.assign(held, { port: kind, mtu: wish.mtu, body: guest });
    onPort(name);
    await this.ports.configure(name, kind, wish, !adopted);
    held.wish = JSON.stringify(wish);

    if (kind !== 'tap') await this.runCommand(guest, fresh);
    Object.assign(held, { phase: 'running', detail: '' });
    const how = fresh ? 'set up' : adopted ? 'adopted as it was' : 'given a new port';
    journal.event('guest-running', `${name}: ${how}, ${kind} port, MTU ${wish.mtu}`, { guest: name, gni: guest.gni });
    this.changed(name);
  }

  private async bringUpToDate(guest: Guest): Promise<void> {
    const { onPort } = this.options;
    const held = this.held.get(guest.name);
    if (held?.body === undefined || held.port === undefined) return;
    const wish = this.wishFor(guest, held.port);
    const text = JSON.stringify(wish);
    if (text === held.wish) {
      held.body = guest;
      return;
    }
    if (held.port !== 'tun' && macOf(guest) !== macOf(held.body)) {
      // The fast path writes the guest's Ethernet address into every packet.
      await this.setUpAgain(guest, held);
      return;
    }
    await this.ports.configure(guest.name, held.port, wish, false);
    this.options.datapath.setPortMtu(guest.name, wish.mtu);
    held.wish = text;
    held.body = guest;
    held.mtu = wish.mtu;
    onPort(guest.name);
    this.changed(guest.name);
  }

  private async takeDown(name: string): Promise<void> {
    const { commands, journal, records, onPort, onState } = this.options;
    const held = this.held.get(name);
    if (held !== undefined) held.body = undefined;
    this.options.datapath.forgetCounts(name);
    onPort(name);
    await commands.stop(name, records.get(name));
    records.delete(name);
    this.repairedMs.delete(name);
    this.broken.delete(name);
    await this.ports.remove(name, held?.port);
    this.held.delete(name);
    journal.event('guest-removed', `${name}: its namespace and port are gone`, { guest: name });
    onState({ guest: name, phase: 'removed', detail: '', mtu: 0 });
  }

  private async runCommand({ name, command }: Guest, fresh: boolean): Promise<void> {
    const { commands, records, system } = this.options;
    const record = records.get(name);
    if (record !== undefined) {
      commands.adopt(name, record);
    } else if (command.length > 0) {
      // An agent that was killed right after it started the program left one that nobody knows.
      if (!fresh) await system.endProcesses(name);
      commands.start(name, system.pathOf(name), command);
    }
  }

  /** What was built of it stays for the next attempt, but takes no packets. */
  private fail(name: string, reason: string): void {
    const { datapath, journal, onPort } = this.options;
    const held = this.held.get(name) ?? {
      body: undefined,
      phase: 'failed',
      detail: '',
      mtu: 0,
      port: undefined,
      takenSinceMs: undefined,
      wish: '',
    };
    const known = held.phase === 'failed' && held.detail === reason;
    Object.assign(held, { body: undefined, phase: 'failed', detail: reason, takenSinceMs: undefined });
    this.held.set(name, held);
    onPort(name);
    datapath.closePort(name, 'keep');
    if (known) return;
    journal.event('guest-failed', `${name}: ${reason}`, { guest: name, reason });
    journal.error('guest', `${name}: ${reason}`, { guest: name });
    this.changed(name);
  }

  private wishFor(guest: Guest, port: PortKind): InterfaceWish {
    const { gni, addresses } = guest;
    const mtu = portMtu(this.options.overlayMtu(), addresses);
    const ethernet = port === 'veth' ? { ethernet: { mac: macOf(guest) } } : {};
    return { addresses, routes: this.options.prefixes(gni), mtu, ...ethernet };
  }

  private changed(name: string): void {
    const state = this.state(name);
    if (state !== undefined) this.options.onState(state);
  }
}

function commandState(record: CommandRecord): NonNullable<GuestState['command']> {
  return record.state === 'running'
    ? { phase: 'running', pid: record.process.pid, exitCode: 0, signal: '' }
    : { phase: 'exited', pid: record.pid, exitCode: record.exitCode, signal: record.signal };
}
