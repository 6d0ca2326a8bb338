/**
 * IP elision: inner IP headers without what the receiver can tell anyway.
 *
 *  IPv4, 14 of 20 bytes                                  IPv6, 38 of 40 bytes
 *  +------+------+----------+------+                     +------+---------------+------------+
 *  | TOS  | TTL  | protocol | 0DF0 |                     | 0000 | traffic class | flow label |
 *  +------+------+----------+------+                     +------+------+--------+--+---------+
 *  |    identification      |                            | next header | hop limit |
 *  +------------------------+------+                     +-------------+-----------+---------+
 *  |            source             |                     |           source (16)             |
 *  +-------------------------------+                     +-----------------------------------+
 *  |          destination          |                     |         destination (16)          |
 *  +-------------------------------+                     +-----------------------------------+
 *
 * Lengths are rebuilt from the packet's, IPv4's checksum is computed again. A packet is eligible when exactly it would
 * be rebuilt: no IPv4 options, no fragment, no wrong length or checksum.
 */
import { read16, write16 } from './bits.ts';
import { internetChecksum } from './checksum.ts';
import type { DropName } from './drops.ts';
import { innerProtocols, versionOf } from './inner.ts';

const dontFragment = 0x40;
const longestPacket = 0xffff;
const headerLengths = { ipv4: { whole: 20, elided: 14 }, ipv6: { whole: 40, elided: 38 } } as const;

/** The packet with its header elided; undefined when it is not eligible. */
export function elide(inner: Uint8Array): Uint8Array | undefined {
  const v4 = versionOf(inner) === 4;
  const { whole } = v4 ? headerLengths.ipv4 : headerLengths.ipv6;
  if (inner.length < whole) return undefined;
  const header = v4 ? elidedIpv4(inner) : elidedIpv6(inner);
  const elided = Uint8Array.from([...header, ...inner.subarray(whole)]);
  const rebuilt = rebuild(elided, v4 ? innerProtocols.ipv4 : innerProtocols.ipv6);
  return typeof rebuilt !== 'string' && Buffer.compare(rebuilt, inner) === 0 ? elided : undefined;
}

function elidedIpv4(inner: Uint8Array): number[] {
  return [1, 8, 9, 6, 4, 5, ...Array.from({ length: 8 }, (_, at) => 12 + at)].map((at) => inner[at] ?? 0);
}

function elidedIpv6(inner: Uint8Array): number[] {
  return [(inner[0] ?? 0) & 0x0f, ...inner.subarray(1, 4), ...inner.subarray(6, 40)];
}

/** The packet with its header as it was, or the reason to drop it. `protocol` is the header's, 4 or 41. */
export function rebuild(elided: Uint8Array, protocol: number): Uint8Array | DropName {
  const v4 = protocol === innerProtocols.ipv4;
  const lengths = v4 ? headerLengths.ipv4 : headerLengths.ipv6;
  if (elided.length < lengths.elided) return 'short';
  return v4 ? rebuildIpv4(elided) : rebuildIpv6(elided);
}

function rebuildIpv4(elided: Uint8Array): Uint8Array | DropName {
  const { whole, elided: elidedLen } = headerLengths.ipv4;
  const flags = elided[3] ?? 0;
  const length = elided.length - elidedLen + whole;
  if ((flags !== 0 && flags !== dontFragment) || length > longestPacket) return 'inner-malformed';
  const packet = new Uint8Array(length);
  packet[0] = 0x45;
  packet[1] = elided[0] ?? 0;
  write16(packet, 2, length);
  write16(packet, 4, read16(elided, 4));
  packet[6] = flags;
  packet[8] = elided[1] ?? 0;
  packet[9] = elided[2] ?? 0;
  packet.set(elided.subarray(6), 12);
  write16(packet, 10, internetChecksum(packet.subarray(0, whole)));
  return packet;
}

function rebuildIpv6(elided: Uint8Array): Uint8Array | DropName {
  const { whole, elided: elidedLen } = headerLengths.ipv6;
  const payloadLen = elided.length - elidedLen;
  if ((elided[0] ?? 0) >> 4 !== 0 || payloadLen > longestPacket) return 'inner-malformed';
  const packet = new Uint8Array(whole + payloadLen);
  packet.set(elided.subarray(0, 4));
  packet[0] = 0x60 | (elided[0] ?? 0);
  write16(packet, 4, payloadLen);
  packet.set(elided.subarray(4), 6);
  return packet;
}
