/**
 * Two engines, each with a guest, and a stream of bytes between the guests in every encapsulation that needs more than
 * a header:
 *
 *   guest left ── TUN ─ engine left ═══ veth, 198.18.0.0/24 ═══ engine right ─ TUN ── guest right
 *   10.7.0.1            host left                               host right            10.7.0.2
 *
 * Each host and each guest is a namespace, each engine a process; all of them are gone afterwards.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  Encapsulation,
  EngineCounters,
  EngineOptions,
  ForwardingChange,
  KeyChange,
  PortRequest,
} from './index.ts';

const isRoot = process.getuid?.() === 0;
const addon = JSON.stringify(new URL('../build/native/weft.node', import.meta.url).pathname);
const prefix = `weft-pair-${process.pid}`;

interface Side {
  readonly host: string;
  readonly guest: string;
  readonly substrate: string;
  readonly overlay: string;
  /** Fills the secret of the key that this side seals with. */
  readonly seed: number;
}
const left: Side = {
  host: `${prefix}-l`,
  guest: `${prefix}-gl`,
  substrate: '198.18.0.1',
  overlay: '10.7.0.1',
  seed: 1,
};
const right: Side = {
  host: `${prefix}-r`,
  guest: `${prefix}-gr`,
  substrate: '198.18.0.2',
  overlay: '10.7.0.2',
  seed: 2,
};
const namespaces = [left.host, left.guest, right.host, right.guest];

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'ignore' });
}

