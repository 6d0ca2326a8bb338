/**
 * ICMP echo over the `raw-socket` package (main thread only), one socket per family.
 *
 * Packets leave with "don't fragment" and without regard to the path MTU that the kernel believes in
 * (IP_PMTUDISC_PROBE), since that is what is being measured.
 */
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { type Family, familyOf } from '../../wire/address.ts';

export interface EchoReply {
  readonly sequence: number;
  readonly address: string;
  readonly atUs: number;
}

/** What the prober needs; an interface, so that it is tested without root. */
export interface Icmp {
  /** `size`: of the whole IP packet. `failed`: the kernel would not send it. */
  send(address: string, sequence: number, size: number, failed: (why: string) => void): void;
  onReply(listener: (reply: EchoReply) => void): void;
  nowUs(): number;
  close(): void;
}

/** The part of `raw-socket` that is used here; the package has no types. */
interface RawSocket {
  on(event: 'message', listener: (packet: Buffer, source: string) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  setOption(level: number, option: number, value: number): void;
  setOption(level: number, option: number, value: Buffer, length: number): void;
  send(packet: Buffer, offset: number, length: number, to: string, sent: (error: Error | null) => void): void;
  close(): void;
}

interface RawSocketPackage {
  createSocket(options: { protocol: number; addressFamily: number }): RawSocket;
  readonly AddressFamily: { readonly IPv4: number; readonly IPv6: number };
}

/**
 * Those that are open. The package holds its sockets only weakly: without this, a prober of which everything
 * that waits for it is itself waiting would be collected as garbage, socket and all, and never hear again.
 */
const open = new Set<Icmp>();

const header = 8;
const cookieLength = 8;
const ipHeader = { 4: 20, 6: 40 } as const;
const echoRequest = { 4: 8, 6: 128 } as const;
const echoReply = { 4: 0, 6: 129 } as const;

/** Throws one clear sentence when raw sockets cannot be had. */
export function openIcmp(): Icmp {
  let raw: RawSocketPackage;
  try {
    raw = createRequire(import.meta.url)('raw-socket') as RawSocketPackage;
  } catch (error) {
    throw new Error(`the prober has no raw sockets: the package raw-socket does not load (${firstLine(error)})`);
  }
  return new RawIcmp(raw);
}

class RawIcmp implements Icmp {
  private readonly raw: RawSocketPackage;
  private readonly sockets = new Map<Family, RawSocket>();
  private readonly identifier = randomBytes(2).readUInt16BE();
  private readonly cookie = randomBytes(cookieLength);
  private listener: (reply: EchoReply) => void = () => undefined;

  constructor(raw: RawSocketPackage) {
    this.raw = raw;
    try {
      this.socket(4);
    } catch (error) {
      throw new Error(`the prober has no raw sockets: ${firstLine(error)}; it needs CAP_NET_RAW`);
    }
    open.add(this);
  }

  send(address: string, sequence: number, size: number, failed: (why: string) => void): void {
    const family = familyOf(address);
    try {
      const packet = this.packet(family, sequence, size);
      this.socket(family).send(packet, 0, packet.length, address, (error) => {
        if (error) failed(firstLine(error));
      });
    } catch (error) {
      failed(firstLine(error));
    }
  }

  onReply(listener: (reply: EchoReply) => void): void {
    this.listener = listener;
  }

  nowUs(): number {
    return Number(process.hrtime.bigint() / 1000n);
  }

  close(): void {
    for (const socket of this.sockets.values()) socket.close();
    this.sockets.clear();
    open.delete(this);
  }

  private socket(family: Family): RawSocket {
    const held = this.sockets.get(family);
    if (held !== undefined) return held;
    const { AddressFamily } = this.raw;
    const socket = this.raw.createSocket(
      family === 4
        ? { protocol: 1, addressFamily: AddressFamily.IPv4 }
        : { protocol: 58, addressFamily: AddressFamily.IPv6 },
    );
    // ip(7) IP_MTU_DISCOVER = 10, ipv6(7) IPV6_MTU_DISCOVER = 23; 3 is PROBE.
    if (family === 4) socket.setOption(0, 10, 3);
    else socket.setOption(41, 23, 3);
    // raw(7) ICMP_FILTER and RFC 3542 §3.2: only echo replies wake us. A set bit blocks its type.
    if (family === 4) socket.setOption(255, 1, 0xffff_fffe);
    else socket.setOption(58, 1, blockAllBut(echoReply[6]), 32);
    socket.on('message', (packet, source) => this.hear(family, packet, source));
    // A receive error (such as a filter's) costs a probe its answer and nothing else.
    socket.on('error', () => undefined);
    this.sockets.set(family, socket);
    return socket;
  }

  private packet(family: Family, sequence: number, size: number): Buffer {
    const packet = Buffer.alloc(Math.max(size - ipHeader[family], header + cookieLength));
    packet[0] = echoRequest[family];
    packet.writeUInt16BE(this.identifier, 4);
    packet.writeUInt16BE(sequence & 0xffff, 6);
    this.cookie.copy(packet, header);
    // ICMPv6's checksum covers addresses that only the kernel knows, so the kernel fills it in.
    if (family === 4) packet.writeUInt16BE(internetChecksum(packet), 2);
    return packet;
  }

  private hear(family: Family, packet: Buffer, source: string): void {
    const atUs = this.nowUs();
    // IPv4 raw sockets deliver the IP header too.
    const icmp = family === 4 ? packet.subarray(((packet[0] ?? 0) & 0x0f) * 4) : packet;
    if (icmp.length < header + cookieLength || icmp[0] !== echoReply[family]) return;
    if (icmp.readUInt16BE(4) !== this.identifier) return;
    if (!icmp.subarray(header, header + cookieLength).equals(this.cookie)) return;
    this.listener({ sequence: icmp.readUInt16BE(6), address: source, atUs });
  }
}

/** RFC 1071. */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function blockAllBut(type: number): Buffer {
  const filter = Buffer.alloc(32, 0xff);
  // 32-bit words of the machine's order; all of ours are little-endian.
  const byte = (type >> 5) * 4 + ((type & 31) >> 3);
  filter[byte] = 0xff & ~(1 << (type & 7));
  return filter;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
