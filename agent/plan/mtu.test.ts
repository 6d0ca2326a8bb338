import { describe, expect, it } from 'vitest';
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
    ['a header with a tag', { ...plain, formats: ['gni 1.1', 'gni 3.0'] }, 1500 - 20 - 8 - 20 - 16],
    ['Ethernet frames', { ...plain, formats: ['gni 1.1', 'geneve'] }, 1500 - 20 - 8 - 16 - 14],
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
