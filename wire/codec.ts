/**
 * The reference codec: every format, one packet at a time, derived from the layouts.
 *
 *   encode:  complete the inner checksum ─► Ethernet header   vxlan, geneve
 *            elide ─► compress ─► header ─► seal              gni 2.0, gni 3.0
 *            complete the inner checksum ─► outer IPv6 header  gni6
 *   decode:  header ─► accepted? ─► checksum, or open ─► feature accepted? ─► decompress ─► rebuild ─► inner packet
 *
 * It is the oracle for the engine and the BPF programs and what capture and tests decode with. Checks stand
 * in the order in which all three make them, so that a packet with two faults has one reason everywhere.
 */
import { writeBits } from './bits.ts';
import { crc32c } from './checksum.ts';
import { pack, unpack } from './compression.ts';
import type { DropName } from './drops.ts';
import { elide, rebuild } from './elision.ts';
import type { Compression } from './encapsulation.ts';
import { derivedMacs, readFrame, writeFrame } from './ethernet.ts';
import { transparentEthernet } from './formats/geneve.ts';
import { type FormatName, layoutOf } from './formats/index.ts';
import { type Layout, leastHeaderLength, placeFields } from './formats/layout.ts';
import { readGeneveOptions } from './geneve-options.ts';
import { agreesWithInner, type Header, readHeader, writeHeader } from './header.ts';
import { checkInner, completeChecksum, innerProtocols, versionOf } from './inner.ts';
import { open, type SealKey, seal } from './seal.ts';

export type { Header } from './header.ts';

/** What a receiver takes from a peer: one encapsulation. Features that a format always has are not named. */
export interface Accepted {
  readonly format: FormatName;
  /** Which of the receiver's keys: for formats that seal. */
  readonly key?: number;
  readonly compression?: Compression;
  readonly elision?: boolean;
  readonly flowControl?: boolean;
}

export interface Receiver {
  /** What the packet came by. Default: `data`. */
  readonly carrier?: Layout['carrier'];
  readonly keys?: readonly SealKey[];
  /** Default: every format with every feature and key. */
  readonly accept?: readonly Accepted[];
  /** Whether a sequence has come before. Asked once, when the tag is right. Default: none has. */
  readonly isReplayed?: (key: SealKey, sequence: bigint) => boolean;
}

export type Decoded =
  /** `inner` is 16 bytes of another kind when the header says `control`. */
  | { readonly ok: true; readonly layout: Layout; readonly header: Header; readonly inner: Uint8Array }
  | { readonly ok: false; readonly drop: DropName };

const controlFrameLength = 16;

// ---- encode --------------------------------------------------------------------------------------------------

/**
 * UDP payload that carries `inner`, or all of the outer packet where there is no UDP. Sizes are the caller's business:
 * this never refuses. Elision and compression are
 * done when the header asks for them and the packet allows it; the header sent says what was done. A format that
 * seals wants the key, once per sequence.
 */
export function encode(layout: Layout, header: Header, inner: Uint8Array, key?: SealKey): Uint8Array {
  if (layout.inner === 'ethernet') return encodeFrame(layout, header, inner);
  if (layout.inner === 'ipv4') return encodeIpv4(layout, header, inner);
  const elided = header.elided ? elide(inner) : undefined;
  const packed = header.compression === undefined ? undefined : pack(header.compression, elided ?? inner);
  const { elided: _elided, compression, ...plain } = header;
  const done: Header = {
    ...plain,
    ...(elided === undefined ? {} : { elided: true }),
    ...(packed === undefined || compression === undefined ? {} : { compression }),
    ...(key === undefined ? {} : { keyId: key.id }),
  };
  return close(layout, done, packed ?? elided ?? inner, key);
}

function encodeFrame(layout: Layout, header: Header, inner: Uint8Array): Uint8Array {
  const whole = header.partialChecksum ? completeChecksum(inner) : inner;
  return concat(writeHeader(layout, header), writeFrame(header.macs ?? derivedMacs(whole), whole));
}

function encodeIpv4(layout: Layout, header: Header, inner: Uint8Array): Uint8Array {
  if (versionOf(inner) !== 4) throw new Error(`${layout.name} carries no IPv6`);
  return close(layout, header, header.partialChecksum ? completeChecksum(inner) : inner);
}

/** The header with a payload as it is: whole, compressed, or what a test makes of it. */
export function close(layout: Layout, header: Header, payload: Uint8Array, key?: SealKey): Uint8Array {
  const bytes = writeHeader(layout, header, payload);
  if (layout.tagLength > 0) {
    if (key === undefined) throw new Error(`${layout.name} is always sealed: a key is missing`);
    return concat(bytes, seal(key, header.sequence ?? 0n, bytes, payload));
  }
  const packet = concat(bytes, payload);
  writeChecksum(layout, packet);
  return packet;
}

// ---- decode --------------------------------------------------------------------------------------------------

