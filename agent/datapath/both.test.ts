/** Engine and fast path driven as one. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { FastPathOptions } from '../../native/index.ts';
import {
  commitForwarding,
  emptyDelta,
  emptyTable,
  type ForwardingDelta,
  revertForwarding,
} from '../plan/forwarding.ts';
import type { PeerEntry } from '../plan/peer.ts';
import { DataPath, type DataPathEvent } from './datapath.ts';
import { engineOptions, FakeNative } from './fake.ts';

const fastOptions: FastPathOptions = {
  mode: 'tc',
  directory: '/sys/fs/bpf/weft',
  udpPort: 6741,
  substrateAddresses: ['198.18.0.1'],
  foreign: { vxlan: false, geneve: false },
  sizes: { locations: 1024, peers: 16, pairs: 16 },
  flowSampling: 0,
};
const noTerms = { encapsulations: [], send: undefined, accept: [], pairs: [], keys: [] } as const;
const peer = (host: string, address: string): PeerEntry => ({ host, address, ...noTerms, pathMtu: 1500, udpGso: true });
const veth = {
  ...{ netnsPath: '/proc/self/ns/net', interfaceName: 'weabc', mtu: 1456 },
  fast: { kind: 'veth', device: 'wgabc', mac: '02:04:0a:00:00:05' },
} as const;
const first: ForwardingDelta = {
  ...emptyDelta,
  networks: [{ gni: 7, prefixes: ['10.0.0.0/24'] }],
  peers: [peer('b', '198.18.0.2')],
  mappings: [{ gni: 7, address: '10.0.0.9', host: 'b' }],
};
const second: ForwardingDelta = {
  ...emptyDelta,
  removeMappings: [{ gni: 7, address: '10.0.0.9' }],
  networks: [
    { gni: 7, prefixes: ['10.0.0.0/24', '10.1.0.0/24'] },
    { gni: 8, prefixes: ['10.0.0.0/24'] },
  ],
  peers: [peer('b', '198.18.0.22'), peer('c', '198.18.0.3')],
  mappings: [{ gni: 8, address: '10.0.0.9', host: 'c' }],
};

describe('engine and fast path', () => {
  let native: FakeNative;
  let path: DataPath;
  let said: DataPathEvent[];
  let table: ReturnType<typeof emptyTable>;

  beforeEach(() => {
    native = new FakeNative();
    said = [];
    table = emptyTable();
    path = new DataPath(
      native,
      engineOptions,
      (event) => said.push(event),
      () => ({ secret: new Uint8Array(32), salt: new Uint8Array(4), id: 7 }),
    );
    path.openFastPath(fastOptions);
  });

  function apply(delta: ForwardingDelta): void {
    path.apply(delta, () => revertForwarding(delta, table));
    commitForwarding(delta, table);
  }

  const held = () => structuredClone([native.fast.networks, native.fast.peers, native.fast.mappings]);

  it('hold the same of a change', () => {
    apply(first);
    for (const executor of [native, native.fast]) {
      expect(executor.networks.get(7)).toEqual(['10.0.0.0/24']);
      expect(executor.peers.get(0)).toMatchObject({ address: '198.18.0.2' });
      expect(executor.mappings.get('7/10.0.0.9')).toBe(0);
    }
  });

  it('hold none of a change that the engine refuses', () => {
    apply(first);
    const before = held();
    native.refuse = () => 'no';
    expect(() => apply(second)).toThrow('no');
    expect(held()).toEqual(before);
    native.refuse = () => undefined;
    apply({ ...emptyDelta, peers: [peer('d', '198.18.0.4')] });
    expect([...native.fast.peers.keys()]).toEqual([0, 1]);
  });

  it('tell of a change that cannot be taken back, and why it was refused in the first place', () => {
    apply(first);
    native.refuse = () => {
      native.fast.refuse = () => 'no memory';
      return 'no';
    };
    expect(() => apply(second)).toThrow('no');
    const reason = 'a change that the engine refused stays in the fast path: no memory';
    expect(said).toEqual([{ kind: 'fault', where: 'fast path', reason }]);
  });

  it('hold none of a change that the fast path refuses', () => {
    apply(first);
    native.fast.refuse = () => 'no';
    expect(() => apply(second)).toThrow('no');
    expect(native.changes).toHaveLength(1);
    expect(native.networks.get(7)).toEqual(['10.0.0.0/24']);
  });

  it('open a port together, or not at all', () => {
    native.fast.refuse = (what) => ('device' in what ? 'no device wgabc' : undefined);
    expect(() => path.openPort('web', veth)).toThrow('no device wgabc');
    expect(native.closed).toEqual(['0 keep']);
    native.fast.refuse = () => undefined;
    path.openPort('web', veth);
    expect(native.opened.get(0)).toEqual({
      port: 0,
      netnsPath: '/proc/self/ns/net',
      interfaceName: 'weabc',
      mtu: 1456,
    });
    expect(native.fast.opened.get(0)).toEqual({ ...veth.fast, port: 0, engineDevice: 'weabc' });
    expect(path.executorOf('web')).toBe('tc');
  });

  it('share no port that is the engine’s alone', () => {
    const { fast: _, ...tun } = veth;
    path.openPort('web', tun);
    path.closePort('web', 'remove');
    expect(native.fast.log).toEqual([]);
    expect(path.executorOf('web')).toBe('engine');
  });

  it('have a veth port only with a fast path', () => {
    const engine = new DataPath(
      native,
      engineOptions,
      () => undefined,
      () => ({ secret: new Uint8Array(32), salt: new Uint8Array(4), id: 7 }),
    );
    expect(() => engine.openPort('web', veth)).toThrow('this host has no fast path');
    expect(engine.fastPath()).toBeUndefined();
  });

  it('count together, each packet once', () => {
    path.openPort('web', veth);
    apply({ ...first, ports: [{ guest: 'web', gni: 7, addresses: ['10.0.0.5'] }] });
    const two = { packets: 2, bytes: 200 };
    const one = { packets: 1, bytes: 100 };
    native.counted.set(0, { out: one, drops: 3, dropReasons: { 'no-guest': 3 } });
    const { drops, handedOver } = native.fast.counters();
    native.fast.counted = {
      drops: { ...drops, 'guest-spoofed-source': 4 },
      ports: [{ port: 0, out: two, in: one, drops: 4 }],
      peers: [{ peer: 0, out: two, in: one, drops: 0 }],
      local: one,
      handedOver: { ...handedOver, fragment: 5 },
      tables: [{ table: 'locations', entries: 1, most: 1024 }],
    };
    const counters = path.counters();
    expect(counters.guests.get('web')).toEqual({ out: two, in: one, drops: 4 });
    expect(counters.peers.get('b')).toMatchObject({
      ...{ out: { packets: 3, bytes: 300 }, in: one, drops: 3 },
      dropReasons: { 'no-guest': 3 },
    });
    expect(counters.drops['guest-spoofed-source']).toBe(4);
    expect(counters.local).toEqual(one);
    expect(counters.fastPath).toMatchObject({ handedOver: { fragment: 5 }, tables: [{ most: 1024 }] });
  });

  it('tell of both, and keep the newest flow records by names', () => {
    path.openPort('web', veth);
    native.fast.emit({ kind: 'miss', side: 'destination', gni: 7, address: '10.0.0.9' });
    native.emit({ kind: 'fault', where: 'port 0', reason: 'gone' });
    expect(said.map(({ kind }) => kind)).toEqual(['miss', 'fault']);
    const flow = {
      ...{
        kind: 'flow' as const,
        side: 'out' as const,
        gni: 7,
        source: '10.0.0.5',
        destination: '10.0.0.9',
        protocol: 6,
      },
      ...{ sourcePort: 1, destinationPort: 2, packets: 1, bytes: 100, port: 0 },
    };
    for (let timeUs = 1; timeUs <= 300; timeUs++) native.fast.emit({ ...flow, timeUs });
    const flows = path.fastPath()?.flows ?? [];
    expect([flows.length, flows[0]?.timeUs, flows.at(-1)?.timeUs]).toEqual([256, 45, 300]);
    expect(flows[0]).toMatchObject({ guest: 'web', protocol: 6 });
    expect(said).toHaveLength(2);
  });

  it('stop without taking anything down', () => {
    path.openPort('web', veth);
    path.stop();
    expect([native.stopped, native.fast.stopped]).toEqual([true, true]);
    expect(native.fast.log).toEqual(['open 0']);
  });
});
