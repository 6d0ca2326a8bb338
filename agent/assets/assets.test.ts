import { describe, expect, it } from 'vitest';
import { deviceNames } from '../ports/names.ts';
import { findAssets, readLinks, readOffloads, readSpeed } from './assets.ts';

describe('assets', () => {
  const links = JSON.stringify([
    { ifname: 'lo', link_type: 'loopback', mtu: 65536, flags: ['UP'], address: '00:00:00:00:00:00' },
    { ifname: deviceNames('web').device, link_type: 'ether', mtu: 65535, flags: ['UP'], address: '02:00:00:00:00:02' },
    { ifname: deviceNames('web').engineDevice, link_type: 'none', mtu: 1456, flags: ['UP'] },
    {
      ifname: 'eth0',
      link_type: 'ether',
      mtu: 1500,
      flags: ['BROADCAST', 'UP'],
      address: '02:00:00:00:00:01',
      addr_info: [
        { local: '198.18.0.1', scope: 'global' },
        { local: 'fe80::1', scope: 'link' },
      ],
    },
  ]);

  it('read network cards from what ip says, and leave guests’ devices out', () => {
    expect(readLinks(links)).toEqual([
      {
        name: 'eth0',
        mac: '02:00:00:00:00:01',
        mtu: 1500,
        up: true,
        speedMbps: 0,
        addresses: ['198.18.0.1'],
        offloads: [],
      },
    ]);
    expect(readLinks('not JSON')).toEqual([]);
  });

  it('read offloads and speed from what ethtool says', () => {
    const text =
      'Features for eth0:\nrx-checksumming: on\ntx-udp-segmentation: off\n\ttx-tcp-segmentation: on [fixed]\n';
    expect(readOffloads(text)).toEqual(['rx-checksumming', 'tx-tcp-segmentation']);
    expect(readSpeed('Settings for eth0:\n\tSpeed: 10000Mb/s\n')).toBe(10_000);
    expect(readSpeed('\tSpeed: Unknown!\n')).toBe(0);
  });

  it('never fail the agent, whatever is missing', async () => {
    const assets = await findAssets({ rack: 'r1' }, async () => ({ ok: false, why: 'no such program' }));
    expect(assets).toMatchObject({ nics: [], labels: { rack: 'r1' } });
    expect(assets.memoryBytes).toBeGreaterThan(0);
  });
});
