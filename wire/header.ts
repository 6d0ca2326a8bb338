/** Headers by their layouts: the fields of a packet as values, and back. */
import { addressBytes, addressFromBytes } from './address.ts';
import { read64, readBits, write64, writeBits } from './bits.ts';
import type { Compression } from './encapsulation.ts';
import type { Macs } from './ethernet.ts';
import {
  compressionCodes,
  type Field,
  type FieldRole,
  headerLength,
  type Layout,
  type PlacedField,
  placeFields,
  placeOptions,
} from './formats/layout.ts';
import { innerProtocols } from './inner.ts';

/** What a header says of one packet; what only some formats carry is there when it is said. */
export interface Header {
  readonly partialChecksum: boolean;
  /** 4 (IPv4) or 41 (IPv6); 0 in control frames. */
  readonly protocol: number;
  readonly sourceGni: number;
  readonly destinationGni: number;
  readonly compression?: Compression;
  readonly elided?: true;
  /** A frame of flow control, no inner packet. */
  readonly control?: true;
  /** Of sealed packets. */
  readonly keyId?: number;
  readonly sequence?: bigint;
  /** Of formats with Ethernet inside; those of two guests of Weft are derived. */
  readonly macs?: Macs;
  /** Of formats without UDP: the prefixes of both hosts, as their first addresses. */
  readonly prefixes?: Ends;
}

export interface Ends {
  readonly source: string;
  readonly destination: string;
}

/** A header as received, with what only its reader needs. */
export interface ReadHeader {
  readonly header: Header;
  /** Bytes of options behind the fields. */
  readonly optionsLen: number;
  /** Ethertype of what is inside; undefined where the format does not say. */
  readonly protocolType: number | undefined;
}

/** The bytes of a header in front of `payload`. A checksum is still zero: it covers what comes behind. */
export function writeHeader(layout: Layout, header: Header, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(headerLength(layout));
  const values: Partial<Record<FieldRole, number>> = {
    version: layout.versionByte ?? 0,
    partialChecksum: header.partialChecksum ? 1 : 0,
    protocol: header.protocol,
    ipv6: header.protocol === innerProtocols.ipv6 ? 1 : 0,
    compression: compressionCodes.indexOf(header.compression ?? 'none'),
    elided: header.elided ? 1 : 0,
    control: header.control ? 1 : 0,
    keyId: header.keyId ?? 0,
    sourceGni: header.sourceGni,
    destinationGni: header.destinationGni,
    vni: header.destinationGni,
    payloadLength: payload.length,
    innerSource: readBits(payload, innerAddressBits.innerSource, 32),
    innerDestination: readBits(payload, innerAddressBits.innerDestination, 32),
  };
  const prefixes = { sourcePrefix: header.prefixes?.source, destinationPrefix: header.prefixes?.destination };
  for (const field of [...placeFields(layout), ...placeOptions(layout)]) {
    if (field.role === 'sequence') write64(bytes, field.bitOffset / 8, header.sequence ?? 0n);
    else if (field.role === 'sourcePrefix' || field.role === 'destinationPrefix')
      bytes.set(addressBytes(prefixes[field.role] ?? '::').subarray(0, prefixLength), field.bitOffset / 8);
    else writeBits(bytes, field.bitOffset, field.bits, field.value ?? values[field.role] ?? 0);
  }
  return bytes;
}

/**
 * Undefined when bits that must have one value have another. `packet` has all fields; options are not read, so the
 * source GNI of formats that carry it there is the destination GNI.
 */
export function readHeader(layout: Layout, packet: Uint8Array): ReadHeader | undefined {
  const fields = placeFields(layout);
  if (fields.some((field) => isWrong(field, packet))) return undefined;
  const values = new Map(fields.map((field) => [field.role, readBits(packet, field.bitOffset, field.bits)]));
  const value = (role: FieldRole): number => values.get(role) ?? 0;
  const compression = compressionCodes[value('compression')];
  if (compression === undefined || saysTooMuch(value)) return undefined;
  const destinationGni = values.get('vni') ?? value('destinationGni');
  const header: Header = {
    partialChecksum: value('partialChecksum') === 1,
    protocol: protocolOf(values),
    sourceGni: values.get('sourceGni') ?? destinationGni,
    destinationGni,
    ...(compression === 'none' ? {} : { compression }),
    ...(value('elided') === 1 ? { elided: true } : {}),
    ...(value('control') === 1 ? { control: true } : {}),
    ...sealing(fields, packet, values.get('keyId')),
    ...prefixesOf(fields, packet),
  };
  return { header, optionsLen: value('optionLength') * 4, protocolType: values.get('protocolType') };
}

function isWrong({ role, bitOffset, bits, value }: PlacedField & Field, packet: Uint8Array): boolean {
  const saysProtocol = role === 'protocol' && value !== undefined;
  return (role === 'zero' || role === 'fixed' || saysProtocol) && readBits(packet, bitOffset, bits) !== (value ?? 0);
}

/** Where an inner IPv4 packet has its addresses. */
const innerAddressBits = { innerSource: 12 * 8, innerDestination: 16 * 8 } as const;
const leastInnerLength = 20;

/**
 * Whether the addresses that the header has of its IPv4 packet are those of the packet behind it; `undefined` when that
 * is too short to have any. True for headers without.
 */
export function agreesWithInner(layout: Layout, packet: Uint8Array): boolean | undefined {
  const fields = placeFields(layout).filter(({ role }) => role in innerAddressBits);
  if (fields.length === 0) return true;
  const inner = packet.subarray(headerLength(layout));
  if (inner.length < leastInnerLength) return undefined;
  return fields.every(
    ({ role, bitOffset, bits }) =>
      readBits(packet, bitOffset, bits) ===
      readBits(inner, innerAddressBits[role as keyof typeof innerAddressBits], 32),
  );
}

/** A control frame has no inner packet that could be compressed, elided, partial, or of a protocol. */
function saysTooMuch(value: (role: FieldRole) => number): boolean {
  const ofPackets = ['compression', 'elided', 'partialChecksum', 'protocol'] as const;
  return value('control') === 1 && ofPackets.some((role) => value(role) !== 0);
}

function protocolOf(values: ReadonlyMap<FieldRole, number>): number {
  const ipv6 = values.get('ipv6');
  if (ipv6 === undefined) return values.get('protocol') ?? 0;
  return ipv6 === 1 ? innerProtocols.ipv6 : innerProtocols.ipv4;
}

function sealing(
  fields: readonly PlacedField[],
  packet: Uint8Array,
  keyId: number | undefined,
): Pick<Header, 'keyId' | 'sequence'> {
  const sequence = fields.find(({ role }) => role === 'sequence');
  if (keyId === undefined || sequence === undefined) return {};
  return { keyId, sequence: read64(packet, sequence.bitOffset / 8) };
}

/** Bytes of a host's prefix. */
const prefixLength = 8;

function prefixesOf(fields: readonly PlacedField[], packet: Uint8Array): Pick<Header, 'prefixes'> {
  const [source, destination] = (['sourcePrefix', 'destinationPrefix'] as const).map((wanted) => {
    const field = fields.find(({ role }) => role === wanted);
    if (field === undefined) return undefined;
    const first = new Uint8Array(16);
    first.set(packet.subarray(field.bitOffset / 8).subarray(0, prefixLength));
    return addressFromBytes(first);
  });
  return source === undefined || destination === undefined ? {} : { prefixes: { source, destination } };
}
