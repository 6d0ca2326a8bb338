/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * Unwrapping before the kernel makes a packet of it: so GRO joins what guests sent, which it does not do inside a
 * tunnel that it does not know. Where the packet goes travels in front of it (struct weft_unwrapped); XDP itself
 * reaches no port of another namespace.
 */
#ifndef WEFT_XDP_H
#define WEFT_XDP_H

#include "substrate.h"

/* The outer Ethernet addresses stay: they say that the packet is for this host. 0, or -1: nothing is changed. */
static __always_inline int shorten(struct xdp_md *context, const struct weft_trip *trip, __u32 length)
{
	if (bpf_xdp_adjust_meta(context, -(int)sizeof(struct weft_unwrapped))) return -1;
	struct ethhdr *ethernet = (void *)(long)context->data;
	if ((void *)(ethernet + 1) > (void *)(long)context->data_end) return -1;
	struct ethhdr kept = *ethernet;
	if (bpf_xdp_adjust_head(context, length)) return -1;
	void *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
	struct weft_unwrapped *out = (void *)(long)context->data_meta;
	if (data + ETH_HLEN > end || (void *)(out + 1) > data) return -1;
	write_ethernet(data, kept.h_dest, kept.h_source, ethertype_of(trip->v6));
	*out = (struct weft_unwrapped){ WEFT_MARK, trip->source.gni, trip->left_by, trip->peer };
	return 0;
}

static __always_inline int before_stack(struct xdp_md *context)
{
	struct weft_trip trip = {
		.generation = generation_now(),
		.program = WEFT_IN_XDP,
		.ifindex = context->ingress_ifindex,
		.port = WEFT_NO_SLOT,
		.peer = WEFT_NO_SLOT,
		.segments = 1,
	};
	struct weft_seen seen = {};
	in_order();
	seen.data = (void *)(long)context->data;
	seen.end = (void *)(long)context->data_end;
	seen.length = seen.end - seen.data;
	struct ethhdr *ethernet = seen.data;
	if ((void *)(ethernet + 1) > seen.end) return XDP_PASS;
	/* What is not clean is looked at again at tc, and counted there. */
	if (unwrap(&seen, &trip, ethernet->h_proto) != WEFT_CLEAN) return XDP_PASS;
	trip.left_by = seen.guest.ifindex;
	if (shorten(context, &trip, seen.offset - ETH_HLEN)) return XDP_PASS;
	decide(&trip, WEFT_DELIVERED, 0);
	finish(&trip);
	return XDP_PASS;
}

#endif
