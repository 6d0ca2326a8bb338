/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * Generated from wire/formats, wire/drops.ts and wire/limits.ts by `make generate`. Do not edit.
 * Shared by the engine (C++) and the BPF programs (C).
 */
#ifndef WEFT_WIRE_H
#define WEFT_WIRE_H

#include <linux/types.h>

#define WEFT_INLINE static inline __attribute__((always_inline, unused))

#define WEFT_UDP_PORT 6741
#define WEFT_VXLAN_PORT 4789
#define WEFT_GENEVE_PORT 6081
#define WEFT_GNI_MIN 1u
#define WEFT_GNI_MAX 16777215u

enum weft_drop {
	WEFT_DROP_GUEST_MALFORMED = 0, /* the guest sent something that is not a whole IPv4 or IPv6 packet */
	WEFT_DROP_GUEST_SPOOFED_SOURCE = 1, /* the source address is not one of the guest’s own */
	WEFT_DROP_NOT_UNICAST = 2, /* multicast, broadcast, link-local and unspecified destinations are not carried */
	WEFT_DROP_NO_ROUTE = 3, /* the destination is in no prefix of the virtual cloud */
	WEFT_DROP_NO_MAPPING = 4, /* the mapping server knows no guest at this address */
	WEFT_DROP_RESOLVE_TIMEOUT = 5, /* the mapping server did not answer before the deadline of the first-packet queue */
	WEFT_DROP_RESOLVE_QUEUE_FULL = 6, /* the first-packet queue was full */
	WEFT_DROP_NO_SESSION = 7, /* no format is agreed with the destination’s host */
	WEFT_DROP_TOO_BIG = 8, /* longer than the path to the destination’s host carries */
	WEFT_DROP_SEND_FAILED = 9, /* the kernel refused to send; the last error is in the status */
	WEFT_DROP_SHORT = 10, /* fewer bytes than the header or the inner packet says */
	WEFT_DROP_LONG = 11, /* more bytes than the inner packet says */
	WEFT_DROP_UNKNOWN_VERSION = 12, /* the first byte is no version that this build knows */
	WEFT_DROP_BAD_HEADER = 13, /* bits that must be zero are not */
	WEFT_DROP_BAD_CHECKSUM = 14, /* the checksum of the encapsulation does not match */
	WEFT_DROP_UNKNOWN_PROTOCOL = 15, /* the inner protocol is neither IPv4 nor IPv6 */
	WEFT_DROP_INNER_MALFORMED = 16, /* the inner packet contradicts itself or the header */
	WEFT_DROP_UNKNOWN_PEER = 17, /* the sending host has no session with this one */
	WEFT_DROP_VERSION_NOT_ACCEPTED = 18, /* the session with the sending host does not accept this format */
	WEFT_DROP_UNKNOWN_GNI = 19, /* no guest of this network is on this host */
	WEFT_DROP_GNI_MISMATCH = 20, /* source and destination network differ without a peering */
	WEFT_DROP_SPOOFED_INNER_SOURCE = 21, /* the mapping server says that the inner source lives on another host, or nowhere */
	WEFT_DROP_NO_GUEST = 22, /* the inner destination is not on this host */
	WEFT_DROP_PORT_FAILED = 23, /* the kernel refused to deliver to the guest’s port */
	WEFT_DROP_FEATURE_NOT_ACCEPTED = 24, /* the session with the sending host accepts the format, but not what this packet does with it */
	WEFT_DROP_UNKNOWN_KEY = 25, /* the session with the sending host has no key of this number */
	WEFT_DROP_BAD_TAG = 26, /* the packet was not sealed with the key, or was changed since */
	WEFT_DROP_REPLAYED = 27, /* a packet of this sequence number has come, or newer ones long ago */
	WEFT_DROP_BAD_COMPRESSION = 28, /* the payload does not decompress to one inner packet */
	WEFT_DROP_NO_SELECTION = 29, /* the policies leave no format for this pair */
	WEFT_DROP_KEY_EXHAUSTED = 30, /* the key has sealed as many packets as it may */
	WEFT_DROP_NOT_CARRIED = 31, /* the session’s format does not carry this kind of packet */
	WEFT_DROP_COUNT = 32
};

#ifndef __bpf__
static const char *const weft_drop_names[WEFT_DROP_COUNT] __attribute__((unused)) = {
	"guest-malformed",
	"guest-spoofed-source",
	"not-unicast",
	"no-route",
	"no-mapping",
	"resolve-timeout",
	"resolve-queue-full",
	"no-session",
	"too-big",
	"send-failed",
	"short",
	"long",
	"unknown-version",
	"bad-header",
	"bad-checksum",
	"unknown-protocol",
	"inner-malformed",
	"unknown-peer",
	"version-not-accepted",
	"unknown-gni",
	"gni-mismatch",
	"spoofed-inner-source",
	"no-guest",
	"port-failed",
	"feature-not-accepted",
	"unknown-key",
	"bad-tag",
	"replayed",
	"bad-compression",
	"no-selection",
	"key-exhausted",
	"not-carried",
};
#endif

