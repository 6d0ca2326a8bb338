/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * The way out: where the substrate's routes lead, room for the outer headers, and these. Super-packets stay whole; the
 * kernel cuts them where a device cannot.
 *
 *   IPv4    TTL 64, do not fragment, identification 0, no UDP checksum
 *   IPv6    hop limit 64, no UDP checksum (RFC 6935, 6936)
 */
#ifndef WEFT_ENCAPSULATE_H
#define WEFT_ENCAPSULATE_H

#include "lookups.h"

#define WEFT_OUTER_TTL 64
#define WEFT_DO_NOT_FRAGMENT 0x4000

/* Where a packet goes: to a peer, or to a port of this host. */
struct weft_out {
	struct weft_location to;
	struct weft_port port;
	struct weft_peer peer;
	__u32 ifindex; /* of the substrate's device */
	__u32 mtu; /* of that device; 0: the kernel has not said */
	struct bpf_redir_neigh next_hop;
};

static __always_inline __u16 carrier_port(int format)
{
	return weft_ethernet_inside(format) ? weft_carrier_port(format) : settings.udp_port;
}

static __always_inline __u32 outer_length(int format, bool v6)
{
	return (v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr)) + sizeof(struct udphdr) + weft_overhead(format);
}

/* The substrate's routing table, as if this host had sent: whatever it says of devices, gateways and many paths counts.
 * Looking for the way of the loopback device's packets is looking for that of one's own; the kernel answers only when that
 * device may forward (net.ipv4.conf.lo.forwarding, ipv6 likewise), which is for the loader to see to. */
static __always_inline int ask_routes(struct __sk_buff *skb, const struct weft_trip *trip, struct weft_out *out)
{
	struct bpf_fib_lookup way;
	__builtin_memset(&way, 0, sizeof way);
	way.l4_protocol = IPPROTO_UDP;
	way.sport = bpf_htons(trip->outer_source_port);
	way.dport = bpf_htons(carrier_port(trip->format));
	way.ifindex = WEFT_LOOPBACK;
	if (is_ipv4(&out->peer.address)) {
		way.family = WEFT_AF_INET;
		way.ipv4_src = const_words_of(&out->peer.own)[3];
		way.ipv4_dst = const_words_of(&out->peer.address)[3];
	} else {
		way.family = WEFT_AF_INET6;
		__builtin_memcpy(way.ipv6_src, &out->peer.own, sizeof way.ipv6_src);
		__builtin_memcpy(way.ipv6_dst, &out->peer.address, sizeof way.ipv6_dst);
	}
	int answer = bpf_fib_lookup(skb, &way, sizeof way, WEFT_FIB_SKIP_NEIGHBOUR);
	if (answer == -WEFT_EINVAL) answer = bpf_fib_lookup(skb, &way, sizeof way, 0);
	out->ifindex = way.ifindex;
	out->mtu = way.mtu_result;
	out->next_hop.nh_family = way.family;
	__builtin_memcpy(out->next_hop.ipv6_nh, way.ipv6_dst, sizeof way.ipv6_dst);
	return answer;
}

/* What routes say of a flow holds for one tick of the kernel's clock (some milliseconds), so that a busy flow asks some
 * hundred times a second, not for every packet. */
static __always_inline int find_way(struct __sk_buff *skb, const struct weft_trip *trip, struct weft_out *out)
{
	__u64 tick = bpf_jiffies64();
	__u32 at = (trip->outer_source_port ^ trip->peer * 0x9e3779b1 >> 16) % WEFT_RECENT_WAYS;
	struct weft_recent_way *recent = bpf_map_lookup_elem(&recent_ways, &at);
	if (recent && recent->tick == tick && recent->peer == trip->peer && recent->generation == trip->generation &&
	    recent->source_port == trip->outer_source_port) {
		out->ifindex = recent->ifindex;
		out->mtu = recent->mtu;
		out->next_hop.nh_family = recent->family;
		__builtin_memcpy(out->next_hop.ipv6_nh, recent->next_hop, sizeof recent->next_hop);
		return BPF_FIB_LKUP_RET_SUCCESS;
	}
	int answer = ask_routes(skb, trip, out);
	if (!recent || (answer != BPF_FIB_LKUP_RET_SUCCESS && answer != BPF_FIB_LKUP_RET_NO_NEIGH)) return answer;
	recent->generation = trip->generation;
	recent->tick = tick;
	recent->peer = trip->peer;
	recent->source_port = trip->outer_source_port;
	recent->family = out->next_hop.nh_family;
	recent->ifindex = out->ifindex;
	recent->mtu = out->mtu;
	__builtin_memcpy(recent->next_hop, out->next_hop.ipv6_nh, sizeof recent->next_hop);
	return answer;
}

