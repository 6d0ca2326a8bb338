/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * An inner packet: what its headers say, whether it is one that the fast path carries, and what is noted of it on its
 * way (struct weft_trip).
 */
#ifndef WEFT_PACKET_H
#define WEFT_PACKET_H

#include "tables.h"

#define WEFT_NO_SLOT (~0u)
#define WEFT_FRAGMENT_BITS 0x3fff /* more fragments, offset */
#define WEFT_IPV4_PLAIN 0x45      /* version 4, no options */

#define IPPROTO_HOPOPTS 0
#define IPPROTO_ROUTING 43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_DSTOPTS 60
#define IPPROTO_MH 135
#define IPPROTO_HIP 139
#define IPPROTO_SHIM6 140
#define IPPROTO_ICMPV6 58
#define ICMP_ECHOREPLY 0
#define ICMP_ECHO 8
#define ICMPV6_ECHO_REQUEST 128
#define ICMPV6_ECHO_REPLY 129

/* One packet through one program. Everything that is counted or told of it stands here. */
struct weft_trip {
	__u64 generation;
	struct weft_location_key source, destination; /* overlay */
	__u32 length;  /* inner bytes, from the first byte of the IP header */
	__u32 headers; /* of these, up to the transport's payload; every segment has them */
	__u32 segments;
	__u32 port, peer; /* slots */
	__u32 local; /* slot of the other port of this host that gets it */
	__u32 ifindex, left_by;
	__u16 source_port, destination_port; /* host order */
	__u16 outer_source_port;
	__u16 echo; /* identifier of an ICMP echo */
	__u8 protocol; /* behind the inner IP header */
	__u8 format;
	__u8 program;
	__u8 v6; /* the inner packet */
	__u8 missed; /* the source or destination is not in the table: worth asking for */
	__u8 verdict, reason; /* enum weft_verdict, and why */
};

static __always_inline __u8 decide(struct weft_trip *trip, __u8 verdict, __u8 reason)
{
	trip->verdict = verdict;
	trip->reason = reason;
	return verdict;
}

static __always_inline __u8 hand_over(struct weft_trip *trip, __u8 reason)
{
	return decide(trip, WEFT_HANDED_OVER, reason);
}

static __always_inline __u8 drop(struct weft_trip *trip, __u8 reason)
{
	return decide(trip, WEFT_DROPPED, reason);
}

enum weft_inner {
	WEFT_INNER_PLAIN,
	WEFT_INNER_CUT, /* fewer bytes than it says */
	WEFT_INNER_TRAILING,
	WEFT_INNER_MALFORMED,
	WEFT_INNER_FRAGMENT,
	WEFT_INNER_OPTIONS,
	WEFT_INNER_MAPPED, /* an IPv6 packet with an address that means an IPv4 one in the tables */
};

static __always_inline __u32 *words_of(struct weft_address *address)
{
	return (__u32 *)address->bytes;
}

static __always_inline const __u32 *const_words_of(const struct weft_address *address)
{
	return (const __u32 *)address->bytes;
}

static __always_inline void set_ipv4(struct weft_address *out, __be32 address)
{
	__u32 *words = words_of(out);
	words[0] = 0;
	words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = address;
}

static __always_inline void set_ipv6(struct weft_address *out, const struct in6_addr *address)
{
	__u32 *words = words_of(out);
	words[0] = address->in6_u.u6_addr32[0];
	words[1] = address->in6_u.u6_addr32[1];
	words[2] = address->in6_u.u6_addr32[2];
	words[3] = address->in6_u.u6_addr32[3];
}

static __always_inline bool is_ipv4(const struct weft_address *address)
{
	const __u32 *words = const_words_of(address);
	return (words[0] | words[1] | (words[2] ^ bpf_htonl(0xffff))) == 0;
}

static __always_inline bool same_address(const struct weft_address *left, const struct weft_address *right)
{
	const __u32 *a = const_words_of(left), *b = const_words_of(right);
	return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3])) == 0;
}

/* As the engine's is_unicast: no multicast, broadcast, link-local or unspecified address. */
static __always_inline bool is_unicast(const struct weft_address *address)
{
	const __u32 *words = const_words_of(address);
	__u32 first = bpf_ntohl(words[0]), last = bpf_ntohl(words[3]);
	if (is_ipv4(address)) return last >> 24 != 0 && last >> 16 != 0xa9fe && last >> 28 != 0xe && last != 0xffffffff;
	if (first >> 24 == 0xff || first >> 22 == 0xfe80 >> 6) return false;
	return (words[0] | words[1] | words[2] | words[3]) != 0;
}

static __always_inline bool is_echo(__u8 protocol, __u8 type)
{
	return protocol == IPPROTO_ICMP ? type == ICMP_ECHO || type == ICMP_ECHOREPLY
					: type == ICMPV6_ECHO_REQUEST || type == ICMPV6_ECHO_REPLY;
}

