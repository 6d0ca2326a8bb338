/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * Look-ups under one generation, as maps.h says. What is found is copied: a value may change while it is used.
 * Nothing found, and found but being written, are the same: the engine knows better.
 *
 * A look-up in a hash costs as much as all the rest of a step, so each has a shortcut: locations are remembered for
 * as long as their generation lasts; which slot a device or address has is guessed from the last time, and every guess
 * is checked against the slot, as what the hash says is.
 */
#ifndef WEFT_LOOKUPS_H
#define WEFT_LOOKUPS_H

#include "packet.h"

static __always_inline struct weft_control *control_block(void)
{
	__u32 only = 0;
	return bpf_map_lookup_elem(&control, &only);
}

static __always_inline __u64 generation_now(void)
{
	const struct weft_control *block = control_block();
	return block ? load_once(block->generation) : 0;
}

/* The table is still what it was when the packet came. */
static __always_inline bool unchanged(const struct weft_trip *trip)
{
	in_order();
	return generation_now() == trip->generation;
}

static __always_inline __u32 hash_of(const __u32 *words, int count)
{
	__u32 mixed = 0;
	for (int at = 0; at < count; at++) mixed ^= words[at];
	return mixed * 0x9e3779b1 >> 16;
}

static __always_inline void find_in_table(const struct weft_location_key *key, __u64 generation, struct weft_location *out)
{
	/* Linux 6.1 takes no key from memory of a caller. */
	struct weft_location_key own = *key;
	const struct weft_location_entry *entry = bpf_map_lookup_elem(&locations, &own);
	out->kind = WEFT_NOWHERE;
	if (!entry) return;
	__u64 since = load_once(entry->since);
	in_order();
	if (since <= generation) *out = entry->current;
	else *out = entry->former;
	in_order();
	bool same = load_once(entry->since) == since && load_once(entry->check) == weft_check(key, sizeof *key);
	if (unlikely(!same)) out->kind = WEFT_NOWHERE;
}

/* Not static: so the verifier looks at it once, and not once for each way by which it is reached. Inline, the programs
 * take Linux 6.1 three times as many instructions to verify, too many of them. */
__noinline int recall_location(const struct weft_location_key *key, __u64 generation, struct weft_location *out)
{
	if (!key || !out) return 0;
	__u32 at = hash_of((const __u32 *)key, sizeof *key / sizeof(__u32)) % WEFT_RECENT_LOCATIONS;
	struct weft_recent_location *recent = bpf_map_lookup_elem(&recent_locations, &at);
	if (recent && likely(recent->generation == generation && recent->key.gni == key->gni &&
			     same_address(&recent->key.address, &key->address))) {
		*out = recent->location;
		return 0;
	}
	find_in_table(key, generation, out);
	if (!recent || out->kind == WEFT_NOWHERE) return 0;
	recent->generation = generation;
	recent->key = *key;
	recent->location = *out;
	return 0;
}

/* `out.kind` is WEFT_NOWHERE when there is none, which is not remembered. */
static __always_inline void find_location(const struct weft_location_key *key, __u64 generation, struct weft_location *out)
{
	*out = (struct weft_location){ .kind = WEFT_NOWHERE };
	recall_location(key, generation, out);
}

static __always_inline bool find_port(__u32 slot, __u64 generation, struct weft_port *out)
{
	const struct weft_port_entry *entry = bpf_map_lookup_elem(&ports, &slot);
	if (!entry) return false;
	__u64 since = load_once(entry->since);
	in_order();
	if (since <= generation) *out = entry->current;
	else *out = entry->former;
	in_order();
	return load_once(entry->since) == since && out->kind != WEFT_PORT_NONE;
}

static __always_inline bool find_peer(__u32 slot, __u64 generation, struct weft_peer *out)
{
	const struct weft_peer_entry *entry = bpf_map_lookup_elem(&peers, &slot);
	if (!entry) return false;
	__u64 since = load_once(entry->since);
	in_order();
	if (since <= generation) *out = entry->current;
	else *out = entry->former;
	in_order();
	return load_once(entry->since) == since && out->in_use;
}

/* Terms of a pair of guests replace those of their hosts. */
static __always_inline void find_terms(__u32 slot, const struct weft_peer *peer, const struct weft_trip *trip,
				       const struct weft_address *own, const struct weft_address *theirs,
				       struct weft_terms *out)
{
	*out = peer->terms;
	if (likely(!peer->has_pairs)) return;
	struct weft_pair_key key = { .peer = slot, .gni = trip->source.gni, .own = *own, .theirs = *theirs };
	const struct weft_pair_entry *entry = bpf_map_lookup_elem(&pairs, &key);
	/* Who walks along a chain in which an entry is just being replaced may pass it by; and what a pair is forbidden must
	 * not depend on that. The second time it is found. */
	if (!entry) entry = bpf_map_lookup_elem(&pairs, &key);
	if (!entry) return;
	__u64 since = load_once(entry->since);
	in_order();
	bool is_current = since <= trip->generation;
	bool there = is_current ? entry->current_there : entry->former_there;
	struct weft_terms terms = is_current ? entry->current : entry->former;
	in_order();
	bool same = load_once(entry->since) == since && load_once(entry->check) == weft_check(&key, sizeof key);
	/* Another pair's by now: whether this one has terms of its own is not known. */
	if (!same) *out = (struct weft_terms){ .send = WEFT_SEND_ENGINE };
	else if (there) *out = terms;
}

static __always_inline bool has_device(const struct weft_port *port, __u32 ifindex, bool of_engine)
{
	return (of_engine ? port->engine_ifindex : port->ifindex) == ifindex;
}

/* The port of one of a guest's two devices. */
static __always_inline bool find_port_of(__u32 ifindex, __u64 generation, bool of_engine, __u32 *slot, struct weft_port *out)
{
	__u32 at = ifindex % WEFT_HINTS;
	__u32 *hint = bpf_map_lookup_elem(&port_hints, &at);
	if (!hint) return false;
	*slot = load_once(*hint);
	if (likely(find_port(*slot, generation, out) && has_device(out, ifindex, of_engine))) return true;
	const __u32 *found = bpf_map_lookup_elem(&port_by_ifindex, &ifindex);
	if (!found) return false;
	*slot = load_once(*found);
	if (!find_port(*slot, generation, out) || !has_device(out, ifindex, of_engine)) return false;
	*hint = *slot;
	return true;
}

/* The peer with this address on the substrate. */
static __always_inline bool find_peer_at(const struct weft_address *address, __u64 generation, __u32 *slot, struct weft_peer *out)
{
	__u32 at = hash_of(const_words_of(address), sizeof *address / sizeof(__u32)) % WEFT_HINTS;
	__u32 *hint = bpf_map_lookup_elem(&peer_hints, &at);
	if (!hint) return false;
	*slot = load_once(*hint);
	if (likely(find_peer(*slot, generation, out) && same_address(&out->address, address))) return true;
	const __u32 *found = bpf_map_lookup_elem(&peer_by_address, address);
	if (!found) return false;
	*slot = load_once(*found);
	if (!find_peer(*slot, generation, out) || !same_address(&out->address, address)) return false;
	*hint = *slot;
	return true;
}

#endif