enum weft_format {
	WEFT_FORMAT_NONE = 0,
	WEFT_FORMAT_GNI_1_0 = 1, /* baseline */
	WEFT_FORMAT_GNI_1_1 = 2, /* baseline with a checksum of its own */
	WEFT_FORMAT_GNI_2_0 = 3, /* small header, payload may be compressed */
	WEFT_FORMAT_GNI_3_0 = 4, /* sealed: encrypted, header and payload authenticated */
	WEFT_FORMAT_VXLAN = 5, /* RFC 7348, for peers without Weft */
	WEFT_FORMAT_GENEVE = 6, /* RFC 8926, for peers without Weft; both networks travel */
	WEFT_FORMAT_GNI6 = 7, /* IPv4 in IPv6 (RFC 2473), nothing else: networks and guests are in the outer addresses */
	WEFT_FORMAT_COUNT = 8
};

/* Bytes, over all formats: of a header, of a tag, and of all that a format adds to an inner packet, not UDP and what is around it. */
#define WEFT_HEADER_MAX 40
#define WEFT_TAG_MAX 16
#define WEFT_OVERHEAD_MAX 40

enum weft_compression {
	WEFT_COMPRESSION_NONE = 0,
	WEFT_COMPRESSION_LZ4 = 1,
	WEFT_COMPRESSION_ZSTD = 2,
	WEFT_COMPRESSION_COUNT = 3
};

/* Geneve: what is inside, and the option that carries the source GNI. */
#define WEFT_TRANSPARENT_ETHERNET 0x6558
#define WEFT_GENEVE_OPTION_CLASS 0xff57
#define WEFT_GENEVE_OPTION_TYPE 1

#ifndef __bpf__
static const char *const weft_format_names[WEFT_FORMAT_COUNT] __attribute__((unused)) = {
	[0] = "",
	[1] = "gni 1.0",
	[2] = "gni 1.1",
	[3] = "gni 2.0",
	[4] = "gni 3.0",
	[5] = "vxlan",
	[6] = "geneve",
	[7] = "gni6",
};
#endif

/* In C++ a header begins as all zero, whichever members are named. */
#ifdef __cplusplus
#define WEFT_ZERO {}
#else
#define WEFT_ZERO
#endif

/* A decoded header of any format; members that a format does not carry are zero. */
struct weft_header {
	__u8 partial_checksum WEFT_ZERO; /* inner TCP or UDP checksum is the pseudo-header sum */
	__u8 protocol WEFT_ZERO; /* 4 IPv4, 41 IPv6; 0 where the format does not say */
	__u32 source_gni WEFT_ZERO; /* host byte order */
	__u32 destination_gni WEFT_ZERO; /* host byte order */
	__u32 crc32c WEFT_ZERO; /* as carried; computed with this field zero */
	__u8 compression WEFT_ZERO; /* enum weft_compression */
	__u8 elided WEFT_ZERO; /* the inner IP header is elided */
	__u8 control WEFT_ZERO; /* a control frame, no inner packet */
	__u8 key_id WEFT_ZERO; /* which key the packet is sealed with */
	__u8 option_length WEFT_ZERO; /* of received options, in units of 4 bytes */
	__u16 protocol_type WEFT_ZERO; /* ethertype of what is inside, as received */
	__u64 sequence WEFT_ZERO; /* host byte order */
	__u32 flow_label WEFT_ZERO; /* of the outer IPv6 header */
	__u16 payload_length WEFT_ZERO; /* of the outer IPv6 header */
	__u64 source_prefix WEFT_ZERO; /* of the outer IPv6 header, host byte order */
	__u64 destination_prefix WEFT_ZERO; /* of the outer IPv6 header, host byte order */
	__u32 inner_source WEFT_ZERO; /* as the outer IPv6 header says, host byte order */
	__u32 inner_destination WEFT_ZERO; /* as the outer IPv6 header says, host byte order */
};

