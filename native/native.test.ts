/**
 * The addon as the agent sees it. Packets are the C++ tests' business (`make -C native test`); here are the door,
 * its refusals, and ports in a namespace of their own.
 */
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Engine,
  type EngineEvent,
  type EngineOptions,
  type KeyChange,
  loadNative,
  type PeerChange,
} from './index.ts';

const native = loadNative();
const addon = JSON.stringify(new URL('../build/native/weft.node', import.meta.url).pathname);
const isRoot = process.getuid?.() === 0;
const netns = `weft-native-${process.pid}`;
const netnsPath = `/run/netns/${netns}`;

/** Below the ports that kernels give out, and another one in every process: ports are not shared. */
const udpPort = 20_000 + (process.pid % 5000) * 2;

const options: EngineOptions = {
  workers: 2,
  udpPort,
  substrateAddresses: ['127.0.0.1', '::1'],
  sourcePorts: 2,
  offloads: { udpGso: 'auto', udpGro: 'auto', tso: 'auto', uso: 'auto' },
  foreign: { vxlan: false, geneve: false },
  firstPacket: { queueBytes: 1 << 20, packetsPerAddress: 16, deadlineMs: 1000 },
};

const plainPeer: PeerChange = {
  peer: 1,
  address: '127.0.0.2',
  encapsulations: [],
  send: undefined,
  accept: [],
  pathMtu: 1500,
};

const sealKey: KeyChange = {
  key: 1,
  use: 'seal',
  cipher: 'aes-256-gcm',
  secret: new Uint8Array(32).fill(1),
  salt: new Uint8Array(4),
  id: 1,
};

