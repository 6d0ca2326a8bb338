import { describe, expect, it } from 'vitest';
import { judgePort, readDevices } from './found.ts';
import { aliasOf, deviceNames, guestOfAlias } from './names.ts';

describe('names of devices', () => {
  it('are the beginning of the digest of the guest’s, as RFC 4648 writes it', () => {
    // printf web | sha256sum | cut -c1-14 | xxd -r -p | base32
    expect(deviceNames('web')).toEqual({ device: 'wgjnpfp5xlf5', engineDevice: 'wejnpfp5xlf5' });
  });

  it('fit the kernel, however long the guest’s is', () => {
    expect(deviceNames('x'.repeat(63)).device).toMatch(/^wg[a-z2-7]{10}$/);
  });

  it('say nothing of whose a device is: its alias does', () => {
    expect(guestOfAlias(aliasOf('web', 'left'), 'left')).toBe('web');
    expect(guestOfAlias(aliasOf('web', 'left'), 'right')).toBeUndefined();
    expect(guestOfAlias('', 'left')).toBeUndefined();
    expect(guestOfAlias('weft guest web of left and more', 'left')).toBeUndefined();
  });
});

describe('devices as ip shows them', () => {
  const link = (extra: object) => JSON.stringify([{ ifindex: 7, ifname: 'wgx', ...extra }]);
  const veth = { index: 7, peerIndex: 2, kind: 'veth', alias: 'ours' };
  const outside = { name: 'wgx', ...veth };
  const inside = { name: 'weft0', index: 2, peerIndex: 7, kind: 'veth', alias: '' };

  it('are read with their kind, a tap apart from a tun', () => {
    expect(readDevices(link({ link_index: 2, linkinfo: { info_kind: 'veth' }, ifalias: 'ours' }))).toEqual([outside]);
    const tap = { linkinfo: { info_kind: 'tun', info_data: { type: 'tap' } } };
    expect(readDevices(link(tap))).toMatchObject([{ kind: 'tap', peerIndex: 0, alias: '' }]);
    expect(readDevices('')).toEqual([]);
  });

  it.each([
    ['a veth with its other end in the guest', outside, inside, 'veth'],
    ['a veth that leads elsewhere', { ...outside, peerIndex: 3 }, inside, undefined],
    ['a veth beside another in the guest', outside, { ...inside, peerIndex: 8 }, undefined],
    ['somebody else’s veth', { ...outside, alias: 'theirs' }, inside, undefined],
    ['a veth without a guest', outside, undefined, undefined],
    ['a tap', { ...outside, kind: 'tap' }, undefined, 'tap'],
    ['somebody else’s tap', { ...outside, kind: 'tap', alias: '' }, undefined, undefined],
    ['a tun in the guest', undefined, { ...inside, kind: 'tun' }, 'tun'],
    ['nothing', undefined, undefined, undefined],
  ])('%s', (_, out, within, port) => {
    expect(judgePort({ outside: out, inside: within }, 'ours')).toBe(port);
  });
});
