/** Captured packets as lines for people or as one JSON object for programs. */
import { dropReasons } from '../../wire/drops.ts';
import type { AtPort, Correlated, OnWire } from './correlate.ts';
import type { CapturedContent, CapturedPacket, SealedSummary } from './packet.ts';

/**
 * 12:01:02.123456  198.18.0.1:49152 → 198.18.0.2:6741  gni 1.1, GNI 1, 100 bytes
 *                  10.0.0.11 → 10.0.0.12  ICMP echo request id 7 seq 1
 */
export function packetLines(packet: CapturedPacket, timeUs: number): readonly [string, string] {
  const time = clock(timeUs);
  const outer = `${endpoint(packet.source, packet.sourcePort)} → ${endpoint(packet.destination, packet.destinationPort)}`;
  const how = [...formatWords(packet.content), sizeWords(packet)].join(', ');
  return [`${time}  ${outer}  ${how}`, `${' '.repeat(time.length)}  ${meaning(packet.content)}`];
}

export function packetJson(packet: CapturedPacket, timeUs: number): object {
  const { content, ...outer } = packet;
  return { timeMs: timeUs / 1000, ...outer, ...content };
}

/** `12:01:02.123456  web1 sends  10.0.0.11 → 10.0.0.12  ICMP echo request id 7 seq 1, 84 bytes` */
export function portLine({ packet, timeUs }: AtPort, guest: string): string {
  const { direction, inner, bytes } = packet;
  const does = direction === 'out' ? 'sends' : 'gets ';
  return `${clock(timeUs)}  ${guest} ${does}  ${inner.source} → ${inner.destination}  ${inner.text}, ${bytes} bytes`;
}

export function portJson({ packet, timeUs }: AtPort, guest: string): object {
  const { direction, inner, bytes } = packet;
  return { timeMs: timeUs / 1000, guest, direction, bytes, inner };
}

/**
 * 12:01:02.123456  web1 sends  10.0.0.11 → 10.0.0.12  ICMP echo request id 7 seq 1, 84 bytes
 *          ≈ 35 µs  on the wire  198.18.0.1:49152 → 198.18.0.2:6741  gni 1.1, GNI 1, 100 bytes
 */
export function correlatedLines(found: Correlated, guest: string): readonly string[] {
  if (found.kind === 'port') return [portLine(found.port, guest), `${indent}not seen on the wire`];
  if (found.kind === 'wire')
    return [...packetLines(found.wire.packet, found.wire.timeUs), `${indent}not seen at ${guest}’s port`];
  const { port, wire, by, betweenUs } = found;
  // Of two processes that were woken: what is less than nothing is too little to tell.
  const between = `≈ ${Math.max(0, betweenUs)} µs`.padStart(indent.length - 2);
  const where = port.packet.direction === 'out' ? 'on the wire' : 'from the wire';
  const how = by === 'size' ? ' (sealed: matched by size and order)' : '';
  const [first, ...rest] = wire.map(outerWords);
  const more = rest.length === 0 ? '' : `, and ${rest.length} more`;
  return [portLine(port, guest), `${between}  ${where}  ${first ?? ''}${more}${how}`];
}

export function correlatedJson(found: Correlated, guest: string): object {
  const wireJson = ({ packet, timeUs }: OnWire) => packetJson(packet, timeUs);
  if (found.kind === 'port') return { kind: 'port', port: portJson(found.port, guest) };
  if (found.kind === 'wire') return { kind: 'wire', wire: [wireJson(found.wire)] };
  const { port, wire, by, betweenUs } = found;
  return { kind: 'both', matchedBy: by, betweenUs, port: portJson(port, guest), wire: wire.map(wireJson) };
}

/** What Weft makes of an encapsulated packet, in one line: a comment in a file. */
export function packetComment(packet: CapturedPacket): string {
  return `${formatWords(packet.content).join(', ')}${packet.content.ok ? ': ' : ''}${meaning(packet.content)}`;
}

/** As wide as a time and the blanks behind it. */
const indent = ' '.repeat(17);

function outerWords({ packet }: OnWire): string {
  const { content, source, sourcePort, destination, destinationPort } = packet;
  const outer = `${endpoint(source, sourcePort)} → ${endpoint(destination, destinationPort)}`;
  return `${outer}  ${[...formatWords(content), sizeWords(packet)].join(', ')}`;
}

function sizeWords({ bytes, segments }: CapturedPacket): string {
  return `${bytes} bytes${segments > 1 ? ` (×${segments} segments)` : ''}`;
}

function formatWords(content: CapturedContent): readonly string[] {
  if (!content.ok) return [];
  const { format, sourceGni, destinationGni, partialChecksum, compression, elided } = content;
  const gni = sourceGni === destinationGni ? `GNI ${sourceGni}` : `GNI ${sourceGni} → ${destinationGni}`;
  return [
    format,
    gni,
    ...(compression === undefined ? [] : [compression]),
    ...(elided ? ['header elided'] : []),
    ...(partialChecksum ? ['inner checksum partial'] : []),
  ];
}

function meaning(content: CapturedContent): string {
  if (content.ok && 'sealed' in content) return sealedMeaning(content.sealed);
  if (content.ok) return `${content.inner.source} → ${content.inner.destination}  ${content.inner.text}`;
  if (content.drop === 'cut') return 'longer than what was captured of it';
  const doc = dropReasons.find(({ name }) => name === content.drop)?.doc ?? '';
  return `would be dropped as ${content.drop}: ${doc}`;
}

function sealedMeaning({ keyId, sequence, bytes, content }: SealedSummary): string {
  const what = content === 'unknown' ? 'something unknown' : content;
  return `${what}, sealed: key id ${keyId}, sequence ${sequence}, ${bytes} bytes`;
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Local time of day with µs. */
function clock(timeUs: number): string {
  const date = new Date(timeUs / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const micros = String(timeUs % 1e6).padStart(6, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${micros}`;
}
