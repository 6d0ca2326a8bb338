/**
 * A captured frame down to its UDP payload: Ethernet (with one VLAN tag), Linux cooked, or bare IP; IPv4 or
 * IPv6 without extension headers, which is all that the capture's filter lets through.
 */
import { addressFromBytes } from '../../wire/address.ts';
import { read16 } from '../../wire/bits.ts';

/** As libpcap's binding names them. */
export const linkTypes = ['ETHERNET', 'RAW', 'LINKTYPE_LINUX_SLL'] as const;
export type LinkType = (typeof linkTypes)[number];

export interface Datagram {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Borrows from the frame. */
  readonly payload: Uint8Array;
  /** Bytes that the UDP header promises and the capture cut off. */
  readonly missing: number;
}

const etherTypes = { ipv4: 0x0800, ipv6: 0x86dd, vlan: 0x8100 } as const;
const udp = 17;

/** Undefined: no UDP datagram, or not enough of it to say. */
export function parseFrame(linkType: LinkType, frame: Uint8Array): Datagram | undefined {
  const packet = networkPacket(linkType, frame);
  if (packet === undefined) return undefined;
  return (packet[0] ?? 0) >> 4 === 4 ? parseIpv4(packet) : parseIpv6(packet);
}

/** The IP packet of a frame; undefined: it holds another kind. */
export function networkPacket(linkType: LinkType, frame: Uint8Array): Uint8Array | undefined {
  if (linkType === 'RAW') return frame;
  let at = linkType === 'ETHERNET' ? 12 : 14;
  if (frame.length < at + 6) return undefined;
  if (linkType === 'ETHERNET' && read16(frame, at) === etherTypes.vlan) at += 4;
  const type = read16(frame, at);
  return type === etherTypes.ipv4 || type === etherTypes.ipv6 ? frame.subarray(at + 2) : undefined;
}

function parseIpv4(packet: Uint8Array): Datagram | undefined {
  const headerLen = ((packet[0] ?? 0) & 0x0f) * 4;
  const firstOrWhole = packet.length >= 20 && (read16(packet, 6) & 0x1fff) === 0;
  if (headerLen < 20 || !firstOrWhole || packet[9] !== udp) return undefined;
  return parseUdp(packet.subarray(12, 16), packet.subarray(16, 20), packet.subarray(headerLen));
}

function parseIpv6(packet: Uint8Array): Datagram | undefined {
  if (packet.length < 40 || packet[6] !== udp) return undefined;
  return parseUdp(packet.subarray(8, 24), packet.subarray(24, 40), packet.subarray(40));
}

function parseUdp(from: Uint8Array, to: Uint8Array, segment: Uint8Array): Datagram | undefined {
  const source = addressFromBytes(from);
  const destination = addressFromBytes(to);
  if (segment.length < 8 || source === undefined || destination === undefined) return undefined;
  const length = read16(segment, 4);
  if (length < 8) return undefined;
  return {
    source,
    destination,
    sourcePort: read16(segment, 0),
    destinationPort: read16(segment, 2),
    // What follows the datagram is Ethernet's padding.
    payload: segment.subarray(8, length),
    missing: Math.max(0, length - segment.length),
  };
}
