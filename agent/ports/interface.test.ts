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
  addresses: ['10.0.0.5/32', 'fd00::5/128'],
  routes: [
    { prefix: '10.0.0.0/24', source: '10.0.0.5' },
    { prefix: '10.1.0.0/16', source: '10.0.0.5' },
    { prefix: 'fd00::/64', source: 'fd00::5' },
  ],
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
        mtu: 1456,
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
    expect(readInterface(link, routes)).toEqual(right);
    expect(readInterface([], [])).toEqual({ up: false, mtu: 0, addresses: [], routes: [] });
  });
});
