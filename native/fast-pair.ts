/**
 * Two hosts for tests of the fast path, each with a veth guest, and a wire between them:
 *
 *   guest left ── veth ─ weft0/wg0, we0 ─ host left ═══ s0, 198.18.0.0/24 ═══ host right ─ wg0, we0 ─ veth ── guest right
 *   10.7.0.1                                                                                          10.7.0.2
 *
 * A host's engine and fast path live in a process of their own, which is told what to do line by line and can be killed.
 * Each host and each guest is a namespace; `takeDown` leaves nothing behind.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FastPathEvent, FastPathMode, FastPathOptions, ForwardingChange, PeerChange } from './index.ts';

const addon = JSON.stringify(new URL('../build/native/weft.node', import.meta.url).pathname);
const prefix = `weft-fast-${process.pid}`;
const portMac = '02:57:45:46:54:00';

export interface FastSide {
  readonly host: string;
  readonly guest: string;
  readonly substrate: string;
  readonly overlay: string;
  readonly mac: string;
  /** A bpffs is mounted there by the fast path. */
  readonly directory: string;
}

function side(name: string, number: number): FastSide {
  return {
    host: `${prefix}-${name}`,
    guest: `${prefix}-g${name}`,
    substrate: `198.18.0.${number}`,
    overlay: `10.7.0.${number}`,
    mac: `02:04:0a:07:00:0${number}`,
    directory: join(mkdtempSync(join(tmpdir(), 'weft-fast-')), 'bpf'),
  };
}

export function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export function putUpFastPair(): readonly [FastSide, FastSide] {
  const sides = [side('l', 1), side('r', 2)] as const;
  for (const { host, guest } of sides) {
    ip('netns', 'add', host);
    ip('netns', 'add', guest);
  }
  ip('-n', sides[0].host, 'link', 'add', 's0', 'type', 'veth', 'peer', 'name', 's0', 'netns', sides[1].host);
  for (const { host, guest, substrate, overlay, mac } of sides) {
    ip('-n', host, 'link', 'set', 'lo', 'up');
    ip('-n', host, 'addr', 'add', `${substrate}/24`, 'dev', 's0');
    ip('-n', host, 'link', 'set', 's0', 'up');
    ip('-n', host, 'link', 'add', 'wg0', 'type', 'veth', 'peer', 'name', 'weft0', 'netns', guest);
    ip('-n', guest, 'link', 'set', 'weft0', 'address', mac, 'mtu', '1400', 'up');
    ip('-n', guest, 'addr', 'add', `${overlay}/32`, 'dev', 'weft0');
    const gateway = ['169.254.87.1', 'dev', 'weft0'];
    ip('-n', guest, 'neigh', 'add', ...gateway, 'lladdr', portMac, 'nud', 'permanent');
    ip('-n', guest, 'route', 'add', '10.7.0.0/16', 'via', ...gateway, 'onlink', 'src', overlay);
  }
  return sides;
}

export function takeDownFastPair(sides: readonly FastSide[]): void {
  for (const { host, guest, directory } of sides) {
    spawnSync('ip', ['netns', 'del', host]);
    spawnSync('ip', ['netns', 'del', guest]);
    spawnSync('umount', [directory]);
    rmSync(join(directory, '..'), { recursive: true, force: true });
  }
}

