/** The contenders in the order of the tables: what the kernel does alone, what others made, ours. */
import { bothModes, type Contender, singlePackets } from '../contender.ts';
import { routed, veth, vxlan } from './kernel.ts';
import { nebula } from './nebula.ts';
import { openVSwitch } from './openvswitch.ts';
import { tinc } from './tinc.ts';
import { weft } from './weft.ts';
import { wireguard } from './wireguard.ts';

export interface ContenderOptions {
  /** A wireguard-go to measure beside Debian's. */
  readonly wireguardGo?: string | undefined;
}

const engine = { fastPath: 'off', port: 'tun' } as const;

export function contenders({ wireguardGo }: ContenderOptions): readonly Contender[] {
  const own =
    wireguardGo === undefined ? [] : [wireguard({ path: 'wireguard-go-own', program: wireguardGo, modes: bothModes })];
  return [
    veth,
    routed,
    vxlan,
    openVSwitch,
    nebula,
    wireguard({ path: 'wireguard-go', program: 'wireguard-go', packages: ['wireguard-go'], modes: singlePackets }),
    ...own,
    tinc,
    weft({ path: 'engine-plain', ...engine, encapsulation: { format: 'gni 1.0' } }),
    weft({ path: 'engine-aes', ...engine, encapsulation: { format: 'gni 3.0', cipher: 'aes-256-gcm' } }),
    weft({ path: 'engine-lz4', ...engine, encapsulation: { format: 'gni 2.0', compression: 'lz4' } }),
    weft({ path: 'fastpath-tc', fastPath: 'tc', port: 'veth', encapsulation: { format: 'gni 1.0' } }),
    weft({ path: 'fastpath-xdp', fastPath: 'xdp', port: 'veth', encapsulation: { format: 'gni 1.0' } }),
  ];
}
