/**
 * What the substrate carried, from a capture: every encapsulated packet, super-packets taken apart, told by the
 * reference codec. Of a sealed packet only the header can be told, since only its receiver has the key.
 */
import { readFileSync } from 'node:fs';
import { type Datagram, parseFrame } from '../../cli/capture/frame.ts';
import { splitSegments } from '../../cli/capture/segments.ts';
import { decode, parse } from '../../wire/codec.ts';
import { formatEncapsulation } from '../../wire/encapsulation.ts';
import { layoutOf } from '../../wire/formats/index.ts';
import type { Header } from '../../wire/header.ts';
import { ports } from '../../wire/limits.ts';
import { pattern } from './guest/text.ts';

export interface WirePacket {
  /** Outer addresses. */
  readonly source: string;
  readonly destination: string;
  readonly bytes: Uint8Array;
  readonly format: string;
  readonly header: Header;
  /** The whole packet of the guest; undefined when it is sealed. */
  readonly inner: Uint8Array | undefined;
}

/** All packets on Weft's own port. Throws when the reference would drop one of them. */
export function readWire(pcapFile: string): readonly WirePacket[] {
  return readFrames(pcapFile).flatMap((frame) => {
    const datagram = parseFrame('ETHERNET', frame);
    if (datagram === undefined || datagram.destinationPort !== ports.data) return [];
    return splitSegments(datagram.payload).map((bytes) => tell(datagram, bytes));
  });
}

/** The encapsulation that a packet shows: its format, and of the features those that its header tells of. */
export function shownBy({ format, header }: WirePacket): string {
  const { compression, elided } = header;
  return formatEncapsulation({ format, ...(compression && { compression }), ...(elided && { elision: true }) });
}

/** Whether the text of our transfers stands in the packet for everybody to read. */
export function isReadable({ bytes }: WirePacket): boolean {
  return Buffer.from(bytes).includes(pattern);
}

function tell({ source, destination }: Datagram, bytes: Uint8Array): WirePacket {
  const layout = layoutOf('data', bytes[0]);
  if (layout === undefined) throw new Error(`version byte ${bytes[0]} is no format's`);
  const outer = { source, destination, bytes, format: layout.name };
  if (layout.tagLength > 0) {
    const parsed = parse(layout, bytes);
    if (typeof parsed === 'string') throw new Error(`${layout.name} from ${source}: ${parsed}`);
    return { ...outer, header: parsed.header, inner: undefined };
  }
  const decoded = decode(bytes);
  if (!decoded.ok) throw new Error(`${layout.name} from ${source}: ${decoded.drop}`);
  return { ...outer, header: decoded.header, inner: decoded.inner };
}

/** The frames of a classic pcap file as tcpdump writes it on this machine. */
function readFrames(pcapFile: string): readonly Buffer[] {
  const file = readFileSync(pcapFile);
  const frames: Buffer[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const start = at + 16;
    at = start + file.readUInt32LE(at + 8);
    frames.push(file.subarray(start, at));
  }
  return frames;
}
