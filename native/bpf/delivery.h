/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * The last step into a guest's port.
 */
#ifndef WEFT_DELIVERY_H
#define WEFT_DELIVERY_H

#include "packet.h"

const __u8 port_mac[ETH_ALEN] = WEFT_PORT_MAC;

/* The Ethernet header that the guest sees. False when the kernel does not let it be written: nothing was changed. */
static __always_inline bool address_to_guest(struct __sk_buff *skb, const struct weft_port *port, bool v6)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	if (data + ETH_HLEN > end) return false;
	write_ethernet(data, port->mac, port_mac, ethertype_of(v6));
	return true;
}

/* A veth's other end is in the guest's namespace, and is reached without a queue. */
static __always_inline int into_port(const struct weft_port *port)
{
	return port->kind == WEFT_PORT_VETH ? bpf_redirect_peer(port->ifindex, 0) : bpf_redirect(port->ifindex, 0);
}

static __always_inline bool is_ours(const struct weft_port *port)
{
	return port->kind == WEFT_PORT_VETH || port->kind == WEFT_PORT_TAP;
}

#endif
