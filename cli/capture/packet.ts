/**
 * One captured frame as Weft sees it: outer addresses, format, networks, inner packet, or why a receiver
 * would drop it.
 *
 * Between two hosts on one machine the kernel never cuts a super-packet: a frame of up to 64 KiB then holds
 * several encapsulated packets of one size (the last may be shorter), each with a header of its own.
 */
import { read16 } from '../../wire/bits.ts';
import { type Decoded, decode } from '../../wire/codec.ts';
import type { DropName } from '../../wire/drops.ts';
import { layoutOf } from '../../wire/formats/index.ts';
import { headerLength } from '../../wire/formats/layout.ts';
import { versionOf } from '../../wire/inner.ts';
import { type Datagram, type LinkType, parseFrame } from './frame.ts';
import { type InnerSummary, summarize } from './inner.ts';

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

export type CapturedContent =
  | {
      readonly ok: true;
      readonly format: string;
      readonly sourceGni: number;
      readonly destinationGni: number;
      readonly partialChecksum: boolean;
      readonly inner: InnerSummary;
    }
  /** `cut`: the capture ended before the packet did. */
  | { readonly ok: false; readonly drop: DropName | 'cut' };

/** Undefined when the frame holds no UDP datagram. */
export function decodeFrame(linkType: LinkType, frame: Uint8Array): CapturedPacket | undefined {
  const datagram = parseFrame(linkType, frame);
  if (datagram === undefined) return undefined;
  const { payload, missing, ...outer } = datagram;
  const segments = splitSegments(payload);
  const bytes = payload.length + missing;
  return { ...outer, bytes, segments: countSegments(segments, missing), content: describe(segments, datagram) };
}

function describe(segments: readonly Uint8Array[], { payload, missing }: Datagram): CapturedContent {
  const first = segments[0] ?? payload;
  if (missing > 0 && segments.length < 2) return { ok: false, drop: 'cut' };
  const complete = missing > 0 ? segments.slice(0, -1) : segments;
  const bad = complete.map((segment) => decode(segment)).find(({ ok }) => !ok);
  return content(bad ?? decode(first));
}

function content(decoded: Decoded): CapturedContent {
  if (!decoded.ok) return decoded;
  const { sourceGni, destinationGni, partialChecksum } = decoded.header;
  const inner = summarize(decoded.inner);
  return { ok: true, format: decoded.layout.name, sourceGni, destinationGni, partialChecksum, inner };
}

/** The packets of a super-packet; the payload itself when it is no super-packet. */
export function splitSegments(payload: Uint8Array): readonly Uint8Array[] {
  const size = segmentSize(payload);
  if (size === undefined || size >= payload.length) return [payload];
  const starts = Array.from({ length: Math.ceil(payload.length / size) }, (_, i) => i * size);
  // Otherwise it is one packet that is longer than its inner packet says: `long`, not a super-packet.
  const even = starts.every((start) => payload[start] === payload[0]);
  return even ? starts.map((start) => payload.subarray(start, start + size)) : [payload];
}

/** Header and first inner packet; undefined when they are not to be told. */
function segmentSize(payload: Uint8Array): number | undefined {
  const layout = layoutOf('data', payload[0]);
  const inner = layout === undefined ? undefined : payload.subarray(headerLength(layout));
  if (layout === undefined || inner === undefined || inner.length < 20) return undefined;
  const innerLen = versionOf(inner) === 4 ? read16(inner, 2) : 40 + read16(inner, 4);
  return innerLen < 20 ? undefined : headerLength(layout) + innerLen;
}

function countSegments(segments: readonly Uint8Array[], missing: number): number {
  const size = segments[0]?.length ?? 0;
  const last = segments.at(-1)?.length ?? 0;
  return segments.length + (segments.length > 1 ? Math.ceil(Math.max(0, missing - (size - last)) / size) : 0);
}
