/** The contenders in the order of the table: what the kernel does alone, the engine, then what others made. */
import type { Contender } from '../contender.ts';
import { routed, vxlan } from './kernel.ts';
import { nebula } from './nebula.ts';
import { weft } from './weft.ts';
import { wireguard } from './wireguard.ts';

export interface ContenderOptions {
  /** A wireguard-go to measure beside Debian's. */
  readonly wireguardGo?: string | undefined;
}

export function contenders({ wireguardGo }: ContenderOptions): readonly Contender[] {
  const own = wireguardGo === undefined ? [] : [wireguard({ path: 'wireguard-go-own', program: wireguardGo })];
  return [
    routed,
    vxlan,
    weft({ path: 'weft-gni-1.0', encapsulation: { format: 'gni 1.0' } }),
    weft({ path: 'weft-gni-3.0-aes', encapsulation: { format: 'gni 3.0', cipher: 'aes-256-gcm' } }),
    wireguard({ path: 'wireguard-go', program: 'wireguard-go', packages: ['wireguard-go'] }),
    ...own,
    nebula,
  ];
}
