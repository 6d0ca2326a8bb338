/**
 * Ethernet frames inside vxlan and geneve: 14 bytes and an IP packet, no VLAN tag, no frame check.
 *
 * Guests of Weft have no Ethernet. Their addresses there are derived from their IP addresses, so that every host
 * writes the same without asking (both are locally administered, RFC 7042 §2.1):
 *
 *   IPv4: 02:04 | the address's 4 bytes        IPv6: 02:06 | CRC-32C of the address's 16 bytes
 */
import { addressBytes } from './address.ts';
import { read16, write16 } from './bits.ts';
import { crc32c } from './checksum.ts';
import type { DropName } from './drops.ts';
import { ethernetHeaderLength } from './formats/layout.ts';
import { innerDestination, innerProtocols, innerSource, versionOf } from './inner.ts';

export const etherTypes = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;

/** Ethernet addresses as text, `02:04:0a:00:00:05`. */
export interface Macs {
  readonly source: string;
  readonly destination: string;
}

export interface Framed {
  readonly macs: Macs;
  /** 4 (IPv4) or 41 (IPv6). */
  readonly protocol: number;
  /** Without the padding of short frames. Borrows from the frame. */
  readonly inner: Uint8Array;
}

export function derivedMac(address: string): string {
  const bytes = addressBytes(address);
  if (bytes.length === 4) return formatMac([0x02, 0x04, ...bytes]);
  const sum = new Uint8Array(4);
  new DataView(sum.buffer).setUint32(0, crc32c(bytes));
  return formatMac([0x02, 0x06, ...sum]);
}

/** Of the packet's source and destination, both guests of Weft. */
export function derivedMacs(inner: Uint8Array): Macs {
  return {
    source: derivedMac(innerSource(inner) ?? '0.0.0.0'),
    destination: derivedMac(innerDestination(inner) ?? '0.0.0.0'),
  };
}

export function writeFrame({ source, destination }: Macs, inner: Uint8Array): Uint8Array {
  const frame = new Uint8Array(ethernetHeaderLength + inner.length);
  frame.set(macBytes(destination), 0);
  frame.set(macBytes(source), 6);
  write16(frame, 12, versionOf(inner) === 4 ? etherTypes.ipv4 : etherTypes.ipv6);
  frame.set(inner, ethernetHeaderLength);
  return frame;
}

/** The frame's packet, not checked further, or the reason to drop it. ARP is for the engine to answer. */
export function readFrame(frame: Uint8Array): Framed | DropName {
  if (frame.length < ethernetHeaderLength) return 'short';
  const type = read16(frame, 12);
  if (type !== etherTypes.ipv4 && type !== etherTypes.ipv6) return 'unknown-protocol';
  return {
    macs: { destination: formatMac(frame.subarray(0, 6)), source: formatMac(frame.subarray(6, 12)) },
    protocol: type === etherTypes.ipv4 ? innerProtocols.ipv4 : innerProtocols.ipv6,
    inner: withoutPadding(frame.subarray(ethernetHeaderLength), type === etherTypes.ipv4),
  };
}

/** As long as the packet says. One whose length cannot be is left whole: what is wrong is for others to name. */
function withoutPadding(packet: Uint8Array, v4: boolean): Uint8Array {
  const headerLen = v4 ? 20 : 40;
  if (packet.length < headerLen) return packet;
  const length = v4 ? read16(packet, 2) : headerLen + read16(packet, 4);
  return length < headerLen || length > packet.length ? packet : packet.subarray(0, length);
}

function formatMac(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function macBytes(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16));
}
