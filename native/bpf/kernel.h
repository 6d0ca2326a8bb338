/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * What the programs ask of the kernel: its headers, and constants that are younger than Debian 12's headers.
 */
#ifndef WEFT_KERNEL_H
#define WEFT_KERNEL_H

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

/* Since Linux 6.3 (settings.can_change_family): the inner header that is left has this family. */
#define WEFT_DECAP_TO_IPV4 (1ULL << 7)
#define WEFT_DECAP_TO_IPV6 (1ULL << 8)

/* Since Linux 6.3; before, EINVAL. */
#define WEFT_FIB_SKIP_NEIGHBOUR (1U << 2)
#define WEFT_EINVAL 22

#define WEFT_AF_INET 2
#define WEFT_AF_INET6 10
#define WEFT_LOOPBACK 1 /* the index of `lo` in every network namespace */

#define WEFT_CHECKSUM_PARTIAL 3

/* What the kernel knows of a packet and does not show to programs: sums_behind_ip() (guest.h) says why it is asked for. */
struct sk_buff___weft {
	__u8 ip_summed : 2;
	__u16 csum_start, network_header; /* both count from where the packet's memory begins */
} __attribute__((preserve_access_index));

/* Since Linux 6.2, as the helper that shows whether it is there: older kernels refuse a call that they could reach. */
extern void *bpf_cast_to_kern_ctx(void *context) __ksym __weak;
enum bpf_func_id___weft { BPF_FUNC_cgrp_storage_get___weft = 210 };
#define WEFT_KERNEL_SHOWS_PACKETS bpf_core_enum_value_exists(enum bpf_func_id___weft, BPF_FUNC_cgrp_storage_get___weft)

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Exactly one load, in the order of the program text. */
#define load_once(x) (*(const volatile __typeof__(x) *)&(x))
#define in_order() __asm__ volatile("" ::: "memory")

#endif
