/** A frame at a guest's port: what packet it is, of which guest, which way it goes, and what tells it from others. */
import { read16 } from '../../wire/bits.ts';
import { networkHeaderLength, transports, versionOf } from '../../wire/inner.ts';
import { type LinkType, networkPacket } from './frame.ts';
import { type InnerSummary, summarize } from './inner.ts';

export interface PortPacket {
  readonly direction: 'out' | 'in';
  readonly bytes: number;
  readonly inner: InnerSummary;
  readonly identity: Identity;
  /** Of IP and TCP or UDP: every segment of a super-packet has its own. */
  readonly headerBytes: number;
}

/** Undefined: no whole IP packet (ARP, say). `own`: the guest's addresses. */
export function decodePortFrame(
  linkType: LinkType,
  frame: Uint8Array,
  own: ReadonlySet<string>,
): PortPacket | undefined {
  const packet = networkPacket(linkType, frame);
  const inner = packet === undefined ? undefined : wholePacket(packet);
  if (inner === undefined) return undefined;
  const summary = summarize(inner);
  // What has neither address of its own is what a guest sends in another's name.
  const direction = !own.has(summary.source) && own.has(summary.destination) ? 'in' : 'out';
  return {
    direction,
    bytes: inner.length,
    inner: summary,
    identity: identityOf(inner),
    headerBytes: headerBytesOf(inner),
  };
}

/** Without Ethernet's padding. */
function wholePacket(packet: Uint8Array): Uint8Array | undefined {
  const v4 = versionOf(packet) === 4;
  if (packet.length < (v4 ? 20 : 40)) return undefined;
  const length = v4 ? read16(packet, 2) : 40 + read16(packet, 4);
  // A super-packet that is too long for its field says 0.
  const whole = length === (v4 ? 0 : 40) ? packet.length : length;
  return whole < 20 ? undefined : packet.subarray(0, Math.min(whole, packet.length));
}

function headerBytesOf(inner: Uint8Array): number {
  const network = networkHeaderLength(inner);
  const protocol = inner[versionOf(inner) === 4 ? 9 : 6];
  if (protocol === transports.udp) return network + 8;
  return protocol === transports.tcp ? network + ((inner[network + 12] ?? 0x50) >> 4) * 4 : network;
}

/**
 * What is the same of a packet at a port and inside its encapsulation, whatever was done on the way: no checksum, hop
 * limit or length. A super-packet and its segments have one flow, and overlapping ranges of its sequence.
 */
export interface Identity {
  readonly flow: string;
  readonly from: number;
  /** Behind the last. */
  readonly to: number;
}

/** Bytes of payload that tell datagrams of one flow from each other. */
const distinctBytes = 48;

export function identityOf(inner: Uint8Array): Identity {
  const v4 = versionOf(inner) === 4;
  const network = networkHeaderLength(inner);
  const protocol = inner[v4 ? 9 : 6] ?? 0;
  const fragment = v4 ? inner.subarray(4, 8) : new Uint8Array(0);
  const isFragment = v4 && (read16(inner, 6) & 0x3fff) !== 0;
  const ends = key(protocol, inner.subarray(v4 ? 12 : 8, v4 ? 20 : 40), isFragment ? fragment : new Uint8Array(0));
  const body = inner.subarray(network);
  if (isFragment || protocol !== transports.tcp || body.length < 20)
    return single(`${ends}${distinct(protocol, body)}`);
  const headerLen = ((body[12] ?? 0) >> 4) * 4;
  const dataLen = body.length - headerLen;
  const ports = latin1(body.subarray(0, 4));
  // Without data: numbers and flags; with: where its bytes are in the stream.
  if (dataLen <= 0) return single(`${ends}${ports}${latin1(body.subarray(4, 14))}`);
  const from = read16(body, 4) * 0x1_0000 + read16(body, 6);
  return { flow: `${ends}${ports}data`, from, to: from + dataLen };
}

export function overlaps(a: Identity, b: Identity): boolean {
  return a.flow === b.flow && a.from < b.to && b.from < a.to;
}

function single(flow: string): Identity {
  return { flow, from: 0, to: 1 };
}

/** Without checksums, which are made anew, and lengths, which segments have of their own. */
function distinct(protocol: number, body: Uint8Array): string {
  if (protocol === transports.udp) return latin1(body.subarray(0, 4)) + latin1(body.subarray(8, 8 + distinctBytes));
  if (protocol === transports.icmp || protocol === transports.icmp6) {
    return latin1(body.subarray(0, 2)) + latin1(body.subarray(4, 4 + distinctBytes));
  }
  return latin1(body.subarray(0, distinctBytes));
}

function key(protocol: number, addresses: Uint8Array, more: Uint8Array): string {
  return String.fromCharCode(protocol) + latin1(addresses) + latin1(more);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