/* gni 1.0: 12 bytes. */
WEFT_INLINE void weft_gni_1_0_put(__u8 *p, const struct weft_header *h)
{
	p[0] = (__u8)(0x10);
	p[1] = (__u8)(((h->partial_checksum >> 0) & 0x1));
	p[2] = (__u8)(((h->protocol >> 0) & 0xff));
	p[3] = 0;
	p[4] = (__u8)(((h->source_gni >> 24) & 0xff));
	p[5] = (__u8)(((h->source_gni >> 16) & 0xff));
	p[6] = (__u8)(((h->source_gni >> 8) & 0xff));
	p[7] = (__u8)(((h->source_gni >> 0) & 0xff));
	p[8] = (__u8)(((h->destination_gni >> 24) & 0xff));
	p[9] = (__u8)(((h->destination_gni >> 16) & 0xff));
	p[10] = (__u8)(((h->destination_gni >> 8) & 0xff));
	p[11] = (__u8)(((h->destination_gni >> 0) & 0xff));
}

/* 0, or -1 when bits that must have one value have another. The caller has checked that there are 12 bytes and the version byte. */
WEFT_INLINE int weft_gni_1_0_get(const __u8 *p, struct weft_header *h)
{
	h->partial_checksum = (__u8)(((__u32)p[1] & 0x1));
	h->protocol = (__u8)((__u32)p[2]);
	h->source_gni = (__u32)(((__u32)p[4] << 24) | ((__u32)p[5] << 16) | ((__u32)p[6] << 8) | (__u32)p[7]);
	h->destination_gni = (__u32)(((__u32)p[8] << 24) | ((__u32)p[9] << 16) | ((__u32)p[10] << 8) | (__u32)p[11]);
	h->crc32c = 0;
	h->compression = 0;
	h->elided = 0;
	h->control = 0;
	h->key_id = 0;
	h->option_length = 0;
	h->protocol_type = 0;
	h->sequence = 0;
	h->flow_label = 0;
	h->payload_length = 0;
	h->source_prefix = 0;
	h->destination_prefix = 0;
	h->inner_source = 0;
	h->inner_destination = 0;
	return ((p[1] & 0xfe) | (p[3] & 0xff)) ? -1 : 0;
}

/* gni 1.1: 16 bytes. */
WEFT_INLINE void weft_gni_1_1_put(__u8 *p, const struct weft_header *h)
{
	p[0] = (__u8)(0x11);
	p[1] = (__u8)(((h->partial_checksum >> 0) & 0x1));
	p[2] = (__u8)(((h->protocol >> 0) & 0xff));
	p[3] = 0;
	p[4] = (__u8)(((h->source_gni >> 24) & 0xff));
	p[5] = (__u8)(((h->source_gni >> 16) & 0xff));
	p[6] = (__u8)(((h->source_gni >> 8) & 0xff));
	p[7] = (__u8)(((h->source_gni >> 0) & 0xff));
	p[8] = (__u8)(((h->destination_gni >> 24) & 0xff));
	p[9] = (__u8)(((h->destination_gni >> 16) & 0xff));
	p[10] = (__u8)(((h->destination_gni >> 8) & 0xff));
	p[11] = (__u8)(((h->destination_gni >> 0) & 0xff));
	p[12] = (__u8)(((h->crc32c >> 24) & 0xff));
	p[13] = (__u8)(((h->crc32c >> 16) & 0xff));
	p[14] = (__u8)(((h->crc32c >> 8) & 0xff));
	p[15] = (__u8)(((h->crc32c >> 0) & 0xff));
}

/* 0, or -1 when bits that must have one value have another. The caller has checked that there are 16 bytes and the version byte. */
WEFT_INLINE int weft_gni_1_1_get(const __u8 *p, struct weft_header *h)
{
	h->partial_checksum = (__u8)(((__u32)p[1] & 0x1));
	h->protocol = (__u8)((__u32)p[2]);
	h->source_gni = (__u32)(((__u32)p[4] << 24) | ((__u32)p[5] << 16) | ((__u32)p[6] << 8) | (__u32)p[7]);
	h->destination_gni = (__u32)(((__u32)p[8] << 24) | ((__u32)p[9] << 16) | ((__u32)p[10] << 8) | (__u32)p[11]);
	h->crc32c = (__u32)(((__u32)p[12] << 24) | ((__u32)p[13] << 16) | ((__u32)p[14] << 8) | (__u32)p[15]);
	h->compression = 0;
	h->elided = 0;
	h->control = 0;
	h->key_id = 0;
	h->option_length = 0;
	h->protocol_type = 0;
	h->sequence = 0;
	h->flow_label = 0;
	h->payload_length = 0;
	h->source_prefix = 0;
	h->destination_prefix = 0;
	h->inner_source = 0;
	h->inner_destination = 0;
	return ((p[1] & 0xfe) | (p[3] & 0xff)) ? -1 : 0;
}

