/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * What the engine delivers to a veth or tap guest comes out of the engine's own device for it, without an Ethernet
 * header, and goes on to the guest. The engine has judged and counted it.
 */
#ifndef WEFT_RETURN_H
#define WEFT_RETURN_H

#include "decision.h"
#include "delivery.h"

/* Only for a trace: what the packet is. */
static __always_inline void tell_return(struct __sk_buff *skb, struct weft_trip *trip, bool v6)
{
	const struct weft_control *block = control_block();
	if (!block || likely(block->trace == 0)) return;
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	if (read_inner(data + ETH_HLEN, end, skb->len - ETH_HLEN, v6, trip) == WEFT_INNER_PLAIN) {
		count_segments(trip, skb->gso_size, skb->gso_segs);
		if (is_traced(trip, block)) tell(trip, WEFT_EVENT_TRACE, block->trace);
	}
}

static __always_inline int from_engine(struct __sk_buff *skb)
{
	struct weft_trip trip = {
		.generation = generation_now(),
		.program = WEFT_IN_RETURN,
		.ifindex = skb->ifindex,
		.port = WEFT_NO_SLOT,
		.peer = WEFT_NO_SLOT,
		.segments = 1,
	};
	struct weft_port port;
	bool v6 = skb->protocol == bpf_htons(ETH_P_IPV6);
	bool found = find_port_of(skb->ifindex, trip.generation, true, &trip.port, &port) && is_ours(&port);
	if (!found || bpf_skb_change_head(skb, ETH_HLEN, 0) || !address_to_guest(skb, &port, v6)) {
		drop(&trip, WEFT_DROP_PORT_FAILED);
		finish(&trip);
		return TC_ACT_SHOT;
	}
	trip.source.gni = trip.destination.gni = port.gni;
	trip.left_by = port.ifindex;
	decide(&trip, WEFT_DELIVERED, 0);
	tell_return(skb, &trip, v6);
	return into_port(&port);
}

#endif
