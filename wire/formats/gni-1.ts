/**
 * The `gni` framework, versions 1.0 and 1.1: GNI-tagged IP packets inside UDP (default port 6741). The later versions
 * stand in gni-2.ts and gni-3.ts; every version's first byte says which it is, whatever the rest looks like.
 *
 *  gni 1.0, 12 bytes                                     gni 1.1, 16 bytes: the same, then
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+-------------+-+---------------+---------------+
 *  |    version    |    zero     |P|   protocol    |     zero      |
 *  +---------------+-------------+-+---------------+---------------+
 *  |                          source GNI                           |
 *  +---------------------------------------------------------------+
 *  |                        destination GNI                        |
 *  +---------------------------------------------------------------+
 *  |        CRC-32C of header (this field 0) and payload           |  1.1 only
 *  +---------------------------------------------------------------+
 *
 * P: the inner TCP or UDP checksum field holds only the sum of the pseudo header, as between Linux and
 *    a network card (CHECKSUM_PARTIAL); the outer UDP checksum covers the payload on its way and the
 *    receiving host completes it.
 * protocol: the inner packet's, by IANA's protocol numbers: 4 is IPv4, 41 is IPv6.
 */
import type { Field, Layout } from './layout.ts';

const baseFields: readonly Field[] = [
  { role: 'version', bits: 8, doc: 'major version (4 bits), minor version (4 bits)' },
  { role: 'zero', bits: 7, doc: 'flags not in use: zero' },
  { role: 'partialChecksum', bits: 1, doc: 'inner TCP or UDP checksum holds the pseudo-header sum only' },
  { role: 'protocol', bits: 8, doc: 'inner packet: 4 IPv4, 41 IPv6' },
  { role: 'zero', bits: 8, doc: 'reserved: zero' },
  { role: 'sourceGni', bits: 32, doc: "the sending guest's network" },
  { role: 'destinationGni', bits: 32, doc: "the receiving guest's network" },
];

export const gni10: Layout = {
  id: 1,
  name: 'gni 1.0',
  framework: 'gni',
  version: '1.0',
  carrier: 'data',
  versionByte: 0x10,
  fields: baseFields,
  inner: 'ip',
  tagLength: 0,
  features: [],
  always: [],
  doc: 'baseline',
};

export const gni11: Layout = {
  id: 2,
  name: 'gni 1.1',
  framework: 'gni',
  version: '1.1',
  carrier: 'data',
  versionByte: 0x11,
  fields: [...baseFields, { role: 'crc32c', bits: 32, doc: 'CRC-32C of the header, this field zero, and the payload' }],
  inner: 'ip',
  tagLength: 0,
  features: ['integrity'],
  always: ['integrity'],
  doc: 'baseline with a checksum of its own',
};
