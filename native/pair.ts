/**
 * Two hosts for tests, each with a guest and an engine in a process of its own, and a wire between them:
 *
 *   guest left ── TUN ─ engine left ═══ veth, 198.18.0.0/24 ═══ engine right ─ TUN ── guest right
 *   10.7.0.1            host left       fd18::/64              host right            10.7.0.2
 *
 * Each host and each guest is a namespace; `takeDown` leaves nothing behind.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type {
  Encapsulation,
  EngineCounters,
  EngineEvent,
  EngineOptions,
  ForwardingChange,
  KeyChange,
  PortRequest,
  SessionTest,
} from './index.ts';

const addon = JSON.stringify(new URL('../build/native/weft.node', import.meta.url).pathname);
const prefix = `weft-pair-${process.pid}`;

export interface Side {
  readonly host: string;
  readonly guest: string;
  readonly substrate: { readonly 4: string; readonly 6: string };
  readonly overlay: string;
  /** For gni6: all its addresses are the host's. */
  readonly gni6Prefix: string;
  /** Fills the secret of the key that this side seals with. */
  readonly seed: number;
}
export const left: Side = {
  host: `${prefix}-l`,
  guest: `${prefix}-gl`,
  substrate: { 4: '198.18.0.1', 6: 'fd18::1' },
  overlay: '10.7.0.1',
  gni6Prefix: 'fd06:0:0:1::/64',
  seed: 1,
};
export const right: Side = {
  host: `${prefix}-r`,
  guest: `${prefix}-gr`,
  substrate: { 4: '198.18.0.2', 6: 'fd18::2' },
  overlay: '10.7.0.2',
  gni6Prefix: 'fd06:0:0:2::/64',
  seed: 2,
};

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'ignore' });
}

export function putUp(): void {
  for (const { host, guest } of [left, right]) {
    ip('netns', 'add', host);
    ip('netns', 'add', guest);
  }
  ip('-n', left.host, 'link', 'add', 's0', 'type', 'veth', 'peer', 'name', 's0', 'netns', right.host);
  for (const { host, substrate } of [left, right]) {
    ip('-n', host, 'addr', 'add', `${substrate[4]}/24`, 'dev', 's0');
    ip('-n', host, 'addr', 'add', `${substrate[6]}/64`, 'dev', 's0', 'nodad');
    ip('-n', host, 'link', 'set', 's0', 'up');
    ip('-n', host, 'link', 'set', 'lo', 'up');
  }
  routeGni6(left, right);
  routeGni6(right, left);
}

function routeGni6(own: Side, other: Side): void {
  ip('-n', own.host, '-6', 'route', 'add', 'local', own.gni6Prefix, 'dev', 'lo');
  ip('-n', own.host, '-6', 'route', 'add', other.gni6Prefix, 'via', other.substrate[6]);
}

export function takeDown(): void {
  for (const { host, guest } of [left, right]) {
    spawnSync('ip', ['netns', 'del', host]);
    spawnSync('ip', ['netns', 'del', guest]);
  }
}

