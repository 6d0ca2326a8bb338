/**
 * The reference codec: every format, one packet at a time, derived from the layouts alone.
 *
 * It is the oracle for the engine and the BPF programs and what capture and tests decode with. Checks stand
 * in the order in which all three make them, so that a packet with two faults has one reason everywhere.
 */
import { readBits, writeBits } from './bits.ts';
import { crc32c } from './checksum.ts';
import type { DropName } from './drops.ts';
import { gni10, gni11 } from './formats/gni-1.ts';
import { type FieldRole, headerLength, type Layout, placeFields } from './formats/layout.ts';
import { checkInner } from './inner.ts';

/** The formats that this codec has so far. */
export const codedLayouts: readonly Layout[] = [gni10, gni11];

export interface Header {
  readonly partialChecksum: boolean;
  /** 4 (IPv4) or 41 (IPv6). */
  readonly protocol: number;
  readonly sourceGni: number;
  readonly destinationGni: number;
}

export type Decoded =
  | { readonly ok: true; readonly layout: Layout; readonly header: Header; readonly inner: Uint8Array }
  | { readonly ok: false; readonly drop: DropName };

/** UDP payload that carries `inner`. Sizes are the caller's business: this never refuses. */
export function encode(layout: Layout, header: Header, inner: Uint8Array): Uint8Array {
  const packet = new Uint8Array(headerLength(layout) + inner.length);
  packet.set(inner, headerLength(layout));
  const values: Partial<Record<FieldRole, number>> = {
    version: layout.versionByte ?? 0,
    zero: 0,
    partialChecksum: header.partialChecksum ? 1 : 0,
    protocol: header.protocol,
    sourceGni: header.sourceGni,
    destinationGni: header.destinationGni,
    crc32c: 0,
  };
  for (const field of placeFields(layout)) writeBits(packet, field.bitOffset, field.bits, values[field.role] ?? 0);
  writeChecksum(layout, packet);
  return packet;
}

/** Header and inner packet of one UDP payload, or the reason to drop it. `inner` borrows from `packet`. */
export function decode(packet: Uint8Array): Decoded {
  if (packet.length === 0) return dropped('short');
  const layout = codedLayouts.find((candidate) => candidate.versionByte === packet[0]);
  if (layout === undefined) return dropped('unknown-version');
  const headerLen = headerLength(layout);
  if (packet.length < headerLen) return dropped('short');
  const fields = placeFields(layout);
  const value = (role: FieldRole): number => {
    const field = fields.find((candidate) => candidate.role === role);
    return field === undefined ? 0 : readBits(packet, field.bitOffset, field.bits);
  };
  if (fields.some((field) => field.role === 'zero' && readBits(packet, field.bitOffset, field.bits) !== 0)) {
    return dropped('bad-header');
  }
  if (!checksumMatches(layout, packet)) return dropped('bad-checksum');
  const header: Header = {
    partialChecksum: value('partialChecksum') === 1,
    protocol: value('protocol'),
    sourceGni: value('sourceGni'),
    destinationGni: value('destinationGni'),
  };
  const inner = packet.subarray(headerLen);
  const drop = checkInner(inner, header.protocol, header.partialChecksum);
  return drop === undefined ? { ok: true, layout, header, inner } : dropped(drop);
}

function dropped(drop: DropName): Decoded {
  return { ok: false, drop };
}

function writeChecksum(layout: Layout, packet: Uint8Array): void {
  const field = placeFields(layout).find((candidate) => candidate.role === 'crc32c');
  if (field === undefined) return;
  writeBits(packet, field.bitOffset, field.bits, 0);
  writeBits(packet, field.bitOffset, field.bits, crc32c(packet));
}

function checksumMatches(layout: Layout, packet: Uint8Array): boolean {
  // Not slice(): a Buffer's shares its memory.
  const expected = Uint8Array.from(packet);
  writeChecksum(layout, expected);
  return expected.every((byte, at) => byte === packet[at]);
}