/* gni 2.0: 8 bytes. */
WEFT_INLINE void weft_gni_2_0_put(__u8 *p, const struct weft_header *h)
{
	p[0] = (__u8)(0x20);
	p[1] = (__u8)(((h->compression << 3) & 0x18) | ((h->elided << 2) & 0x4) | (((h->protocol == 41) << 1) & 0x2) | ((h->partial_checksum >> 0) & 0x1));
	p[2] = (__u8)(((h->destination_gni >> 16) & 0xff));
	p[3] = (__u8)(((h->destination_gni >> 8) & 0xff));
	p[4] = (__u8)(((h->destination_gni >> 0) & 0xff));
	p[5] = (__u8)(((h->source_gni >> 16) & 0xff));
	p[6] = (__u8)(((h->source_gni >> 8) & 0xff));
	p[7] = (__u8)(((h->source_gni >> 0) & 0xff));
}

/* 0, or -1 when bits that must have one value have another, or the compression is unknown. The caller has checked that there are 8 bytes and the version byte. */
WEFT_INLINE int weft_gni_2_0_get(const __u8 *p, struct weft_header *h)
{
	h->compression = (__u8)((((__u32)p[1] & 0x18) >> 3));
	h->elided = (__u8)((((__u32)p[1] & 0x4) >> 2));
	h->protocol = ((((__u32)p[1] & 0x2) >> 1)) ? 41 : 4;
	h->partial_checksum = (__u8)(((__u32)p[1] & 0x1));
	h->destination_gni = (__u32)(((__u32)p[2] << 16) | ((__u32)p[3] << 8) | (__u32)p[4]);
	h->source_gni = (__u32)(((__u32)p[5] << 16) | ((__u32)p[6] << 8) | (__u32)p[7]);
	h->crc32c = 0;
	h->control = 0;
	h->key_id = 0;
	h->option_length = 0;
	h->protocol_type = 0;
	h->sequence = 0;
	h->flow_label = 0;
	h->payload_length = 0;
	h->source_prefix = 0;
	h->destination_prefix = 0;
	h->inner_source = 0;
	h->inner_destination = 0;
	return (((p[1] & 0xe0)) || (h->compression >= 3)) ? -1 : 0;
}

/* gni 3.0: 20 bytes. */
WEFT_INLINE void weft_gni_3_0_put(__u8 *p, const struct weft_header *h)
{
	p[0] = (__u8)(0x30);
	p[1] = (__u8)(((h->control << 4) & 0x10) | ((h->compression << 2) & 0xc) | ((h->elided << 1) & 0x2) | ((h->partial_checksum >> 0) & 0x1));
	p[2] = (__u8)(((h->protocol >> 0) & 0xff));
	p[3] = (__u8)(((h->key_id >> 0) & 0xff));
	p[4] = (__u8)(((h->destination_gni >> 24) & 0xff));
	p[5] = (__u8)(((h->destination_gni >> 16) & 0xff));
	p[6] = (__u8)(((h->destination_gni >> 8) & 0xff));
	p[7] = (__u8)(((h->destination_gni >> 0) & 0xff));
	p[8] = (__u8)(((h->source_gni >> 24) & 0xff));
	p[9] = (__u8)(((h->source_gni >> 16) & 0xff));
	p[10] = (__u8)(((h->source_gni >> 8) & 0xff));
	p[11] = (__u8)(((h->source_gni >> 0) & 0xff));
	p[12] = (__u8)(((h->sequence >> 56) & 0xff));
	p[13] = (__u8)(((h->sequence >> 48) & 0xff));
	p[14] = (__u8)(((h->sequence >> 40) & 0xff));
	p[15] = (__u8)(((h->sequence >> 32) & 0xff));
	p[16] = (__u8)(((h->sequence >> 24) & 0xff));
	p[17] = (__u8)(((h->sequence >> 16) & 0xff));
	p[18] = (__u8)(((h->sequence >> 8) & 0xff));
	p[19] = (__u8)(((h->sequence >> 0) & 0xff));
}

