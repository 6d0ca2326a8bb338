/**
 * The engine's ports in its own namespace, as the fast path hands packets over by: kept for the next process, and what
 * finds no room in them is counted. Each engine is a process in a namespace that vanishes in the end.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EngineCounters, EngineOptions, PortOpened } from './index.ts';

const addon = JSON.stringify(new URL('../build/native/weft.node', import.meta.url).pathname);
const isRoot = process.getuid?.() === 0;
const netns = `wn-own-${process.pid}`;

const options: EngineOptions = {
  workers: 1,
  udpPort: 6741,
  substrateAddresses: ['127.0.0.1'],
  sourcePorts: 1,
  offloads: { udpGso: 'auto', udpGro: 'auto', tso: 'auto', uso: 'auto' },
  foreign: { vxlan: false, geneve: false },
  firstPacket: { queueBytes: 1 << 20, packetsPerAddress: 16, deadlineMs: 1000 },
};

/** An engine whose guest sends through a port in the engine's namespace; 10.7.0.9 is known to be nobody's. */
const engineScript = `
  const engine = require(${addon}).createEngine(${JSON.stringify(options)}, () => {});
  const opened = engine.openPort({ port: 3, netnsPath: '/proc/self/ns/net', interfaceName: 'we0', mtu: 1400 });
  engine.apply({
    networks: [{ gni: 7, prefixes: ['10.7.0.0/24'] }],
    ports: [{ port: 3, gni: 7, addresses: ['10.7.0.1'] }],
    mappings: [{ gni: 7, address: '10.7.0.9', peer: undefined }],
  });
  console.log(JSON.stringify(opened));
  process.stdin.on('data', () => console.log(JSON.stringify(engine.counters())));`;

const senderScript = (packets: number) => `
  const socket = require('node:dgram').createSocket('udp4');
  socket.bind(() => {
    let left = ${packets};
    for (let n = 0; n < ${packets}; n++) socket.send('x', 9, '10.7.0.9', () => --left || socket.close());
  });`;

const ip = (...args: string[]) => execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const running: ChildProcess[] = [];

interface Run {
  readonly opened: PortOpened;
  readonly process: ChildProcess;
  counters(): Promise<EngineCounters>;
}

async function startEngine(): Promise<Run> {
  const args = ['netns', 'exec', netns, process.execPath, '-e', engineScript];
  const child = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  running.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? '') as unknown;
  const opened = (await next()) as PortOpened;
  const counters = async () => {
    child.stdin.write('?');
    return (await next()) as EngineCounters;
  };
  return { opened, process: child, counters };
}

async function kill({ process: child }: Run): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe.runIf(isRoot)("a port in the engine's own namespace", () => {
  beforeAll(() => {
    ip('netns', 'add', netns);
    ip('-n', netns, 'link', 'set', 'lo', 'up');
    ip('netns', 'exec', netns, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6');
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => {
    ip('netns', 'del', netns);
  });

  it('outlives the process, is adopted, and counts every packet that finds no room while nobody reads', async () => {
    const first = await startEngine();
    expect(first.opened).toMatchObject({ adopted: false });
    expect(ip('-n', netns, 'link', 'show', 'we0')).toContain('qlen 4096');
    expect(ip('-n', netns, 'link', 'show', 'we0')).not.toContain(',UP');
    ip('-n', netns, 'link', 'set', 'we0', 'up');
    ip('-n', netns, 'addr', 'add', '10.7.0.1/24', 'dev', 'we0');
    const packets = 10_000;
    first.process.kill('SIGSTOP');
    ip('netns', 'exec', netns, process.execPath, '-e', senderScript(packets));
    first.process.kill('SIGCONT');
    const dropped = async () => {
      const { drops, portOverflows } = await first.counters();
      return { seen: drops['no-mapping'] + portOverflows, portOverflows };
    };
    await expect.poll(dropped).toEqual({ seen: packets, portOverflows: packets - 4096 });
    await kill(first);

    const next = await startEngine();
    expect(next.opened).toMatchObject({ adopted: true });
    expect((await next.counters()).portOverflows).toBe(0);
  });
});
