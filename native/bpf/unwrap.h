/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * What came from the substrate, read by tc and XDP alike: is it a packet that a peer may send to a guest here, in a
 * format that is accepted of it, clean in every respect? All else is the engine's, untouched, so that order and names
 * of reasons are its own.
 *
 *   read_outer      UDP to one of our ports, no options, no fragments, from a peer's address to ours
 *   read_framework  a plain format, every bit as it must be
 *   read_inner      one whole packet (packet.h)
 *   judge           is the source at that peer, the destination a guest of this host; are the terms kept?
 */
#ifndef WEFT_UNWRAP_H
#define WEFT_UNWRAP_H

#include "lookups.h"

#define WEFT_FOREIGN (-1) /* not for us, or nothing to be counted */
#define WEFT_CLEAN (-2)

/* A packet between `data` and `end`; it may be longer than what lies before `end`. */
struct weft_seen {
	void *data, *end;
	__u32 length;
	__u32 gso_size;
	bool outer_v6;
	__u32 offset; /* of what is to be read next, from `data` */
	__u16 udp_checksum;
	__u16 port; /* outer destination, host order */
	struct weft_address from, to;
	struct weft_port guest;
};

/* For the verifier, which forgets what is on the stack: no header goes further. */
static __always_inline __u32 bounded(__u32 offset)
{
	__asm__ volatile("" : "+r"(offset));
	return offset & 0xff;
}

static __always_inline bool is_served(__u16 port)
{
	return port == settings.udp_port || (settings.vxlan && port == WEFT_VXLAN_PORT) ||
	       (settings.geneve && port == WEFT_GENEVE_PORT);
}

static __always_inline int read_udp(struct weft_seen *seen, struct weft_trip *trip, const struct udphdr *udp, __u32 available)
{
	if ((void *)(udp + 1) > seen->end) return WEFT_FOREIGN;
	seen->port = bpf_ntohs(udp->dest);
	if (!is_served(seen->port)) return WEFT_FOREIGN;
	trip->outer_source_port = bpf_ntohs(udp->source);
	seen->udp_checksum = udp->check;
	return bpf_ntohs(udp->len) == available ? WEFT_CLEAN : WEFT_HANDOVER_ODD;
}

