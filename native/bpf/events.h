/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * What is told of a packet: that an address is not known, a flow sampled, a packet traced. At most one event of each
 * kind for a packet; what does not fit into the ring buffer is counted.
 */
#ifndef WEFT_EVENTS_H
#define WEFT_EVENTS_H

#include "lookups.h"

static __always_inline bool is_traced(const struct weft_trip *trip, const struct weft_control *block)
{
	return block->trace_gni == trip->source.gni && same_address(&block->trace_source, &trip->source.address) &&
	       same_address(&block->trace_destination, &trip->destination.address) &&
	       (block->trace_echo == 0 || block->trace_echo == trip->echo);
}

static __noinline int tell(const struct weft_trip *trip, __u8 kind, __u32 trace)
{
	struct weft_event *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
	if (!event) {
		__u32 only = 0;
		__u64 *lost = bpf_map_lookup_elem(&lost_events, &only);
		if (lost) (*lost)++;
		return 0;
	}
	__builtin_memset(event, 0, sizeof *event);
	event->kind = kind;
	event->program = trip->program;
	event->verdict = trip->verdict;
	event->reason = trip->reason;
	event->trace = trace;
	event->gni = trip->source.gni;
	event->length = trip->length;
	event->segments = trip->segments;
	event->ifindex = trip->ifindex;
	event->left_by = trip->left_by;
	event->port = trip->port;
	event->peer = trip->peer;
	event->source = trip->source.address;
	event->destination = trip->destination.address;
	event->source_port = trip->source_port;
	event->destination_port = trip->destination_port;
	event->outer_source_port = trip->outer_source_port;
	event->protocol = trip->protocol;
	event->format = trip->format;
	event->generation = trip->generation;
	event->time_ns = bpf_ktime_get_ns();
	struct weft_peer peer;
	if (trip->format != WEFT_FORMAT_NONE && find_peer(trip->peer, trip->generation, &peer)) {
		bool sent = trip->program == WEFT_IN_GUEST;
		event->outer_source = sent ? peer.own : peer.address;
		event->outer_destination = sent ? peer.address : peer.own;
	}
	bpf_ringbuf_submit(event, 0);
	return 0;
}

static __always_inline void tell_what_matters(const struct weft_trip *trip)
{
	const struct weft_control *block = control_block();
	if (unlikely(trip->missed)) tell(trip, WEFT_EVENT_MISS, 0);
	if (block && unlikely(block->trace != 0) && is_traced(trip, block)) tell(trip, WEFT_EVENT_TRACE, block->trace);
	if (settings.flow_sampling == 0 || trip->verdict > WEFT_DELIVERED) return;
	if (bpf_get_prandom_u32() % settings.flow_sampling == 0) tell(trip, WEFT_EVENT_FLOW, 0);
}

#endif
