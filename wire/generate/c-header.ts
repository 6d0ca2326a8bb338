/**
 * `native/gen/weft_wire.h`: drop reasons, formats and header accessors for the engine (C++) and the BPF
 * programs (C), derived from the tables in `wire/`.
 */
import { dropReasons } from '../drops.ts';
import { layouts } from '../formats/index.ts';
import { type FieldRole, headerLength, type Layout, type PlacedField, placeFields } from '../formats/layout.ts';
import { limits, ports } from '../limits.ts';

export function cHeader(): string {
  return `${[prologue(), drops(), formats(), header(), ...layouts.map(accessors), dispatch()].join('\n')}\n#endif\n`;
}

function prologue(): string {
  return `/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * Generated from wire/formats, wire/drops.ts and wire/limits.ts by \`make generate\`. Do not edit.
 * Shared by the engine (C++) and the BPF programs (C).
 */
#ifndef WEFT_WIRE_H
#define WEFT_WIRE_H

#include <linux/types.h>

#define WEFT_INLINE static inline __attribute__((always_inline, unused))

#define WEFT_UDP_PORT ${ports.data}
#define WEFT_GNI_MIN ${limits.gni.min}u
#define WEFT_GNI_MAX ${limits.gni.max}u
`;
}

function drops(): string {
  const rows = dropReasons.map(({ id, name, doc }) => `\t${dropConstant(name)} = ${id}, /* ${doc} */`);
  const names = dropReasons.map(({ name }) => `\t"${name}",`);
  return `enum weft_drop {
${rows.join('\n')}
\tWEFT_DROP_COUNT = ${dropReasons.length}
};

#ifndef __bpf__
static const char *const weft_drop_names[WEFT_DROP_COUNT] __attribute__((unused)) = {
${names.join('\n')}
};
#endif
`;
}

function formats(): string {
  const rows = layouts.map((layout) => `\t${formatConstant(layout)} = ${layout.id}, /* ${layout.doc} */`);
  const names = layouts.map((layout) => `\t[${layout.id}] = "${layout.name}",`);
  const highest = Math.max(...layouts.map((layout) => layout.id));
  const longest = Math.max(...layouts.map(headerLength));
  return `enum weft_format {
\tWEFT_FORMAT_NONE = 0,
${rows.join('\n')}
\tWEFT_FORMAT_COUNT = ${highest + 1}
};

#define WEFT_HEADER_MAX ${longest}

#ifndef __bpf__
static const char *const weft_format_names[WEFT_FORMAT_COUNT] __attribute__((unused)) = {
\t[0] = "",
${names.join('\n')}
};
#endif
`;
}

/** C type and member of what a role is kept in; roles without one are constants on the wire. */
const members: Partial<Record<FieldRole, { readonly type: string; readonly member: string; readonly doc: string }>> = {
  partialChecksum: {
    type: '__u8',
    member: 'partial_checksum',
    doc: 'inner TCP or UDP checksum is the pseudo-header sum',
  },
  protocol: { type: '__u8', member: 'protocol', doc: '4 IPv4, 41 IPv6' },
  sourceGni: { type: '__u32', member: 'source_gni', doc: 'host byte order' },
  destinationGni: { type: '__u32', member: 'destination_gni', doc: 'host byte order' },
  crc32c: { type: '__u32', member: 'crc32c', doc: 'as carried; computed with this field zero' },
};

function header(): string {
  const rows = Object.values(members).map(({ type, member, doc }) => `\t${type} ${member}; /* ${doc} */`);
  return `/* A decoded header of any format; members that a format does not carry are zero. */
struct weft_header {
${rows.join('\n')}
};
`;
}

/** put and get of one format, byte by byte: compilers merge them into single loads and stores. */
function accessors(layout: Layout): string {
  const fields = placeFields(layout);
  const name = formatConstant(layout).replace('WEFT_FORMAT_', 'weft_').toLowerCase();
  const bytes = Array.from(
    { length: headerLength(layout) },
    (_, index) => `\tp[${index}] = ${byteOf(layout, fields, index)};`,
  );
  const zeros = fields
    .filter((field) => field.role === 'zero')
    .flatMap((field) => pieces(field).map(({ byte, mask }) => `(p[${byte}] & 0x${mask.toString(16)})`));
  const gets = fields.flatMap((field) => {
    const member = members[field.role];
    return member === undefined ? [] : [`\th->${member.member} = (${member.type})(${readExpression(field)});`];
  });
  const missing = Object.entries(members)
    .filter(([role]) => !fields.some((field) => field.role === role))
    .map(([, { member }]) => `\th->${member} = 0;`);
  return `/* ${layout.name}: ${headerLength(layout)} bytes. */
WEFT_INLINE void ${name}_put(__u8 *p, const struct weft_header *h)
{
${bytes.join('\n')}
}

/* 0, or -1 when bits that must be zero are not. The caller has checked the length and the version byte. */
WEFT_INLINE int ${name}_get(const __u8 *p, struct weft_header *h)
{
${[...gets, ...missing].join('\n')}
\treturn ${zeros.length === 0 ? '0' : `(${zeros.join(' | ')}) ? -1 : 0`};
}
`;
}

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

