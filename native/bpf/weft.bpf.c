/* SPDX-License-Identifier: (Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only)
 * The fast path: packets between guests whose format has a constant header, without leaving the kernel. What it does
 * not carry it hands over to the engine (maps.h names why); what it drops itself it drops under the engine's names.
 *
 *   weft_guest       tc ingress of a guest's host-side device    guest.h → neighbours.h, encapsulate.h, delivery.h
 *   weft_substrate   tc ingress of a substrate device            substrate.h → unwrap.h, delivery.h
 *   weft_xdp         XDP of a substrate device, in mode xdp      xdp.h → unwrap.h
 *   weft_return      tc ingress of the engine's device of a guest   return.h
 *
 * Read tables.h and lookups.h for what they look things up in, packet.h for what an inner packet is, decision.h and
 * events.h for what is counted and told.
 */
#include "guest.h"
#include "return.h"
#include "substrate.h"
#include "xdp.h"

char terms_of_use[] SEC("license") = "Dual BSD/GPL";

SEC("tc")
int weft_guest(struct __sk_buff *skb)
{
	return from_guest(skb);
}

SEC("tc")
int weft_substrate(struct __sk_buff *skb)
{
	return from_substrate(skb);
}

SEC("tc")
int weft_return(struct __sk_buff *skb)
{
	return from_engine(skb);
}

SEC("xdp")
int weft_xdp(struct xdp_md *context)
{
	return before_stack(context);
}