/** Runs a module in a namespace; its standard output is a pipe. */
function runIn(namespace: string, script: string): ChildProcess {
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

function setupOf(own: Side, other: Side, as: Encapsulation, cipher: KeyChange['cipher']): EngineSetup {
  const sealed = as.format === 'gni 3.0';
  const auto = { udpGso: 'auto', udpGro: 'auto', tso: 'auto', uso: 'auto' } as const;
  return {
    options: {
      workers: 2,
      udpPort: 6741,
      substrateAddresses: [own.substrate],
      sourcePorts: 2,
      offloads: auto,
      foreign: { vxlan: false, geneve: false },
      firstPacket: { queueBytes: 1 << 20, packetsPerAddress: 16, deadlineMs: 1000 },
    },
    change: {
      networks: [{ gni: 7, prefixes: ['10.7.0.0/24'] }],
      ports: [{ port: 1, gni: 7, addresses: [own.overlay] }],
      peers: [
        {
          peer: 1,
          address: other.substrate,
          encapsulations: sealed
            ? [
                { ...as, key: 1 },
                { ...as, key: 2 },
              ]
            : [as, as],
          send: 0,
          accept: [1],
          pathMtu: 1500,
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
  const engine = createRequire('/')(${addon}).createEngine(options, (event) => console.error(JSON.stringify(event)));
  const bytes = (length, seed) => new Uint8Array(length).fill(seed);
  engine.apply({ ...change, keys: keys.map((key) => ({ ...key, secret: bytes(32, key.seed), salt: bytes(4, key.seed) })) });
  engine.openPort(port);
  const say = () => console.log(JSON.stringify(engine.counters()));
  say();
  const lines = createInterface({ input: process.stdin });
  lines.on('line', say);
  lines.on('close', () => { engine.stop(); process.exit(0); });`;

class RunningEngine {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(namespace: string, setup: EngineSetup) {
    this.#process = runIn(namespace, engineScript(setup));
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('the engine has no output');
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** Of the engine's next line: the first one says that it runs, the others are asked for. */
  async next(): Promise<EngineCounters> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the engine ended');
    return JSON.parse(value) as EngineCounters;
  }

  async counters(): Promise<EngineCounters> {
    this.#process.stdin?.write('\n');
    return await this.next();
  }

  async stop(): Promise<void> {
    this.#process.stdin?.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }
}

const serverScript = `
  import { createHash } from 'node:crypto';
  import { createServer } from 'node:net';
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const hash = createHash('sha256');
    socket.on('data', (bytes) => hash.update(bytes));
    socket.on('end', () => { socket.end(hash.digest('hex')); server.close(); });
  });
  server.listen(5000, '${right.overlay}', () => console.log('listening'));`;

/** Half of it can be compressed. */
const clientScript = `
  import { createHash, randomBytes } from 'node:crypto';
  import { connect } from 'node:net';
  const bytes = Buffer.concat([randomBytes(4 << 20), Buffer.alloc(4 << 20, 'weft ')]);
  const socket = connect({ port: 5000, host: '${right.overlay}' });
  socket.end(bytes);
  let answer = '';
  socket.on('data', (piece) => { answer += piece; });
  socket.on('close', () => console.log(answer === createHash('sha256').update(bytes).digest('hex') ? 'same' : 'different'));`;

async function transfer(): Promise<string> {
  const server = runIn(right.guest, serverScript);
  try {
    if (server.stdout !== null) await once(server.stdout, 'data');
    const args = ['netns', 'exec', left.guest, process.execPath, '--input-type=module', '-e', clientScript];
    return spawnSync('ip', args, { encoding: 'utf8', timeout: 8000 }).stdout.trim();
  } finally {
    server.kill();
  }
}

const total = (drops: EngineCounters['drops']): number => Object.values(drops).reduce((sum, count) => sum + count, 0);

describe.runIf(isRoot)('two engines', () => {
  beforeAll(() => {
    for (const name of namespaces) ip('netns', 'add', name);
    ip('-n', left.host, 'link', 'add', 's0', 'type', 'veth', 'peer', 'name', 's0', 'netns', right.host);
    for (const side of [left, right]) {
      ip('-n', side.host, 'addr', 'add', `${side.substrate}/24`, 'dev', 's0');
      ip('-n', side.host, 'link', 'set', 's0', 'up');
    }
  });
  afterAll(() => {
    for (const name of namespaces) spawnSync('ip', ['netns', 'del', name]);
  });

  const cases: readonly [string, Encapsulation, KeyChange['cipher']][] = [
    ['gni 2.0 with elided headers', { format: 'gni 2.0', elision: true }, 'aes-256-gcm'],
    ['gni 2.0 with LZ4', { format: 'gni 2.0', compression: 'lz4' }, 'aes-256-gcm'],
    ['gni 3.0 with AES-256-GCM', { format: 'gni 3.0' }, 'aes-256-gcm'],
    ['gni 3.0 with ChaCha20-Poly1305', { format: 'gni 3.0' }, 'chacha20-poly1305'],
    ['gni 3.0 with all of it', { format: 'gni 3.0', compression: 'zstd', elision: true }, 'aes-256-gcm'],
  ];
  it.each(cases)('carry a stream in %s, and lose nothing', async (_name, as, cipher) => {
    const engines = [
      new RunningEngine(left.host, setupOf(left, right, as, cipher)),
      new RunningEngine(right.host, setupOf(right, left, as, cipher)),
    ];
    try {
      for (const engine of engines) await engine.next();
      for (const side of [left, right]) {
        ip('-n', side.guest, 'addr', 'add', `${side.overlay}/24`, 'dev', 'eth0');
      }
      expect(await transfer()).toBe('same');
      for (const engine of engines) {
        const counters = await engine.counters();
        expect(total(counters.drops) - counters.drops['not-unicast']).toBe(0);
        const sealed = counters.keys.map((key) => key.packets);
        const carried = [counters.peers[0]?.out.packets, counters.peers[0]?.in.packets];
        expect(sealed).toEqual(as.format === 'gni 3.0' ? carried : []);
        expect(counters.batching.superPacketsIn + counters.batching.superPacketsOut).toBeGreaterThan(0);
      }
    } finally {
      for (const engine of engines) await engine.stop();
      for (const side of [left, right]) spawnSync('ip', ['-n', side.guest, 'link', 'del', 'eth0']);
    }
  });
});
