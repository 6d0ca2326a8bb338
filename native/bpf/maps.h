/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * The fast path's tables: what BPF programs read and native/fastpath/ writes. Shared by C (BPF) and C++.
 *
 * Every entry is versioned. The writer writes what will count from generation g+1 on beside what counts now, for all
 * entries of one change, and then stores g+1 in `weft_control.generation`: what belongs together becomes visible
 * together, and a writer that is killed leaves a table that is wholly as before or wholly as after. A program reads
 * the generation once, looks everything up under it, and reads it again before it acts: a change in between makes it
 * leave the packet to the engine, whose table changes at once.
 *
 * Entries of hashes are replaced whole. Those of arrays (ports, peers) are written where they lie, in the order
 * `former`, `since`, `current`: a program copies the half that counts and reads `since` again after it. When that is
 * another than before, the half may be torn, and the packet is the engine's.
 */
#ifndef WEFT_MAPS_H
#define WEFT_MAPS_H

#include <linux/types.h>

/* Another number for every change of this file: maps of another layout are never read. */
#define WEFT_LAYOUT 1

#define WEFT_FAST_PORTS 4096 /* slots of ports: all that the engine has */
#define WEFT_PORT_MAC { 0x02, 0x57, 0x45, 0x46, 0x54, 0x00 } /* of every host-side port, as its guest sees it */
#define WEFT_SOURCE_PORTS 49152 /* outer source port: this | (hash of the inner flow & WEFT_SOURCE_PORT_MASK) */
#define WEFT_SOURCE_PORT_MASK 0x3fff

/* IPv4 addresses are ::ffff:a.b.c.d everywhere. */
struct weft_address {
	__u8 bytes[16];
};

/* ---- locations: where an overlay address is ------------------------------------------------------ */

enum weft_location_kind {
	WEFT_NOWHERE = 0, /* as if there were no entry: the engine asks, waits, drops */
	WEFT_LOCAL = 1, /* slot: of a port of this host */
	WEFT_REMOTE = 2, /* slot: of a peer */
};

struct weft_location_key {
	__u32 gni;
	struct weft_address address;
};

struct weft_location {
	__u32 slot;
	__u8 kind;
	__u8 has_mac;
	__u8 mac[6]; /* of a guest that has an Ethernet address of its own there; else it is derived */
};

/* `check` is a hash of the key (weft_location_check): a value whose memory was given to another key while it was
 * being read is found out by reading `check` after the rest. */
struct weft_location_entry {
	__u32 check;
	__u32 zero;
	__u64 since;
	struct weft_location current, former;
};

/* ---- ports ----------------------------------------------------------------------------------------- */

enum weft_port_kind {
	WEFT_PORT_NONE = 0,
	WEFT_PORT_VETH = 1, /* delivered by bpf_redirect_peer */
	WEFT_PORT_TAP = 2, /* delivered by bpf_redirect */
	WEFT_PORT_ENGINE = 3, /* a tun guest: only the engine reaches it */
};

struct weft_port {
	__u32 gni;
	__u32 ifindex; /* of the host's end: veth or tap */
	__u32 engine_ifindex; /* of the TUN device through which the engine serves this guest */
	__u8 kind;
	__u8 mac[6]; /* the guest's own */
	__u8 zero;
};

struct weft_port_entry {
	__u64 since;
	struct weft_port current, former;
	__u32 zero;
};

/* ---- peers ----------------------------------------------------------------------------------------- */

enum weft_send {
	WEFT_SEND_ENGINE = 0, /* whatever the engine does: seal, compress, wait for a decision */
	WEFT_SEND_NONE = 1, /* decided that nothing may be sent: no-selection */
	WEFT_SEND_FORMAT = 2, /* plus the format's id (weft_wire.h): sent by the fast path */
};

struct weft_terms {
	__u8 send;
	__u8 format; /* of WEFT_SEND_FORMAT */
	__u16 accept; /* bit per format id: plain packets of it are accepted */
};

struct weft_peer {
	struct weft_address address; /* the peer's on the substrate */
	struct weft_address own; /* this host's of the same family: outer source */
	struct weft_terms terms;
	__u16 path_mtu; /* largest outer IP packet, bytes */
	__u8 in_use;
	__u8 has_pairs; /* look up `pairs` first */
};

struct weft_peer_entry {
	__u64 since;
	struct weft_peer current, former;
};

struct weft_pair_key {
	__u32 peer;
	__u32 gni;
	struct weft_address own, theirs; /* this host's guest, the peer's */
};

struct weft_pair_entry {
	__u32 check; /* as of a location */
	__u32 zero;
	__u64 since;
	struct weft_terms current, former;
	__u8 current_there, former_there, zeros[6];
};

/* ---- counters (per CPU; summed by the reader) -------------------------------------------------------- */

