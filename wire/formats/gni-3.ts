/**
 * gni 3.0, 20 bytes and a tag of 16 behind the payload: always sealed.
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+-----+-+---+-+-+---------------+---------------+
 *  |    version    |zero |F| C |E|P|   protocol    |    key id     |
 *  +---------------+-----+-+---+-+-+---------------+---------------+
 *  |                        destination GNI                        |
 *  +---------------------------------------------------------------+
 *  |                          source GNI                           |
 *  +---------------------------------------------------------------+
 *  |                           sequence                            |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                    sealed payload, tag (16)                   |
 *
 * F: a control frame of flow control instead of an inner packet; C, E, P and protocol are then zero.
 * C, E, P, protocol as in gni-2.ts and gni-1.ts. The sender elides, compresses, then seals.
 * Sealed (RFC 5116) with AES-256-GCM or ChaCha20-Poly1305: the header is the associated data, the nonce is the key's
 * salt (4 bytes) and the sequence (8). Key id: the receiver's help in finding the key, see `wire/keys.ts`.
 */
import type { Layout } from './layout.ts';

export const gni30: Layout = {
  id: 4,
  name: 'gni 3.0',
  framework: 'gni',
  version: '3.0',
  carrier: 'data',
  versionByte: 0x30,
  fields: [
    { role: 'version', bits: 8, doc: 'major version (4 bits), minor version (4 bits)' },
    { role: 'zero', bits: 3, doc: 'flags not in use: zero' },
    { role: 'control', bits: 1, doc: 'a control frame of flow control, no inner packet' },
    { role: 'compression', bits: 2, doc: 'payload: 0 as it is, 1 LZ4 block, 2 zstd frame' },
    { role: 'elided', bits: 1, doc: 'the inner IP header is sent without what the receiver can rebuild' },
    { role: 'partialChecksum', bits: 1, doc: 'inner TCP or UDP checksum holds the pseudo-header sum only' },
    { role: 'protocol', bits: 8, doc: 'inner packet: 4 IPv4, 41 IPv6; 0 in control frames' },
    { role: 'keyId', bits: 8, doc: 'which of the keys that the hosts share' },
    { role: 'destinationGni', bits: 32, doc: "the receiving guest's network" },
    { role: 'sourceGni', bits: 32, doc: "the sending guest's network" },
    { role: 'sequence', bits: 64, doc: 'of the packets sealed with this key, none twice' },
  ],
  inner: 'ip',
  tagLength: 16,
  features: ['integrity', 'encryption', 'compression', 'ip-elision', 'flow-control'],
  always: ['integrity', 'encryption'],
  doc: 'sealed: encrypted, header and payload authenticated',
};
