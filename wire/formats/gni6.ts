/**
 * gni6: no header of its own. The outer addresses say it all, in an IPv6 packet that carries an IPv4 packet (RFC 2473,
 * next header 4), 40 bytes:
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------+---------------+---------------------------------------+
 *  |   6   | traffic class |              flow label               |
 *  +-------+---------------+-------+---------------+---------------+
 *  |        payload length         |       4       |   hop limit   |
 *  +-------------------------------+---------------+---------------+
 *  |             the sending host's prefix, 64 bits                |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                          source GNI                           |
 *  +---------------------------------------------------------------+
 *  |                  source of the inner packet                   |
 *  +---------------------------------------------------------------+
 *  |            the receiving host's prefix, 64 bits               |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                       destination GNI                         |
 *  +---------------------------------------------------------------+
 *  |                destination of the inner packet                |
 *  +---------------------------------------------------------------+
 *
 * Every host has a /64 that is routed to it. Outer and inner addresses must agree. The substrate's IP checks and changes
 * the rest of the header, so a receiver looks at nothing else there.
 */
import { innerProtocols } from '../inner.ts';
import type { Layout } from './layout.ts';

export const gni6: Layout = {
  id: 7,
  name: 'gni6',
  framework: 'gni6',
  version: '',
  carrier: 'ipv6',
  fields: [
    { role: 'fixed', bits: 4, value: 6, doc: 'version of the outer IP' },
    { role: 'ignored', bits: 8, doc: 'traffic class' },
    { role: 'flowLabel', bits: 20, doc: 'from the hash of the inner flow' },
    { role: 'payloadLength', bits: 16, doc: 'length of the inner packet' },
    { role: 'protocol', bits: 8, value: innerProtocols.ipv4, doc: 'next header: IPv4' },
    { role: 'ignored', bits: 8, value: 64, doc: 'hop limit' },
    { role: 'sourcePrefix', bits: 64, doc: 'prefix of the sending host' },
    { role: 'sourceGni', bits: 32, doc: "the sending guest's network" },
    { role: 'innerSource', bits: 32, doc: 'source of the inner packet' },
    { role: 'destinationPrefix', bits: 64, doc: 'prefix of the receiving host' },
    { role: 'destinationGni', bits: 32, doc: "the receiving guest's network" },
    { role: 'innerDestination', bits: 32, doc: 'destination of the inner packet' },
  ],
  inner: 'ipv4',
  tagLength: 0,
  features: [],
  always: [],
  doc: 'IPv4 in IPv6 (RFC 2473), nothing else: networks and guests are in the outer addresses',
};
