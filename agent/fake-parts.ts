/** A controller, guests' kernel and programs for tests of the whole agent: over loopback, without root. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type {
  AgentEvent,
  AgentMessage,
  ControllerMessage,
  Resource,
  ResourceBody,
  ResourceName,
} from '../wire/control.ts';
import { type PortKind, resourceName } from '../wire/control.ts';
import { decodeAgentMessage } from '../wire/control-decode.ts';
import { encodeControllerMessage } from '../wire/control-encode.ts';
import { controlSubprotocol } from '../wire/limits.ts';
import type { CommandRecord, CommandRunner } from './commands/supervisor.ts';
import { type DeviceNames, deviceNames } from './ports/names.ts';
import {
  type GuestSystem,
  type InterfaceWish,
  NamespaceTaken,
  type PortDevices,
  type PortDevicesWish,
} from './ports/system.ts';
import { fakeRegion } from './trust/fake-region.ts';

type Kind = AgentMessage['kind'];
type OfKind<K extends Kind> = Extract<AgentMessage, { kind: K }>;

/** Says what the test tells it to say, and keeps what it hears. */
export class FakeController {
  readonly heard: AgentMessage[] = [];
  readonly closes: { readonly code: number; readonly text: string }[] = [];
  readonly port: number;
  epoch: number;
  store = 's1';
  heartbeatMs = 1000;
  deadlineMs = 3500;
  connections = 0;
  private readonly server: Server;
  private readonly sockets: WebSocketServer;
  private socket: WebSocket | undefined;
  private sequence = 0;
  private updates = 0;
  private waiting: { readonly kind: Kind; readonly done: (message: AgentMessage) => void }[] = [];

  private constructor(server: Server, epoch: number) {
    this.server = server;
    this.sockets = new WebSocketServer({ server, handleProtocols: () => controlSubprotocol });
    this.port = (server.address() as AddressInfo).port;
    this.epoch = epoch;
    this.sockets.on('connection', (socket) => this.accept(socket));
  }

  static async listen(epoch: number, port = 0): Promise<FakeController> {
    const region = await fakeRegion();
    const { key, cert } = await region.issue({ kind: 'controller', name: 'c' }, { names: ['127.0.0.1'] });
    const server = createServer({ key, cert: cert + region.ca, ca: region.ca, requestCert: true });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new FakeController(server, epoch);
  }

  get url(): string {
    return `wss://127.0.0.1:${this.port}/v1/agent`;
  }

  /** Ends with the first event of the code, heard already or to come. */
  async event(code: string): Promise<AgentEvent> {
    for (;;) {
      const told = this.heard.flatMap((message) => (message.kind === 'events' ? message.events : []));
      const found = told.find((event) => event.code === code);
      if (found !== undefined) return found;
      await this.next('events');
    }
  }

  /** The next message of the kind, counted from now; events and guest states that were not asked for are skipped. */
  next<K extends Kind>(kind: K): Promise<OfKind<K>> {
    return new Promise((resolve) => this.waiting.push({ kind, done: (message) => resolve(message as OfKind<K>) }));
  }

  send(message: ControllerMessage, sequence = ++this.sequence): void {
    this.socket?.send(encodeControllerMessage(sequence, this.epoch, message));
  }

  sendBytes(bytes: Uint8Array): void {
    this.socket?.send(bytes);
  }

  /** Sends an update and ends with its acknowledgement. */
  async update(set: readonly ResourceBody[], removed: readonly ResourceName[] = []): Promise<OfKind<'acknowledge'>> {
    const acknowledged = this.next('acknowledge');
    this.push(set, removed);
    return acknowledged;
  }

  push(set: readonly ResourceBody[], removed: readonly ResourceName[] = []): void {
    const resources: Resource[] = set.map((body) => ({
      name: resourceName(body),
      version: createHash('sha256').update(JSON.stringify(body)).digest('hex'),
      body,
    }));
    this.send({ kind: 'update', number: ++this.updates, set: resources, removed });
  }

