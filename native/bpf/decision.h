/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0-only)
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

static __always_inline void count_one(void *counts, __u32 which, __u64 packets)
{
	__u64 *count = bpf_map_lookup_elem(counts, &which);
	if (count) *count += packets;
}

/* Sent: of the guest's port and the peer. Delivered: likewise, or of both ports when it never left this host. */
static __always_inline void count_carried(const struct weft_trip *trip)
{
	bool out = trip->program == WEFT_IN_GUEST, local = out && trip->verdict == WEFT_DELIVERED;
	struct weft_counters *port = bpf_map_lookup_elem(&port_counters, &trip->port);
	struct weft_counters *peer = local ? bpf_map_lookup_elem(&port_counters, &trip->local)
					   : bpf_map_lookup_elem(&peer_counters, &trip->peer);
	if (port) add(out ? &port->out : &port->in, trip);
	if (peer) add(out && !local ? &peer->out : &peer->in, trip);
	if (!local) return;
	__u32 only = 0;
	struct weft_traffic *all = bpf_map_lookup_elem(&local_traffic, &only);
	if (all) add(all, trip);
}

static __always_inline void count_drop(const struct weft_trip *trip)
{
	struct weft_counters *owner = trip->program == WEFT_IN_GUEST ? bpf_map_lookup_elem(&port_counters, &trip->port)
								     : bpf_map_lookup_elem(&peer_counters, &trip->peer);
	count_one(&drop_counts, trip->reason, trip->segments);
	if (owner) owner->drops += trip->segments;
}

static __always_inline void finish(const struct weft_trip *trip)
{
	if (likely(trip->verdict == WEFT_SENT || trip->verdict == WEFT_DELIVERED)) count_carried(trip);
	else if (trip->verdict == WEFT_HANDED_OVER) count_one(&handover_counts, trip->reason, 1);
	else count_drop(trip);
	tell_what_matters(trip);
}

#endif
