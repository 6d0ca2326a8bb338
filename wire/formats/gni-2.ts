/**
 * gni 2.0, 8 bytes: other widths and order than 1.x, and a payload that may be smaller than the inner packet.
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+-----+---+-+-+-+-------------------------------+
 *  |    version    |zero | C |E|6|P|        destination GNI ...    |
 *  +---------------+-----+---+-+-+-+-------------------------------+
 *  | ... GNI       |                  source GNI                   |
 *  +---------------+-----------------------------------------------+
 *
 * C: 0 as it is, 1 LZ4 block, 2 zstd frame. A packet that would not get smaller goes as it is, so the bits say what
 *    was done to this one. 3 is refused.
 * E: the inner IP header is elided (`wire/elision.ts`). The sender elides, then compresses.
 * 6: the inner packet is IPv6. P as in 1.0.
 */
import type { Layout } from './layout.ts';

export const gni20: Layout = {
  id: 3,
  name: 'gni 2.0',
  framework: 'gni',
  version: '2.0',
  carrier: 'data',
  versionByte: 0x20,
  fields: [
    { role: 'version', bits: 8, doc: 'major version (4 bits), minor version (4 bits)' },
    { role: 'zero', bits: 3, doc: 'flags not in use: zero' },
    { role: 'compression', bits: 2, doc: 'payload: 0 as it is, 1 LZ4 block, 2 zstd frame' },
    { role: 'elided', bits: 1, doc: 'the inner IP header is sent without what the receiver can rebuild' },
    { role: 'ipv6', bits: 1, doc: 'inner packet: 0 IPv4, 1 IPv6' },
    { role: 'partialChecksum', bits: 1, doc: 'inner TCP or UDP checksum holds the pseudo-header sum only' },
    { role: 'destinationGni', bits: 24, doc: "the receiving guest's network" },
    { role: 'sourceGni', bits: 24, doc: "the sending guest's network" },
  ],
  inner: 'ip',
  tagLength: 0,
  features: ['compression', 'ip-elision'],
  always: [],
  doc: 'small header, payload may be compressed',
};
