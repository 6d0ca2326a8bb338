/**
 * VXLAN (RFC 7348 §5), 8 bytes, Ethernet inside: spoken with the kernel's vxlan devices and Open vSwitch.
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------+-+-----+-----------------------------------------------+
 *  |R R R R|I|R R R|                   reserved                    |
 *  +-------+-+-----+-----------------------------------------------+
 *  |                     VNI                       |   reserved    |
 *  +-----------------------------------------------+---------------+
 *
 * I must be set; reserved bits are zero on transmission and ignored on receipt. The VNI is the GNI of both ends.
 */
import type { Layout } from './layout.ts';

export const vxlan: Layout = {
  id: 5,
  name: 'vxlan',
  framework: 'vxlan',
  version: '',
  carrier: 'vxlan',
  fields: [
    { role: 'ignored', bits: 4, doc: 'reserved' },
    { role: 'fixed', bits: 1, value: 1, doc: 'I: the VNI is valid' },
    { role: 'ignored', bits: 27, doc: 'reserved' },
    { role: 'vni', bits: 24, doc: 'the network of both guests' },
    { role: 'ignored', bits: 8, doc: 'reserved' },
  ],
  inner: 'ethernet',
  tagLength: 0,
  features: [],
  always: [],
  doc: 'RFC 7348, for peers without Weft',
};
