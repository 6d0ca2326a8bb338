import { describe, expect, it } from 'vitest';
import { emptyDelta, type ForwardingDelta } from '../plan/forwarding.ts';
import { type KeyEntry, keyName, type PeerEntry } from '../plan/peer.ts';
import { DataPath } from './datapath.ts';
import { FakeNative, engineOptions as options } from './fake.ts';

const noTerms = { encapsulations: [], send: undefined, accept: [], pairs: [], keys: [] } as const;
const peer = (host: string, address: string): PeerEntry => ({ host, address, ...noTerms, pathMtu: 1500, udpGso: true });
const material = { secret: new Uint8Array(32), salt: new Uint8Array(4), id: 7 };
const apply = (path: DataPath, delta: ForwardingDelta) => path.apply(delta, () => emptyDelta);
const request = (guest: string) => ({ netnsPath: `/run/netns/${guest}`, interfaceName: 'weft0', mtu: 1456 });

describe('the data plane by names', () => {
  const open = () => {
    const native = new FakeNative();
    return {
      native,
      path: new DataPath(
        native,
        options,
        () => undefined,
        () => material,
      ),
    };
  };

  it('gives hosts slots, points mappings at them and takes a slot again only when its host is gone', () => {
    const { native, path } = open();
    apply(path, {
      ...emptyDelta,
      peers: [peer('b', '198.18.0.2'), peer('c', '198.18.0.3')],
      mappings: [{ gni: 7, address: '10.0.0.9', host: 'c' }],
    });
    expect([...native.peers.keys()]).toEqual([0, 1]);
    expect(native.mappings.get('7/10.0.0.9')).toBe(1);
    apply(path, { ...emptyDelta, removePeers: ['b'] });
    apply(path, { ...emptyDelta, peers: [peer('d', '198.18.0.4')] });
    expect(native.peers.get(0)).toMatchObject({ address: '198.18.0.4' });
    expect([...path.counters().peers.keys()].toSorted()).toEqual(['c', 'd']);
  });

  it('leaves no slot taken by what the engine refused', () => {
    const { native, path } = open();
    native.refuse = () => 'no';
    expect(() => apply(path, { ...emptyDelta, peers: [peer('b', '198.18.0.2')] })).toThrow('no');
    expect(() => path.openPort('web', request('web'))).toThrow('no');
    native.refuse = () => undefined;
    apply(path, { ...emptyDelta, peers: [peer('c', '198.18.0.3')] });
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

  const key: KeyEntry = {
    ...{ peer: 'b', use: 'seal', cipher: 'aes-256-gcm', own: 1, theirs: 2, publicKey: 'x' },
  };
  const keyed: PeerEntry = {
    ...peer('b', '198.18.0.2'),
    encapsulations: [{ text: 'gni 3.0 +aes-256-gcm +lz4 +ip-elision #1.2', key: keyName(key) }],
    send: 0,
  };

  it('names keys by slot and frees the slot of one that is removed', () => {
    const { native, path } = open();
    apply(path, { ...emptyDelta, keys: [key], peers: [keyed] });
    expect(native.peers.get(0)?.encapsulations).toEqual([
      { format: 'gni 3.0', key: 0, compression: 'lz4', elision: true },
    ]);
    apply(path, { ...emptyDelta, peers: [peer('b', '198.18.0.2')], removeKeys: [keyName(key)] });
    expect(native.keys.size).toBe(0);
    apply(path, { ...emptyDelta, keys: [{ ...key, own: 3 }] });
    expect([...native.keys.keys()]).toEqual([0]);
  });

  it('leaves no slot taken by a key that the engine refused, and no secret behind', () => {
    const { native, path } = open();
    material.secret.fill(9);
    native.refuse = () => 'no';
    expect(() => apply(path, { ...emptyDelta, keys: [key], peers: [keyed] })).toThrow('no');
    expect([...material.secret]).toEqual(Array(32).fill(0));
    native.refuse = () => undefined;
    apply(path, { ...emptyDelta, keys: [{ ...key, own: 3 }] });
    expect([...native.keys.keys()]).toEqual([0]);
  });
});
