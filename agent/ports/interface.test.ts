import { describe, expect, it } from 'vitest';
import { type InterfaceFound, newInterface, planInterface, readInterface } from './interface.ts';
import type { InterfaceWish } from './system.ts';

const wish: InterfaceWish = {
  addresses: ['10.0.0.5/24', 'fd00::5/64'],
  routes: ['10.0.0.0/24', '10.1.0.0/16', 'fd00::/64'],
  mtu: 1456,
};
const right: InterfaceFound = {
  up: true,
  mtu: 1456,
  mac: '',
  superPackets: { gsoMaxSize: 65_536, gsoMaxSegments: 43 },
  neighbours: [],
  addresses: ['10.0.0.5/32', 'fd00::5/128'],
  routes: [
    { prefix: '10.0.0.0/24', source: '10.0.0.5', gateway: undefined },
    { prefix: '10.1.0.0/16', source: '10.0.0.5', gateway: undefined },
    { prefix: 'fd00::/64', source: 'fd00::5', gateway: undefined },
  ],
};
const ethernet = { mac: '02:04:0a:00:00:05' };
const rightVeth: InterfaceFound = {
  ...right,
  mac: ethernet.mac,
  superPackets: { gsoMaxSize: 65_435, gsoMaxSegments: 43 },
  neighbours: ['169.254.87.1 02:57:45:46:54:00', 'fe80::57 02:57:45:46:54:00'],
  routes: right.routes.map((route) => ({
    ...route,
    gateway: route.prefix.includes(':') ? 'fe80::57' : '169.254.87.1',
  })),
};