/* Where the payload of TCP or UDP begins, its ports, an echo's identifier. A cut header is for the guest that gets it
 * to find: here it counts as none. */
static __always_inline void read_transport(const void *at, const void *end, struct weft_trip *trip)
{
	const struct tcphdr *tcp = at;
	const struct udphdr *udp = at;
	if ((const void *)(udp + 1) > end) return;
	if (trip->protocol == IPPROTO_ICMP || trip->protocol == IPPROTO_ICMPV6) {
		const __u8 *type = at;
		if (is_echo(trip->protocol, *type)) trip->echo = bpf_ntohs(udp->len); /* at the same place */
		return;
	}
	if (trip->protocol != IPPROTO_TCP && trip->protocol != IPPROTO_UDP) return;
	trip->source_port = bpf_ntohs(udp->source);
	trip->destination_port = bpf_ntohs(udp->dest);
	if (trip->protocol == IPPROTO_UDP) trip->headers += sizeof *udp;
	else if ((const void *)(tcp + 1) <= end) trip->headers += tcp->doff * 4;
}

static __always_inline int read_ipv4(const void *at, const void *end, __u32 available, struct weft_trip *trip)
{
	const struct iphdr *ip = at;
	if ((const void *)(ip + 1) > end) return WEFT_INNER_CUT;
	__u8 first = *(const __u8 *)at;
	__u32 header = (first & 0x0f) * 4;
	trip->v6 = false;
	trip->length = bpf_ntohs(ip->tot_len);
	trip->protocol = ip->protocol;
	trip->headers = sizeof *ip;
	set_ipv4(&trip->source.address, ip->saddr);
	set_ipv4(&trip->destination.address, ip->daddr);
	if (first >> 4 != 4 || header < sizeof *ip || trip->length < header) return WEFT_INNER_MALFORMED;
	if (trip->length > available) return WEFT_INNER_CUT;
	if (trip->length < available) return WEFT_INNER_TRAILING;
	if (first != WEFT_IPV4_PLAIN) return WEFT_INNER_OPTIONS;
	if (ip->frag_off & bpf_htons(WEFT_FRAGMENT_BITS)) return WEFT_INNER_FRAGMENT;
	read_transport(ip + 1, end, trip);
	return WEFT_INNER_PLAIN;
}

static __always_inline bool is_extension(__u8 next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_AH || next == IPPROTO_DSTOPTS ||
	       next == IPPROTO_MH || next == IPPROTO_HIP || next == IPPROTO_SHIM6;
}

static __always_inline int read_ipv6(const void *at, const void *end, __u32 available, struct weft_trip *trip)
{
	const struct ipv6hdr *ip = at;
	if ((const void *)(ip + 1) > end) return WEFT_INNER_CUT;
	trip->v6 = true;
	trip->length = sizeof *ip + bpf_ntohs(ip->payload_len);
	trip->protocol = ip->nexthdr;
	trip->headers = sizeof *ip;
	set_ipv6(&trip->source.address, &ip->saddr);
	set_ipv6(&trip->destination.address, &ip->daddr);
	if (*(const __u8 *)at >> 4 != 6) return WEFT_INNER_MALFORMED;
	if (trip->length > available) return WEFT_INNER_CUT;
	if (trip->length < available) return WEFT_INNER_TRAILING;
	if (ip->nexthdr == IPPROTO_FRAGMENT) return WEFT_INNER_FRAGMENT;
	if (is_extension(ip->nexthdr)) return WEFT_INNER_OPTIONS;
	if (is_ipv4(&trip->source.address) || is_ipv4(&trip->destination.address)) return WEFT_INNER_MAPPED;
	read_transport(ip + 1, end, trip);
	return WEFT_INNER_PLAIN;
}

/* `available`: bytes from `at` to the end of the packet, also those that do not lie before `end`. */
static __always_inline int read_inner(const void *at, const void *end, __u32 available, bool v6, struct weft_trip *trip)
{
	return v6 ? read_ipv6(at, end, available, trip) : read_ipv4(at, end, available, trip);
}

/* How many packets a super-packet stands for. The kernel counts them except where a guest's word is not trusted yet. */
static __always_inline void count_segments(struct weft_trip *trip, __u32 gso_size, __u32 gso_segs)
{
	trip->segments = 1;
	if (gso_size == 0) return;
	if (gso_segs == 0) gso_segs = (trip->length - trip->headers + gso_size - 1) / gso_size;
	if (gso_segs > 1) trip->segments = gso_segs;
}

static __always_inline void write_ethernet(void *at, const void *to, const void *from, __be16 protocol)
{
	struct ethhdr *ethernet = at;
	__builtin_memcpy(ethernet->h_dest, to, ETH_ALEN);
	__builtin_memcpy(ethernet->h_source, from, ETH_ALEN);
	ethernet->h_proto = protocol;
}

static __always_inline __be16 ethertype_of(bool v6)
{
	return v6 ? bpf_htons(ETH_P_IPV6) : bpf_htons(ETH_P_IP);
}

#endif
