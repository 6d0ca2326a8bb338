/**
 * What the kernel does without any program: one veth, plain routing, and its vxlan with a bridge.
 *
 *   near ── left ══ right ── far        veth: from left to right, nothing else
 *                                       routed: left and right are routers, no overlay
 *                                       vxlan: near and far hang on bridges that a vxlan device joins
 */
import { release } from 'node:os';
import { type PlainPlace, type PlainRouting, plainRouting } from '../../lab/plain-routing.ts';
import { ipBatch } from '../../lab/run.ts';
import { bothModes, type Contender, type End, type Topology } from '../contender.ts';
import { wireOf } from '../mode.ts';

export const veth: Contender = {
  path: 'veth',
  modes: bothModes,
  packages: [],
  build: async () => {
    const network = await plainRouting({ name: 'wb-veth' });
    return between('veth', network, { client: 'left', server: 'right' }, '198.18.0.2');
  },
};

export const routed: Contender = {
  path: 'routed',
  modes: bothModes,
  packages: [],
  build: async () => {
    const network = await plainRouting({ name: 'wb-routed' });
    return between('routed', network, guests, network.far.ipv4);
  },
};

export const vxlan: Contender = {
  path: 'vxlan',
  modes: bothModes,
  packages: [],
  version: async () => `Linux ${release()}`,
  build: async () => {
    await using stack = new AsyncDisposableStack();
    const network = stack.use(await plainRouting({ name: 'wb-vxlan' }));
    for (const side of sides) {
      await ipBatch(bridgeLines(side), network.namespaceOf(side.host));
      await ipBatch(guestLines(side), network.namespaceOf(side.guest));
    }
    stack.move();
    return between('vxlan', network, guests, sides[1].address);
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

const guests = { client: 'near', server: 'far' } as const;

function between(
  path: string,
  network: PlainRouting,
  places: Readonly<Record<End, PlainPlace>>,
  serverAddress: string,
): Topology {
  return {
    path,
    serverAddress,
    wire: wireOf(network),
    exec: (end, argv, options) => network.exec(places[end], argv, options),
    spawn: (end, argv, options) => network.spawn(places[end], argv, options),
    [Symbol.asyncDispose]: () => network.down(),
  };
}