  /** As a killed process: no goodbye. */
  cut(): void {
    this.socket?.terminate();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private accept(socket: WebSocket): void {
    this.socket = socket;
    this.sequence = 0;
    this.updates = 0;
    this.connections++;
    socket.on('message', (data) => this.hear(data as Buffer));
    socket.on('close', (code, text) => this.closes.push({ code, text: text.toString() }));
  }

  private hear(data: Buffer): void {
    const decoded = decodeAgentMessage(data);
    if (!decoded.ok) throw new Error(decoded.why);
    const { message } = decoded;
    this.heard.push(message);
    if (message.kind === 'hello') {
      this.send({
        kind: 'welcome',
        controller: 'c',
        controllerVersion: '1',
        heartbeatMs: this.heartbeatMs,
        deadlineMs: this.deadlineMs,
        store: this.store,
      });
    }
    if (message.kind === 'heartbeat') this.send({ kind: 'heartbeatReply', number: message.number });
    const due = this.waiting.filter(({ kind }) => kind === message.kind);
    this.waiting = this.waiting.filter((each) => !due.includes(each));
    for (const { done } of due) done(message);
  }
}

export class FakeSystem implements GuestSystem {
  readonly namespaces = new Set<string>();
  readonly configured = new Map<string, InterfaceWish>();
  refuse: (guest: string) => string | undefined = () => undefined;
  /** Guests whose namespace's name is somebody else's. */
  readonly taken = new Set<string>();

  nameOf(guest: string): string {
    return `test-${guest}`;
  }

  pathOf(guest: string): string {
    return `/run/netns/test-${guest}`;
  }

  isOurs(guest: string): boolean {
    return this.namespaces.has(guest);
  }

  async ensureNamespace(guest: string): Promise<{ readonly made: boolean }> {
    const why = this.refuse(guest);
    if (why !== undefined) throw new Error(why);
    if (this.taken.has(guest)) throw new NamespaceTaken(`${guest} is taken`);
    const made = !this.namespaces.has(guest);
    this.namespaces.add(guest);
    return { made };
  }

  async configure(guest: string, wish: InterfaceWish): Promise<void> {
    this.configured.set(guest, wish);
  }

  async endProcesses(): Promise<void> {}

  async removeNamespace(guest: string): Promise<void> {
    this.namespaces.delete(guest);
  }

  async owned(): Promise<string[]> {
    return [...this.namespaces];
  }
}

/** Devices that outlive the agents of a test, as the kernel's do. */
export class FakeDevices implements PortDevices {
  /** Whole ports, by guest. */
  readonly ports = new Map<string, PortKind>();
  readonly made: string[] = [];
  readonly mtus = new Map<string, number>();

  names(guest: string): DeviceNames {
    return deviceNames(guest);
  }

  present(): ReadonlySet<string> {
    const outside = [...this.ports].filter(([, kind]) => kind !== 'tun');
    return new Set(outside.flatMap(([guest]) => Object.values(deviceNames(guest))));
  }

  async find(guest: string): Promise<PortKind | undefined> {
    return this.ports.get(guest);
  }

  async ensure(guest: string, { kind, found, mac }: PortDevicesWish): Promise<{ readonly made: boolean }> {
    this.ports.set(guest, kind);
    if (kind === found || kind === 'tun') return { made: false };
    this.made.push(`${guest} ${kind} ${mac}`);
    return { made: true };
  }

  async setMtu(guest: string, mtu: number): Promise<void> {
    this.mtus.set(guest, mtu);
  }

  async remove(guest: string): Promise<void> {
    this.ports.delete(guest);
  }

  async owned(besides: Iterable<string>): Promise<string[]> {
    const known = new Set(besides);
    return [...this.ports.keys()].filter((guest) => !known.has(guest));
  }
}

export class FakeCommands implements CommandRunner {
  readonly log: string[] = [];
  onChange: (guest: string, record: CommandRecord) => void = () => undefined;

  start(guest: string, _netnsPath: string, argv: readonly string[]): void {
    this.log.push(`start ${guest}`);
    this.onChange(guest, { state: 'running', argv, process: { pid: 99, startTicks: 1, boot: 'b' } });
  }

  adopt(guest: string): void {
    this.log.push(`adopt ${guest}`);
  }

  async stop(guest: string): Promise<void> {
    this.log.push(`stop ${guest}`);
  }

  release(): void {
    this.log.push('release');
  }
}
