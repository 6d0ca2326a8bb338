/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * A guest's packet on its way out:
 *
 *   read_frame    which port, IPv4 or IPv6; questions of neighbours are answered (neighbours.h)
 *   check         whole, plain, to one station; from an address of the guest's own
 *   by_location   to a guest of this host, or
 *   by_peer       as the session (or the pair of guests) says
 *   send          the way through the substrate
 *   prepare       headers in front (encapsulate.h), if the table is still the same
 *   finish, act   count, tell (decision.h); off
 *
 * Whatever is not plain goes to the engine through the guest's other device, as it is.
 */
#ifndef WEFT_GUEST_H
#define WEFT_GUEST_H

#include "decision.h"
#include "delivery.h"
#include "encapsulate.h"
#include "neighbours.h"

#define WEFT_LONGEST_PACKET 65535
#define WEFT_MOST_SEGMENTS 2048 /* as the engine's */

/* Bytes of the longest packet that this one stands for. */
static __always_inline __u32 longest_segment(const struct __sk_buff *skb, const struct weft_trip *trip)
{
	return trip->segments > 1 ? trip->headers + skb->gso_size : trip->length;
}

static __always_inline __u8 send(struct __sk_buff *skb, struct weft_trip *trip, struct weft_out *out)
{
	__u32 outer = outer_length(trip->format, !is_ipv4(&out->peer.address));
	__u32 longest = longest_segment(skb, trip) + outer;
	bool too_big = longest > out->peer.path_mtu || trip->length + outer > WEFT_LONGEST_PACKET;
	if (unlikely(too_big)) return hand_over(trip, WEFT_HANDOVER_TOO_BIG);
	trip->outer_source_port = WEFT_SOURCE_PORTS | (bpf_get_hash_recalc(skb) & WEFT_SOURCE_PORT_MASK);
	int way = find_way(skb, trip, out);
	if (unlikely(way == BPF_FIB_LKUP_RET_FRAG_NEEDED)) return hand_over(trip, WEFT_HANDOVER_TOO_BIG);
	bool leads = way == BPF_FIB_LKUP_RET_SUCCESS || way == BPF_FIB_LKUP_RET_NO_NEIGH;
	if (unlikely(!leads)) return hand_over(trip, WEFT_HANDOVER_NO_ROUTE);
	/* The path has been measured before; its first device may have got shorter since. */
	if (unlikely(out->mtu != 0 && longest > out->mtu)) return hand_over(trip, WEFT_HANDOVER_TOO_BIG);
	trip->left_by = out->ifindex;
	return decide(trip, WEFT_SENT, 0);
}

static __always_inline __u8 by_peer(struct __sk_buff *skb, struct weft_trip *trip, struct weft_out *out)
{
	struct weft_terms terms;
	trip->peer = out->to.slot;
	if (!find_peer(trip->peer, trip->generation, &out->peer)) return hand_over(trip, WEFT_HANDOVER_UNKNOWN_PEER);
	find_terms(trip->peer, &out->peer, trip, &trip->source.address, &trip->destination.address, &terms);
	if (terms.send == WEFT_SEND_NONE) return drop(trip, WEFT_DROP_NO_SELECTION);
	if (terms.send != WEFT_SEND_FORMAT) return hand_over(trip, WEFT_HANDOVER_BY_ENGINE);
	trip->format = terms.format;
	return send(skb, trip, out);
}

static __always_inline __u8 to_local(struct weft_trip *trip, struct weft_out *out)
{
	trip->local = out->to.slot;
	bool found = find_port(trip->local, trip->generation, &out->port);
	if (!found || !is_ours(&out->port)) return hand_over(trip, WEFT_HANDOVER_ENGINE_PORT);
	trip->left_by = out->port.ifindex;
	return decide(trip, WEFT_DELIVERED, 0);
}

