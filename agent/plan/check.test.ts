import { describe, expect, it } from 'vitest';
import { plainSession, type Resource, type ResourceBody, resourceName } from '../../wire/control.ts';
import { Desired } from '../state/desired.ts';
import { checkResource, type HostFacts } from './check.ts';

describe('what is refused', () => {
  const facts: HostFacts = {
    host: 'a',
    udpPort: 6741,
    substrateAddresses: ['198.18.0.1'],
    formats: ['gni 1.0', 'gni 1.1', 'vxlan'],
    ciphers: [],
    compressions: [],
    features: [],
    ownsEpoch: () => false,
    signed: () => true,
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
    ...plainSession,
  } as const;
  const guest = {
    type: 'guest',
    name: 'web',
    gni: 7,
    addresses: ['10.0.0.5/24'],
    command: [],
    incarnation: 1,
  } as const;
  const held = new Desired();
  held.set(resource({ type: 'network', gni: 7, name: 'red', prefixes: ['10.0.0.0/24'] }));
  held.set(resource({ ...guest, name: 'other', addresses: ['10.0.0.9/24'] }));
  held.set(resource({ ...session, peer: 'c', address: '198.18.0.3' }));

  it.each([
    ['a whole session', session, undefined],
    ['a session that only accepts', { ...session, send: undefined }, undefined],
    ['a format this build does not speak', { ...session, accept: ['gni 9.0'] }, /format gni 9.0 is not one of/],
    ['a format to send that is unknown', { ...session, send: 'geneve' }, /format geneve is not one of/],
    ['a family that the substrate does not have', { ...session, address: 'fd00::2' }, /no IPv6 substrate address/],
    ['another UDP port', { ...session, udpPort: 6742 }, /UDP port 6742.*6741/],
    [
      'a host without an agent, on its framework’s port',
      { ...session, udpPort: 4789, send: 'vxlan', accept: ['vxlan'] },
      undefined,
    ],
    ['a framework on the port of another', { ...session, udpPort: 6081, send: 'vxlan' }, /UDP port 6081/],
    ['a format of ours on a framework’s port', { ...session, udpPort: 4789, accept: ['vxlan'] }, /UDP port 4789/],
    ['itself', { ...session, peer: 'a' }, /no session with itself/],
    ['an address that is another peer’s', { ...session, address: '198.18.0.3' }, /is that of host c already/],
    [
      'a session without any format, whatever its address and port',
      { ...session, address: 'fd00::2', udpPort: 6742, send: undefined, accept: [] },
      undefined,
    ],
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
