/**
 * What the kernel does without any program: plain routing, and its vxlan with a bridge.
 *
 *   near ── left ══ right ── far        routed: left and right are routers, no overlay
 *                                       vxlan: near and far hang on bridges that a vxlan device joins
 */
import { release } from 'node:os';
import { type PlainRouting, plainRouting } from '../../lab/plain-routing.ts';
import { ipBatch } from '../../lab/run.ts';
import type { Contender, Topology } from '../contender.ts';

export const routed: Contender = {
  path: 'routed',
  packages: [],
  build: async () => {
    const network = await plainRouting({ name: 'weft-bench-routed' });
    return betweenGuests('routed', network, network.far.ipv4);
  },
};

export const vxlan: Contender = {
  path: 'vxlan',
  packages: [],
  version: async () => `Linux ${release()}`,
  build: async () => {
    await using stack = new AsyncDisposableStack();
    const network = stack.use(await plainRouting({ name: 'weft-bench-vxlan' }));
    for (const side of sides) {
      await ipBatch(bridgeLines(side), network.namespaceOf(side.host));
      await ipBatch(guestLines(side), network.namespaceOf(side.guest));
    }
    stack.move();
    return betweenGuests('vxlan', network, sides[1].address);
  },
};

interface Side {
  readonly host: 'left' | 'right';
  /** Also the name of the host's device to the guest. */
  readonly guest: 'near' | 'far';
  readonly peer: string;
  readonly address: string;
}

const sides = [
  { host: 'left', guest: 'near', peer: '198.18.0.2', address: '10.9.0.1' },
  { host: 'right', guest: 'far', peer: '198.18.0.1', address: '10.9.0.2' },
] as const satisfies readonly Side[];

/** 1500 less outer IPv4, UDP, vxlan and inner Ethernet (RFC 7348, section 5). */
const innerMtu = 1450;

function bridgeLines({ guest, peer }: Side): readonly string[] {
  return [
    `address flush dev ${guest}`,
    'link add bridge type bridge stp_state 0 forward_delay 0 mcast_snooping 0',
    `link add vxlan type vxlan id 42 dstport 4789 remote ${peer} dev eth0`,
    `link set vxlan mtu ${innerMtu} master bridge up`,
    `link set ${guest} mtu ${innerMtu} master bridge up`,
    'link set bridge up',
  ];
}

function guestLines({ address }: Side): readonly string[] {
  return ['address flush dev eth0', `link set eth0 mtu ${innerMtu}`, `address add ${address}/24 dev eth0`];
}

function betweenGuests(path: string, network: PlainRouting, serverAddress: string): Topology {
  const places = { client: 'near', server: 'far' } as const;
  return {
    path,
    serverAddress,
    exec: (end, argv, options) => network.exec(places[end], argv, options),
    spawn: (end, argv) => network.spawn(places[end], argv, { stdio: 'ignore' }),
    [Symbol.asyncDispose]: () => network.down(),
  };
}
