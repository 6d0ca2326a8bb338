/**
 * `wire/gen/vectors.json`: packets and what every executor has to make of them. `{ vectors: [...] }`, each one
 *
 *   name      a sentence
 *   format    what the packet claims to be; '' when its first byte decides otherwise
 *   carrier   'vxlan' or 'geneve': which port it came to; 'ipv6': it is all of an outer IPv6 packet; absent: 'data'
 *   keys      the receiver's keys: id, cipher, secret and salt as hex. The first one sealed the packet, unless
 *             `encodes` is false. Absent: it has none
 *   accept    the encapsulations that the receiver accepts of the sender: format, key (index into `keys`),
 *             compression, elision, flowControl. Absent: every format with every feature and key
 *   packet    hex of the UDP payload, or of the outer IPv6 packet
 *   encodes   false: decoders take the packet, but an encoder makes other bytes of header and inner packet (it
 *             compresses otherwise, sends other options, no padding). Absent: encoding gives exactly `packet`
 *   expect    { drop }: the one reason; or { header, inner }: what is decoded.
 *             header: partialChecksum, protocol, sourceGni, destinationGni; true or there only when the packet says so:
 *             compression, elided, keyId, sequence (decimal text); with Ethernet inside: macs { source, destination };
 *             without UDP: prefixes { source, destination }
 *             inner: hex of the inner packet, decompressed and rebuilt
 *
 * Every vector is for a receiver that has heard nothing before: replay windows are empty. No packet asks which guests
 * there are: frames of ARP and neighbour discovery, which a host answers, are not among them.
 *
 * The expectation is written down by hand beside each packet's recipe; the reference codec has to agree,
 * or generation fails. The engine's and the BPF programs' tests run the same file.
 */
import { layouts } from '../formats/index.ts';
import type { Layout } from '../formats/layout.ts';
import { disagreement, type Vector } from './vector.ts';
import { basicVectors } from './vectors-basic.ts';
import { featureVectors } from './vectors-features.ts';
import { foreignVectors } from './vectors-foreign.ts';
import { gni6Vectors } from './vectors-gni6.ts';
import { sealedVectors } from './vectors-sealed.ts';

export function vectors(): string {
  const all = [...unversioned(), ...layouts.flatMap(ofLayout)];
  for (const vector of all) {
    const found = disagreement(vector);
    if (found !== undefined) {
      throw new Error(`vector "${vector.name}": expected ${JSON.stringify(vector.expect)}, codec says ${found}`);
    }
  }
  return `${JSON.stringify({ generated: 'by `make generate` from wire/; do not edit', vectors: all }, undefined, 1)}\n`;
}

function ofLayout(layout: Layout): Vector[] {
  if (layout.inner === 'ethernet') return foreignVectors(layout);
  if (layout.inner === 'ipv4') return gni6Vectors(layout);
  return [...basicVectors(layout), ...featureVectors(layout), ...sealedVectors(layout)];
}

/** Packets whose first byte decides. */
function unversioned(): Vector[] {
  const known = new Set(layouts.map((layout: Layout) => layout.versionByte));
  const unknown = [0x00, 0x01, 0x0f, 0x12, 0x45, 0x60, 0xf0, 0xff].filter((byte) => !known.has(byte));
  return [
    { name: 'empty', format: '', packet: '', expect: { drop: 'short' } },
    ...unknown.map((byte) => ({
      name: `version byte ${byte}`,
      format: '',
      packet: Buffer.from([byte, ...new Uint8Array(63)]).toString('hex'),
      expect: { drop: 'unknown-version' as const },
    })),
  ];
}
