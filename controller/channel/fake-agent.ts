/**
 * An agent for tests: speaks the control protocol over a real WebSocket, holds what it is told, acknowledges.
 * It waits for events, never for time.
 */
import { WebSocket } from 'ws';
import { familyOf } from '../../wire/address.ts';
import {
  type AgentMessage,
  type Capabilities,
  type ControllerMessage,
  guestPairsWord,
  type Hello,
  type Keys,
  type MappingName,
  noKeys,
  type Resource,
  type ResourceName,
  type ResourceType,
  type Trace,
  type Traced,
  traceWord,
  type Update,
} from '../../wire/control.ts';
import { decodeControllerMessage } from '../../wire/control-decode.ts';
import { encodeAgentMessage } from '../../wire/control-encode.ts';
import { controlPath, controlSubprotocol } from '../../wire/limits.ts';

export interface Credentials {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

export interface FakeAgentOptions {
  readonly host: string;
  readonly port: number;
  /** What it shows of itself, in PEM; without it, nothing. */
  readonly credentials?: Credentials;
  readonly instance?: string;
  readonly formats?: readonly string[];
  readonly features?: readonly string[];
  readonly keys?: Keys;
  readonly executors?: readonly string[];
  readonly ports?: readonly string[];
  readonly substrateAddresses?: readonly string[];
  readonly cpus?: number;
  readonly epoch?: number;
  /** From an earlier agent of the host: its disk. */
  readonly held?: ReadonlyMap<string, Resource>;
  /** Why a resource cannot be applied; undefined: it can. */
  readonly refuse?: (resource: Resource) => string | undefined;
  readonly acknowledges?: boolean;
  /** What it tells of packets that it is asked to follow. */
  readonly trace?: (trace: Trace) => Iterable<Partial<Traced>>;
}

export class FakeAgent {
  readonly host: string;
  /** In force, by type/key. */
  readonly held: Map<string, Resource>;
  readonly updates: Update[] = [];
  readonly messages: ControllerMessage[] = [];
  epoch = 0;
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly #options: FakeAgentOptions;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  #sent = 0;
  #received = 0;

  private constructor(options: FakeAgentOptions, socket: WebSocket) {
    this.#options = options;
    this.#socket = socket;
    this.host = options.host;
    this.held = new Map(options.held);
    socket.on('message', (data: Buffer) => this.#hear(data));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  /** Connected, but nothing said yet. */
  static async open(options: FakeAgentOptions): Promise<FakeAgent> {
    const url = `wss://127.0.0.1:${options.port}${controlPath}`;
    const socket = new WebSocket(url, controlSubprotocol, { ...options.credentials });
    const agent = new FakeAgent(options, socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return agent;
  }

  /** Connected, hello said and welcomed. */
  static async start(options: FakeAgentOptions): Promise<FakeAgent> {
    const agent = await FakeAgent.open(options);
    agent.send(agent.hello());
    await agent.until(() => agent.messages.some(({ kind }) => kind === 'welcome') || agent.closed !== undefined);
    return agent;
  }

  hello(): { readonly kind: 'hello' } & Hello {
    const {
      host,
      instance = `instance-${host}`,
      substrateAddresses = ['198.18.0.1'],
      cpus = 4,
      epoch = 0,
    } = this.#options;
    return {
      kind: 'hello',
      host,
      instance,
      agentVersion: '0.0.0-test',
      substrateAddresses,
      udpPort: 6741,
      epoch,
      held: [...this.held.values()].map(({ name, version, body }) => ({
        name,
        version,
        ...(body.type === 'session' ? { session: body } : {}),
      })),
      capabilities: this.capabilities(this.#options.formats ?? ['gni 1.0', 'gni 1.1']),
      keys: this.#options.keys ?? noKeys,
      assets: {
        kernel: 'Linux 6.18',
        operatingSystem: 'Debian 12',
        architecture: 'x64',
        cpus,
        cpuModel: 'test',
        memoryBytes: 1 << 30,
        nics: [],
        labels: { rack: 'r1' },
      },
    };
  }

  capabilities(formats: readonly string[]): Capabilities {
    const { executors = ['engine'], ports = ['tun'], features = [] } = this.#options;
    return {
      formats,
      features: [...features, guestPairsWord, ...(this.#options.trace === undefined ? [] : [traceWord])],
      offloads: [],
      executors,
      ports,
      problems: [],
    };
  }

  send(message: AgentMessage, sequence = this.#sent + 1): void {
    this.#sent = sequence;
    this.#socket.send(encodeAgentMessage(sequence, message));
  }

  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  subscribe(...wanted: MappingName[]): void {
    this.send({ kind: 'subscribe', wanted, unwanted: [] });
  }

  unsubscribe(...unwanted: MappingName[]): void {
    for (const { gni, address } of unwanted) this.held.delete(`mapping/${gni}/${address}`);
    this.send({ kind: 'subscribe', wanted: [], unwanted });
  }

  get<Type extends ResourceType>(type: Type, key: string): Extract<Resource['body'], { type: Type }> | undefined {
    const body = this.held.get(`${type}/${key}`)?.body;
    return body?.type === type ? (body as Extract<Resource['body'], { type: Type }>) : undefined;
  }

  /** Waits for a condition that a message makes true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  async untilClosed(): Promise<{ readonly code: number; readonly reason: string }> {
    await this.until(() => this.closed !== undefined);
    return this.closed ?? { code: 0, reason: '' };
  }

  /** All messages sent so far were handled by the controller, and what it said because of them is here. */
  async flush(): Promise<void> {
    const number = 1_000_000 + this.#sent;
    this.send({ kind: 'heartbeat', number, epoch: this.epoch, guests: 0, load1: 0, residentBytes: 0 });
    await this.until(() =>
      this.messages.some((message) => message.kind === 'heartbeatReply' && message.number === number),
    );
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.untilClosed();
  }

  /** As when the process is killed. */
  kill(): void {
    this.#socket.terminate();
  }

  #hear(data: Buffer): void {
    const decoded = decodeControllerMessage(data);
    if (!decoded.ok) throw new Error(`the controller sent ${decoded.why}`);
    if (decoded.sequence !== ++this.#received) throw new Error(`message ${decoded.sequence} came out of order`);
    this.epoch = decoded.message.epoch;
    const { body } = decoded.message;
    this.messages.push(body);
    if (body.kind === 'update') this.#apply(body);
    if (body.kind === 'trace') this.#follow(body);
    this.#wake();
  }

  #apply(update: Update): void {
    this.updates.push(update);
    const refused: { name: ResourceName; reason: string }[] = [];
    for (const name of update.removed) this.held.delete(`${name.type}/${name.key}`);
    for (const resource of update.set) {
      const reason = this.#options.refuse?.(resource);
      if (reason === undefined) this.held.set(`${resource.name.type}/${resource.name.key}`, resource);
      else refused.push({ name: resource.name, reason });
    }
    if (this.#options.acknowledges !== false) this.send({ kind: 'acknowledge', update: update.number, refused });
  }

  #follow(trace: Trace): void {
    const empty = { trace: trace.trace, steps: [], last: false, problem: '', answeredUs: 0 };
    for (const told of this.#options.trace?.(trace) ?? []) this.send({ kind: 'traced', ...empty, ...told });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) {
      this.#waiting.delete(wake);
      wake();
    }
  }
}

/** Substrate addresses of a test's n-th host. */
export function substrate(n: number, family: 4 | 6 = 4): string {
  const address = family === 4 ? `198.18.0.${n}` : `fd00:198:18::${n}`;
  if (familyOf(address) !== family) throw new Error(address);
  return address;
}