/* The checksum of words in network order, in network order (RFC 1071: the order does not matter to it). */
static __always_inline __u32 header_sum(__u32 a, __u32 b, __u32 c, __u32 d, __u32 e)
{
	__u64 sum = (__u64)a + b + c + d + e;
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

/* Nothing of it is read again: the memory is new to the processor, and a read would wait for it. */
static __always_inline void write_ipv4(void *at, const struct weft_peer *peer, __u32 length)
{
	__u32 *words = at;
	__u32 first = bpf_htonl(WEFT_IPV4_PLAIN << 24 | length), second = bpf_htonl(WEFT_DO_NOT_FRAGMENT);
	__u32 third = bpf_htonl(WEFT_OUTER_TTL << 24 | IPPROTO_UDP << 16);
	__u32 own = const_words_of(&peer->own)[3], to = const_words_of(&peer->address)[3];
	words[0] = first;
	words[1] = second;
	words[2] = third | bpf_htonl(bpf_ntohs(header_sum(first, second, third, own, to)));
	words[3] = own;
	words[4] = to;
}

static __always_inline void write_ipv6(void *at, const struct weft_peer *peer, __u32 length)
{
	struct ipv6hdr *ip = at;
	*(__be32 *)at = bpf_htonl(0x60000000);
	ip->payload_len = bpf_htons(length - sizeof *ip);
	ip->nexthdr = IPPROTO_UDP;
	ip->hop_limit = WEFT_OUTER_TTL;
	__builtin_memcpy(&ip->saddr, &peer->own, sizeof ip->saddr);
	__builtin_memcpy(&ip->daddr, &peer->address, sizeof ip->daddr);
}

/* CRC-32C (Castagnoli) of four bits. */
const __u32 crc32c_of_nibble[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
	0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

/* Twice per packet to hosts that want IPv6 inside Ethernet, and never else. */
static __noinline __u32 crc32c_of(const struct weft_address *address)
{
	__u32 crc = ~0u;
	for (int at = 0; at < 16; at++) {
		crc ^= address->bytes[at];
		crc = crc >> 4 ^ crc32c_of_nibble[crc & 15];
		crc = crc >> 4 ^ crc32c_of_nibble[crc & 15];
	}
	return ~crc;
}

/* As in wire/ethernet.ts. */
static __always_inline void derive_mac(const struct weft_address *address, __u8 mac[ETH_ALEN])
{
	bool v4 = is_ipv4(address);
	__u32 rest = v4 ? const_words_of(address)[3] : bpf_htonl(crc32c_of(address));
	mac[0] = 0x02;
	mac[1] = v4 ? 0x04 : 0x06;
	__builtin_memcpy(mac + 2, &rest, sizeof rest);
}

static __always_inline void write_inner_ethernet(void *at, const struct weft_trip *trip, const struct weft_location *to)
{
	__u8 destination[ETH_ALEN], source[ETH_ALEN];
	if (to->has_mac) __builtin_memcpy(destination, to->mac, ETH_ALEN);
	else derive_mac(&trip->destination.address, destination);
	derive_mac(&trip->source.address, source);
	write_ethernet(at, destination, source, ethertype_of(trip->v6));
}

/* `format` and `v6` (the substrate's) are constants, so that every offset is one. */
static __always_inline int put_headers(struct __sk_buff *skb, const struct weft_trip *trip, const struct weft_out *out,
				       const int format, const bool v6)
{
	const bool framed = weft_ethernet_inside(format);
	const __u32 length = outer_length(format, v6), ip_length = v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L4_UDP |
		      (v6 ? BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 : BPF_F_ADJ_ROOM_ENCAP_L3_IPV4);
	if (framed) flags |= BPF_F_ADJ_ROOM_ENCAP_L2(ETH_HLEN) | BPF_F_ADJ_ROOM_ENCAP_L2_ETH;
	if (bpf_skb_adjust_room(skb, length, BPF_ADJ_ROOM_MAC, flags)) return -1;
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	if (data + ETH_HLEN + length > end) return -1;
	void *at = data + ETH_HLEN;
	if (v6) write_ipv6(at, &out->peer, length + trip->length);
	else write_ipv4(at, &out->peer, length + trip->length);
	__u32 *udp = at + ip_length;
	udp[0] = bpf_htonl((__u32)trip->outer_source_port << 16 | carrier_port(format));
	udp[1] = bpf_htonl((length - ip_length + trip->length) << 16);
	struct weft_header header = {
		.protocol = trip->v6 ? IPPROTO_IPV6 : IPPROTO_IPIP,
		.source_gni = trip->source.gni,
		.destination_gni = trip->source.gni,
	};
	__u8 *framework = (__u8 *)(udp + 2);
	weft_header_put(format, framework, &header);
	if (framed) write_inner_ethernet(framework + weft_header_length(format), trip, &out->to);
	return 0;
}

/* 0, or -1: the kernel does not let this packet be encapsulated, and it is as it was. */
static __always_inline int encapsulate(struct __sk_buff *skb, const struct weft_trip *trip, const struct weft_out *out)
{
	bool v6 = !is_ipv4(&out->peer.address);
	switch (trip->format) {
	case WEFT_FORMAT_GNI_1_0:
		return v6 ? put_headers(skb, trip, out, WEFT_FORMAT_GNI_1_0, true)
			  : put_headers(skb, trip, out, WEFT_FORMAT_GNI_1_0, false);
	case WEFT_FORMAT_GNI_2_0:
		return v6 ? put_headers(skb, trip, out, WEFT_FORMAT_GNI_2_0, true)
			  : put_headers(skb, trip, out, WEFT_FORMAT_GNI_2_0, false);
	case WEFT_FORMAT_VXLAN:
		return v6 ? -1 : put_headers(skb, trip, out, WEFT_FORMAT_VXLAN, false);
	case WEFT_FORMAT_GENEVE:
		return v6 ? -1 : put_headers(skb, trip, out, WEFT_FORMAT_GENEVE, false);
	default:
		return -1;
	}
}

/* The kernel writes the Ethernet header, asks for a neighbour that it does not know, and again for one that it has not
 * heard of for long. */
static __always_inline int onto_substrate(const struct weft_out *out)
{
	struct bpf_redir_neigh *next_hop = (struct bpf_redir_neigh *)&out->next_hop;
	return bpf_redirect_neigh(out->ifindex, next_hop, sizeof *next_hop, 0);
}

#endif
