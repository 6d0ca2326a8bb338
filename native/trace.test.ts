/**
 * Following packets through two engines of this process, and asking their tables, by the addon's door:
 *
 *   guest left ── TUN ─ engine left ═══ loopback ═══ engine right ─ TUN ── guest right
 *   10.7.0.1            127.0.71.1                   127.0.71.2            10.7.0.2
 */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, type EngineEvent, loadNative, type Traced, type TraceFilter } from './index.ts';

const native = loadNative();
const isRoot = process.getuid?.() === 0;
const run = promisify(execFile);

interface Side {
  readonly namespace: string;
  readonly substrate: string;
  readonly overlay: string;
}
const left: Side = { namespace: `wn-l-${process.pid}`, substrate: '127.0.71.1', overlay: '10.7.0.1' };
const right: Side = { namespace: `wn-r-${process.pid}`, substrate: '127.0.71.2', overlay: '10.7.0.2' };

function engineOf(own: Side, other: Side, onEvent: (event: EngineEvent) => void): Engine {
  const engine = native.createEngine(
    {
      workers: 2,
      udpPort: 20_000 + (process.pid % 5000) * 2,
      substrateAddresses: [own.substrate],
      sourcePorts: 2,
      offloads: { udpGso: 'auto', udpGro: 'auto', tso: 'auto', uso: 'auto' },
      foreign: { vxlan: false, geneve: false },
      firstPacket: { queueBytes: 1 << 20, packetsPerAddress: 16, deadlineMs: 1000 },
    },
    onEvent,
  );
  engine.apply({
    networks: [{ gni: 7, prefixes: ['10.7.0.0/24'] }],
    ports: [{ port: 1, gni: 7, addresses: [own.overlay] }],
    peers: [
      {
        peer: 4,
        address: other.substrate,
        encapsulations: [{ format: 'gni 1.1' }, { format: 'gni 1.0' }],
        send: 1,
        accept: [0, 1],
        pathMtu: 9000,
      },
    ],
    mappings: [
      { gni: 7, address: other.overlay, peer: 4 },
      { gni: 7, address: '10.7.0.9', peer: undefined },
    ],
  });
  return engine;
}

const filter: TraceFilter = { trace: 5, gni: 7, source: left.overlay, destination: right.overlay, echo: 4711 };

describe('trace', () => {
  const refused: [string, unknown, RegExp][] = [
    ['something else than a filter', 7, /^filter: expected an object$/],
    ['trace 0', { ...filter, trace: 0 }, /^filter\.trace: expected a whole number from 1 to 4294967295$/],
    ['network 0', { ...filter, gni: 0 }, /^filter\.gni: expected a whole number from 1/],
    ['text for an address', { ...filter, source: 'left' }, /^filter\.source: expected an .*found "left"$/],
    ['two families', { ...filter, destination: 'fd07::2' }, /^filter: expected source and destination of one family$/],
    ['a longer identifier', { ...filter, echo: 65_536 }, /^filter\.echo: expected a whole number from 0 to 65535$/],
  ];
  it.each(refused)('refuses %s with one sentence', (_what, bad, sentence) => {
    const engine = engineOf(left, right, () => {});
    expect(() => engine.trace(bad as TraceFilter)).toThrow(sentence);
    engine.trace(filter);
    engine.trace(undefined);
    engine.stop();
    expect(() => engine.trace(filter)).toThrow('the engine is stopped');
  });
});

describe('lookUp', () => {
  const query = { gni: 7, source: left.overlay, destination: right.overlay };

  it('says where packets between two addresses go, and whether their source is right', () => {
    const engine = engineOf(left, right, () => {});
    const { generation } = engine.lookUp(query);
    const found = (source: string, destination: string) => engine.lookUp({ gni: 7, source, destination });
    expect(engine.lookUp(query)).toEqual({ location: 'remote', peer: 4, send: 1, sourceIsRight: true, generation });
    expect(found('10.7.0.2', '10.7.0.1')).toEqual({
      location: 'local',
      port: 1,
      peer: 4,
      sourceIsRight: true,
      generation,
    });
    expect(found('10.7.0.1', '10.7.0.9')).toEqual({ location: 'nowhere', sourceIsRight: true, generation });
    expect(found('10.7.0.8', '10.7.0.7')).toEqual({ location: 'unknown', sourceIsRight: false, generation });
    expect(found('10.7.0.1', '10.8.0.1')).toEqual({ location: 'no-route', sourceIsRight: true, generation });
    engine.stop();
  });

  it('says that nothing may be sent, or is decided, and goes with every change of the table', () => {
    const engine = engineOf(left, right, () => {});
    const before = engine.lookUp(query).generation;
    const peer = { peer: 4, address: right.substrate, encapsulations: [], accept: [], pathMtu: 1500 };
    engine.apply({ peers: [{ ...peer, send: 'none' }] });
    expect(engine.lookUp(query)).toMatchObject({ send: 'none', generation: before + 1 });
    engine.apply({ peers: [{ ...peer, send: undefined }] });
    expect(engine.lookUp(query).send).toBeUndefined();
    engine.stop();
  });

  it('refuses what is no query', () => {
    const engine = engineOf(left, right, () => {});
    expect(() => engine.lookUp({ ...query, destination: 'right' })).toThrow(/^query\.destination: expected an/);
    engine.stop();
  });
});

describe.runIf(isRoot)('an echo between two guests', () => {
  const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'ignore' });
  beforeAll(() => {
    for (const { namespace } of [left, right]) ip('netns', 'add', namespace);
  });
  afterAll(() => {
    for (const { namespace } of [left, right]) ip('netns', 'del', namespace);
  });

  it('is told of by both engines, with the same outer addresses, and nothing else is', async () => {
    const told: Traced[] = [];
    const listen = (event: EngineEvent) => void told.push(event as Traced);
    const engines = [engineOf(left, right, listen), engineOf(right, left, listen)];
    for (const [at, { namespace, overlay }] of [left, right].entries()) {
      const netnsPath = `/run/netns/${namespace}`;
      engines[at]?.openPort({ port: 1, netnsPath, interfaceName: 'eth0', mtu: 1400 });
      ip('-n', namespace, 'addr', 'add', `${overlay}/24`, 'dev', 'eth0');
      engines[at]?.trace(filter);
    }
    const ping = (identifier: number) =>
      run('ip', ['netns', 'exec', left.namespace, 'ping', '-q', '-c', '1', '-e', `${identifier}`, right.overlay]);
    await ping(4710);
    await ping(4711);
    await expect.poll(() => told.length).toBe(2);
    for (const engine of engines) {
      engine.closePort(1, 'remove');
      engine.stop();
    }
    const outer = { source: left.substrate, destination: right.substrate, sourcePort: expect.any(Number) };
    const common = {
      kind: 'traced',
      trace: 5,
      executor: 'engine',
      port: 1,
      peer: 4,
      encapsulation: 1,
      length: 84,
      outer,
    };
    told.sort((one, other) => one.timeUs - other.timeUs);
    expect(told).toEqual([
      { ...common, program: 'send', verdict: 'sent', generation: expect.any(Number), timeUs: expect.any(Number) },
      {
        ...common,
        program: 'receive',
        verdict: 'delivered',
        generation: expect.any(Number),
        timeUs: expect.any(Number),
      },
    ]);
    expect(told[0]?.outer).toEqual(told[1]?.outer);
  });
});