static __always_inline __u8 by_location(struct __sk_buff *skb, struct weft_trip *trip, struct weft_out *out)
{
	struct weft_location source;
	find_location(&trip->source, trip->generation, &source);
	/* Nobody's: perhaps the table is full. */
	if (unlikely(source.kind == WEFT_NOWHERE)) return hand_over(trip, WEFT_HANDOVER_UNKNOWN_LOCATION);
	bool own = source.kind == WEFT_LOCAL && source.slot == trip->port;
	if (unlikely(!own)) return drop(trip, WEFT_DROP_GUEST_SPOOFED_SOURCE);
	find_location(&trip->destination, trip->generation, &out->to);
	if (out->to.kind == WEFT_REMOTE) return by_peer(skb, trip, out);
	if (out->to.kind == WEFT_LOCAL) return to_local(trip, out);
	trip->missed = true;
	return hand_over(trip, WEFT_HANDOVER_UNKNOWN_LOCATION);
}

/* The type of an ICMPv6 message by which a host announces itself and looks around; 1 for IGMP; 0 for all else. */
static __always_inline int chatter_of(struct __sk_buff *skb, const struct weft_trip *trip)
{
	if (!trip->v6) return trip->protocol == IPPROTO_IGMP;
	if (likely(trip->protocol != IPPROTO_ICMPV6 && trip->protocol != IPPROTO_HOPOPTS)) return 0;
	__u8 header[8], type, next = trip->protocol;
	__u32 at = ETH_HLEN + sizeof(struct ipv6hdr);
	/* RFC 3810 wants a router alert in front of a report. */
	if (next == IPPROTO_HOPOPTS) {
		if (bpf_skb_load_bytes(skb, at, header, sizeof header)) return 0;
		next = header[0];
		at += (header[1] + 1) * 8;
	}
	if (next != IPPROTO_ICMPV6 || bpf_skb_load_bytes(skb, at, &type, sizeof type)) return 0;
	return is_chatter(type) ? type : 0;
}

/* A checksum that the guest has left to others is written behind this program, by the kernel or a network card, where
 * the guest has said: that may not be in front of the transport header, or addresses would become others than were
 * looked at. Programs are not shown where it is, but what they are called with is the kernel's own structure. */
static __always_inline bool sums_behind_ip(struct __sk_buff *skb, const struct weft_trip *trip)
{
	__u16 headers = trip->v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr), start = 0, network = 0;
	if (WEFT_KERNEL_SHOWS_PACKETS) {
		const struct sk_buff___weft *shown = bpf_cast_to_kern_ctx(skb);
		bool is_partial = BPF_CORE_READ_BITFIELD(shown, ip_summed) == WEFT_CHECKSUM_PARTIAL;
		return !is_partial || shown->csum_start >= shown->network_header + headers;
	}
	const struct sk_buff___weft *kernels = (const void *)skb;
	if (BPF_CORE_READ_BITFIELD_PROBED(kernels, ip_summed) != WEFT_CHECKSUM_PARTIAL) return true;
	if (bpf_core_read(&start, sizeof start, &kernels->csum_start)) return false;
	if (bpf_core_read(&network, sizeof network, &kernels->network_header)) return false;
	return start >= network + headers;
}

static __always_inline __u8 check(struct __sk_buff *skb, struct weft_trip *trip, int inner, struct weft_out *out)
{
	if (unlikely(inner == WEFT_INNER_CUT || inner == WEFT_INNER_MALFORMED)) return drop(trip, WEFT_DROP_GUEST_MALFORMED);
	if (unlikely(!is_unicast(&trip->destination.address))) return hand_over(trip, WEFT_HANDOVER_NOT_UNICAST);
	if (unlikely(inner == WEFT_INNER_OPTIONS)) return hand_over(trip, WEFT_HANDOVER_OPTIONS);
	if (unlikely(inner == WEFT_INNER_FRAGMENT)) return hand_over(trip, WEFT_HANDOVER_FRAGMENT);
	if (unlikely(inner != WEFT_INNER_PLAIN || !sums_behind_ip(skb, trip))) return hand_over(trip, WEFT_HANDOVER_ODD);
	count_segments(trip, skb->gso_size, skb->gso_segs);
	if (unlikely(trip->segments > WEFT_MOST_SEGMENTS)) return hand_over(trip, WEFT_HANDOVER_ODD);
	return by_location(skb, trip, out);
}

