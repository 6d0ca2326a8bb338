/**
 * What a header layout is: a row of bit fields, first bit first, as the RFCs draw them.
 *
 * A layout is data. The reference codec (`wire/codec.ts`), the C header for engine and BPF, the
 * Wireshark dissector and the documentation table are all derived from it, so a new format is a new
 * table and, where its payload is more than an inner packet, a function in the codec.
 */
import { ports } from '../limits.ts';

/** What a field means to the codec; everything else about a format follows from its fields. */
export type FieldRole =
  | 'version'
  | 'zero' // sent as zero, refused when not zero
  | 'ignored' // sent as zero or `value`, whatever comes is taken
  | 'fixed' // sent as `value`, refused when different
  | 'partialChecksum'
  | 'protocol' // with a `value` refused when different
  | 'ipv6' // the same as `protocol` in one bit
  | 'compression'
  | 'elided'
  | 'control'
  | 'keyId'
  | 'sequence'
  | 'sourceGni'
  | 'destinationGni'
  | 'vni' // the destination GNI, and the source GNI of formats that carry no other
  | 'optionLength' // in units of 4 bytes; sent as `value`
  | 'protocolType' // an ethertype; sent as `value`
  | 'crc32c'
  // Of the outer IPv6 header, where that is all the header there is:
  | 'flowLabel' // whatever comes is taken
  | 'payloadLength' // whatever comes is taken: the substrate's IP has looked at it
  | 'sourcePrefix'
  | 'destinationPrefix'
  | 'innerSource' // must be that of the inner packet
  | 'innerDestination';

export interface Field {
  readonly role: FieldRole;
  readonly bits: number;
  readonly doc: string;
  /** What is sent in fields that do not depend on the packet. */
  readonly value?: number;
}

export interface Layout {
  /** Stable number of the format inside the engine, the BPF maps and the control protocol. */
  readonly id: number;
  /** `framework version`, as people and policies write it; the framework alone when it has no versions. */
  readonly name: string;
  readonly framework: string;
  /** Empty when the framework has none. */
  readonly version: string;
  /**
   * Which of `ports` its packets go to; those of one carrier are told apart by their version byte. `ipv6`: there is no
   * UDP, the fields are the outer IPv6 header, and a packet is all of the outer packet.
   */
  readonly carrier: 'data' | 'vxlan' | 'geneve' | 'ipv6';
  /** First byte of the packet: major version in the high, minor in the low 4 bits. Only on the carrier `data`. */
  readonly versionByte?: number;
  readonly fields: readonly Field[];
  /** Sent behind the fields; a receiver walks what options there are instead of expecting these. */
  readonly options?: readonly Field[];
  /** What follows the header, once it is opened, decompressed and rebuilt. */
  readonly inner: 'ip' | 'ethernet' | 'ipv4';
  /** Bytes of the tag behind the payload; 0 where packets are not sealed. */
  readonly tagLength: number;
  /** All that its packets can have. */
  readonly features: readonly Feature[];
  /** Those of them that every packet has. */
  readonly always: readonly Feature[];
  readonly doc: string;
}

export const features = ['integrity', 'encryption', 'compression', 'ip-elision', 'flow-control'] as const;
export type Feature = (typeof features)[number];

/** The values of a field with the role `compression`, by their place. */
export const compressionCodes = ['none', 'lz4', 'zstd'] as const;

export const ethernetHeaderLength = 14;
const udpHeaderLength = 8;

export interface PlacedField extends Field {
  /** Distance of the field's first bit from the first bit of the header. */
  readonly bitOffset: number;
}

/** The fields with their places. Throws on a layout that is not whole bytes: that is a bug in the table. */
export function placeFields(layout: Layout): readonly PlacedField[] {
  return place(layout.name, layout.fields, 0);
}

/** The options that are sent, placed behind the fields. */
export function placeOptions(layout: Layout): readonly PlacedField[] {
  return place(layout.name, layout.options ?? [], leastHeaderLength(layout) * 8);
}

function place(name: string, fields: readonly Field[], from: number): readonly PlacedField[] {
  let bitOffset = from;
  const placed = fields.map((field) => {
    const here = { ...field, bitOffset };
    bitOffset += field.bits;
    return here;
  });
  if (bitOffset % 8 !== 0) throw new Error(`layout ${name}: ${bitOffset} bits are not whole bytes`);
  return placed;
}

/** Header length in bytes as it is sent, with options. */
export function headerLength(layout: Layout): number {
  return leastHeaderLength(layout) + bytesOf(layout.options ?? []);
}

/** The same without options: a receiver needs so many bytes to know how long the header is. */
export function leastHeaderLength(layout: Layout): number {
  return bytesOf(layout.fields);
}

/** All that the format adds to an inner IP packet, bytes: header, tag, Ethernet header; not UDP and what is around it. */
export function overheadLength(layout: Layout): number {
  return headerLength(layout) + layout.tagLength + (layout.inner === 'ethernet' ? ethernetHeaderLength : 0);
}

/** The same with UDP and the outer IP header: by how much an inner packet must be shorter than the path's MTU. */
export function outerOverheadLength(layout: Layout, outer: 4 | 6): number {
  if (layout.carrier === 'ipv6') return overheadLength(layout);
  return (outer === 6 ? 40 : 20) + udpHeaderLength + overheadLength(layout);
}

/** The usual UDP port of the format's packets; undefined for those without UDP. */
export function carrierPort({ carrier }: Layout): number | undefined {
  return carrier === 'ipv6' ? undefined : ports[carrier];
}

function bytesOf(fields: readonly Field[]): number {
  return fields.reduce((bits, field) => bits + field.bits, 0) / 8;
}