/* 0, or -1 when bits that must have one value have another, or the compression is unknown, or a control frame says what only packets say. The caller has checked that there are 20 bytes and the version byte. */
WEFT_INLINE int weft_gni_3_0_get(const __u8 *p, struct weft_header *h)
{
	h->control = (__u8)((((__u32)p[1] & 0x10) >> 4));
	h->compression = (__u8)((((__u32)p[1] & 0xc) >> 2));
	h->elided = (__u8)((((__u32)p[1] & 0x2) >> 1));
	h->partial_checksum = (__u8)(((__u32)p[1] & 0x1));
	h->protocol = (__u8)((__u32)p[2]);
	h->key_id = (__u8)((__u32)p[3]);
	h->destination_gni = (__u32)(((__u32)p[4] << 24) | ((__u32)p[5] << 16) | ((__u32)p[6] << 8) | (__u32)p[7]);
	h->source_gni = (__u32)(((__u32)p[8] << 24) | ((__u32)p[9] << 16) | ((__u32)p[10] << 8) | (__u32)p[11]);
	h->sequence = (__u64)(((__u64)p[12] << 56) | ((__u64)p[13] << 48) | ((__u64)p[14] << 40) | ((__u64)p[15] << 32) | ((__u64)p[16] << 24) | ((__u64)p[17] << 16) | ((__u64)p[18] << 8) | (__u64)p[19]);
	h->crc32c = 0;
	h->option_length = 0;
	h->protocol_type = 0;
	h->flow_label = 0;
	h->payload_length = 0;
	h->source_prefix = 0;
	h->destination_prefix = 0;
	h->inner_source = 0;
	h->inner_destination = 0;
	return (((p[1] & 0xe0)) || (h->compression >= 3) || ((h->control && (h->compression | h->elided | h->partial_checksum | h->protocol)))) ? -1 : 0;
}

/* vxlan: 8 bytes. */
WEFT_INLINE void weft_vxlan_put(__u8 *p, const struct weft_header *h)
{
	p[0] = (__u8)(0x08);
	p[1] = 0;
	p[2] = 0;
	p[3] = 0;
	p[4] = (__u8)(((h->destination_gni >> 16) & 0xff));
	p[5] = (__u8)(((h->destination_gni >> 8) & 0xff));
	p[6] = (__u8)(((h->destination_gni >> 0) & 0xff));
	p[7] = 0;
}

/* 0, or -1 when bits that must have one value have another. The caller has checked that there are 8 bytes. */
WEFT_INLINE int weft_vxlan_get(const __u8 *p, struct weft_header *h)
{
	h->destination_gni = (__u32)(((__u32)p[4] << 16) | ((__u32)p[5] << 8) | (__u32)p[6]);
	h->partial_checksum = 0;
	h->protocol = 0;
	h->source_gni = h->destination_gni;
	h->crc32c = 0;
	h->compression = 0;
	h->elided = 0;
	h->control = 0;
	h->key_id = 0;
	h->option_length = 0;
	h->protocol_type = 0;
	h->sequence = 0;
	h->flow_label = 0;
	h->payload_length = 0;
	h->source_prefix = 0;
	h->destination_prefix = 0;
	h->inner_source = 0;
	h->inner_destination = 0;
	return (((p[0] & 0x8) ^ 0x08)) ? -1 : 0;
}

/* geneve: 16 bytes. */
WEFT_INLINE void weft_geneve_put(__u8 *p, const struct weft_header *h)
{
	p[0] = (__u8)(0x02);
	p[1] = 0;
	p[2] = (__u8)(0x65);
	p[3] = (__u8)(0x58);
	p[4] = (__u8)(((h->destination_gni >> 16) & 0xff));
	p[5] = (__u8)(((h->destination_gni >> 8) & 0xff));
	p[6] = (__u8)(((h->destination_gni >> 0) & 0xff));
	p[7] = 0;
	p[8] = (__u8)(0xff);
	p[9] = (__u8)(0x57);
	p[10] = (__u8)(0x01);
	p[11] = (__u8)(0x01);
	p[12] = (__u8)(((h->source_gni >> 24) & 0xff));
	p[13] = (__u8)(((h->source_gni >> 16) & 0xff));
	p[14] = (__u8)(((h->source_gni >> 8) & 0xff));
	p[15] = (__u8)(((h->source_gni >> 0) & 0xff));
}

/* 0, or -1 when bits that must have one value have another. The caller has checked that there are 8 bytes. */
WEFT_INLINE int weft_geneve_get(const __u8 *p, struct weft_header *h)
{
	h->option_length = (__u8)(((__u32)p[0] & 0x3f));
	h->protocol_type = (__u16)(((__u32)p[2] << 8) | (__u32)p[3]);
	h->destination_gni = (__u32)(((__u32)p[4] << 16) | ((__u32)p[5] << 8) | (__u32)p[6]);
	h->partial_checksum = 0;
	h->protocol = 0;
	h->source_gni = h->destination_gni;
	h->crc32c = 0;
	h->compression = 0;
	h->elided = 0;
	h->control = 0;
	h->key_id = 0;
	h->sequence = 0;
	h->flow_label = 0;
	h->payload_length = 0;
	h->source_prefix = 0;
	h->destination_prefix = 0;
	h->inner_source = 0;
	h->inner_destination = 0;
	return ((p[0] & 0xc0) | (p[1] & 0x80)) ? -1 : 0;
}

