/**
 * Flow records as an agent writes them: one JSON object a line, of one sampled packet. Names are those of IPFIX's
 * information elements (IANA, "IP Flow Information Export Entities"), with Weft's own beside them.
 */
import { familyOf } from './address.ts';
import type { Flow } from './status.ts';

export interface FlowField {
  readonly name: string;
  /** Of IPFIX; undefined: ours. */
  readonly element?: number;
  readonly doc: string;
}

export const flowFields = [
  { name: 'flowEndMilliseconds', element: 153, doc: 'Unix ms at which the packet was carried' },
  { name: 'host', doc: 'the host that carried it' },
  { name: 'direction', doc: 'out: from a guest of this host; in: to one' },
  { name: 'gni', doc: 'the tenant network' },
  { name: 'guest', doc: 'the guest of this host; absent when it is gone' },
  { name: 'peer', doc: 'the other host; absent between two guests of this host' },
  { name: 'executor', doc: 'what carried it: tc, xdp (fast path) or engine' },
  {
    name: 'dropReason',
    doc: 'why it was discarded (docs/gen/wire.md); absent: it was carried. Told by the engine only',
  },
  { name: 'sourceIPv4Address', element: 8, doc: 'of the inner packet, when it is IPv4' },
  { name: 'destinationIPv4Address', element: 12, doc: 'the same' },
  { name: 'sourceIPv6Address', element: 27, doc: 'of the inner packet, when it is IPv6' },
  { name: 'destinationIPv6Address', element: 28, doc: 'the same' },
  { name: 'protocolIdentifier', element: 4, doc: 'of the inner packet: 6 TCP, 17 UDP, …' },
  { name: 'sourceTransportPort', element: 7, doc: '0 where the protocol has none' },
  { name: 'destinationTransportPort', element: 11, doc: '0 where the protocol has none' },
  {
    name: 'packetDeltaCount',
    element: 2,
    doc: 'packets on the wire that the sampled one stands for: a super-packet is several',
  },
  { name: 'octetDeltaCount', element: 1, doc: 'inner bytes of these' },
  { name: 'samplingPopulation', element: 310, doc: 'one packet in so many is sampled: multiply counts by it' },
] as const satisfies readonly FlowField[];

export type FlowFieldName = (typeof flowFields)[number]['name'];
export type FlowRecord = Readonly<Partial<Record<FlowFieldName, string | number>>>;

export interface FlowContext {
  readonly host: string;
  readonly sampling: number;
}

export function flowRecord(flow: Flow, { host, sampling }: FlowContext): FlowRecord {
  const { source, destination, guest, peer, executor, dropReason } = flow;
  const addresses =
    familyOf(source) === 4
      ? { sourceIPv4Address: source, destinationIPv4Address: destination }
      : { sourceIPv6Address: source, destinationIPv6Address: destination };
  return {
    flowEndMilliseconds: Math.floor(flow.timeUs / 1000),
    host,
    direction: flow.side,
    gni: flow.gni,
    ...(guest === undefined ? {} : { guest }),
    ...(peer === undefined ? {} : { peer }),
    ...(executor === undefined ? {} : { executor }),
    ...(dropReason === undefined ? {} : { dropReason }),
    ...addresses,
    protocolIdentifier: flow.protocol,
    sourceTransportPort: flow.sourcePort,
    destinationTransportPort: flow.destinationPort,
    packetDeltaCount: flow.packets,
    octetDeltaCount: flow.bytes,
    samplingPopulation: sampling,
  };
}
