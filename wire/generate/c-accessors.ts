/**
 * The part of `native/gen/weft_wire.h` that reads and writes headers: `struct weft_header`, and for each format a
 * put and a get, byte by byte; compilers merge them into single loads and stores.
 */
import {
  compressionCodes,
  type FieldRole,
  headerLength,
  type Layout,
  leastHeaderLength,
  type PlacedField,
  placeFields,
  placeOptions,
} from '../formats/layout.ts';
import { innerProtocols } from '../inner.ts';

interface Member {
  readonly type: string;
  readonly member: string;
  readonly doc: string;
}

/** C type and member of what a role is kept in; roles without one are constants on the wire. */
const members = {
  partialChecksum: {
    type: '__u8',
    member: 'partial_checksum',
    doc: 'inner TCP or UDP checksum is the pseudo-header sum',
  },
  protocol: { type: '__u8', member: 'protocol', doc: '4 IPv4, 41 IPv6; 0 where the format does not say' },
  sourceGni: { type: '__u32', member: 'source_gni', doc: 'host byte order' },
  destinationGni: { type: '__u32', member: 'destination_gni', doc: 'host byte order' },
  crc32c: { type: '__u32', member: 'crc32c', doc: 'as carried; computed with this field zero' },
  compression: { type: '__u8', member: 'compression', doc: 'enum weft_compression' },
  elided: { type: '__u8', member: 'elided', doc: 'the inner IP header is elided' },
  control: { type: '__u8', member: 'control', doc: 'a control frame, no inner packet' },
  keyId: { type: '__u8', member: 'key_id', doc: 'which key the packet is sealed with' },
  optionLength: { type: '__u8', member: 'option_length', doc: 'of received options, in units of 4 bytes' },
  protocolType: { type: '__u16', member: 'protocol_type', doc: 'ethertype of what is inside, as received' },
  sequence: { type: '__u64', member: 'sequence', doc: 'host byte order' },
  flowLabel: { type: '__u32', member: 'flow_label', doc: 'of the outer IPv6 header' },
  payloadLength: { type: '__u16', member: 'payload_length', doc: 'of the outer IPv6 header' },
  sourcePrefix: { type: '__u64', member: 'source_prefix', doc: 'of the outer IPv6 header, host byte order' },
  destinationPrefix: { type: '__u64', member: 'destination_prefix', doc: 'of the outer IPv6 header, host byte order' },
  innerSource: { type: '__u32', member: 'inner_source', doc: 'as the outer IPv6 header says, host byte order' },
  innerDestination: {
    type: '__u32',
    member: 'inner_destination',
    doc: 'as the outer IPv6 header says, host byte order',
  },
} as const satisfies Partial<Record<FieldRole, Member>>;

type KeptRole = keyof typeof members;

/** Roles that are kept in the member of another one. */
const keptAs: Partial<Record<FieldRole, KeptRole>> = { ipv6: 'protocol', vni: 'destinationGni' };

function memberOf(role: FieldRole): Member | undefined {
  const kept = keptAs[role] ?? role;
  return kept in members ? members[kept as KeptRole] : undefined;
}

export function headerStruct(): string {
  const rows = Object.values(members).map(({ type, member, doc }) => `\t${type} ${member} WEFT_ZERO; /* ${doc} */`);
  return `/* In C++ a header begins as all zero, whichever members are named. */
#ifdef __cplusplus
#define WEFT_ZERO {}
#else
#define WEFT_ZERO
#endif

/* A decoded header of any format; members that a format does not carry are zero. */
struct weft_header {
${rows.join('\n')}
};
`;
}

export function accessors(layout: Layout): string {
  const name = accessorsName(layout);
  const sent = [...placeFields(layout), ...placeOptions(layout)];
  const bytes = Array.from(
    { length: headerLength(layout) },
    (_, byte) => `\tp[${byte}] = ${byteOf(layout, sent, byte)};`,
  );
  return `/* ${layout.name}: ${headerLength(layout)} bytes. */
WEFT_INLINE void ${name}_put(__u8 *p, const struct weft_header *h)
{
${bytes.join('\n')}
}

/* 0, or -1 when ${mustBe(layout)}. The caller has checked ${checked(layout)}. */
WEFT_INLINE int ${name}_get(const __u8 *p, struct weft_header *h)
{
${gets(layout).join('\n')}
${verdict(layout)}
}
`;
}

function mustBe({ fields }: Layout): string {
  const also = fields.some(({ role }) => role === 'compression') ? ', or the compression is unknown' : '';
  const control = fields.some(({ role }) => role === 'control')
    ? ', or a control frame says what only packets say'
    : '';
  return `bits that must have one value have another${also}${control}`;
}

function checked(layout: Layout): string {
  const version = layout.versionByte === undefined ? '' : ' and the version byte';
  return `that there are ${leastHeaderLength(layout)} bytes${version}`;
}

// ---- get -----------------------------------------------------------------------------------------------------

