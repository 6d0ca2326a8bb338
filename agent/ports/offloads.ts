/** How large the super-packets are that a guest's kernel hands to its veth: one place for what was measured. Pure. */

export interface SuperPackets {
  /** Bytes, inner headers included. */
  readonly gsoMaxSize: number;
  readonly gsoMaxSegments: number;
}

/** The total length of the outer IP packet has 16 bits (RFC 791), so much of them encapsulation takes at most. */
const largestPacket = 65_535;
const mostOverhead = 100;
/** As the engine caps its own ports (native/engine/system/tun.cpp): what it has to seal then fits one send. */
const longestSend = 65_507;
const sealedOverhead = 40;
const mostSegments = 64;

export function superPackets(mtu: number): SuperPackets {
  const fitting = Math.floor(longestSend / (mtu + sealedOverhead));
  return {
    gsoMaxSize: largestPacket - mostOverhead,
    gsoMaxSegments: Math.min(Math.max(fitting, 1), mostSegments),
  };
}
