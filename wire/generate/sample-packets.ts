/** Small valid packets, built from nothing, for vectors and tests. */
import { addressBytes } from '../address.ts';
import { write16 } from '../bits.ts';
import { internetChecksum } from '../checksum.ts';
import { completeChecksum, pseudoHeaderSum, transportAt, transports } from '../inner.ts';

export interface Sample {
  readonly whole: Uint8Array;
  /** The same with the pseudo-header sum in its checksum field; only TCP and UDP have it. */
  readonly partial?: Uint8Array;
}

const payload = new TextEncoder().encode('weft over warp, under warp');

export const samples = {
  udp4: transport(ipv4, transports.udp, udp(payload)),
  udp6: transport(ipv6, transports.udp, udp(payload)),
  tcp4: transport(ipv4, transports.tcp, tcp(payload)),
  tcp6: transport(ipv6, transports.tcp, tcp(payload)),
  emptyUdp4: transport(ipv4, transports.udp, udp(new Uint8Array(0))),
  icmp4: { whole: ipv4(transports.icmp, echo(8)) },
  icmp6: { whole: ipv6(transports.icmp6, echo(128)) },
  /** A destination-options header (8 bytes, padding) before UDP. */
  extension6: { whole: ipv6(60, Uint8Array.from([transports.udp, 0, 1, 4, 0, 0, 0, 0, ...udp(payload)])) },
} satisfies Record<string, Sample>;

const text = new TextEncoder().encode('weft over warp, under warp; '.repeat(12));

/** Packets that compression pays for, and headers that have something in every field that elision keeps. */
export const longSamples = {
  udp4: transport(ipv4, transports.udp, udp(text)),
  tcp6: transport(ipv6, transports.tcp, tcp(text)),
  marked4: { whole: markedIpv4() },
  marked6: { whole: markedIpv6() },
  bare4: { whole: ipv4(59, new Uint8Array(0)) },
  bare6: { whole: ipv6(59, new Uint8Array(0)) },
} satisfies Record<string, Sample>;

/** DSCP EF, ECN CE, identification, DF. */
function markedIpv4(): Uint8Array {
  const packet = ipv4(253, Uint8Array.of(1, 2, 3), '192.0.2.129', '203.0.113.254');
  packet[1] = 0xbb;
  write16(packet, 4, 0xabcd);
  write16(packet, 6, 0x4000);
  packet[8] = 255;
  write16(packet, 10, 0);
  write16(packet, 10, internetChecksum(packet.subarray(0, 20)));
  return packet;
}

/** Traffic class and flow label. */
function markedIpv6(): Uint8Array {
  const packet = ipv6(253, Uint8Array.of(1, 2, 3), '2001:db8::ffff', '2001:db8:1:2:3:4:5:6');
  packet.set([0x6b, 0xbc, 0xde, 0xf1]);
  packet[7] = 1;
  return packet;
}

export function ipv4(protocol: number, body: Uint8Array, source = '10.0.0.5', destination = '10.0.0.6'): Uint8Array {
  const packet = new Uint8Array(20 + body.length);
  packet[0] = 0x45;
  write16(packet, 2, packet.length);
  packet[8] = 64;
  packet[9] = protocol;
  packet.set(addressBytes(source), 12);
  packet.set(addressBytes(destination), 16);
  write16(packet, 10, internetChecksum(packet.subarray(0, 20)));
  packet.set(body, 20);
  return packet;
}

export function ipv6(
  nextHeader: number,
  body: Uint8Array,
  source = 'fd00:10::5',
  destination = 'fd00:10::6',
): Uint8Array {
  const packet = new Uint8Array(40 + body.length);
  packet[0] = 0x60;
  write16(packet, 4, body.length);
  packet[6] = nextHeader;
  packet[7] = 64;
  packet.set(addressBytes(source), 8);
  packet.set(addressBytes(destination), 24);
  packet.set(body, 40);
  return packet;
}

/** With source port 40000, destination port 7 and no checksum yet. */
export function udp(data: Uint8Array): Uint8Array {
  const segment = new Uint8Array(8 + data.length);
  write16(segment, 0, 40_000);
  write16(segment, 2, 7);
  write16(segment, 4, segment.length);
  segment.set(data, 8);
  return segment;
}

/** ACK and PSH, sequence 1, from port 40000 to 80, no checksum yet. */
export function tcp(data: Uint8Array): Uint8Array {
  const segment = new Uint8Array(20 + data.length);
  write16(segment, 0, 40_000);
  write16(segment, 2, 80);
  segment[7] = 1;
  segment[11] = 1;
  segment[12] = 0x50;
  segment[13] = 0x18;
  write16(segment, 14, 0xffff);
  segment.set(data, 20);
  return segment;
}

function echo(type: number): Uint8Array {
  const message = Uint8Array.from([type, 0, 0, 0, 0, 7, 0, 1, ...payload]);
  write16(message, 2, internetChecksum(message));
  return message;
}

function transport(ip: typeof ipv4, protocol: number, body: Uint8Array): Required<Sample> {
  const partial = ip(protocol, body);
  const place = transportAt(partial);
  if (place === undefined) throw new Error('a sample has no transport header');
  write16(partial, place.checksumOffset, pseudoHeaderSum(partial, protocol));
  return { partial, whole: completeChecksum(partial) };
}
