/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * The substrate device's packets at tc: what is clean (unwrap.h) loses its outer headers and goes to its guest; what
 * XDP has unwrapped goes there, too; all else goes on to the engine's socket as it came, by way of whatever other
 * filters the host's people have put there (TC_ACT_UNSPEC).
 */
#ifndef WEFT_SUBSTRATE_H
#define WEFT_SUBSTRATE_H

#include "decision.h"
#include "delivery.h"
#include "unwrap.h"

#define WEFT_MARK 0x57454654 /* the metadata is ours */

/* From weft_xdp to weft_substrate, in front of the packet. Packets whose metadata differs are not joined by GRO. The
 * guest is named by its device: while a run takes over, the one program is another run's, which has other slots. */
struct weft_unwrapped {
	__u32 mark, gni, device, peer;
};

/* Outer, framework and inner headers as far as they are read. */
static __always_inline void pull_outer(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	const __u32 wanted = ETH_HLEN + sizeof(struct ipv6hdr) + sizeof(struct udphdr) + WEFT_OVERHEAD_MAX + sizeof(struct ipv6hdr) +
			     sizeof(struct udphdr);
	if (likely(data + wanted <= end) || skb->len <= end - data) return;
	bpf_skb_pull_data(skb, skb->len < wanted ? skb->len : wanted);
}

static __always_inline int take_off(struct __sk_buff *skb, const struct weft_seen *seen, const struct weft_trip *trip)
{
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO;
	if (seen->outer_v6 != trip->v6) {
		if (!settings.can_change_family) return WEFT_HANDOVER_FAMILY;
		flags |= trip->v6 ? WEFT_DECAP_TO_IPV6 : WEFT_DECAP_TO_IPV4;
	}
	__s32 length = seen->offset - ETH_HLEN;
	return bpf_skb_adjust_room(skb, -length, BPF_ADJ_ROOM_MAC, flags) ? WEFT_HANDOVER_ODD : WEFT_CLEAN;
}

/* XDP has counted and told, and there is no way back to the engine any more. */
static __always_inline int deliver_unwrapped(struct __sk_buff *skb, const struct weft_unwrapped *unwrapped)
{
	struct weft_trip trip = {
		.generation = generation_now(),
		.program = WEFT_IN_SUBSTRATE,
		.ifindex = skb->ifindex,
		.port = WEFT_NO_SLOT,
		.peer = unwrapped->peer,
		.segments = 1,
	};
	struct weft_port port;
	bool here = find_port_of(unwrapped->device, trip.generation, false, &trip.port, &port) && port.gni == unwrapped->gni &&
		    is_ours(&port) && skb->pkt_type == PACKET_HOST && !skb->vlan_present;
	if (here && address_to_guest(skb, &port, skb->protocol == bpf_htons(ETH_P_IPV6))) return into_port(&port);
	trip.source.gni = unwrapped->gni;
	drop(&trip, WEFT_DROP_PORT_FAILED);
	finish(&trip);
	return TC_ACT_SHOT;
}

static __always_inline bool was_unwrapped(struct __sk_buff *skb, struct weft_unwrapped *out)
{
	void *meta = (void *)(long)skb->data_meta, *data = (void *)(long)skb->data;
	if (meta + sizeof *out > data) return false;
	*out = *(struct weft_unwrapped *)meta;
	return out->mark == WEFT_MARK;
}

static __always_inline int from_substrate(struct __sk_buff *skb)
{
	struct weft_unwrapped unwrapped;
	struct weft_seen seen = {};
	if (settings.xdp && was_unwrapped(skb, &unwrapped)) return deliver_unwrapped(skb, &unwrapped);
	if (skb->pkt_type != PACKET_HOST || skb->vlan_present) return TC_ACT_UNSPEC;
	pull_outer(skb);
	struct weft_trip trip = {
		.generation = generation_now(),
		.program = WEFT_IN_SUBSTRATE,
		.ifindex = skb->ifindex,
		.port = WEFT_NO_SLOT,
		.peer = WEFT_NO_SLOT,
		.segments = 1,
	};
	in_order();
	seen.data = (void *)(long)skb->data;
	seen.end = (void *)(long)skb->data_end;
	seen.length = skb->len;
	seen.gso_size = skb->gso_size;
	int found = unwrap(&seen, &trip, skb->protocol);
	if (likely(found == WEFT_FOREIGN)) return TC_ACT_UNSPEC;
	if (found == WEFT_CLEAN) {
		count_segments(&trip, skb->gso_size, skb->gso_segs);
		found = take_off(skb, &seen, &trip);
	}
	trip.left_by = seen.guest.ifindex;
	if (found != WEFT_CLEAN) hand_over(&trip, found);
	else if (address_to_guest(skb, &seen.guest, trip.v6)) decide(&trip, WEFT_DELIVERED, 0);
	else drop(&trip, WEFT_DROP_PORT_FAILED);
	finish(&trip);
	if (trip.verdict == WEFT_DELIVERED) return into_port(&seen.guest);
	return trip.verdict == WEFT_HANDED_OVER ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}

#endif
