/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * The maps, by the names under which they are pinned. Sizes are for tests: the loader sets its own.
 */
#ifndef WEFT_TABLES_H
#define WEFT_TABLES_H

#include <weft_wire.h>

#include "kernel.h"
#include "maps.h"

/* Alone in its section: the map `.rodata.settings` is nothing but this. */
volatile const struct weft_settings settings SEC(".rodata.settings") = { .udp_port = WEFT_UDP_PORT, .vxlan = 1, .geneve = 1, .peers = 1024 };

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 262144);
	__type(key, struct weft_location_key);
	__type(value, struct weft_location_entry);
} locations SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct weft_pair_key);
	__type(value, struct weft_pair_entry);
} pairs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct weft_peer_entry);
} peers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, WEFT_FAST_PORTS);
	__type(key, __u32);
	__type(value, struct weft_port_entry);
} ports SEC(".maps");

/* Both devices of a port, the guest's and the engine's. Not versioned: what is found is checked against the port. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2 * WEFT_FAST_PORTS);
	__type(key, __u32);
	__type(value, __u32);
} port_by_ifindex SEC(".maps");

/* Not versioned: what is found is checked against the peer. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct weft_address);
	__type(value, __u32);
} peer_by_address SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct weft_control);
} control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WEFT_FAST_PORTS);
	__type(key, __u32);
	__type(value, struct weft_counters);
} port_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct weft_counters);
} peer_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WEFT_DROP_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} drop_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WEFT_HANDOVER_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} handover_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct weft_traffic);
} local_traffic SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} lost_events SEC(".maps");

/* The programs' own, of no use to anybody else, and never to be kept for another run: what was found lately. */

#define WEFT_RECENT_LOCATIONS 1024
#define WEFT_RECENT_WAYS 1024
#define WEFT_HINTS 1024

struct weft_recent_location {
	__u64 generation;
	struct weft_location_key key;
	struct weft_location location;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WEFT_RECENT_LOCATIONS);
	__type(key, __u32);
	__type(value, struct weft_recent_location);
} recent_locations SEC(".maps");

struct weft_recent_way {
	__u64 generation;
	__u64 tick; /* 0: never used */
	__u32 peer;
	__u16 source_port, family;
	__u32 ifindex;
	__u32 next_hop[4];
	__u32 mtu;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WEFT_RECENT_WAYS);
	__type(key, __u32);
	__type(value, struct weft_recent_way);
} recent_ways SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WEFT_HINTS);
	__type(key, __u32);
	__type(value, __u32);
} port_hints SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WEFT_HINTS);
	__type(key, __u32);
	__type(value, __u32);
} peer_hints SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

#endif