function byteOf(layout: Layout, fields: readonly PlacedField[], byte: number): string {
  const parts = fields.flatMap((field) =>
    pieces(field)
      .filter((piece) => piece.byte === byte)
      .flatMap((piece) => {
        if (field.role === 'version') return [`0x${layout.versionByte.toString(16).padStart(2, '0')}`];
        const member = members[field.role];
        if (member === undefined) return [];
        const moved =
          piece.shift >= 0 ? `h->${member.member} >> ${piece.shift}` : `h->${member.member} << ${-piece.shift}`;
        return [`((${moved}) & 0x${piece.mask.toString(16)})`];
      }),
  );
  return parts.length === 0 ? '0' : `(__u8)(${parts.join(' | ')})`;
}

function readExpression(field: PlacedField): string {
  return pieces(field)
    .map(({ byte, mask, shift }) => {
      const bits = mask === 0xff ? `(__u32)p[${byte}]` : `((__u32)p[${byte}] & 0x${mask.toString(16)})`;
      if (shift === 0) return bits;
      return shift > 0 ? `(${bits} << ${shift})` : `(${bits} >> ${-shift})`;
    })
    .join(' | ');
}

/** The same by number: what the engine calls; BPF programs call one format's functions directly. */
function dispatch(): string {
  const each = (row: (layout: Layout, name: string) => string): string =>
    layouts
      .map((layout) => row(layout, formatConstant(layout).replace('WEFT_FORMAT_', 'weft_').toLowerCase()))
      .join('\n');
  const crcOffset = (layout: Layout): number => {
    const field = placeFields(layout).find((candidate) => candidate.role === 'crc32c');
    return field === undefined ? -1 : field.bitOffset / 8;
  };
  return `/* Format of a packet's first byte; WEFT_FORMAT_NONE when it is no version of this build. */
WEFT_INLINE int weft_format_of_version_byte(__u8 version)
{
\tswitch (version) {
${each((layout) => `\tcase 0x${layout.versionByte.toString(16).padStart(2, '0')}:\n\t\treturn ${formatConstant(layout)};`)}
\tdefault:
\t\treturn WEFT_FORMAT_NONE;
\t}
}

/* Bytes; 0 for a number that is no format. */
WEFT_INLINE unsigned int weft_header_length(int format)
{
\tswitch (format) {
${each((layout) => `\tcase ${formatConstant(layout)}:\n\t\treturn ${headerLength(layout)};`)}
\tdefault:
\t\treturn 0;
\t}
}

/* Offset of the CRC-32C field, bytes; -1 where the format has none. */
WEFT_INLINE int weft_crc_offset(int format)
{
\tswitch (format) {
${each((layout) => `\tcase ${formatConstant(layout)}:\n\t\treturn ${crcOffset(layout)};`)}
\tdefault:
\t\treturn -1;
\t}
}

WEFT_INLINE void weft_header_put(int format, __u8 *p, const struct weft_header *h)
{
\tswitch (format) {
${each((layout, name) => `\tcase ${formatConstant(layout)}:\n\t\t${name}_put(p, h);\n\t\tbreak;`)}
\tdefault:
\t\tbreak;
\t}
}

/* 0, or -1: bits that must be zero are not, or no format. */
WEFT_INLINE int weft_header_get(int format, const __u8 *p, struct weft_header *h)
{
\tswitch (format) {
${each((layout, name) => `\tcase ${formatConstant(layout)}:\n\t\treturn ${name}_get(p, h);`)}
\tdefault:
\t\treturn -1;
\t}
}
`;
}

function formatConstant(layout: Layout): string {
  return `WEFT_FORMAT_${layout.name.toUpperCase().replaceAll(/[ .]/g, '_')}`;
}

function dropConstant(name: string): string {
  return `WEFT_DROP_${name.toUpperCase().replaceAll('-', '_')}`;
}