struct weft_traffic {
	__u64 packets; /* inner packets as on the wire: a super-packet counts its segments */
	__u64 bytes; /* inner bytes, headers of every segment counted */
};

struct weft_counters {
	struct weft_traffic out, in; /* port: from and to the guest; peer: to and from the host */
	__u64 drops;
};

/* Why a packet was left to the engine; for people. */
enum weft_handover {
	WEFT_HANDOVER_UNKNOWN_LOCATION = 0,
	WEFT_HANDOVER_BY_ENGINE = 1, /* the session needs the engine: sealed, compressed, not decided */
	WEFT_HANDOVER_FRAGMENT = 2,
	WEFT_HANDOVER_OPTIONS = 3, /* IPv4 options, IPv6 extension headers */
	WEFT_HANDOVER_NOT_UNICAST = 4,
	WEFT_HANDOVER_TOO_BIG = 5,
	WEFT_HANDOVER_ENGINE_PORT = 6, /* the destination is a tun guest */
	WEFT_HANDOVER_NO_ROUTE = 7, /* the substrate's routing table or neighbour has no answer */
	WEFT_HANDOVER_CHANGED = 8, /* the table changed while it was read */
	WEFT_HANDOVER_UNKNOWN_PEER = 9,
	WEFT_HANDOVER_NOT_ACCEPTED = 10,
	WEFT_HANDOVER_ODD = 11, /* received, and not clean in some respect: the engine finds the word */
	WEFT_HANDOVER_PARTIAL_CHECKSUM = 12, /* flag P of a received packet */
	WEFT_HANDOVER_FAMILY = 13, /* this kernel cannot take off a header of another family */
	WEFT_HANDOVER_COUNT
};

/* ---- events (ring buffer) ---------------------------------------------------------------------------- */

enum weft_event_kind { WEFT_EVENT_MISS = 1, WEFT_EVENT_FLOW = 2, WEFT_EVENT_TRACE = 3 };

enum weft_program { WEFT_IN_GUEST = 0, WEFT_IN_SUBSTRATE = 1, WEFT_IN_RETURN = 2, WEFT_IN_XDP = 3 };

enum weft_verdict {
	WEFT_SENT = 0,
	WEFT_DELIVERED = 1,
	WEFT_HANDED_OVER = 2, /* reason: enum weft_handover */
	WEFT_DROPPED = 3, /* reason: enum weft_drop */
};

/* One packet and what became of it. A miss: an unknown destination (guest) or source (substrate) address. */
struct weft_event {
	__u8 kind, program, verdict, reason;
	__u32 trace; /* of WEFT_EVENT_TRACE */
	__u32 gni;
	__u32 length; /* inner bytes */
	__u32 segments;
	__u32 ifindex, left_by; /* 0: nowhere */
	__u32 port, peer; /* slots; ~0: none */
	struct weft_address source, destination; /* overlay */
	struct weft_address outer_source, outer_destination; /* zero: none */
	__u16 source_port, destination_port, outer_source_port; /* host order; 0: none */
	__u8 protocol; /* inner, behind the IP header */
	__u8 format;
	__u64 generation;
	__u64 time_ns; /* CLOCK_MONOTONIC */
};

/* ---- settings and control ------------------------------------------------------------------------------ */

/* Constant for the life of a set of programs (.rodata). */
struct weft_settings {
	__u16 udp_port; /* of the gni frameworks, host order */
	__u8 vxlan, geneve; /* whether their ports are served */
	__u8 xdp; /* packets arrive decapsulated by XDP */
	__u8 can_change_family; /* BPF_F_ADJ_ROOM_DECAP_L3_* are known to this kernel */
	__u16 zero;
	__u32 peers; /* slots of the table of peers */
	__u32 flow_sampling; /* one packet in so many is told as a flow record; 0: none */
};

/* Changes while packets flow (an mmapable array of one). */
struct weft_control {
	__u64 generation;
	__u32 trace; /* number of the trace; 0: none */
	__u32 trace_gni;
	struct weft_address trace_source, trace_destination;
	__u16 trace_echo; /* identifier of the ICMP echo that is meant; 0: any packet */
	__u16 zeros[3];
};

/* FNV-1a (RFC 9923) over the key's 32-bit words instead of its bytes, which makes it four times as fast; `length` is
 * a multiple of 4. Keys that differ in one word always differ in it. */
static inline __attribute__((always_inline, unused)) __u32 weft_check(const void *key, __u32 length)
{
	const __u8 *bytes = (const __u8 *)key;
	__u32 hash = 2166136261u;
	for (__u32 i = 0; i < length; i += 4) {
		__u32 word;
		__builtin_memcpy(&word, bytes + i, 4);
		hash = (hash ^ word) * 16777619u;
	}
	return hash;
}

#endif
