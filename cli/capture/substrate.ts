/** A frame on the substrate as the correlator wants it, and whether it is one that was asked for. */
import { decode } from '../../wire/codec.ts';
import { type LinkType, parseFrame } from './frame.ts';
import { type CapturedPacket, carrierOf } from './packet.ts';
import { type Identity, identityOf } from './port.ts';
import { splitSegments } from './segments.ts';

/** Of all segments together; undefined: sealed, damaged, or cut. */
export function identityInside(linkType: LinkType, frame: Uint8Array): Identity | undefined {
  const datagram = parseFrame(linkType, frame);
  if (datagram === undefined || datagram.missing > 0) return undefined;
  const carrier = carrierOf(datagram.destinationPort);
  const segments = splitSegments(datagram.payload, carrier);
  const ends = [segments[0], segments.at(-1)].map((segment) => {
    const decoded = segment && decode(segment, { carrier });
    return decoded?.ok === true ? identityOf(decoded.inner) : undefined;
  });
  const [first, last] = ends;
  if (first === undefined || last === undefined || first.flow !== last.flow) return first;
  return { ...first, to: Math.max(first.to, last.to) };
}

/** Whose packets are wanted. */
export interface Wanted {
  readonly gni?: number | undefined;
  /** Source or destination of the inner packet is one of these; absent: any. */
  readonly inner?: ReadonlySet<string> | undefined;
}

/** `unknown`: its network is right, and the rest is sealed. */
export function concerns({ content }: CapturedPacket, { gni, inner }: Wanted): 'yes' | 'no' | 'unknown' {
  if (gni === undefined && inner === undefined) return 'yes';
  // What is broken says nothing of itself that could be believed.
  if (!content.ok) return 'no';
  if (gni !== undefined && content.sourceGni !== gni && content.destinationGni !== gni) return 'no';
  if (inner === undefined) return 'yes';
  if ('sealed' in content) return content.sealed.content === 'flow control' ? 'no' : 'unknown';
  return inner.has(content.inner.source) || inner.has(content.inner.destination) ? 'yes' : 'no';
}
