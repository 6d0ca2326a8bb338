/**
 * One captured frame as Weft sees it: outer addresses, format, networks, inner packet, or why a receiver
 * would drop it. Of a sealed packet only the header: nobody but its receiver has the key.
 */
import { type Decoded, decode, parse } from '../../wire/codec.ts';
import type { DropName } from '../../wire/drops.ts';
import type { Compression } from '../../wire/encapsulation.ts';
import type { Macs } from '../../wire/ethernet.ts';
import { layoutOf } from '../../wire/formats/index.ts';
import type { Layout } from '../../wire/formats/layout.ts';
import type { Header } from '../../wire/header.ts';
import { ports } from '../../wire/limits.ts';
import { type Datagram, type LinkType, parseFrame } from './frame.ts';
import { type InnerSummary, summarize } from './inner.ts';
import { countSegments, splitSegments } from './segments.ts';

export interface CapturedPacket {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** UDP payload, all segments together. */
  readonly bytes: number;
  readonly segments: number;
  /** Of the first segment. */
  readonly content: CapturedContent;
}

/** What the header says, as far as its format can say it. */
export interface CapturedHeader {
  readonly format: string;
  readonly sourceGni: number;
  readonly destinationGni: number;
  readonly partialChecksum: boolean;
  readonly compression?: Compression;
  readonly elided?: true;
  readonly macs?: Macs;
}

export interface SealedSummary {
  readonly keyId: number;
  /** Decimal: up to 64 bits. */
  readonly sequence: string;
  /** Without the tag. */
  readonly bytes: number;
  readonly content: 'IPv4' | 'IPv6' | 'flow control' | 'unknown';
}

export type CapturedContent =
  | ({ readonly ok: true; readonly inner: InnerSummary } & CapturedHeader)
  | ({ readonly ok: true; readonly sealed: SealedSummary } & CapturedHeader)
  /** `cut`: the capture ended before the packet did. */
  | { readonly ok: false; readonly drop: DropName | 'cut' };

/** Undefined when the frame holds no UDP datagram. */
export function decodeFrame(linkType: LinkType, frame: Uint8Array): CapturedPacket | undefined {
  const datagram = parseFrame(linkType, frame);
  if (datagram === undefined) return undefined;
  const { payload, missing, ...outer } = datagram;
  const segments = splitSegments(payload, carrierOf(datagram.destinationPort));
  const bytes = payload.length + missing;
  return { ...outer, bytes, segments: countSegments(segments, missing), content: describe(segments, datagram) };
}

/** Any other port is one that an operator has given to Weft. */
export function carrierOf(port: number): Layout['carrier'] {
  if (port === ports.vxlan) return 'vxlan';
  return port === ports.geneve ? 'geneve' : 'data';
}

function describe(segments: readonly Uint8Array[], { payload, missing, destinationPort }: Datagram): CapturedContent {
  const carrier = carrierOf(destinationPort);
  const first = segments[0] ?? payload;
  if (missing > 0 && segments.length < 2) return { ok: false, drop: 'cut' };
  const complete = missing > 0 ? segments.slice(0, -1) : segments;
  const bad = complete.map((segment) => content(segment, carrier)).find(({ ok }) => !ok);
  return bad ?? content(first, carrier);
}

function content(packet: Uint8Array, carrier: Layout['carrier']): CapturedContent {
  const layout = layoutOf(carrier, packet[0]);
  return layout !== undefined && layout.tagLength > 0
    ? sealedContent(layout, packet)
    : openContent(decode(packet, { carrier }));
}

function openContent(decoded: Decoded): CapturedContent {
  if (!decoded.ok) return decoded;
  return { ok: true, ...headerContent(decoded.layout, decoded.header), inner: summarize(decoded.inner) };
}

function sealedContent(layout: Layout, packet: Uint8Array): CapturedContent {
  const parsed = parse(layout, packet);
  if (typeof parsed === 'string') return { ok: false, drop: parsed };
  const { header, headerLen } = parsed;
  const { keyId = 0, sequence = 0n } = header;
  const bytes = packet.length - headerLen - layout.tagLength;
  const sealed = { keyId, sequence: String(sequence), bytes, content: sealedKind(header) };
  return { ok: true, ...headerContent(layout, header), sealed };
}

function headerContent(layout: Layout, header: Header): CapturedHeader {
  const { sourceGni, destinationGni, partialChecksum, compression, elided, macs } = header;
  return {
    format: layout.name,
    sourceGni,
    destinationGni,
    partialChecksum,
    ...(compression && { compression }),
    ...(elided && { elided }),
    ...(macs && { macs }),
  };
}

function sealedKind({ control, protocol }: Header): SealedSummary['content'] {
  if (control) return 'flow control';
  if (protocol === 4) return 'IPv4';
  return protocol === 41 ? 'IPv6' : 'unknown';
}
