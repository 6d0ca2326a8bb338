/** The MTU of guests' ports: what the narrowest path carries, less everything that encapsulation adds. Pure. */
import { familyOf } from '../../wire/address.ts';
import { layoutByName } from '../../wire/formats/index.ts';
import { outerOverheadLength } from '../../wire/formats/layout.ts';

export interface MtuFacts {
  /** Of the devices that carry the substrate addresses. */
  readonly deviceMtus: readonly number[];
  /** Measured towards peers, outer IP packet. */
  readonly pathMtus: readonly number[];
  readonly substrateAddresses: readonly string[];
  readonly peerAddresses: readonly string[];
  /** Formats that may come to be used on this host. */
  readonly formats: readonly string[];
}

/** RFC 8200 §5: less than this and the kernel takes IPv6 off the device. */
export const leastMtuIpv6 = 1280;
/** RFC 791: every IPv4 host takes packets of this size. */
export const leastMtuIpv4 = 576;
const udpHeader = 8;
const usualMtu = 1500;

/** Bytes of an inner packet that fit every path of this host. */
export function overlayMtu(facts: MtuFacts): number {
  const measured = [...facts.deviceMtus, ...facts.pathMtus].filter((mtu) => mtu > 0);
  const narrowest = measured.length > 0 ? Math.min(...measured) : usualMtu;
  return narrowest - largestOverhead(facts.formats, outerFamily(facts));
}

/** What a guest's port gets: never less than its address families need, even if such packets then do not fit. */
export function portMtu(overlay: number, addresses: readonly string[]): number {
  const least = addresses.some((address) => familyOf(address) === 6) ? leastMtuIpv6 : leastMtuIpv4;
  return Math.max(overlay, least);
}

function outerFamily({ substrateAddresses, peerAddresses }: MtuFacts): 4 | 6 {
  const substrateHas4 = substrateAddresses.some((address) => familyOf(address) === 4);
  return !substrateHas4 || peerAddresses.some((address) => familyOf(address) === 6) ? 6 : 4;
}

function largestOverhead(formats: readonly string[], outer: 4 | 6): number {
  const layouts = formats.map(layoutByName).filter((layout) => layout !== undefined);
  return Math.max((outer === 6 ? 40 : 20) + udpHeader, ...layouts.map((layout) => outerOverheadLength(layout, outer)));
}
