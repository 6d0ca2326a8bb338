/**
 * The packets of a super-packet.
 *
 * Between two hosts on one machine the kernel never cuts a super-packet: a frame of up to 64 KiB then holds
 * several encapsulated packets of one size (the last may be shorter), each with a header of its own. The frame does
 * not say which size. The first inner packet does, unless it is compressed, elided or sealed; then the next header
 * does, which has the same networks and key.
 */
import { read16 } from '../../wire/bits.ts';
import { parse } from '../../wire/codec.ts';
import { layoutOf } from '../../wire/formats/index.ts';
import {
  ethernetHeaderLength,
  headerLength,
  type Layout,
  type PlacedField,
  placeFields,
} from '../../wire/formats/layout.ts';
import { versionOf } from '../../wire/inner.ts';

/** The packets of a super-packet; the payload itself when it is no super-packet. */
export function splitSegments(payload: Uint8Array, carrier: Layout['carrier'] = 'data'): readonly Uint8Array[] {
  const layout = layoutOf(carrier, payload[0]);
  const size = layout === undefined ? undefined : segmentSize(layout, payload);
  if (layout === undefined || size === undefined || size >= payload.length) return [payload];
  const starts = Array.from({ length: Math.ceil(payload.length / size) }, (_, i) => i * size);
  // Otherwise it is one packet that is longer than its inner packet says: `long`, not a super-packet.
  const even = starts.every((start) => beginsAlike(layout, payload, start));
  return even ? starts.map((start) => payload.subarray(start, start + size)) : [payload];
}

/** Of a super-packet, also when the capture cut `missing` bytes off. */
export function countSegments(segments: readonly Uint8Array[], missing: number): number {
  const size = segments[0]?.length ?? 0;
  const last = segments.at(-1)?.length ?? 0;
  return segments.length + (segments.length > 1 ? Math.ceil(Math.max(0, missing - (size - last)) / size) : 0);
}

/** Undefined when it is not to be told. */
function segmentSize(layout: Layout, payload: Uint8Array): number | undefined {
  const parsed = parse(layout, payload);
  if (typeof parsed === 'string') return undefined;
  const { header, headerLen } = parsed;
  if (layout.tagLength > 0 || header.compression !== undefined || header.elided) return nextHeader(layout, payload);
  const beforeInner = headerLen + (layout.inner === 'ethernet' ? ethernetHeaderLength : 0);
  const inner = payload.subarray(beforeInner);
  if (inner.length < 20) return undefined;
  const innerLen = versionOf(inner) === 4 ? read16(inner, 2) : 40 + read16(inner, 4);
  return innerLen < 20 ? undefined : beforeInner + innerLen;
}

function nextHeader(layout: Layout, payload: Uint8Array): number | undefined {
  const least = headerLength(layout) + layout.tagLength;
  for (let at = least; at + least <= payload.length; at++) if (beginsAlike(layout, payload, at)) return at;
  return undefined;
}

/** What the packets of one super-packet have in common; networks and key are too many bits to be met by chance. */
const common: ReadonlySet<string> = new Set(['version', 'keyId', 'sourceGni', 'destinationGni', 'vni']);

function beginsAlike(layout: Layout, payload: Uint8Array, start: number): boolean {
  return placeFields(layout)
    .filter(({ role }) => common.has(role))
    .every((field) => bytesOf(field).every((byte) => payload[start + byte] === payload[byte]));
}

/** These fields are whole bytes in every format. */
function bytesOf({ bitOffset, bits }: PlacedField): readonly number[] {
  return Array.from({ length: bits / 8 }, (_, at) => bitOffset / 8 + at);
}