/** Runs a module in a namespace; its standard input and output are pipes. */
export function runIn(namespace: string, script: string): ChildProcess {
  const args = ['netns', 'exec', namespace, process.execPath, '--input-type=module', '-e', script];
  return spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Plain values of the engine's calls, as one process hands them to another: secrets as the number that fills them. */
interface EngineSetup {
  readonly options: EngineOptions;
  readonly change: Omit<ForwardingChange, 'keys'>;
  readonly keys: readonly (Omit<KeyChange, 'secret' | 'salt'> & { readonly seed: number })[];
  readonly port: PortRequest;
}

export interface Session {
  readonly as: Encapsulation;
  readonly cipher?: KeyChange['cipher'];
  /** Of the substrate. */
  readonly family?: 4 | 6;
}

function setupOf(own: Side, other: Side, { as, cipher = 'aes-256-gcm', family = 4 }: Session): EngineSetup {
  const sealed = as.format === 'gni 3.0';
  const auto = { udpGso: 'auto', udpGro: 'auto', tso: 'auto', uso: 'auto' } as const;
  return {
    options: {
      workers: 2,
      udpPort: 6741,
      substrateAddresses: [own.substrate[family]],
      sourcePorts: 2,
      offloads: auto,
      foreign: { vxlan: true, geneve: true },
      gni6: { prefix: own.gni6Prefix },
      firstPacket: { queueBytes: 1 << 20, packetsPerAddress: 16, deadlineMs: 1000 },
    },
    change: {
      networks: [{ gni: 7, prefixes: ['10.7.0.0/24'] }],
      ports: [{ port: 1, gni: 7, addresses: [own.overlay] }],
      peers: [
        {
          peer: 1,
          address: other.substrate[family],
          encapsulations: sealed
            ? [
                { ...as, key: 1 },
                { ...as, key: 2 },
              ]
            : [as, as],
          send: 0,
          accept: [1],
          pathMtu: 1500,
          gni6Prefix: other.gni6Prefix,
        },
      ],
      mappings: [{ gni: 7, address: other.overlay, peer: 1 }],
    },
    keys: sealed
      ? [
          { key: 1, use: 'seal', cipher, id: 9, seed: own.seed },
          { key: 2, use: 'open', cipher, id: 9, seed: other.seed },
        ]
      : [],
    port: { port: 1, netnsPath: `/run/netns/${own.guest}`, interfaceName: 'eth0', mtu: 1400 },
  };
}

const engineScript = (setup: EngineSetup): string => `
  import { createRequire } from 'node:module';
  import { createInterface } from 'node:readline';
  const { options, change, keys, port } = ${JSON.stringify(setup)};
  const engine = createRequire('/')(${addon}).createEngine(options, (event) => console.log(JSON.stringify({ event })));
  const bytes = (length, seed) => new Uint8Array(length).fill(seed);
  engine.apply({ ...change, keys: keys.map((key) => ({ ...key, secret: bytes(32, key.seed), salt: bytes(4, key.seed) })) });
  engine.openPort(port);
  const say = () => console.log(JSON.stringify({ counters: engine.counters() }));
  say();
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => (line === '' ? say() : engine.testSession(JSON.parse(line))));
  lines.on('close', () => { engine.stop(); process.exit(0); });`;

export class RunningEngine {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(own: Side, other: Side, session: Session) {
    this.#process = runIn(own.host, engineScript(setupOf(own, other, session)));
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('the engine has no output');
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** What it says first, when it runs. */
  async started(): Promise<void> {
    await this.#next('counters');
  }

  async counters(): Promise<EngineCounters> {
    this.#process.stdin?.write('\n');
    return (await this.#next('counters')) as EngineCounters;
  }

  async test(test: SessionTest): Promise<EngineEvent> {
    this.#process.stdin?.write(`${JSON.stringify(test)}\n`);
    return (await this.#next('event')) as EngineEvent;
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(name);
  }

  async stop(): Promise<void> {
    this.#process.stdin?.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }

  /** The next line of that kind; events that nobody waits for are passed over. */
  async #next(kind: 'counters' | 'event'): Promise<unknown> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error('the engine ended');
      const line = JSON.parse(value) as Record<string, unknown>;
      if (line[kind] !== undefined) return line[kind];
    }
  }
}

/** Both engines of a session that is the same in both directions, with the guests' addresses, for as long as `use`. */
export async function withEngines(
  session: Session,
  use: (engines: readonly [RunningEngine, RunningEngine]) => Promise<void>,
): Promise<void> {
  const engines = [new RunningEngine(left, right, session), new RunningEngine(right, left, session)] as const;
  try {
    for (const engine of engines) await engine.started();
    for (const { guest, overlay } of [left, right]) ip('-n', guest, 'addr', 'add', `${overlay}/24`, 'dev', 'eth0');
    await use(engines);
  } finally {
    for (const engine of engines) await engine.stop();
    for (const { guest } of [left, right]) spawnSync('ip', ['-n', guest, 'link', 'del', 'eth0']);
  }
}