/* gni6: 40 bytes. */
WEFT_INLINE void weft_gni6_put(__u8 *p, const struct weft_header *h)
{
	p[0] = (__u8)(0x60);
	p[1] = (__u8)(((h->flow_label >> 16) & 0xf));
	p[2] = (__u8)(((h->flow_label >> 8) & 0xff));
	p[3] = (__u8)(((h->flow_label >> 0) & 0xff));
	p[4] = (__u8)(((h->payload_length >> 8) & 0xff));
	p[5] = (__u8)(((h->payload_length >> 0) & 0xff));
	p[6] = (__u8)(0x04);
	p[7] = (__u8)(0x40);
	p[8] = (__u8)(((h->source_prefix >> 56) & 0xff));
	p[9] = (__u8)(((h->source_prefix >> 48) & 0xff));
	p[10] = (__u8)(((h->source_prefix >> 40) & 0xff));
	p[11] = (__u8)(((h->source_prefix >> 32) & 0xff));
	p[12] = (__u8)(((h->source_prefix >> 24) & 0xff));
	p[13] = (__u8)(((h->source_prefix >> 16) & 0xff));
	p[14] = (__u8)(((h->source_prefix >> 8) & 0xff));
	p[15] = (__u8)(((h->source_prefix >> 0) & 0xff));
	p[16] = (__u8)(((h->source_gni >> 24) & 0xff));
	p[17] = (__u8)(((h->source_gni >> 16) & 0xff));
	p[18] = (__u8)(((h->source_gni >> 8) & 0xff));
	p[19] = (__u8)(((h->source_gni >> 0) & 0xff));
	p[20] = (__u8)(((h->inner_source >> 24) & 0xff));
	p[21] = (__u8)(((h->inner_source >> 16) & 0xff));
	p[22] = (__u8)(((h->inner_source >> 8) & 0xff));
	p[23] = (__u8)(((h->inner_source >> 0) & 0xff));
	p[24] = (__u8)(((h->destination_prefix >> 56) & 0xff));
	p[25] = (__u8)(((h->destination_prefix >> 48) & 0xff));
	p[26] = (__u8)(((h->destination_prefix >> 40) & 0xff));
	p[27] = (__u8)(((h->destination_prefix >> 32) & 0xff));
	p[28] = (__u8)(((h->destination_prefix >> 24) & 0xff));
	p[29] = (__u8)(((h->destination_prefix >> 16) & 0xff));
	p[30] = (__u8)(((h->destination_prefix >> 8) & 0xff));
	p[31] = (__u8)(((h->destination_prefix >> 0) & 0xff));
	p[32] = (__u8)(((h->destination_gni >> 24) & 0xff));
	p[33] = (__u8)(((h->destination_gni >> 16) & 0xff));
	p[34] = (__u8)(((h->destination_gni >> 8) & 0xff));
	p[35] = (__u8)(((h->destination_gni >> 0) & 0xff));
	p[36] = (__u8)(((h->inner_destination >> 24) & 0xff));
	p[37] = (__u8)(((h->inner_destination >> 16) & 0xff));
	p[38] = (__u8)(((h->inner_destination >> 8) & 0xff));
	p[39] = (__u8)(((h->inner_destination >> 0) & 0xff));
}

/* 0, or -1 when bits that must have one value have another. The caller has checked that there are 40 bytes. */
WEFT_INLINE int weft_gni6_get(const __u8 *p, struct weft_header *h)
{
	h->flow_label = (__u32)((((__u32)p[1] & 0xf) << 16) | ((__u32)p[2] << 8) | (__u32)p[3]);
	h->payload_length = (__u16)(((__u32)p[4] << 8) | (__u32)p[5]);
	h->protocol = (__u8)((__u32)p[6]);
	h->source_prefix = (__u64)(((__u64)p[8] << 56) | ((__u64)p[9] << 48) | ((__u64)p[10] << 40) | ((__u64)p[11] << 32) | ((__u64)p[12] << 24) | ((__u64)p[13] << 16) | ((__u64)p[14] << 8) | (__u64)p[15]);
	h->source_gni = (__u32)(((__u32)p[16] << 24) | ((__u32)p[17] << 16) | ((__u32)p[18] << 8) | (__u32)p[19]);
	h->inner_source = (__u32)(((__u32)p[20] << 24) | ((__u32)p[21] << 16) | ((__u32)p[22] << 8) | (__u32)p[23]);
	h->destination_prefix = (__u64)(((__u64)p[24] << 56) | ((__u64)p[25] << 48) | ((__u64)p[26] << 40) | ((__u64)p[27] << 32) | ((__u64)p[28] << 24) | ((__u64)p[29] << 16) | ((__u64)p[30] << 8) | (__u64)p[31]);
	h->destination_gni = (__u32)(((__u32)p[32] << 24) | ((__u32)p[33] << 16) | ((__u32)p[34] << 8) | (__u32)p[35]);
	h->inner_destination = (__u32)(((__u32)p[36] << 24) | ((__u32)p[37] << 16) | ((__u32)p[38] << 8) | (__u32)p[39]);
	h->partial_checksum = 0;
	h->crc32c = 0;
	h->compression = 0;
	h->elided = 0;
	h->control = 0;
	h->key_id = 0;
	h->option_length = 0;
	h->protocol_type = 0;
	h->sequence = 0;
	return (((p[0] & 0xf0) ^ 0x60) | ((p[6] & 0xff) ^ 0x04)) ? -1 : 0;
}