describe('the plan of a guest’s interface', () => {
  it('sets a new one up so that it is usable at once', () => {
    expect(planInterface(wish, newInterface)).toEqual([
      'link set dev weft0 mtu 1456',
      'link set dev weft0 up',
      'address add 10.0.0.5/32 dev weft0',
      'address add fd00::5/128 dev weft0 nodad',
      'route replace 10.0.0.0/24 dev weft0 proto 67 src 10.0.0.5',
      'route replace 10.1.0.0/16 dev weft0 proto 67 src 10.0.0.5',
      'route replace fd00::/64 dev weft0 proto 67 src fd00::5',
    ]);
  });

  it('leads everything of a new veth to the one neighbour it has', () => {
    expect(planInterface({ ...wish, ethernet }, newInterface)).toEqual([
      'link set dev weft0 mtu 1456',
      'link set dev weft0 address 02:04:0a:00:00:05',
      'link set dev weft0 gso_max_size 65435 gso_max_segs 43',
      'link set dev weft0 up',
      'address add 10.0.0.5/32 dev weft0',
      'address add fd00::5/128 dev weft0 nodad',
      'neigh replace 169.254.87.1 lladdr 02:57:45:46:54:00 dev weft0 nud permanent',
      'neigh replace fe80::57 lladdr 02:57:45:46:54:00 dev weft0 nud permanent',
      'route replace 10.0.0.0/24 via 169.254.87.1 dev weft0 onlink proto 67 src 10.0.0.5',
      'route replace 10.1.0.0/16 via 169.254.87.1 dev weft0 onlink proto 67 src 10.0.0.5',
      'route replace fd00::/64 via fe80::57 dev weft0 onlink proto 67 src fd00::5',
    ]);
  });

  it.each<[string, Partial<InterfaceFound>, string[]]>([
    ['does nothing to one that is right', {}, []],
    [
      'gives back the neighbour that was taken away',
      { neighbours: ['fe80::57 02:57:45:46:54:00'] },
      ['neigh replace 169.254.87.1 lladdr 02:57:45:46:54:00 dev weft0 nud permanent'],
    ],
    [
      'keeps super-packets as long as they may be',
      { superPackets: { gsoMaxSize: 65_536, gsoMaxSegments: 65_535 } },
      ['link set dev weft0 gso_max_size 65435 gso_max_segs 43'],
    ],
  ])('of a veth %s', (_, otherFound, lines) => {
    expect(planInterface({ ...wish, ethernet }, { ...rightVeth, ...otherFound })).toEqual(lines);
  });

  it.each<[string, Partial<InterfaceWish>, Partial<InterfaceFound>, string[]]>([
    ['does nothing to one that is right', {}, {}, []],
    ['changes only the MTU', { mtu: 1400 }, {}, ['link set dev weft0 mtu 1400']],
    ['puts up what was taken down', {}, { up: false }, ['link set dev weft0 up']],
    [
      'adds the new address before it takes the old one away',
      { addresses: ['10.0.0.6/24', 'fd00::5/64'] },
      {},
      [
        'address add 10.0.0.6/32 dev weft0',
        'route replace 10.0.0.0/24 dev weft0 proto 67 src 10.0.0.6',
        'route replace 10.1.0.0/16 dev weft0 proto 67 src 10.0.0.6',
        'address del 10.0.0.5/32 dev weft0',
      ],
    ],
    [
      'takes away the route of a prefix that left the cloud',
      { routes: ['10.0.0.0/24', 'fd00::/64'] },
      {},
      ['route del 10.1.0.0/16 dev weft0 proto 67'],
    ],
    [
      'makes no route for a family without an address',
      { routes: [...wish.routes, 'fd01::/64'], addresses: ['10.0.0.5/24'] },
      { addresses: ['10.0.0.5/32'], routes: right.routes.slice(0, 2) },
      [],
    ],
    [
      'prefers as source the address that is inside the prefix',
      { addresses: ['10.0.0.5/24', '10.1.0.5/16', 'fd00::5/64'] },
      {},
      ['address add 10.1.0.5/32 dev weft0', 'route replace 10.1.0.0/16 dev weft0 proto 67 src 10.1.0.5'],
    ],
  ])('%s', (_, otherWish, otherFound, lines) => {
    expect(planInterface({ ...wish, ...otherWish }, { ...right, ...otherFound })).toEqual(lines);
  });

  it('reads what ip says, and leaves link-local addresses and routes of others alone', () => {
    const link = [
      {
        flags: ['POINTOPOINT', 'UP'],
        link_type: 'none',
        mtu: 1456,
        gso_max_size: 65_536,
        gso_max_segs: 43,
        addr_info: [
          { local: '10.0.0.5', prefixlen: 32 },
          { local: 'fd00::5', prefixlen: 128 },
          { local: 'fe80::1', prefixlen: 64 },
        ],
      },
    ];
    const routes = [
      { dst: '10.0.0.0/24', protocol: '67', prefsrc: '10.0.0.5' },
      { dst: '10.1.0.0/16', protocol: '67', prefsrc: '10.0.0.5' },
      { dst: '10.9.0.0/16' },
      { dst: 'fd00::5', protocol: 'kernel' },
      { dst: 'fd00::/64', protocol: '67', prefsrc: 'fd00::5' },
    ];
    expect(readInterface(link, routes, [])).toEqual(right);
    expect(readInterface([], [], [])).toEqual(newInterface);
  });

  it('reads a veth, with those of its neighbours that stay', () => {
    const link = [
      {
        ...{ flags: ['UP'], link_type: 'ether', address: ethernet.mac, mtu: 1456 },
        ...{ gso_max_size: 65_435, gso_max_segs: 43, addr_info: [{ local: '10.0.0.5', prefixlen: 32 }] },
      },
    ];
    const routes = [{ dst: '10.0.0.0/24', gateway: '169.254.87.1', protocol: '67', prefsrc: '10.0.0.5' }];
    const neighbours = [
      { dst: '169.254.87.1', lladdr: '02:57:45:46:54:00', state: ['PERMANENT'] },
      { dst: '10.0.0.9', lladdr: '02:57:45:46:54:00', state: ['REACHABLE'] },
    ];
    expect(readInterface(link, routes, neighbours)).toEqual({
      ...rightVeth,
      addresses: ['10.0.0.5/32'],
      routes: [rightVeth.routes[0]],
      neighbours: ['169.254.87.1 02:57:45:46:54:00'],
    });
  });
});
