/** What a vector is (`vectors.ts` says how to read one), and the small changes that make packets wrong. */
import { write16 } from '../bits.ts';
import { type Accepted, decode, encode } from '../codec.ts';
import type { DropName } from '../drops.ts';
import { layoutByName } from '../formats/index.ts';
import { type Layout, placeFields } from '../formats/layout.ts';
import type { Header } from '../header.ts';
import { innerProtocols } from '../inner.ts';
import type { SealKey } from '../seal.ts';

/** A key with its bytes as hex. */
export interface VectorKey {
  readonly id: number;
  readonly cipher: SealKey['cipher'];
  readonly secret: string;
  readonly salt: string;
}

/** A header as JSON has it: the sequence is a decimal text. */
export type VectorHeader = Omit<Header, 'sequence'> & { readonly sequence?: string };

export interface Vector {
  readonly name: string;
  readonly format: string;
  readonly carrier?: Layout['carrier'];
  readonly keys?: readonly VectorKey[];
  readonly accept?: readonly Accepted[];
  readonly packet: string;
  readonly encodes?: false;
  readonly expect: { readonly header: VectorHeader; readonly inner: string } | { readonly drop: DropName };
}

/** What belongs to a vector besides packet and outcome. */
export type Surroundings = Partial<Pick<Vector, 'keys' | 'accept' | 'encodes'>>;

export function refusal(
  layout: Layout,
  name: string,
  drop: DropName,
  packet: Uint8Array,
  surroundings: Surroundings = {},
): Vector {
  return { ...beginning(layout, name, surroundings), packet: hex(packet), expect: { drop } };
}

export function acceptance(
  layout: Layout,
  name: string,
  packet: Uint8Array,
  expect: { readonly header: Header; readonly inner: Uint8Array },
  surroundings: Surroundings = {},
): Vector {
  const outcome = { header: headerToJson(expect.header), inner: hex(expect.inner) };
  const { encodes, ...rest } = surroundings;
  return {
    ...beginning(layout, name, rest),
    packet: hex(packet),
    ...(encodes === undefined ? {} : { encodes }),
    expect: outcome,
  };
}

function beginning(layout: Layout, name: string, surroundings: Surroundings): Omit<Vector, 'packet' | 'expect'> {
  return {
    name: `${layout.name}: ${name}`,
    format: layout.name,
    ...(layout.carrier === 'data' ? {} : { carrier: layout.carrier }),
    ...surroundings,
  };
}

// ---- the reference codec has to agree ------------------------------------------------------------------------

/** Undefined when the reference codec makes of the vector what it says; else what it makes of it. */
export function disagreement(vector: Vector): string | undefined {
  const packet = unhex(vector.packet);
  const keys = (vector.keys ?? []).map(keyFromJson);
  const { carrier, accept } = vector;
  const decoded = decode(packet, { keys, ...(carrier && { carrier }), ...(accept && { accept }) });
  if (!decoded.ok) return sameJson({ drop: decoded.drop }, vector.expect);
  const { layout, header, inner } = decoded;
  const difference =
    sameJson({ header: headerToJson(header), inner: hex(inner) }, vector.expect) ??
    sameJson(layout, layoutByName(vector.format));
  if (difference !== undefined || vector.encodes === false) return difference;
  return sameJson(hex(encode(layout, header, inner, keys[0])), vector.packet);
}

function sameJson(found: unknown, expected: unknown): string | undefined {
  return sorted(found) === sorted(expected) ? undefined : JSON.stringify(found);
}

/** Text in which the order of members does not matter. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

export function headerToJson({ sequence, ...header }: Header): VectorHeader {
  return sequence === undefined ? header : { ...header, sequence: String(sequence) };
}

export function keyToJson({ id, cipher, secret, salt }: SealKey): VectorKey {
  return { id, cipher, secret: hex(secret), salt: hex(salt) };
}

export function keyFromJson({ id, cipher, secret, salt }: VectorKey): SealKey {
  return { id, cipher, secret: unhex(secret), salt: unhex(salt) };
}

// ---- parts of recipes ----------------------------------------------------------------------------------------

/** A header for the packet, without what only some formats have. */
export function headerFor(inner: Uint8Array, partialChecksum = false): Header {
  const protocol = (inner[0] ?? 0) >> 4 === 6 ? innerProtocols.ipv6 : innerProtocols.ipv4;
  return { partialChecksum, protocol, sourceGni: 0x123456, destinationGni: 0x123457 };
}

export function zeroBits(layout: Layout): number[] {
  return placeFields(layout)
    .filter((field) => field.role === 'zero')
    .flatMap((field) => Array.from({ length: field.bits }, (_, at) => field.bitOffset + at));
}

export function withBitFlipped(bytes: Uint8Array, bit: number): Uint8Array {
  return withByte(bytes, bit >> 3, (bytes[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7)));
}

export function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

export function withWord(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  write16(copy, at, value);
  return copy;
}

export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function unhex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}
