/** What an inner packet is, in the words that people use: `ICMP echo request id 7 seq 1`. */
import { read16 } from '../../wire/bits.ts';
import { innerDestination, innerSource, networkHeaderLength, transports, versionOf } from '../../wire/inner.ts';

export interface InnerSummary {
  readonly source: string;
  readonly destination: string;
  /** Transport and what matters of it. */
  readonly text: string;
}

const tcpFlags = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'] as const;

const icmpTypes: Readonly<Record<number, string>> = {
  0: 'echo reply',
  3: 'unreachable',
  8: 'echo request',
  11: 'time exceeded',
};
const icmp6Types: Readonly<Record<number, string>> = {
  1: 'unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  128: 'echo request',
  129: 'echo reply',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbour solicitation',
  136: 'neighbour advertisement',
};

/** `inner` is one whole packet (the codec has checked its lengths). */
export function summarize(inner: Uint8Array): InnerSummary {
  return { source: innerSource(inner) ?? '?', destination: innerDestination(inner) ?? '?', text: describe(inner) };
}

function describe(inner: Uint8Array): string {
  const v4 = versionOf(inner) === 4;
  const protocol = inner[v4 ? 9 : 6] ?? 0;
  const fragment = v4 ? read16(inner, 6) & 0x1fff : 0;
  if (fragment > 0) return `protocol ${protocol}, fragment at ${fragment * 8}`;
  const body = inner.subarray(networkHeaderLength(inner));
  switch (protocol) {
    case transports.icmp:
      return `ICMP ${describeIcmp(body, icmpTypes, [0, 8])}`;
    case transports.icmp6:
      return `ICMPv6 ${describeIcmp(body, icmp6Types, [128, 129])}`;
    case transports.tcp:
      return describeTcp(body);
    case transports.udp:
      return describeUdp(body);
    default:
      return `protocol ${protocol}, ${body.length} bytes`;
  }
}

function describeIcmp(body: Uint8Array, types: Readonly<Record<number, string>>, echoes: readonly number[]): string {
  const type = body[0];
  if (type === undefined) return 'empty';
  const name = types[type] ?? `type ${type} code ${body[1] ?? '?'}`;
  if (!echoes.includes(type) || body.length < 8) return name;
  return `${name} id ${read16(body, 4)} seq ${read16(body, 6)}`;
}

function describeTcp(body: Uint8Array): string {
  if (body.length < 20) return `TCP cut after ${body.length} bytes`;
  const bits = body[13] ?? 0;
  const flags = tcpFlags.filter((_, i) => (bits & (1 << i)) !== 0);
  const dataLen = Math.max(0, body.length - ((body[12] ?? 0) >> 4) * 4);
  const acknowledged = (bits & 0x10) === 0 ? '' : ` ack ${read32(body, 8)}`;
  const ports = `${read16(body, 0)} → ${read16(body, 2)}`;
  return `TCP ${ports} [${flags.join(' ')}] seq ${read32(body, 4)}${acknowledged}, ${dataLen} bytes`;
}

function describeUdp(body: Uint8Array): string {
  if (body.length < 8) return `UDP cut after ${body.length} bytes`;
  return `UDP ${read16(body, 0)} → ${read16(body, 2)}, ${Math.max(0, read16(body, 4) - 8)} bytes`;
}

function read32(bytes: Uint8Array, at: number): number {
  return read16(bytes, at) * 0x1_0000 + read16(bytes, at + 2);
}
