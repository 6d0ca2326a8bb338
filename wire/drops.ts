/**
 * Why a packet was discarded: every discarded packet counts under exactly one of these names.
 *
 * The names are the same in the reference codec, the engine, the BPF programs, the status endpoint and
 * the documentation; ids are stable, new reasons go to the end.
 */
export interface DropReason {
  readonly id: number;
  readonly name: string;
  /** `out`: from a guest towards the substrate; `in`: from the substrate towards a guest. */
  readonly direction: 'out' | 'in' | 'both';
  readonly doc: string;
}

export const dropReasons = [
  {
    id: 0,
    name: 'guest-malformed',
    direction: 'out',
    doc: 'the guest sent something that is not a whole IPv4 or IPv6 packet',
  },
  { id: 1, name: 'guest-spoofed-source', direction: 'out', doc: 'the source address is not one of the guest’s own' },
  {
    id: 2,
    name: 'not-unicast',
    direction: 'out',
    doc: 'multicast, broadcast, link-local and unspecified destinations are not carried',
  },
  { id: 3, name: 'no-route', direction: 'out', doc: 'the destination is in no prefix of the virtual cloud' },
  { id: 4, name: 'no-mapping', direction: 'out', doc: 'the mapping server knows no guest at this address' },
  {
    id: 5,
    name: 'resolve-timeout',
    direction: 'both',
    doc: 'the mapping server did not answer before the deadline of the first-packet queue',
  },
  { id: 6, name: 'resolve-queue-full', direction: 'both', doc: 'the first-packet queue was full' },
  { id: 7, name: 'no-session', direction: 'out', doc: 'no format is agreed with the destination’s host' },
  { id: 8, name: 'too-big', direction: 'out', doc: 'longer than the path to the destination’s host carries' },
  { id: 9, name: 'send-failed', direction: 'out', doc: 'the kernel refused to send; the last error is in the status' },
  { id: 10, name: 'short', direction: 'in', doc: 'fewer bytes than the header or the inner packet says' },
  { id: 11, name: 'long', direction: 'in', doc: 'more bytes than the inner packet says' },
  { id: 12, name: 'unknown-version', direction: 'in', doc: 'the first byte is no version that this build knows' },
  { id: 13, name: 'bad-header', direction: 'in', doc: 'bits that must be zero are not' },
  { id: 14, name: 'bad-checksum', direction: 'in', doc: 'the checksum of the encapsulation does not match' },
  { id: 15, name: 'unknown-protocol', direction: 'in', doc: 'the inner protocol is neither IPv4 nor IPv6' },
  { id: 16, name: 'inner-malformed', direction: 'in', doc: 'the inner packet contradicts itself or the header' },
  { id: 17, name: 'unknown-peer', direction: 'in', doc: 'the sending host has no session with this one' },
  {
    id: 18,
    name: 'version-not-accepted',
    direction: 'in',
    doc: 'the session with the sending host does not accept this format',
  },
  { id: 19, name: 'unknown-gni', direction: 'in', doc: 'no guest of this network is on this host' },
  { id: 20, name: 'gni-mismatch', direction: 'in', doc: 'source and destination network differ without a peering' },
  {
    id: 21,
    name: 'spoofed-inner-source',
    direction: 'in',
    doc: 'the mapping server says that the inner source lives on another host, or nowhere',
  },
  { id: 22, name: 'no-guest', direction: 'in', doc: 'the inner destination is not on this host' },
  { id: 23, name: 'port-failed', direction: 'both', doc: 'the kernel refused to deliver to the guest’s port' },
  {
    id: 24,
    name: 'feature-not-accepted',
    direction: 'in',
    doc: 'the session with the sending host accepts the format, but not what this packet does with it',
  },
  { id: 25, name: 'unknown-key', direction: 'in', doc: 'the session with the sending host has no key of this number' },
  { id: 26, name: 'bad-tag', direction: 'in', doc: 'the packet was not sealed with the key, or was changed since' },
  {
    id: 27,
    name: 'replayed',
    direction: 'in',
    doc: 'a packet of this sequence number has come, or newer ones long ago',
  },
  { id: 28, name: 'bad-compression', direction: 'in', doc: 'the payload does not decompress to one inner packet' },
  { id: 29, name: 'no-selection', direction: 'out', doc: 'the policies leave no format for this pair' },
  { id: 30, name: 'key-exhausted', direction: 'out', doc: 'the key has sealed as many packets as it may' },
  {
    id: 31,
    name: 'not-carried',
    direction: 'out',
    doc: 'the session’s format does not carry this kind of packet',
  },
] as const satisfies readonly DropReason[];

export type DropName = (typeof dropReasons)[number]['name'];

export function dropName(id: number): DropName | undefined {
  return dropReasons[id]?.name;
}