function withEngine(use: (engine: Engine) => void): void {
  const engine = native.createEngine(options, () => {});
  try {
    use(engine);
  } finally {
    engine.stop();
  }
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

interface LinkFacts {
  readonly mtu: number;
  readonly flags: readonly string[];
  readonly gso_max_segs: number;
}

function link(name: string): LinkFacts | undefined {
  const all = JSON.parse(ip('-j', '-d', '-n', netns, 'link', 'show')) as (LinkFacts & { ifname: string })[];
  return all.find((candidate) => candidate.ifname === name);
}

/** Local ports of the UDP sockets bound to 127.0.0.1, in hexadecimal, once for each socket. */
function loopbackPorts(): string[] {
  const sockets = readFileSync('/proc/self/net/udp', 'utf8').matchAll(/ 0100007F:([0-9A-F]{4}) /g);
  return [...sockets].map((match) => match[1] ?? '');
}

describe('probe', () => {
  it('says what this kernel can do, and one sentence for each thing that it cannot', () => {
    const probe = native.probe();
    expect(probe.formats).toEqual(['gni 1.0', 'gni 1.1', 'gni 2.0', 'gni 3.0', 'vxlan', 'geneve', 'gni6']);
    expect(probe.ciphers).toEqual(['aes-256-gcm', 'chacha20-poly1305']);
    expect(probe.compressions).toEqual(['lz4', 'zstd']);
    const missing = [probe.tun, probe.multiQueue, probe.tso, probe.uso, probe.udpGso, probe.udpGro];
    expect(probe.problems.length > 0).toBe(missing.includes(false) || !probe.crc32cHardware);
  });
});

describe('createEngine', () => {
  const refused: [string, unknown, RegExp][] = [
    ['no options', undefined, /^options: expected an object$/],
    ['no workers', { ...options, workers: 0 }, /^options\.workers: expected a whole number from 1 to 64$/],
    ['half a worker', { ...options, workers: 1.5 }, /^options\.workers/],
    ['a port that is text', { ...options, udpPort: '6741' }, /^options\.udpPort/],
    ['no address', { ...options, substrateAddresses: [] }, /^options\.substrateAddresses/],
    ['two IPv4 addresses', { ...options, substrateAddresses: ['127.0.0.1', '127.0.0.2'] }, /one of each family/],
    ['text for an address', { ...options, substrateAddresses: ['localhost'] }, /found "localhost"$/],
    ['a third state of a switch', { ...options, offloads: { ...options.offloads, tso: 'on' } }, /"auto" or "off"$/],
    [
      'a foreign framework that is neither wanted nor not',
      { ...options, foreign: { vxlan: 'yes' } },
      /foreign\.vxlan: expected true or false$/,
    ],
    ['no deadline', { ...options, firstPacket: { ...options.firstPacket, deadlineMs: 0 } }, /deadlineMs/],
  ];
  it.each(refused)('refuses %s with one sentence', (_what, bad, sentence) => {
    const call = () => native.createEngine(bad as EngineOptions, () => {});
    expect(call).toThrow(TypeError);
    expect(call).toThrow(sentence);
  });

  it('refuses something else than a function for events', () => {
    expect(() => native.createEngine(options, 'log' as never)).toThrow(/^onEvent: expected a function$/);
  });

  it('says which address cannot be bound', () => {
    const elsewhere = { ...options, substrateAddresses: ['198.51.100.1'] };
    expect(() => native.createEngine(elsewhere, () => {})).toThrow(
      `cannot bind UDP 198.51.100.1:${udpPort}: EADDRNOTAVAIL (Cannot assign requested address)`,
    );
  });

  it('refuses an address and port that another engine has, with one sentence', () => {
    withEngine(() => {
      expect(() => native.createEngine(options, () => {})).toThrow(
        `cannot bind UDP 127.0.0.1:${udpPort}: EADDRINUSE (Address already in use); another agent, or another program, has this port`,
      );
    });
    withEngine((engine) => expect(engine.counters().workerAgeMs).toEqual([0, 0]));
  });

  it('listens on the ports of foreign frameworks when it is told to, and says which one is taken', () => {
    const substrateAddresses = [`127.${(process.pid >> 8) & 255}.${process.pid & 255}.1`];
    const engineWith = (vxlan: boolean, geneve: boolean, own: number) =>
      native.createEngine({ ...options, substrateAddresses, udpPort: own, foreign: { vxlan, geneve } }, () => {});
    const first = engineWith(true, false, udpPort);
    try {
      expect(() => engineWith(true, true, udpPort + 1)).toThrow(
        /^cannot bind UDP [0-9.]+:4789: EADDRINUSE .*another program, has this port$/,
      );
      engineWith(false, true, udpPort + 1).stop();
    } finally {
      first.stop();
    }
  });

  it('sends from the same source ports in every worker, so that a flow keeps its port', () => {
    const before = loopbackPorts();
    withEngine(() => {
      const mine = loopbackPorts().filter((port) => !before.includes(port));
      expect(mine.length).toBe((1 + options.sourcePorts) * options.workers);
      expect(new Set(mine).size).toBe(1 + options.sourcePorts);
    });
  });

  it('has as many workers as were asked for, and they answer', () => {
    withEngine((engine) => expect(engine.counters()).toMatchObject({ workerAgeMs: [0, 0], receiveOverflows: 0 }));
  });

  it('stops twice without harm, and answers afterwards that it is stopped', () => {
    const engine = native.createEngine(options, () => {});
    engine.stop();
    engine.stop();
    expect(() => engine.apply({})).toThrow('the engine is stopped');
    expect(engine.counters().ports).toEqual([]);
  });

  it('does not keep the process alive, stopped or not', () => {
    const script = `require(${addon}).createEngine(${JSON.stringify({ ...options, udpPort: udpPort + 1 })}, () => {})`;
    expect(() => execFileSync(process.execPath, ['-e', script], { timeout: 5000 })).not.toThrow();
  });
});

describe('apply', () => {
  const refused: [string, unknown, RegExp][] = [
    ['no object', 7, /^change: expected an object$/],
    ['a list that is none', { ports: {} }, /^change\.ports: expected an array$/],
    ['a slot out of range', { removePorts: [4096] }, /^change\.removePorts: expected a whole number from 0 to 4095$/],
    ['a negative GNI', { networks: [{ gni: -1, prefixes: [] }] }, /^change\.networks\.gni/],
    ['a prefix without length', { networks: [{ gni: 1, prefixes: ['10.0.0.0'] }] }, /found "10\.0\.0\.0"$/],
    ['an address that is none', { ports: [{ port: 1, gni: 1, addresses: ['10.0.0'] }] }, /found "10\.0\.0"$/],
    [
      'an unknown format',
      { peers: [{ ...plainPeer, encapsulations: [{ format: 'gni 9.9' }] }] },
      /^change\.peers\.encapsulations\.format: "gni 9\.9" is no format that the engine has$/,
    ],
    [
      'a feature that the format has not',
      { peers: [{ ...plainPeer, encapsulations: [{ format: 'gni 1.0', compression: 'lz4' }] }] },
      /^change\.peers\.encapsulations: gni 1\.0 has no compression$/,
    ],
    [
      '33 encapsulations',
      { peers: [{ ...plainPeer, encapsulations: Array(33).fill({ format: 'gni 1.0' }) }] },
      /encapsulations: at most 32, found 33$/,
    ],
    [
      'an index behind the encapsulations',
      { peers: [{ ...plainPeer, encapsulations: [{ format: 'gni 1.0' }], send: 1 }] },
      /^change\.peers\.send: expected a whole number from 0 to 0$/,
    ],
    ['an index into nothing', { peers: [{ ...plainPeer, accept: [0] }] }, /accept: the peer has no encapsulations$/],
    [
      'a pair without a network',
      { peers: [{ ...plainPeer, pairs: [{ own: '10.0.0.1', theirs: '10.0.0.2', accept: [] }] }] },
      /^change\.peers\.pairs\.gni/,
    ],
    [
      'sealing without a key',
      { peers: [{ ...plainPeer, encapsulations: [{ format: 'gni 3.0' }] }] },
      /^change\.peers\.encapsulations: gni 3\.0 needs a key$/,
    ],
    [
      'a key that is not there',
      { peers: [{ ...plainPeer, encapsulations: [{ format: 'gni 3.0', key: 4 }] }] },
      /^peer 1: encapsulation 0 refers to key 4, which is not there$/,
    ],
    [
      'half a secret',
      { keys: [{ ...sealKey, secret: new Uint8Array(16) }] },
      /^change\.keys\.secret: expected a Uint8Array of 32/,
    ],
    ['a secret that is text', { keys: [{ ...sealKey, secret: 'x'.repeat(32) }] }, /^change\.keys\.secret/],
    ['an unknown cipher', { keys: [{ ...sealKey, cipher: 'des' }] }, /^change\.keys\.cipher: expected .* found "des"$/],
    ['half an epoch', { keys: [{ ...sealKey, epoch: 0.5 }] }, /^change\.keys\.epoch: expected a whole number from 0$/],
    ['a key id of 9 bits', { keys: [{ ...sealKey, id: 256 }] }, /^change\.keys\.id/],
    [
      'a MAC that is none',
      { mappings: [{ gni: 1, address: '10.0.0.1', peer: 1, mac: '02:00' }] },
      /^change\.mappings\.mac: expected an Ethernet address/,
    ],
    ['a null peer', { mappings: [{ gni: 1, address: '10.0.0.1', peer: null }] }, /^change\.mappings\.peer/],
  ];
  it.each(refused)('refuses %s with one sentence', (_what, bad, sentence) => {
    withEngine((engine) => {
      expect(() => engine.apply(bad as never)).toThrow(TypeError);
      expect(() => engine.apply(bad as never)).toThrow(sentence);
    });
  });

  it('changes nothing when a later part of the change is wrong', () => {
    withEngine((engine) => {
      const peer = plainPeer;
      expect(() => engine.apply({ peers: [peer], removePorts: [-1] })).toThrow();
      expect(engine.counters().peers).toEqual([]);
      engine.apply({ peers: [peer] });
      expect(engine.counters().peers.map((each) => each.peer)).toEqual([1]);
    });
  });

  it('counts keys as long as they are there, and removes none that a peer refers to', () => {
    withEngine((engine) => {
      const encapsulations = [{ format: 'gni 3.0', key: 1 }] as const;
      engine.apply({ keys: [sealKey], peers: [{ ...plainPeer, encapsulations, send: 0 }] });
      expect(engine.counters().keys).toEqual([{ key: 1, packets: 0 }]);
      expect(() => engine.apply({ keys: [sealKey] })).toThrow('key 1 is set already');
      expect(() => engine.apply({ removeKeys: [1] })).toThrow('key 1 cannot be removed: a peer refers to it');
      expect(() => engine.apply({ peers: [{ ...plainPeer, encapsulations, accept: [0] }] })).toThrow(
        'peer 1: encapsulation 0 is accepted, but its key seals',
      );
      engine.apply({ peers: [plainPeer], removeKeys: [1] });
      expect(engine.counters().keys).toEqual([]);
    });
  });

  describe('with a file for the states of keys', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'weft-native-keys-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const encapsulations = [{ format: 'gni 3.0', key: 1 }] as const;
    const change = { keys: [{ ...sealKey, epoch: 7 }], peers: [{ ...plainPeer, encapsulations, send: 0 }] };
    const test = { peer: 1, id: 1, innerLength: 64, packets: 1, partialChecksum: false };
    const open = () => native.createEngine({ ...options, keyStates: join(folder, 'states') }, () => {});

    it('goes on with a key behind what a process has sealed that was killed', () => {
      const script = `
        const engine = require(${addon}).createEngine(${JSON.stringify({ ...options, keyStates: join(folder, 'states') })}, () => {});
        const change = ${JSON.stringify({ ...change, keys: [] })};
        const key = { ...${JSON.stringify(change.keys[0])}, secret: new Uint8Array(32).fill(1), salt: new Uint8Array(4) };
        engine.apply({ ...change, keys: [key] });
        for (let id = 0; id < 5; id++) engine.testSession({ ...${JSON.stringify(test)}, id });
        const look = () => {
          const [{ packets }] = engine.counters().keys;
          if (packets < 5) return setTimeout(look, 1);
          require('node:fs').writeSync(1, engine.keyStates().generation + ' ' + packets);
          process.kill(process.pid, 'SIGKILL');
        };
        look();`;
      const { stdout, signal } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
      expect(signal).toBe('SIGKILL');
      const engine = open();
      engine.apply(change);
      const [key] = engine.counters().keys;
      expect(`${engine.keyStates().generation} ${key?.packets}`).toBe(stdout);
      expect(key?.packets).toBe(5);
      engine.stop();
    });

    it('keeps the states of the epochs that it is told, and of keys that are there', async () => {
      const first = open();
      first.apply(change);
      first.keepKeyStates([8]);
      first.testSession(test);
      await expect.poll(() => first.counters().keys).toEqual([{ key: 1, packets: 1 }]);
      first.stop();
      const packetsAfter = (kept: readonly number[]) => {
        const engine = open();
        engine.keepKeyStates(kept);
        engine.apply(change);
        const { keys } = engine.counters();
        engine.stop();
        return keys.map(({ packets }) => packets);
      };
      expect(packetsAfter([7])).toEqual([1]);
      expect(packetsAfter([8])).toEqual([0]);
    });

    it('is an engine as any other where the file cannot be had, and says why', () => {
      writeFileSync(join(folder, 'states'), '', { mode: 0o644 });
      const engine = open();
      engine.apply(change);
      expect(engine.keyStates()).toEqual({ problem: `${folder}/states: is no file of this user's alone; remove it` });
      expect(() => engine.keepKeyStates([0.5])).toThrow('epochs: expected a whole number from 0');
      engine.stop();
    });
  });

  it('refuses a peer of a family that no socket is bound to', () => {
    const engine = native.createEngine({ ...options, substrateAddresses: ['127.0.0.1'] }, () => {});
    const peer = { ...plainPeer, peer: 3, address: '::2' };
    expect(() => engine.apply({ peers: [peer] })).toThrow(/^peer 3: the engine has no substrate address/);
    engine.stop();
  });
});