/* Whole headers lie in front of `data_end` afterwards, or there are none. */
static __always_inline void pull_headers(struct __sk_buff *skb, bool v6)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__u32 wanted = ETH_HLEN + sizeof(struct tcphdr) + (v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr));
	if (likely(data + wanted <= end)) return;
	bpf_skb_pull_data(skb, skb->len < wanted ? skb->len : wanted);
}

/* Short frames of virtual machines may be filled up to the least that Ethernet has. */
static __always_inline bool cut_padding(struct __sk_buff *skb, const struct weft_trip *trip)
{
	return skb->gso_size == 0 && bpf_skb_change_tail(skb, ETH_HLEN + trip->length, 0) == 0;
}

static __always_inline int read_packet(struct __sk_buff *skb, struct weft_trip *trip, bool v6)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	return read_inner(data + ETH_HLEN, end, skb->len - ETH_HLEN, v6, trip);
}

/* What is decided becomes so, or the packet is left to the engine as it came. */
static __always_inline void prepare(struct __sk_buff *skb, struct weft_trip *trip, const struct weft_out *out)
{
	if (trip->verdict == WEFT_HANDED_OVER) return;
	if (unlikely(!unchanged(trip))) hand_over(trip, WEFT_HANDOVER_CHANGED);
	else if (trip->verdict == WEFT_SENT && unlikely(encapsulate(skb, trip, out))) hand_over(trip, WEFT_HANDOVER_ODD);
	else if (trip->verdict == WEFT_DELIVERED && !address_to_guest(skb, &out->port, trip->v6)) drop(trip, WEFT_DROP_PORT_FAILED);
}

static __always_inline int act(struct weft_trip *trip, const struct weft_port *port, const struct weft_out *out)
{
	switch (trip->verdict) {
	case WEFT_SENT:
		return onto_substrate(out);
	case WEFT_DELIVERED:
		return into_port(&out->port);
	case WEFT_HANDED_OVER:
		return bpf_redirect(port->engine_ifindex, 0);
	default:
		return TC_ACT_SHOT;
	}
}

static __always_inline int from_guest(struct __sk_buff *skb)
{
	struct weft_trip trip = {
		.generation = generation_now(),
		.program = WEFT_IN_GUEST,
		.ifindex = skb->ifindex,
		.port = WEFT_NO_SLOT,
		.peer = WEFT_NO_SLOT,
		.segments = 1,
		.length = skb->len - ETH_HLEN,
	};
	struct weft_port port;
	struct weft_out out;
	in_order();
	bool known = find_port_of(skb->ifindex, trip.generation, false, &trip.port, &port);
	bool v6 = skb->protocol == bpf_htons(ETH_P_IPV6), v4 = skb->protocol == bpf_htons(ETH_P_IP);
	if (unlikely(!known)) {
		drop(&trip, WEFT_DROP_PORT_FAILED);
	} else if (unlikely((!v6 && !v4) || skb->vlan_present)) {
		trip.source.gni = port.gni;
		if (skb->protocol == bpf_htons(ETH_P_ARP)) return answer_arp(skb, &trip);
		drop(&trip, WEFT_DROP_GUEST_MALFORMED);
	} else {
		trip.source.gni = trip.destination.gni = port.gni;
		pull_headers(skb, v6);
		int inner = read_packet(skb, &trip, v6);
		if (unlikely(inner == WEFT_INNER_TRAILING) && cut_padding(skb, &trip)) inner = read_packet(skb, &trip, v6);
		int chatter = chatter_of(skb, &trip);
		if (unlikely(chatter == WEFT_SOLICITATION)) return answer_solicitation(skb, &trip);
		if (unlikely(chatter)) return TC_ACT_SHOT;
		check(skb, &trip, inner, &out);
		prepare(skb, &trip, &out);
		if (trip.verdict == WEFT_HANDED_OVER) trip.left_by = port.engine_ifindex;
	}
	finish(&trip);
	return act(&trip, &port, &out);
}

#endif
