/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * The one place where what became of a packet is counted and told. Every way through a program ends here, once, but
 * for what counts as nothing: questions of neighbours, and what is not Weft's at all.
 */
#ifndef WEFT_DECISION_H
#define WEFT_DECISION_H

#include "events.h"

static __always_inline void add(struct weft_traffic *traffic, const struct weft_trip *trip)
{
	traffic->packets += trip->segments;
	traffic->bytes += trip->length + (trip->segments - 1) * trip->headers;
}

/* The slot is copied: Linux 6.1 takes no key from memory of a caller. */
static __always_inline struct weft_counters *counters_of(void *map, __u32 slot)
{
	return bpf_map_lookup_elem(map, &slot);
}

static __always_inline void count_sent(const struct weft_trip *trip)
{
	struct weft_counters *port = counters_of(&port_counters, trip->port);
	struct weft_counters *peer = counters_of(&peer_counters, trip->peer);
	if (port) add(&port->out, trip);
	if (peer) add(&peer->out, trip);
}

static __always_inline void count_received(const struct weft_trip *trip)
{
	struct weft_counters *port = counters_of(&port_counters, trip->port);
	struct weft_counters *peer = counters_of(&peer_counters, trip->peer);
	if (port) add(&port->in, trip);
	if (peer) add(&peer->in, trip);
}

/* From one port of this host to another. */
static __always_inline void count_local(const struct weft_trip *trip)
{
	__u32 only = 0;
	struct weft_counters *from = counters_of(&port_counters, trip->port);
	struct weft_counters *to = counters_of(&port_counters, trip->local);
	struct weft_traffic *all = bpf_map_lookup_elem(&local_traffic, &only);
	if (from) add(&from->out, trip);
	if (to) add(&to->in, trip);
	if (all) add(all, trip);
}

static __always_inline void count_drop(const struct weft_trip *trip)
{
	struct weft_counters *owner;
	__u32 reason = trip->reason;
	__u64 *count = bpf_map_lookup_elem(&drop_counts, &reason);
	if (count) *count += trip->segments;
	if (trip->program == WEFT_IN_GUEST) owner = counters_of(&port_counters, trip->port);
	else owner = counters_of(&peer_counters, trip->peer);
	if (owner) owner->drops += trip->segments;
}

static __always_inline void count_handover(const struct weft_trip *trip)
{
	__u32 reason = trip->reason;
	__u64 *count = bpf_map_lookup_elem(&handover_counts, &reason);
	if (count) (*count)++;
}

/* Not static: so the verifier looks at it once, and not once for each way that ends here (as of a location). */
__noinline int finish(const struct weft_trip *trip)
{
	if (!trip) return 0;
	if (likely(trip->verdict == WEFT_SENT)) count_sent(trip);
	else if (trip->verdict == WEFT_DELIVERED && trip->program == WEFT_IN_GUEST) count_local(trip);
	else if (trip->verdict == WEFT_DELIVERED) count_received(trip);
	else if (trip->verdict == WEFT_HANDED_OVER) count_handover(trip);
	else count_drop(trip);
	tell_what_matters(trip);
	return 0;
}

#endif
