/** A captured packet as two lines for people or as one JSON object for programs. */
import { dropReasons } from '../../wire/drops.ts';
import type { CapturedContent, CapturedPacket, SealedSummary } from './packet.ts';

/**
 * 12:01:02.123456  198.18.0.1:49152 → 198.18.0.2:6741  gni 1.1, GNI 1, 100 bytes
 *                  10.0.0.11 → 10.0.0.12  ICMP echo request id 7 seq 1
 */
export function packetLines(packet: CapturedPacket, timeUs: number): readonly [string, string] {
  const time = clock(timeUs);
  const outer = `${endpoint(packet.source, packet.sourcePort)} → ${endpoint(packet.destination, packet.destinationPort)}`;
  const segments = packet.segments > 1 ? ` (×${packet.segments} segments)` : '';
  const how = [...formatWords(packet.content), `${packet.bytes} bytes${segments}`].join(', ');
  return [`${time}  ${outer}  ${how}`, `${' '.repeat(time.length)}  ${meaning(packet.content)}`];
}

export function packetJson(packet: CapturedPacket, timeUs: number): object {
  const { content, ...outer } = packet;
  return { timeMs: timeUs / 1000, ...outer, ...content };
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
