import { describe, expect, it } from 'vitest';
import type { Guest, Resource, ResourceBody } from '../../wire/control.ts';
import { resourceName } from '../../wire/control.ts';
import { Desired } from '../state/desired.ts';
import { checkResource, type HostFacts } from './check.ts';
import { planGuest } from './guest.ts';
import { overlayMtu, portMtu } from './mtu.ts';

describe('the overlay MTU', () => {
  const plain = {
    deviceMtus: [1500],
    pathMtus: [],
    substrateAddresses: ['198.18.0.1'],
    peerAddresses: [],
    formats: ['gni 1.0', 'gni 1.1'],
  };
  it.each([
    ['Ethernet over IPv4', plain, 1500 - 20 - 8 - 16],
    ['only the short header', { ...plain, formats: ['gni 1.0'] }, 1500 - 20 - 8 - 12],
    ['jumbo frames', { ...plain, deviceMtus: [9000] }, 9000 - 44],
    ['an IPv6 substrate', { ...plain, substrateAddresses: ['fd00:198:18::1'] }, 1500 - 40 - 8 - 16],
    ['both families, peers over IPv4', { ...plain, substrateAddresses: ['198.18.0.1', 'fd00:198:18::1'] }, 1456],
    ['a peer over IPv6', { ...plain, peerAddresses: ['198.18.0.2', 'fd00:198:18::2'] }, 1436],
    ['a narrow path', { ...plain, pathMtus: [1500, 1400] }, 1400 - 44],
    ['a path not measured yet', { ...plain, pathMtus: [0] }, 1456],
    ['a path measured wider than the device', { ...plain, pathMtus: [9000] }, 1456],
    ['nothing known', { ...plain, deviceMtus: [] }, 1456],
  ])('over %s', (_, facts, mtu) => {
    expect(overlayMtu(facts)).toBe(mtu);
  });

  it('never goes below what a guest’s families need', () => {
    expect(portMtu(1236, ['10.0.0.5/24'])).toBe(1236);
    expect(portMtu(1236, ['10.0.0.5/24', 'fd00::5/64'])).toBe(1280);
    expect(portMtu(100, ['10.0.0.5/24'])).toBe(576);
  });
});

describe('the guest plan', () => {
  const guest: Guest = { name: 'web', gni: 7, addresses: ['10.0.0.5/24'], command: ['sleep', '1'] };
  it.each([
    ['wanted, not there', guest, undefined, 'create'],
    ['there as wanted', guest, guest, 'keep'],
    ['another address', { ...guest, addresses: ['10.0.0.6/24'] }, guest, 'keep'],
    ['another tenant’s network', { ...guest, gni: 8 }, guest, 'recreate'],
    ['another program', { ...guest, command: ['sleep', '2'] }, guest, 'recreate'],
    ['no longer wanted', undefined, guest, 'remove'],
    ['neither wanted nor there', undefined, undefined, 'nothing'],
  ] as const)('%s', (_, wanted, held, step) => {
    expect(planGuest(wanted, held)).toBe(step);
  });
});

describe('what is refused', () => {
  const facts: HostFacts = {
    host: 'a',
    udpPort: 6741,
    substrateAddresses: ['198.18.0.1'],
    formats: ['gni 1.0', 'gni 1.1'],
  };
  const resource = (body: ResourceBody): Resource => ({ name: resourceName(body), version: 'v', body });
  const session = {
    type: 'session',
    peer: 'b',
    address: '198.18.0.2',
    udpPort: 6741,
    send: 'gni 1.1',
    accept: ['gni 1.1'],
    generation: 1,
    reasons: [],
  } as const;
  const guest = { type: 'guest', name: 'web', gni: 7, addresses: ['10.0.0.5/24'], command: [] } as const;
  const held = new Desired();
  held.set(resource({ type: 'network', gni: 7, name: 'red', prefixes: ['10.0.0.0/24'] }));
  held.set(resource({ ...guest, name: 'other', addresses: ['10.0.0.9/24'] }));
  held.set(resource({ ...session, peer: 'c', address: '198.18.0.3' }));

  it.each([
    ['a whole session', session, undefined],
    ['a session that only accepts', { ...session, send: undefined }, undefined],
    ['a format this build does not speak', { ...session, accept: ['gni 9.0'] }, /format gni 9.0 is not one of/],
    ['a format to send that is unknown', { ...session, send: 'vxlan' }, /format vxlan is not one of/],
    ['a family that the substrate does not have', { ...session, address: 'fd00::2' }, /no IPv6 substrate address/],
    ['another UDP port', { ...session, udpPort: 6742 }, /UDP port 6742.*6741/],
    ['itself', { ...session, peer: 'a' }, /no session with itself/],
    ['an address that is another peer’s', { ...session, address: '198.18.0.3' }, /is that of host c already/],
    ['a guest', guest, undefined],
    ['a guest of an unknown network', { ...guest, gni: 8 }, /network 8 is not known/],
    ['a guest without an address', { ...guest, addresses: [] }, /no address/],
    ['a guest with another’s address', { ...guest, addresses: ['10.0.0.9/24'] }, /that of guest other already/],
    ['the same guest again', { ...guest, name: 'other', addresses: ['10.0.0.9/24'] }, undefined],
  ] as const)('%s', (_, body, reason) => {
    const found = checkResource(resource(body), held, facts);
    if (reason === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(reason);
  });
});
