/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * Questions of guests for Ethernet addresses (ARP, RFC 826; neighbour solicitations, RFC 4861) are answered where they
 * come from, in the packet that asked: the overlay is layer 3, and every address but the guest's own is behind this
 * host's end of the port. Who asks for an address of its own looks for a duplicate, and hears nothing. Nothing here
 * counts.
 */
#ifndef WEFT_NEIGHBOURS_H
#define WEFT_NEIGHBOURS_H

#include "delivery.h"
#include "lookups.h"

#define WEFT_VETH_GATEWAY 0xa9fe5701 /* 169.254.87.1: the next hop of namespace guests */
#define WEFT_ARP_REQUEST 1
#define WEFT_ARP_REPLY 2
#define WEFT_MULTICAST_LISTENER_QUERY 130 /* to 137: multicast listeners, routers, neighbours, redirects */
#define WEFT_SOLICITATION 135
#define WEFT_ADVERTISEMENT 136
#define WEFT_REDIRECT 137
#define WEFT_LISTENER_REPORT 143
#define WEFT_TARGET_ADDRESS 2
#define WEFT_ND_HOP_LIMIT 255
#define WEFT_SOLICITED_OVERRIDE 0x60000000

struct weft_arp {
	__be16 hardware, protocol;
	__u8 hardware_length, protocol_length;
	__be16 operation;
	__u8 sender_mac[ETH_ALEN];
	__be16 sender[2];
	__u8 target_mac[ETH_ALEN];
	__be16 target[2];
};

/* A neighbour message with the one option that its answer has. */
struct weft_neighbour {
	__u8 type, code;
	__be16 checksum;
	__be32 flags;
	__be32 target[4];
	__u8 option, option_words;
	__be16 mac[3];
};

static __always_inline bool is_own(const struct weft_trip *trip, const struct weft_address *address)
{
	struct weft_location_key key = { .gni = trip->source.gni, .address = *address };
	struct weft_location found;
	find_location(&key, trip->generation, &found);
	return found.kind == WEFT_LOCAL && found.slot == trip->port;
}

static __always_inline int answer_arp(struct __sk_buff *skb, const struct weft_trip *trip)
{
	if (bpf_skb_pull_data(skb, ETH_HLEN + sizeof(struct weft_arp))) return TC_ACT_SHOT;
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct weft_arp *arp = data + ETH_HLEN;
	if ((void *)(arp + 1) > end) return TC_ACT_SHOT;
	bool asks = arp->hardware == bpf_htons(1) && arp->protocol == bpf_htons(ETH_P_IP) &&
		    arp->hardware_length == ETH_ALEN && arp->protocol_length == 4 &&
		    arp->operation == bpf_htons(WEFT_ARP_REQUEST);
	__u32 sender, target;
	__builtin_memcpy(&sender, arp->sender, 4);
	__builtin_memcpy(&target, arp->target, 4);
	/* Nobody's address: a probe (RFC 5227). One's own: an announcement. */
	if (!asks || sender == 0 || sender == target) return TC_ACT_SHOT;
	struct weft_address address;
	set_ipv4(&address, target);
	if (!is_unicast(&address) && target != bpf_htonl(WEFT_VETH_GATEWAY)) return TC_ACT_SHOT;
	if (is_own(trip, &address)) return TC_ACT_SHOT;
	write_ethernet(data, arp->sender_mac, port_mac, bpf_htons(ETH_P_ARP));
	arp->operation = bpf_htons(WEFT_ARP_REPLY);
	__builtin_memcpy(arp->target_mac, arp->sender_mac, ETH_ALEN);
	__builtin_memcpy(arp->sender_mac, port_mac, ETH_ALEN);
	__builtin_memcpy(arp->sender, &target, 4);
	__builtin_memcpy(arp->target, &sender, 4);
	return bpf_redirect(skb->ifindex, 0);
}

