/**
 * `native/gen/weft_wire.h`: drop reasons, formats and header accessors for the engine (C++) and the BPF
 * programs (C), derived from the tables in `wire/`.
 */
import { dropReasons } from '../drops.ts';
import { geneveOption, transparentEthernet } from '../formats/geneve.ts';
import { layouts } from '../formats/index.ts';
import {
  carrierPort,
  compressionCodes,
  headerLength,
  type Layout,
  leastHeaderLength,
  overheadLength,
  placeFields,
} from '../formats/layout.ts';
import { limits, ports } from '../limits.ts';
import { accessors, accessorsName, formatConstant, headerStruct, hexByte } from './c-accessors.ts';

export function cHeader(): string {
  return `${[prologue(), drops(), formats(), headerStruct(), ...layouts.map(accessors), dispatch()].join('\n')}\n#endif\n`;
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
#define WEFT_VXLAN_PORT ${ports.vxlan}
#define WEFT_GENEVE_PORT ${ports.geneve}
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
  return `enum weft_format {
\tWEFT_FORMAT_NONE = 0,
${rows.join('\n')}
\tWEFT_FORMAT_COUNT = ${highest + 1}
};

/* Bytes, over all formats: of a header, of a tag, and of all that a format adds to an inner packet, not UDP and what is around it. */
#define WEFT_HEADER_MAX ${Math.max(...layouts.map(headerLength))}
#define WEFT_TAG_MAX ${Math.max(...layouts.map(({ tagLength }: Layout) => tagLength))}
#define WEFT_OVERHEAD_MAX ${Math.max(...layouts.map(overheadLength))}

enum weft_compression {
${compressionCodes.map((name, code) => `\tWEFT_COMPRESSION_${name.toUpperCase()} = ${code},`).join('\n')}
\tWEFT_COMPRESSION_COUNT = ${compressionCodes.length}
};

/* Geneve: what is inside, and the option that carries the source GNI. */
#define WEFT_TRANSPARENT_ETHERNET ${hexWord(transparentEthernet)}
#define WEFT_GENEVE_OPTION_CLASS ${hexWord(geneveOption.class)}
#define WEFT_GENEVE_OPTION_TYPE ${geneveOption.type}

#ifndef __bpf__
static const char *const weft_format_names[WEFT_FORMAT_COUNT] __attribute__((unused)) = {
\t[0] = "",
${names.join('\n')}
};
#endif
`;
}

/** The same by number: what the engine calls; BPF programs call one format's functions directly. */
function dispatch(): string {
  return [versionBytes(), ...lookups.map(lookup), calls()].join('\n');
}

function versionBytes(): string {
  const cases = layouts.flatMap(({ versionByte, ...layout }: Layout) =>
    versionByte === undefined ? [] : [`\tcase ${hexByte(versionByte)}:\n\t\treturn ${formatConstant(layout)};`],
  );
  return `/* Format of the first byte of a packet to WEFT_UDP_PORT; WEFT_FORMAT_NONE when it is no version of this build. */
WEFT_INLINE int weft_format_of_version_byte(__u8 version)
{
\tswitch (version) {
${cases.join('\n')}
\tdefault:
\t\treturn WEFT_FORMAT_NONE;
\t}
}
`;
}

interface Lookup {
  readonly type: string;
  readonly name: string;
  readonly doc: string;
  readonly value: (layout: Layout) => number;
  /** For a number that is no format. */
  readonly otherwise: number;
}

const lookups: readonly Lookup[] = [
  {
    type: 'unsigned int',
    name: 'weft_header_length',
    doc: 'Bytes as sent, with options; 0 for a number that is no format.',
    value: headerLength,
    otherwise: 0,
  },
  {
    type: 'unsigned int',
    name: 'weft_header_least',
    doc: 'Bytes that the get function reads: options are behind them.',
    value: leastHeaderLength,
    otherwise: 0,
  },
  {
    type: 'unsigned int',
    name: 'weft_tag_length',
    doc: 'Bytes of the tag behind a sealed payload; 0 where packets are not sealed.',
    value: ({ tagLength }) => tagLength,
    otherwise: 0,
  },
  {
    type: 'unsigned int',
    name: 'weft_overhead',
    doc: 'Bytes that the format adds to an inner packet: header, tag, Ethernet header; not UDP and what is around it.',
    value: overheadLength,
    otherwise: 0,
  },
  {
    type: 'unsigned int',
    name: 'weft_carrier_port',
    doc: 'The usual UDP port of its packets; 0 where there is no UDP.',
    value: (layout) => carrierPort(layout) ?? 0,
    otherwise: 0,
  },
  {
    type: 'int',
    name: 'weft_ethernet_inside',
    doc: 'Whether an Ethernet frame follows the header, not an IP packet.',
    value: ({ inner }) => Number(inner === 'ethernet'),
    otherwise: 0,
  },
  {
    type: 'int',
    name: 'weft_ipv4_inside',
    doc: 'Whether IPv4 packets only are carried.',
    value: ({ inner }) => Number(inner === 'ipv4'),
    otherwise: 0,
  },
  {
    type: 'int',
    name: 'weft_carries_partial_checksum',
    doc: 'Whether inner checksums may stay partial; else the sender completes them.',
    value: ({ fields }) => Number(fields.some(({ role }) => role === 'partialChecksum')),
    otherwise: 0,
  },
  {
    type: 'int',
    name: 'weft_crc_offset',
    doc: 'Offset of the CRC-32C field, bytes; -1 where the format has none.',
    value: crcOffset,
    otherwise: -1,
  },
];

function crcOffset(layout: Layout): number {
  const field = placeFields(layout).find((candidate) => candidate.role === 'crc32c');
  return field === undefined ? -1 : field.bitOffset / 8;
}

function lookup({ type, name, doc, value, otherwise }: Lookup): string {
  const cases = layouts.map((layout) => `\tcase ${formatConstant(layout)}:\n\t\treturn ${value(layout)};`);
  return `/* ${doc} */
WEFT_INLINE ${type} ${name}(int format)
{
\tswitch (format) {
${cases.join('\n')}
\tdefault:
\t\treturn ${otherwise};
\t}
}
`;
}

function calls(): string {
  const each = (row: (layout: Layout) => string): string =>
    layouts.map((layout) => `\tcase ${formatConstant(layout)}:\n${row(layout)}`).join('\n');
  return `WEFT_INLINE void weft_header_put(int format, __u8 *p, const struct weft_header *h)
{
\tswitch (format) {
${each((layout) => `\t\t${accessorsName(layout)}_put(p, h);\n\t\tbreak;`)}
\tdefault:
\t\tbreak;
\t}
}

/* 0, or -1: bits that must have one value have another, or no format. */
WEFT_INLINE int weft_header_get(int format, const __u8 *p, struct weft_header *h)
{
\tswitch (format) {
${each((layout) => `\t\treturn ${accessorsName(layout)}_get(p, h);`)}
\tdefault:
\t\treturn -1;
\t}
}
`;
}

function dropConstant(name: string): string {
  return `WEFT_DROP_${name.toUpperCase().replaceAll('-', '_')}`;
}

function hexWord(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