describe.runIf(isRoot)('ports', () => {
  beforeAll(() => {
    ip('netns', 'add', netns);
  });
  afterAll(() => {
    ip('netns', 'del', netns);
  });
  const request = { port: 3, netnsPath, interfaceName: 'eth0', mtu: 1400 };

  it('are opened in their namespace, up, with super-packets that fit into one send', () => {
    withEngine((engine) => {
      expect(engine.openPort(request)).toMatchObject({ queues: 2, adopted: false });
      expect(link('eth0')).toMatchObject({ mtu: 1400, gso_max_segs: Math.floor(65507 / 1440) });
      expect(link('eth0')?.flags).toContain('LOWER_UP');
      // Those in front of its 256 queues would take megabytes for each guest.
      expect(link('eth0')).toMatchObject({ qdisc: 'noqueue' });
      engine.setPortMtu(3, 8900);
      expect(link('eth0')).toMatchObject({ mtu: 8900, gso_max_segs: 7 });
      engine.closePort(3, 'remove');
      expect(link('eth0')).toBeUndefined();
    });
  });

  it('send from ports that no other socket has, also when these are in the range that the kernel gives out', () => {
    const inRange = { ...options, workers: 2, udpPort: 30_000, sourcePorts: 3, substrateAddresses: ['127.0.0.1'] };
    const script = `
      const engine = require(${addon}).createEngine(${JSON.stringify(inRange)}, () => {});
      const sockets = require('node:fs').readFileSync('/proc/self/net/udp', 'utf8').matchAll(/ 0100007F:(....) /g);
      console.log([...sockets].map((match) => parseInt(match[1], 16)).sort().join(' '));
      engine.stop();`;
    ip(
      'netns',
      'exec',
      netns,
      'sh',
      '-c',
      'echo 30000 30003 > /proc/sys/net/ipv4/ip_local_port_range; ip link set lo up',
    );
    for (let round = 0; round < 5; round++) {
      const ports = ip('netns', 'exec', netns, process.execPath, '-e', script);
      expect(ports.trim()).toBe('30000 30000 30001 30001 30002 30002 30003 30003');
    }
  });

  it('are kept for the next engine, which adopts them', () => {
    withEngine((engine) => void engine.openPort(request));
    expect(link('eth0')).toBeDefined();
    withEngine((engine) => {
      expect(engine.openPort(request)).toMatchObject({ adopted: true });
      engine.closePort(3, 'keep');
      expect(link('eth0')).toBeDefined();
      expect(engine.openPort(request)).toMatchObject({ adopted: true });
      engine.closePort(3, 'remove');
    });
    expect(link('eth0')).toBeUndefined();
  });

  const sendFromGuest =
    "require('node:dgram').createSocket('udp4').send('x', 9, '10.7.0.9', function () { process.exit(0); })";
  const tables = {
    networks: [{ gni: 7, prefixes: ['10.7.0.0/16'] }],
    ports: [{ port: 3, gni: 7, addresses: ['10.7.0.1'] }],
  };

  it('are read once the table has them: what a guest sends before waits', async () => {
    const told: EngineEvent[] = [];
    const engine = native.createEngine(options, (event) => told.push(event));
    try {
      engine.openPort(request);
      ip('-n', netns, 'addr', 'add', '10.7.0.1/16', 'dev', 'eth0');
      ip('netns', 'exec', netns, process.execPath, '-e', sendFromGuest);
      engine.apply(tables);
      await vi.waitFor(() => expect(told).toMatchObject([{ kind: 'miss', address: '10.7.0.9' }]), { timeout: 3000 });
      engine.closePort(3, 'remove');
    } finally {
      engine.stop();
    }
  });

  it('that are kept have their queues, and what came to them meanwhile, when they are opened again', async () => {
    const told: EngineEvent[] = [];
    const engine = native.createEngine({ ...options, paused: true }, (event) => told.push(event));
    try {
      engine.apply(tables);
      const { descriptors } = engine.openPort(request);
      ip('-n', netns, 'addr', 'add', '10.7.0.1/16', 'dev', 'eth0');
      engine.closePort(3, 'keep');
      ip('netns', 'exec', netns, process.execPath, '-e', sendFromGuest);
      expect(engine.openPort(request)).toMatchObject({ adopted: true, descriptors });
      engine.read(true);
      await vi.waitFor(() => expect(told).toMatchObject([{ kind: 'miss', address: '10.7.0.9' }]), { timeout: 3000 });
      engine.closePort(3, 'keep');
      for (const descriptor of descriptors) engine.closeInherited(descriptor);
      // Nobody has a queue of it now, so another engine could have it.
      expect(link('eth0')?.flags).not.toContain('LOWER_UP');
    } finally {
      engine.stop();
      if (link('eth0') !== undefined) ip('-n', netns, 'link', 'del', 'eth0');
    }
  });

  it('are refused with one sentence when they cannot be had', () => {
    withEngine((engine) => {
      expect(() => engine.openPort({ ...request, netnsPath: '/run/netns/weft-none' })).toThrow(
        'cannot open network namespace /run/netns/weft-none: ENOENT (No such file or directory)',
      );
      expect(() => engine.openPort({ ...request, netnsPath: '/etc/hostname' })).toThrow(
        /^cannot enter network namespace/,
      );
      expect(() => engine.openPort({ ...request, interfaceName: 'lo' })).toThrow('link lo exists and is no TUN device');
      expect(() => engine.openPort({ ...request, interfaceName: 'a/b' })).toThrow(
        /is no name for a network interface$/,
      );
      expect(() => engine.openPort({ ...request, mtu: 100 })).toThrow(/^request\.mtu/);
      expect(() => engine.closePort(3, 'keep')).toThrow('port 3 is not open');
      engine.openPort(request);
      expect(() => engine.openPort(request)).toThrow('port 3 is open already');
      expect(() => engine.openPort({ ...request, port: 4 })).toThrow('TUN device eth0 is in use by another process');
      engine.closePort(3, 'remove');
    });
  });

  /** Runs `script` in a process of its own, with an engine whose guest 10.7.0.1/16 is in the namespace. */
  function runWithGuest(script: string): SpawnSyncReturns<string> {
    const quick = { ...options, udpPort: udpPort + 1, firstPacket: { ...options.firstPacket, deadlineMs: 1 } };
    const prologue = `
      const { execFileSync } = require('node:child_process');
      const ip = (...args) => execFileSync('ip', args, { stdio: 'ignore' });
      const scan = (count) => ip('netns', 'exec', '${netns}', process.execPath, '-e', \`
        const socket = require('node:dgram').createSocket('udp4');
        socket.bind(() => { let left = \${count};
          for (let n = 0; n < \${count}; n++) socket.send('x', 9, '10.7.' + (n >> 8 & 255) + '.' + (n & 255), () => --left || socket.close()); });\`);
      const open = (onEvent) => {
        const engine = require(${addon}).createEngine(${JSON.stringify(quick)}, onEvent);
        engine.apply({ networks: [{ gni: 7, prefixes: ['10.7.0.0/16'] }], ports: [{ port: 3, gni: 7, addresses: ['10.7.0.1'] }] });
        engine.openPort(${JSON.stringify(request)});
        ip('-n', '${netns}', 'addr', 'add', '10.7.0.1/16', 'dev', 'eth0');
        return engine;
      };`;
    const ended = spawnSync(process.execPath, ['-e', prologue + script], { encoding: 'utf8', timeout: 9000 });
    if (link('eth0') !== undefined) ip('-n', netns, 'link', 'del', 'eth0');
    return ended;
  }

  it('tell their events, and what the receiver throws is an uncaught exception', () => {
    const { status, stderr } = runWithGuest(`
      open((event) => { throw new Error('thrown at ' + event.kind + ' of ' + event.address); });
      scan(1);
      setTimeout(() => {}, 3000);`);
    expect(stderr).toContain('Error: thrown at miss of 10.7.0.0');
    expect(status).toBe(1);
  });

  it('tell that they failed also when a guest has filled the queue with misses', () => {
    const { stdout, stderr } = runWithGuest(`
      const seen = { miss: 0, fault: 0 };
      const engine = open((event) => { seen[event.kind]++; });
      scan(40_000);
      ip('-n', '${netns}', 'link', 'del', 'eth0');
      setTimeout(() => { console.log(JSON.stringify(seen)); engine.stop(); }, 300);`);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ miss: 8192, fault: options.workers });
  });
});