static __always_inline __be16 finish_sum(__s64 sum)
{
	__u64 folded = (__u64)sum;
	folded = (folded & 0xffff) + (folded >> 16);
	folded = (folded & 0xffff) + (folded >> 16);
	folded = (folded & 0xffff) + (folded >> 16);
	return (__be16)~folded;
}

/* The frame is as long as the answer by now. */
static __always_inline bool write_advertisement(struct __sk_buff *skb, const struct weft_address *asker,
						const struct weft_address *target)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct ethhdr *ethernet = data;
	struct ipv6hdr *ip = data + ETH_HLEN;
	struct weft_neighbour *message = (void *)(ip + 1);
	if ((void *)(message + 1) > end) return false;
	__u8 to[ETH_ALEN];
	__builtin_memcpy(to, ethernet->h_source, ETH_ALEN);
	write_ethernet(data, to, port_mac, bpf_htons(ETH_P_IPV6));
	*(__be32 *)ip = bpf_htonl(0x60000000);
	ip->payload_len = bpf_htons(sizeof *message);
	ip->nexthdr = IPPROTO_ICMPV6;
	ip->hop_limit = WEFT_ND_HOP_LIMIT;
	__builtin_memcpy(&ip->saddr, target, sizeof *target);
	__builtin_memcpy(&ip->daddr, asker, sizeof *asker);
	message->type = WEFT_ADVERTISEMENT;
	message->code = 0;
	message->checksum = 0;
	message->flags = bpf_htonl(WEFT_SOLICITED_OVERRIDE);
	__builtin_memcpy(message->target, target, sizeof *target);
	message->option = WEFT_TARGET_ADDRESS;
	message->option_words = 1;
	__builtin_memcpy(message->mac, port_mac, ETH_ALEN);
	/* The pseudo header is the two addresses, which lie together, and length and protocol. */
	__be32 rest[2] = { bpf_htonl(sizeof *message), bpf_htonl(IPPROTO_ICMPV6) };
	__s64 sum = bpf_csum_diff(0, 0, (__be32 *)&ip->saddr, 2 * sizeof *target, 0);
	sum = bpf_csum_diff(0, 0, (__be32 *)message, sizeof *message, sum);
	sum = bpf_csum_diff(0, 0, rest, sizeof rest, sum);
	message->checksum = finish_sum(sum);
	return true;
}

static __always_inline int answer_solicitation(struct __sk_buff *skb, const struct weft_trip *trip)
{
	struct {
		struct ipv6hdr ip;
		__u8 type, code;
		__be16 checksum;
		__be32 flags;
		struct weft_address target;
	} asked;
	if (bpf_skb_load_bytes(skb, ETH_HLEN, &asked, sizeof asked)) return TC_ACT_SHOT;
	struct weft_address asker;
	__builtin_memcpy(&asker, &asked.ip.saddr, sizeof asker);
	const __u32 *words = const_words_of(&asker);
	bool duplicate_probe = (words[0] | words[1] | words[2] | words[3]) == 0;
	bool valid = asked.code == 0 && asked.ip.hop_limit == WEFT_ND_HOP_LIMIT && asked.target.bytes[0] != 0xff;
	if (duplicate_probe || !valid || is_own(trip, &asked.target)) return TC_ACT_SHOT;
	__u32 length = ETH_HLEN + sizeof(struct ipv6hdr) + sizeof(struct weft_neighbour);
	if (bpf_skb_change_tail(skb, length, 0) || bpf_skb_pull_data(skb, length)) return TC_ACT_SHOT;
	return write_advertisement(skb, &asker, &asked.target) ? bpf_redirect(skb->ifindex, 0) : TC_ACT_SHOT;
}

/* How an IPv6 host announces itself and looks around: multicast listeners, routers, neighbours. Nobody misses it. */
static __always_inline bool is_chatter(__u8 type)
{
	return (type >= WEFT_MULTICAST_LISTENER_QUERY && type <= WEFT_REDIRECT) || type == WEFT_LISTENER_REPORT;
}

#endif