/* Format of the first byte of a packet to WEFT_UDP_PORT; WEFT_FORMAT_NONE when it is no version of this build. */
WEFT_INLINE int weft_format_of_version_byte(__u8 version)
{
	switch (version) {
	case 0x10:
		return WEFT_FORMAT_GNI_1_0;
	case 0x11:
		return WEFT_FORMAT_GNI_1_1;
	case 0x20:
		return WEFT_FORMAT_GNI_2_0;
	case 0x30:
		return WEFT_FORMAT_GNI_3_0;
	default:
		return WEFT_FORMAT_NONE;
	}
}

/* Bytes as sent, with options; 0 for a number that is no format. */
WEFT_INLINE unsigned int weft_header_length(int format)
{
	switch (format) {
	case WEFT_FORMAT_GNI_1_0:
		return 12;
	case WEFT_FORMAT_GNI_1_1:
		return 16;
	case WEFT_FORMAT_GNI_2_0:
		return 8;
	case WEFT_FORMAT_GNI_3_0:
		return 20;
	case WEFT_FORMAT_VXLAN:
		return 8;
	case WEFT_FORMAT_GENEVE:
		return 16;
	case WEFT_FORMAT_GNI6:
		return 40;
	default:
		return 0;
	}
}

/* Bytes that the get function reads: options are behind them. */
WEFT_INLINE unsigned int weft_header_least(int format)
{
	switch (format) {
	case WEFT_FORMAT_GNI_1_0:
		return 12;
	case WEFT_FORMAT_GNI_1_1:
		return 16;
	case WEFT_FORMAT_GNI_2_0:
		return 8;
	case WEFT_FORMAT_GNI_3_0:
		return 20;
	case WEFT_FORMAT_VXLAN:
		return 8;
	case WEFT_FORMAT_GENEVE:
		return 8;
	case WEFT_FORMAT_GNI6:
		return 40;
	default:
		return 0;
	}
}

/* Bytes of the tag behind a sealed payload; 0 where packets are not sealed. */
WEFT_INLINE unsigned int weft_tag_length(int format)
{
	switch (format) {
	case WEFT_FORMAT_GNI_1_0:
		return 0;
	case WEFT_FORMAT_GNI_1_1:
		return 0;
	case WEFT_FORMAT_GNI_2_0:
		return 0;
	case WEFT_FORMAT_GNI_3_0:
		return 16;
	case WEFT_FORMAT_VXLAN:
		return 0;
	case WEFT_FORMAT_GENEVE:
		return 0;
	case WEFT_FORMAT_GNI6:
		return 0;
	default:
		return 0;
	}
}

/* Bytes that the format adds to an inner packet: header, tag, Ethernet header; not UDP and what is around it. */
WEFT_INLINE unsigned int weft_overhead(int format)
{
	switch (format) {
	case WEFT_FORMAT_GNI_1_0:
		return 12;
	case WEFT_FORMAT_GNI_1_1:
		return 16;
	case WEFT_FORMAT_GNI_2_0:
		return 8;
	case WEFT_FORMAT_GNI_3_0:
		return 36;
	case WEFT_FORMAT_VXLAN:
		return 22;
	case WEFT_FORMAT_GENEVE:
		return 30;
	case WEFT_FORMAT_GNI6:
		return 40;
	default:
		return 0;
	}
}

/* The usual UDP port of its packets; 0 where there is no UDP. */
WEFT_INLINE unsigned int weft_carrier_port(int format)
{
	switch (format) {
	case WEFT_FORMAT_GNI_1_0:
		return 6741;
	case WEFT_FORMAT_GNI_1_1:
		return 6741;
	case WEFT_FORMAT_GNI_2_0:
		return 6741;
	case WEFT_FORMAT_GNI_3_0:
		return 6741;
	case WEFT_FORMAT_VXLAN:
		return 4789;
	case WEFT_FORMAT_GENEVE:
		return 6081;
	case WEFT_FORMAT_GNI6:
		return 0;
	default:
		return 0;
	}
}