/** Echo requests from the side's guest; how many were answered of how many. */
export async function pings(from: FastSide, to: string, count: number, intervalMs: number): Promise<number> {
  const args = [
    'netns',
    'exec',
    from.guest,
    'ping',
    '-q',
    '-c',
    `${count}`,
    '-i',
    `${intervalMs / 1000}`,
    '-W',
    '1',
    to,
  ];
  const child = spawn('ip', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await once(child, 'close');
  return Number(/(\d+) received/.exec(said)?.[1] ?? 0);
}

/** The one change of a side that knows the other: the peer's terms are the caller's. */
export function changeOf(own: FastSide, other: FastSide, peer: Partial<PeerChange> = {}): ForwardingChange {
  return {
    networks: [{ gni: 7, prefixes: ['10.7.0.0/16'] }],
    ports: [{ port: 1, gni: 7, addresses: [own.overlay] }],
    peers: [
      {
        peer: 1,
        address: other.substrate,
        encapsulations: [{ format: 'gni 1.0' }],
        send: 0,
        accept: [0],
        pathMtu: 1500,
        ...peer,
      },
    ],
    mappings: [{ gni: 7, address: other.overlay, peer: 1 }],
  };
}

const script = (own: FastSide, options: FastPathOptions): string => `
  import { createRequire } from 'node:module';
  import { createInterface } from 'node:readline';
  const native = createRequire('/')(${addon});
  const say = (line) => console.log(JSON.stringify(line));
  const auto = { udpGso: 'auto', udpGro: 'auto', tso: 'auto', uso: 'auto' };
  const engine = native.createEngine({
    workers: 1, udpPort: 6741, substrateAddresses: [${JSON.stringify(own.substrate)}], sourcePorts: 2, offloads: auto,
    foreign: { vxlan: true, geneve: true },
    firstPacket: { queueBytes: 1 << 20, packetsPerAddress: 16, deadlineMs: 1000 },
  }, () => {});
  const fast = native.createFastPath(${JSON.stringify(options)}, (event) => say({ event }));
  const both = { apply: (change) => { engine.apply(change); fast.apply(change); } };
  // Milliseconds of this process and of the kernel for it: others may be using the machine.
  const milliseconds = (work) => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const measure = { million: () => {
    const lookUp = () => fast.lookUp({ gni: 7, source: '10.7.0.1', destination: '10.7.0.2' });
    const lookUps = () => milliseconds(() => { for (let at = 0; at < 20_000; at++) lookUp(); });
    const few = Math.min(lookUps(), lookUps());
    const address = (at) => \`10.\${8 + (at >> 16)}.\${at >> 8 & 255}.\${at & 255}\`;
    const mappings = Array.from({ length: 1_000_000 }, (_, at) => ({ gni: 7, address: address(at), peer: 1 }));
    const ms = milliseconds(() => fast.apply({ networks: [{ gni: 7, prefixes: ['10.0.0.0/8'] }], mappings }));
    return { ms, few, many: Math.min(lookUps(), lookUps()) };
  } };
  const objects = { engine, fast, both, native, measure };
  say({ former: fast.former });
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const { object, method, args } = JSON.parse(line);
    try { say({ result: objects[object][method](...args) ?? null }); } catch (error) { say({ error: error.message }); }
  });
  lines.on('close', () => process.exit(0));`;

interface Line {
  readonly former?: string;
  readonly event?: FastPathEvent;
  readonly result?: unknown;
  readonly error?: string;
}

export interface HostWish {
  readonly mode?: FastPathMode;
  readonly sizes?: Partial<FastPathOptions['sizes']>;
  readonly flowSampling?: number;
}

/** Engine and fast path of one host. */
export class FastHost {
  readonly events: FastPathEvent[] = [];
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: ChildProcess) {
    this.#process = process;
    if (process.stdout === null) throw new Error('the host has no output');
    this.#lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  /** With what it says of a former run. */
  static async start(own: FastSide, wish: HostWish = {}): Promise<readonly [FastHost, string | undefined]> {
    const options: FastPathOptions = {
      mode: wish.mode ?? 'tc',
      directory: own.directory,
      udpPort: 6741,
      substrateAddresses: [own.substrate],
      foreign: { vxlan: true, geneve: true },
      sizes: { locations: 1024, peers: 64, pairs: 64, ...wish.sizes },
      flowSampling: wish.flowSampling ?? 0,
    };
    // The mounts stay this process's, so that what is pinned outlives the host.
    const args = [`--net=/run/netns/${own.host}`, process.execPath, '--input-type=module', '-e', script(own, options)];
    const host = new FastHost(spawn('nsenter', args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    const first = await host.#next('former' as const);
    return [host, first.former];
  }

  /** As an agent begins: ports, then all it knows, then the devices. */
  static async serve(
    own: FastSide,
    other: FastSide,
    wish: HostWish = {},
    peer: Partial<PeerChange> = {},
  ): Promise<FastHost> {
    const [host] = await FastHost.start(own, wish);
    await host.openPorts(own);
    await host.call('both', 'apply', changeOf(own, other, peer));
    await host.call('fast', 'takeOver');
    return host;
  }

  async openPorts(own: FastSide): Promise<void> {
    const device = { port: 1, netnsPath: '/proc/self/ns/net', interfaceName: 'we0', mtu: 1400 };
    await this.call('engine', 'openPort', device);
    await this.call('fast', 'openPort', { port: 1, kind: 'veth', device: 'wg0', engineDevice: 'we0', mac: own.mac });
  }

  /** What the method returns; throws what it throws. */
  async call<Result>(
    object: 'engine' | 'fast' | 'both' | 'native' | 'measure',
    method: string,
    ...args: unknown[]
  ): Promise<Result> {
    this.#process.stdin?.write(`${JSON.stringify({ object, method, args })}\n`);
    const line = await this.#next('result');
    if (line.error !== undefined) throw new Error(line.error);
    return line.result as Result;
  }

  /** Events come before the answer to what is asked after them. */
  async told(kind: FastPathEvent['kind'], count: number): Promise<readonly FastPathEvent[]> {
    for (;;) {
      const found = this.events.filter((event) => event.kind === kind);
      if (found.length >= count) return found;
      await this.call('fast', 'look');
    }
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
  }

  async #next(kind: 'former' | 'result'): Promise<Line> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error('the host ended');
      const line = JSON.parse(value) as Line;
      if (line.event !== undefined) this.events.push(line.event);
      else if (kind === 'former' || line.result !== undefined || line.error !== undefined) return line;
    }
  }
}
