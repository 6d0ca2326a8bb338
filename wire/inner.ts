/**
 * The inner packet as far as encapsulation has to understand it: that it is one whole IPv4 or IPv6 packet,
 * and where its TCP or UDP header is.
 */
import { addressFromBytes } from './address.ts';
import { read16, write16 } from './bits.ts';
import { internetChecksum, onesSum } from './checksum.ts';
import type { DropName } from './drops.ts';

/** IANA protocol numbers of what can be inside. */
export const innerProtocols = { ipv4: 4, ipv6: 41 } as const;

export const transports = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 } as const;

/** Undefined when the packet is whole; else the reason to drop it. Checks in the engine's order. */
export function checkInner(inner: Uint8Array, protocol: number, partialChecksum: boolean): DropName | undefined {
  if (protocol !== innerProtocols.ipv4 && protocol !== innerProtocols.ipv6) return 'unknown-protocol';
  return (
    checkLengths(inner, protocol) ??
    (partialChecksum && transportAt(inner) === undefined ? 'inner-malformed' : undefined)
  );
}

function checkLengths(inner: Uint8Array, protocol: number): DropName | undefined {
  const v4 = protocol === innerProtocols.ipv4;
  if (inner.length < (v4 ? 20 : 40)) return 'short';
  if (versionOf(inner) !== (v4 ? 4 : 6)) return 'inner-malformed';
  const headerLen = networkHeaderLength(inner);
  const totalLen = v4 ? read16(inner, 2) : 40 + read16(inner, 4);
  if (headerLen < 20 || totalLen < headerLen) return 'inner-malformed';
  if (totalLen > inner.length) return 'short';
  return totalLen < inner.length ? 'long' : undefined;
}

export interface TransportPlace {
  readonly protocol: typeof transports.tcp | typeof transports.udp;
  /** Offset of the TCP or UDP header in the inner packet, bytes. */
  readonly offset: number;
  /** Offset of its checksum field in the inner packet, bytes. */
  readonly checksumOffset: number;
}

/**
 * Where the TCP or UDP header is, when it follows the IP header directly and the packet is no fragment.
 * Undefined otherwise: IPv6 extension headers are not walked.
 */
export function transportAt(inner: Uint8Array): TransportPlace | undefined {
  const v4 = versionOf(inner) === 4;
  if (v4 && (read16(inner, 6) & 0x3fff) !== 0) return undefined; // fragment offset or more fragments
  const protocol = inner[v4 ? 9 : 6];
  const offset = networkHeaderLength(inner);
  if (protocol === transports.tcp) return fits(inner, { protocol, offset, checksumOffset: offset + 16 }, 20);
  if (protocol === transports.udp) return fits(inner, { protocol, offset, checksumOffset: offset + 6 }, 8);
  return undefined;
}

function fits(inner: Uint8Array, place: TransportPlace, headerLen: number): TransportPlace | undefined {
  return place.offset + headerLen <= inner.length ? place : undefined;
}

/**
 * The packet with its partial TCP or UDP checksum completed, as the receiving host or its network card
 * does. Returns the packet itself when there is no such header.
 */
export function completeChecksum(inner: Uint8Array): Uint8Array {
  const place = transportAt(inner);
  if (place === undefined) return inner;
  // Not slice(): a Buffer's shares its memory.
  const whole = Uint8Array.from(inner);
  const sum = internetChecksum(whole.subarray(place.offset));
  // RFC 768: a computed checksum of zero is sent as all ones.
  write16(whole, place.checksumOffset, sum === 0 && place.protocol === transports.udp ? 0xffff : sum);
  return whole;
}

/** Sum of the pseudo header (RFC 9293 §3.1, RFC 8200 §8.1), folded: what a partial checksum field holds. */
export function pseudoHeaderSum(inner: Uint8Array, protocol: number): number {
  const v4 = versionOf(inner) === 4;
  const transportLen = inner.length - networkHeaderLength(inner);
  return onesSum(inner.subarray(v4 ? 12 : 8, v4 ? 20 : 40), protocol + transportLen);
}

export function innerSource(inner: Uint8Array): string | undefined {
  return versionOf(inner) === 4 ? addressFromBytes(inner.subarray(12, 16)) : addressFromBytes(inner.subarray(8, 24));
}

export function innerDestination(inner: Uint8Array): string | undefined {
  return versionOf(inner) === 4 ? addressFromBytes(inner.subarray(16, 20)) : addressFromBytes(inner.subarray(24, 40));
}

export function versionOf(inner: Uint8Array): number {
  return (inner[0] ?? 0) >> 4;
}

export function networkHeaderLength(inner: Uint8Array): number {
  return versionOf(inner) === 4 ? ((inner[0] ?? 0) & 0x0f) * 4 : 40;
}