/* Programs come before the kernel's own look at it. Words in network order (RFC 1071). */
static __always_inline bool header_sum_is_right(const struct iphdr *ip)
{
	const __u32 *words = (const __u32 *)ip;
	__u64 sum = (__u64)words[0] + words[1] + words[2] + words[3] + words[4];
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

static __always_inline int read_outer_ipv4(struct weft_seen *seen, struct weft_trip *trip)
{
	const struct iphdr *ip = seen->data + ETH_HLEN;
	__u32 available = seen->length - ETH_HLEN;
	if ((void *)(ip + 1) > seen->end) return WEFT_FOREIGN;
	bool plain = *(const __u8 *)ip == WEFT_IPV4_PLAIN && ip->protocol == IPPROTO_UDP &&
		     !(ip->frag_off & bpf_htons(WEFT_FRAGMENT_BITS)) && bpf_ntohs(ip->tot_len) == available &&
		     header_sum_is_right(ip);
	if (!plain) return WEFT_FOREIGN;
	set_ipv4(&seen->from, ip->saddr);
	set_ipv4(&seen->to, ip->daddr);
	seen->outer_v6 = false;
	seen->offset = ETH_HLEN + sizeof *ip + sizeof(struct udphdr);
	return read_udp(seen, trip, (const struct udphdr *)(ip + 1), available - sizeof *ip);
}

static __always_inline int read_outer_ipv6(struct weft_seen *seen, struct weft_trip *trip)
{
	const struct ipv6hdr *ip = seen->data + ETH_HLEN;
	__u32 available = seen->length - ETH_HLEN - sizeof *ip;
	if ((void *)(ip + 1) > seen->end) return WEFT_FOREIGN;
	bool plain = *(const __u8 *)ip >> 4 == 6 && ip->nexthdr == IPPROTO_UDP && bpf_ntohs(ip->payload_len) == available;
	if (!plain) return WEFT_FOREIGN;
	set_ipv6(&seen->from, &ip->saddr);
	set_ipv6(&seen->to, &ip->daddr);
	/* Else an IPv6 packet could pass for an IPv4 peer's. */
	if (is_ipv4(&seen->from)) return WEFT_FOREIGN;
	seen->outer_v6 = true;
	seen->offset = ETH_HLEN + sizeof *ip + sizeof(struct udphdr);
	return read_udp(seen, trip, (const struct udphdr *)(ip + 1), available);
}

/* The kernel joins datagrams with checksums only, and then they are the engine's; what is sent by this fast path, or
 * by the kernel's own tunnels, has none. */
static __always_inline bool is_joined(const struct weft_seen *seen)
{
	return seen->gso_size != 0 && seen->udp_checksum != 0;
}

static __always_inline int read_gni(const __u8 *at, struct weft_trip *trip, struct weft_header *header)
{
	trip->format = weft_format_of_version_byte(at[0]);
	if (trip->format == WEFT_FORMAT_GNI_1_0) return weft_gni_1_0_get(at, header) ? WEFT_HANDOVER_ODD : WEFT_CLEAN;
	if (trip->format == WEFT_FORMAT_GNI_2_0) return weft_gni_2_0_get(at, header) ? WEFT_HANDOVER_ODD : WEFT_CLEAN;
	return WEFT_HANDOVER_BY_ENGINE;
}

/* Bits that a receiver has to ignore (RFC 7348, RFC 8926) are clean only when they are as we send them. */
static __always_inline int read_vxlan(const __u8 *at, struct weft_header *header)
{
	if (weft_vxlan_get(at, header)) return WEFT_HANDOVER_ODD;
	return at[0] == 0x08 && (at[1] | at[2] | at[3] | at[7]) == 0 ? WEFT_CLEAN : WEFT_HANDOVER_ODD;
}

/* No options, or the one that we send. */
static __always_inline int read_geneve(const __u8 *at, struct weft_header *header)
{
	const __u32 option = weft_header_least(WEFT_FORMAT_GENEVE), words = 2;
	if (weft_geneve_get(at, header)) return WEFT_HANDOVER_ODD;
	if ((at[1] | at[7]) != 0 || header->protocol_type != WEFT_TRANSPARENT_ETHERNET) return WEFT_HANDOVER_ODD;
	if (header->option_length == 0) return WEFT_CLEAN;
	bool ours = header->option_length == words && at[option] == WEFT_GENEVE_OPTION_CLASS >> 8 &&
		    at[option + 1] == (WEFT_GENEVE_OPTION_CLASS & 0xff) && at[option + 2] == WEFT_GENEVE_OPTION_TYPE &&
		    at[option + 3] == 1;
	if (!ours) return WEFT_HANDOVER_ODD;
	header->source_gni = (__u32)at[option + 4] << 24 | at[option + 5] << 16 | at[option + 6] << 8 | at[option + 7];
	return WEFT_CLEAN;
}

static __always_inline int read_frame(const __u8 *ethertype, struct weft_header *header)
{
	__u16 type = ethertype[0] << 8 | ethertype[1];
	header->protocol = type == ETH_P_IPV6 ? IPPROTO_IPV6 : IPPROTO_IPIP;
	return type == ETH_P_IP || type == ETH_P_IPV6 ? WEFT_CLEAN : WEFT_HANDOVER_ODD;
}

/* Nothing that is carried is shorter, and all but geneve's Ethernet header can be read within it. */
#define WEFT_LEAST_PAYLOAD (weft_header_least(WEFT_FORMAT_GNI_2_0) + sizeof(struct iphdr))

static __always_inline int read_framework(struct weft_seen *seen, struct weft_trip *trip, struct weft_header *header)
{
	__u32 offset = bounded(seen->offset);
	const __u8 *at = seen->data + offset;
	int verdict;
	if ((const void *)(at + WEFT_LEAST_PAYLOAD) > seen->end) return WEFT_HANDOVER_ODD;
	if (seen->port == settings.udp_port) {
		verdict = read_gni(at, trip, header);
		seen->offset = offset + (trip->format == WEFT_FORMAT_GNI_1_0 ? weft_header_length(WEFT_FORMAT_GNI_1_0)
									     : weft_header_length(WEFT_FORMAT_GNI_2_0));
		return verdict;
	}
	if (seen->port == WEFT_VXLAN_PORT) {
		trip->format = WEFT_FORMAT_VXLAN;
		verdict = read_vxlan(at, header);
		if (verdict == WEFT_CLEAN) verdict = read_frame(at + 8 + 12, header);
		seen->offset = offset + 8 + ETH_HLEN;
		return verdict;
	}
	trip->format = WEFT_FORMAT_GENEVE;
	if ((const void *)(at + weft_overhead(WEFT_FORMAT_GENEVE)) > seen->end) return WEFT_HANDOVER_ODD;
	verdict = read_geneve(at, header);
	if (verdict != WEFT_CLEAN) return verdict;
	if (header->option_length == 0) {
		seen->offset = offset + 8 + ETH_HLEN;
		return read_frame(at + 8 + 12, header);
	}
	seen->offset = offset + 16 + ETH_HLEN;
	return read_frame(at + 16 + 12, header);
}

static __always_inline bool is_solicitation(const struct weft_seen *seen, const struct weft_trip *trip, const void *inner)
{
	const __u8 *type = inner + sizeof(struct ipv6hdr);
	if (trip->protocol != IPPROTO_ICMPV6) return false;
	return (const void *)(type + 1) > seen->end || *type == 135;
}

static __always_inline int judge(struct weft_seen *seen, struct weft_trip *trip, const struct weft_peer *peer)
{
	struct weft_location to, from;
	struct weft_terms terms;
	find_location(&trip->destination, trip->generation, &to);
	if (to.kind != WEFT_LOCAL) return WEFT_HANDOVER_UNKNOWN_LOCATION;
	trip->port = to.slot;
	bool found = find_port(trip->port, trip->generation, &seen->guest);
	if (!found || (seen->guest.kind != WEFT_PORT_VETH && seen->guest.kind != WEFT_PORT_TAP)) return WEFT_HANDOVER_ENGINE_PORT;
	find_location(&trip->source, trip->generation, &from);
	trip->missed = from.kind == WEFT_NOWHERE;
	if (trip->missed) return WEFT_HANDOVER_UNKNOWN_LOCATION;
	if (from.kind != WEFT_REMOTE || from.slot != trip->peer) return WEFT_HANDOVER_ODD;
	find_terms(trip->peer, peer, trip, &trip->destination.address, &trip->source.address, &terms);
	if (!(terms.accept & 1 << trip->format)) return WEFT_HANDOVER_NOT_ACCEPTED;
	return unchanged(trip) ? WEFT_CLEAN : WEFT_HANDOVER_CHANGED;
}

static __always_inline int find_sender(const struct weft_seen *seen, struct weft_trip *trip, struct weft_peer *peer)
{
	bool known = find_peer_at(&seen->from, trip->generation, &trip->peer, peer);
	return known && same_address(&peer->own, &seen->to) ? WEFT_CLEAN : WEFT_HANDOVER_UNKNOWN_PEER;
}

static __always_inline int read_payload(struct weft_seen *seen, struct weft_trip *trip, const struct weft_peer *peer)
{
	struct weft_header header;
	int verdict = read_framework(seen, trip, &header);
	if (verdict != WEFT_CLEAN) return verdict;
	if (header.partial_checksum) return WEFT_HANDOVER_PARTIAL_CHECKSUM;
	bool v6 = header.protocol == IPPROTO_IPV6, v4 = header.protocol == IPPROTO_IPIP;
	bool odd = header.elided || header.compression || header.source_gni != header.destination_gni || (!v4 && !v6);
	/* Network 0 is the engines' own (session tests). */
	if (odd || header.source_gni == 0) return WEFT_HANDOVER_ODD;
	trip->source.gni = trip->destination.gni = header.source_gni;
	__u32 offset = bounded(seen->offset);
	const void *inner = seen->data + offset;
	if (read_inner(inner, seen->end, seen->length - offset, v6, trip) != WEFT_INNER_PLAIN) return WEFT_HANDOVER_ODD;
	/* A host without Weft may ask for a guest's Ethernet address: the engine answers. */
	if (weft_ethernet_inside(trip->format) && v6 && is_solicitation(seen, trip, inner)) return WEFT_HANDOVER_BY_ENGINE;
	return judge(seen, trip, peer);
}

/* WEFT_CLEAN, WEFT_FOREIGN, or why the engine shall look at it. */
static __always_inline int unwrap(struct weft_seen *seen, struct weft_trip *trip, __be16 protocol)
{
	struct weft_peer peer;
	int verdict = WEFT_FOREIGN;
	if (protocol == bpf_htons(ETH_P_IP)) verdict = read_outer_ipv4(seen, trip);
	else if (protocol == bpf_htons(ETH_P_IPV6)) verdict = read_outer_ipv6(seen, trip);
	if (verdict != WEFT_CLEAN) return verdict;
	if (is_joined(seen)) return WEFT_HANDOVER_ODD;
	verdict = find_sender(seen, trip, &peer);
	return verdict == WEFT_CLEAN ? read_payload(seen, trip, &peer) : verdict;
}

#endif