function gets(layout: Layout): string[] {
  const fields = placeFields(layout);
  const found = fields.flatMap((field) => {
    const kept = memberOf(field.role);
    if (kept === undefined) return [];
    const value =
      field.role === 'ipv6'
        ? `(${readExpression(field)}) ? ${innerProtocols.ipv6} : ${innerProtocols.ipv4}`
        : `(${kept.type})(${readExpression(field)})`;
    return [`\th->${kept.member} = ${value};`];
  });
  const carried = new Set(fields.map(({ role }) => memberOf(role)?.member));
  const missing = Object.values(members)
    .filter(({ member }) => !carried.has(member))
    .map(({ member }) => {
      const fromVni = member === 'source_gni' && fields.some(({ role }) => role === 'vni');
      return `\th->${member} = ${fromVni ? 'h->destination_gni' : '0'};`;
    });
  return [...found, ...missing];
}

function verdict(layout: Layout): string {
  const fields = placeFields(layout);
  const wrongBits = fields
    .filter(({ role, value }) => role === 'zero' || role === 'fixed' || (role === 'protocol' && value !== undefined))
    .flatMap((field) => pieces(field).map((piece) => differs(piece, field.value ?? 0)));
  const faults = [
    ...(wrongBits.length === 0 ? [] : [wrongBits.join(' | ')]),
    ...(fields.some(({ role }) => role === 'compression') ? [`h->compression >= ${compressionCodes.length}`] : []),
    ...(fields.some(({ role }) => role === 'control')
      ? ['(h->control && (h->compression | h->elided | h->partial_checksum | h->protocol))']
      : []),
  ];
  if (faults.length === 0) return '\treturn 0;';
  return `\treturn (${faults.map((fault) => (faults.length > 1 ? `(${fault})` : fault)).join(' || ')}) ? -1 : 0;`;
}

function differs(piece: Piece, value: number): string {
  const wanted = constantPiece(piece, value);
  const bits = `(p[${piece.byte}] & 0x${piece.mask.toString(16)})`;
  return wanted === 0 ? bits : `(${bits} ^ ${hexByte(wanted)})`;
}

function readExpression(field: PlacedField): string {
  const type = field.bits > 32 ? '__u64' : '__u32';
  return pieces(field)
    .map(({ byte, mask, shift }) => {
      const bits = mask === 0xff ? `(${type})p[${byte}]` : `((${type})p[${byte}] & 0x${mask.toString(16)})`;
      if (shift === 0) return bits;
      return shift > 0 ? `(${bits} << ${shift})` : `(${bits} >> ${-shift})`;
    })
    .join(' | ');
}

// ---- put -----------------------------------------------------------------------------------------------------

function byteOf(layout: Layout, fields: readonly PlacedField[], byte: number): string {
  const parts = fields.flatMap((field) =>
    pieces(field)
      .filter((piece) => piece.byte === byte)
      .flatMap((piece) => partOf(layout, field, piece)),
  );
  return parts.length === 0 ? '0' : `(__u8)(${parts.join(' | ')})`;
}

function partOf(layout: Layout, field: PlacedField, piece: Piece): string[] {
  const constant = field.role === 'version' ? layout.versionByte : field.value;
  if (constant !== undefined) {
    const bits = constantPiece(piece, constant);
    return bits === 0 ? [] : [hexByte(bits)];
  }
  const kept = memberOf(field.role);
  if (kept === undefined) return [];
  const value = field.role === 'ipv6' ? `(h->protocol == ${innerProtocols.ipv6})` : `h->${kept.member}`;
  const moved = piece.shift >= 0 ? `${value} >> ${piece.shift}` : `${value} << ${-piece.shift}`;
  return [`((${moved}) & 0x${piece.mask.toString(16)})`];
}

// ---- fields by bytes -----------------------------------------------------------------------------------------

interface Piece {
  readonly byte: number;
  /** Bits of this byte that belong to the field. */
  readonly mask: number;
  /** Places that the piece is moved left inside the field's value; negative: right inside the byte. */
  readonly shift: number;
}

function pieces(field: PlacedField): Piece[] {
  const end = field.bitOffset + field.bits;
  const found: Piece[] = [];
  for (let byte = field.bitOffset >> 3; byte * 8 < end; byte++) {
    const first = Math.max(field.bitOffset, byte * 8);
    const last = Math.min(end, byte * 8 + 8);
    const mask = ((1 << (last - first)) - 1) << (byte * 8 + 8 - last);
    found.push({ byte, mask, shift: end - (byte * 8 + 8) });
  }
  return found;
}

/** The bits of a constant of up to 32 bits that are in this byte, at their places. */
function constantPiece({ mask, shift }: Piece, value: number): number {
  return (shift >= 0 ? value >>> shift : value << -shift) & mask;
}

// ---- names ---------------------------------------------------------------------------------------------------

export function formatConstant({ name }: Pick<Layout, 'name'>): string {
  return `WEFT_FORMAT_${name.toUpperCase().replaceAll(/[ .]/g, '_')}`;
}

export function accessorsName(layout: Layout): string {
  return formatConstant(layout).replace('WEFT_FORMAT_', 'weft_').toLowerCase();
}

export function hexByte(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
