import { describe, expect, it } from 'vitest';
import type { ForwardingDelta } from '../plan/forwarding.ts';
import { DataPath, type EngineOptions } from './datapath.ts';
import { FakeNative } from './fake.ts';

const options: EngineOptions = {
  workers: 1,
  udpPort: 6741,
  substrateAddresses: ['198.18.0.1'],
  sourcePorts: 1,
  offloads: { udpGso: 'auto', udpGro: 'auto', tso: 'auto', uso: 'auto' },
  firstPacket: { queueBytes: 1, packetsPerAddress: 1, deadlineMs: 1 },
};
const nothing: ForwardingDelta = {
  ...{ removeNetworks: [], removePorts: [], removePeers: [], removeMappings: [] },
  ...{ networks: [], ports: [], peers: [], mappings: [] },
};
const peer = (host: string, address: string) => ({ host, address, send: undefined, accept: [], pathMtu: 1500 });
const request = (guest: string) => ({ netnsPath: `/run/netns/${guest}`, interfaceName: 'weft0', mtu: 1456 });

describe('the data plane by names', () => {
  const open = () => {
    const native = new FakeNative();
    return { native, path: new DataPath(native, options, () => undefined) };
  };

  it('gives hosts slots, points mappings at them and takes a slot again only when its host is gone', () => {
    const { native, path } = open();
    path.apply({
      ...nothing,
      peers: [peer('b', '198.18.0.2'), peer('c', '198.18.0.3')],
      mappings: [{ gni: 7, address: '10.0.0.9', host: 'c' }],
    });
    expect([...native.peers.keys()]).toEqual([0, 1]);
    expect(native.mappings.get('7/10.0.0.9')).toBe(1);
    path.apply({ ...nothing, removePeers: ['b'] });
    path.apply({ ...nothing, peers: [peer('d', '198.18.0.4')] });
    expect(native.peers.get(0)).toMatchObject({ address: '198.18.0.4' });
    expect([...path.counters().peers.keys()].toSorted()).toEqual(['c', 'd']);
  });

  it('leaves no slot taken by what the engine refused', () => {
    const { native, path } = open();
    native.refuse = () => 'no';
    expect(() => path.apply({ ...nothing, peers: [peer('b', '198.18.0.2')] })).toThrow('no');
    expect(() => path.openPort('web', request('web'))).toThrow('no');
    native.refuse = () => undefined;
    path.apply({ ...nothing, peers: [peer('c', '198.18.0.3')] });
    path.openPort('db', request('db'));
    expect([...native.peers.keys()]).toEqual([0]);
    expect([...native.opened.keys()]).toEqual([0]);
  });

  it('does not close what is not open', () => {
    const { native, path } = open();
    path.closePort('web', 'remove');
    path.setPortMtu('web', 1400);
    expect(native.closed).toEqual([]);
    expect(native.mtus.size).toBe(0);
  });
});