/* Whether an Ethernet frame follows the header, not an IP packet. */
WEFT_INLINE int weft_ethernet_inside(int format)
{
	switch (format) {
	case WEFT_FORMAT_GNI_1_0:
		return 0;
	case WEFT_FORMAT_GNI_1_1:
		return 0;
	case WEFT_FORMAT_GNI_2_0:
		return 0;
	case WEFT_FORMAT_GNI_3_0:
		return 0;
	case WEFT_FORMAT_VXLAN:
		return 1;
	case WEFT_FORMAT_GENEVE:
		return 1;
	case WEFT_FORMAT_GNI6:
		return 0;
	default:
		return 0;
	}
}

/* Whether IPv4 packets only are carried. */
WEFT_INLINE int weft_ipv4_inside(int format)
{
	switch (format) {
	case WEFT_FORMAT_GNI_1_0:
		return 0;
	case WEFT_FORMAT_GNI_1_1:
		return 0;
	case WEFT_FORMAT_GNI_2_0:
		return 0;
	case WEFT_FORMAT_GNI_3_0:
		return 0;
	case WEFT_FORMAT_VXLAN:
		return 0;
	case WEFT_FORMAT_GENEVE:
		return 0;
	case WEFT_FORMAT_GNI6:
		return 1;
	default:
		return 0;
	}
}

/* Whether inner checksums may stay partial; else the sender completes them. */
WEFT_INLINE int weft_carries_partial_checksum(int format)
{
	switch (format) {
	case WEFT_FORMAT_GNI_1_0:
		return 1;
	case WEFT_FORMAT_GNI_1_1:
		return 1;
	case WEFT_FORMAT_GNI_2_0:
		return 1;
	case WEFT_FORMAT_GNI_3_0:
		return 1;
	case WEFT_FORMAT_VXLAN:
		return 0;
	case WEFT_FORMAT_GENEVE:
		return 0;
	case WEFT_FORMAT_GNI6:
		return 0;
	default:
		return 0;
	}
}

/* Offset of the CRC-32C field, bytes; -1 where the format has none. */
WEFT_INLINE int weft_crc_offset(int format)
{
	switch (format) {
	case WEFT_FORMAT_GNI_1_0:
		return -1;
	case WEFT_FORMAT_GNI_1_1:
		return 12;
	case WEFT_FORMAT_GNI_2_0:
		return -1;
	case WEFT_FORMAT_GNI_3_0:
		return -1;
	case WEFT_FORMAT_VXLAN:
		return -1;
	case WEFT_FORMAT_GENEVE:
		return -1;
	case WEFT_FORMAT_GNI6:
		return -1;
	default:
		return -1;
	}
}

WEFT_INLINE void weft_header_put(int format, __u8 *p, const struct weft_header *h)
{
	switch (format) {
	case WEFT_FORMAT_GNI_1_0:
		weft_gni_1_0_put(p, h);
		break;
	case WEFT_FORMAT_GNI_1_1:
		weft_gni_1_1_put(p, h);
		break;
	case WEFT_FORMAT_GNI_2_0:
		weft_gni_2_0_put(p, h);
		break;
	case WEFT_FORMAT_GNI_3_0:
		weft_gni_3_0_put(p, h);
		break;
	case WEFT_FORMAT_VXLAN:
		weft_vxlan_put(p, h);
		break;
	case WEFT_FORMAT_GENEVE:
		weft_geneve_put(p, h);
		break;
	case WEFT_FORMAT_GNI6:
		weft_gni6_put(p, h);
		break;
	default:
		break;
	}
}

/* 0, or -1: bits that must have one value have another, or no format. */
WEFT_INLINE int weft_header_get(int format, const __u8 *p, struct weft_header *h)
{
	switch (format) {
	case WEFT_FORMAT_GNI_1_0:
		return weft_gni_1_0_get(p, h);
	case WEFT_FORMAT_GNI_1_1:
		return weft_gni_1_1_get(p, h);
	case WEFT_FORMAT_GNI_2_0:
		return weft_gni_2_0_get(p, h);
	case WEFT_FORMAT_GNI_3_0:
		return weft_gni_3_0_get(p, h);
	case WEFT_FORMAT_VXLAN:
		return weft_vxlan_get(p, h);
	case WEFT_FORMAT_GENEVE:
		return weft_geneve_get(p, h);
	case WEFT_FORMAT_GNI6:
		return weft_gni6_get(p, h);
	default:
		return -1;
	}
}

#endif
