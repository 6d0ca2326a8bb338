/**
 * Geneve (RFC 8926 §3.4), 8 bytes, options, Ethernet inside. Weft sends one option, so 16 bytes.
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---+-----------+-+-+-----------+-------------------------------+
 *  |Ver|  opt len  |O|C|   rsvd    |         protocol type         |
 *  +---+-----------+-+-+-----------+---------------+---------------+
 *  |             VNI: destination GNI              |   reserved    |
 *  +-----------------------------------------------+---------------+
 *  |      option class 0xff57      |    type 1     | R R R |  len  |
 *  +-------------------------------+---------------+-------+-------+
 *  |                          source GNI                           |
 *  +---------------------------------------------------------------+
 *
 * Option classes from 0xff00 on are for experiments (RFC 8926 §7); type 1 has its highest bit clear, so who does not
 * know it may ignore it. Received without it, the source GNI is the VNI. Options are walked by
 * `wire/geneve-options.ts`. C (there are critical options) repeats what the options say and is ignored.
 */
import type { Layout } from './layout.ts';

export const geneveOption = { class: 0xff57, type: 1 } as const;

/** Ethernet inside, as an ethertype: Transparent Ethernet Bridging. */
export const transparentEthernet = 0x6558;

export const geneve: Layout = {
  id: 6,
  name: 'geneve',
  framework: 'geneve',
  version: '',
  carrier: 'geneve',
  fields: [
    { role: 'fixed', bits: 2, value: 0, doc: 'version' },
    { role: 'optionLength', bits: 6, value: 2, doc: 'length of the options in units of 4 bytes' },
    { role: 'fixed', bits: 1, value: 0, doc: 'O: a control packet' },
    { role: 'ignored', bits: 1, doc: 'C: there are critical options' },
    { role: 'ignored', bits: 6, doc: 'reserved' },
    { role: 'protocolType', bits: 16, value: transparentEthernet, doc: 'what is inside: 0x6558 Ethernet' },
    { role: 'vni', bits: 24, doc: "the receiving guest's network" },
    { role: 'ignored', bits: 8, doc: 'reserved' },
  ],
  options: [
    { role: 'fixed', bits: 16, value: geneveOption.class, doc: 'option class' },
    { role: 'fixed', bits: 8, value: geneveOption.type, doc: 'option type, not critical' },
    { role: 'ignored', bits: 3, doc: 'reserved' },
    { role: 'fixed', bits: 5, value: 1, doc: 'length of the option in units of 4 bytes' },
    { role: 'sourceGni', bits: 32, doc: "the sending guest's network" },
  ],
  inner: 'ethernet',
  tagLength: 0,
  features: [],
  always: [],
  doc: 'RFC 8926, for peers without Weft; both networks travel',
};