/** Header and inner packet of one packet of the carrier, or the reason to drop it. `inner` may borrow from `packet`. */
export function decode(packet: Uint8Array, receiver: Receiver = {}): Decoded {
  if (packet.length === 0) return dropped('short');
  const layout = layoutOf(receiver.carrier ?? 'data', packet[0]);
  if (layout === undefined) return dropped('unknown-version');
  const parsed = parse(layout, packet);
  if (typeof parsed === 'string') return dropped(parsed);
  const accepted = receiver.accept?.filter(({ format }) => format === layout.name);
  if (accepted?.length === 0) return dropped('version-not-accepted');
  const opened = openPayload(layout, packet, parsed, { ...receiver, ...(accepted && { accept: accepted }) });
  if (typeof opened === 'string') return dropped(opened);
  const { header } = parsed;
  if (!allows(opened.accept, header)) return dropped('feature-not-accepted');
  const found = header.control ? readControl(header, opened.payload) : readPayload(layout, parsed, opened.payload);
  return typeof found === 'string' ? dropped(found) : { ok: true, layout, ...found };
}

interface Parsed {
  readonly header: Header;
  readonly headerLen: number;
  readonly protocolType: number | undefined;
}

/** The header with its options. */
export function parse(layout: Layout, packet: Uint8Array): Parsed | DropName {
  const leastLen = leastHeaderLength(layout);
  if (packet.length < leastLen + layout.tagLength) return 'short';
  const read = readHeader(layout, packet);
  if (read === undefined) return 'bad-header';
  const { header, optionsLen, protocolType } = read;
  const headerLen = leastLen + optionsLen;
  if (packet.length < headerLen) return 'short';
  const agrees = agreesWithInner(layout, packet);
  if (!agrees) return agrees === undefined ? 'short' : 'bad-header';
  const options = readGeneveOptions(packet.subarray(leastLen, headerLen));
  if (typeof options === 'string') return options;
  const { sourceGni = header.sourceGni } = options;
  return { header: { ...header, sourceGni }, headerLen, protocolType };
}

interface Opened {
  readonly payload: Uint8Array;
  /** What is accepted with the key that opened it; undefined: everything. */
  readonly accept: readonly Accepted[] | undefined;
}

/** `receiver` accepts nothing but this format. */
function openPayload(
  layout: Layout,
  packet: Uint8Array,
  { header, headerLen }: Parsed,
  receiver: Receiver,
): Opened | DropName {
  const { keys = [], accept, isReplayed } = receiver;
  if (!checksumMatches(layout, packet)) return 'bad-checksum';
  const payload = packet.subarray(headerLen);
  if (layout.tagLength === 0) return { payload, accept };
  const sequence = header.sequence ?? 0n;
  const candidates = keys
    .map((key, at) => ({ key, accept: accept?.filter(({ key: index }) => index === at) }))
    .filter((candidate) => candidate.key.id === header.keyId && candidate.accept?.length !== 0);
  if (candidates.length === 0) return 'unknown-key';
  for (const candidate of candidates) {
    const opened = open(candidate.key, sequence, packet.subarray(0, headerLen), payload);
    if (opened === undefined) continue;
    return isReplayed?.(candidate.key, sequence) ? 'replayed' : { payload: opened, accept: candidate.accept };
  }
  return 'bad-tag';
}

/** Whether one of the encapsulations does what the header says was done. */
function allows(accept: readonly Accepted[] | undefined, { compression, elided, control }: Header): boolean {
  if (accept === undefined) return true;
  return accept.some(
    (one) =>
      (compression === undefined || one.compression === compression) &&
      (!elided || one.elision === true) &&
      (!control || one.flowControl === true),
  );
}

interface Found {
  readonly header: Header;
  readonly inner: Uint8Array;
}

function readControl(header: Header, payload: Uint8Array): Found | DropName {
  if (payload.length < controlFrameLength) return 'short';
  return payload.length > controlFrameLength ? 'long' : { header, inner: payload };
}

function readPayload(layout: Layout, { header, protocolType }: Parsed, payload: Uint8Array): Found | DropName {
  const found = layout.inner === 'ethernet' ? readEthernet(header, protocolType, payload) : readPacket(header, payload);
  if (typeof found === 'string') return found;
  return checkInner(found.inner, found.header.protocol, found.header.partialChecksum) ?? found;
}

function readEthernet(header: Header, protocolType: number | undefined, payload: Uint8Array): Found | DropName {
  if (protocolType !== undefined && protocolType !== transparentEthernet) return 'unknown-protocol';
  const frame = readFrame(payload);
  if (typeof frame === 'string') return frame;
  return { header: { ...header, protocol: frame.protocol, macs: frame.macs }, inner: frame.inner };
}

function readPacket(header: Header, payload: Uint8Array): Found | DropName {
  const { compression, elided, protocol } = header;
  const unpacked = compression === undefined ? payload : unpack(compression, payload);
  if (unpacked === undefined) return 'bad-compression';
  const known = protocol === innerProtocols.ipv4 || protocol === innerProtocols.ipv6;
  const inner = elided && known ? rebuild(unpacked, protocol) : unpacked;
  return typeof inner === 'string' ? inner : { header, inner };
}

// ---- the checksum of gni 1.1 ---------------------------------------------------------------------------------

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

function dropped(drop: DropName): Decoded {
  return { ok: false, drop };
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  return Uint8Array.from([...head, ...tail]);
}
