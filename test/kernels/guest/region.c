/* SPDX-License-Identifier: Apache-2.0
 * One host of a region without agent and engine: loads the BPF programs, fills their tables from what stdin says, and
 * pins both; later, says what was counted. Run in the host's network namespace, as devices are named.
 *
 *   region fill OBJECT DIRECTORY     stdin, a line each (an address is IPv4 or IPv6, a slot a number):
 *     xdp                                          packets arrive unwrapped by weft_xdp
 *     port SLOT GNI DEVICE ENGINE-DEVICE MAC       a veth guest
 *     peer SLOT ADDRESS OWN-ADDRESS FORMAT MTU     format as in wire/, with - for the space
 *     local GNI ADDRESS PORT-SLOT
 *     remote GNI ADDRESS PEER-SLOT
 *   region counts DIRECTORY          what was handed over and dropped
 *   region can-change-family         1 or 0: may a header of one family be taken off a packet of the other?
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <weft_wire.h>

#include "maps.h"

#define WORD "%63s"
#define ACCEPTED ((1 << WEFT_FORMAT_GNI_1_0) | (1 << WEFT_FORMAT_GNI_2_0) | (1 << WEFT_FORMAT_VXLAN) | (1 << WEFT_FORMAT_GENEVE))
#define DECAPSULATE_TO_IPV6 (1 << 8) /* BPF_F_ADJ_ROOM_DECAP_L3_IPV6, younger than Debian 12's headers */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void fail(const char *what, const char *which)
{
	printf("FAILED region: %s %s: %s\n", what, which, strerror(errno));
	exit(1);
}

/* A kernel that does not know the flag refuses it: tried with a program of a few instructions. */
static bool can_change_family(void)
{
	struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = -20 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = BPF_ADJ_ROOM_MAC },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_4, .imm = DECAPSULATE_TO_IPV6 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_skb_adjust_room },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	unsigned char frame[14 + 20 + 40] = { [12] = 8 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame, .data_size_in = sizeof(frame));
	int loaded = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, NULL, "GPL", program, COUNT(program), NULL);
	if (loaded < 0 || bpf_prog_test_run_opts(loaded, &run)) fail("try", "adjust_room");
	return run.retval == 0;
}

static struct weft_address address_of(const char *text)
{
	struct weft_address out = { .bytes = { [10] = 0xff, [11] = 0xff } };
	if (inet_pton(AF_INET, text, &out.bytes[12]) != 1 && inet_pton(AF_INET6, text, out.bytes) != 1) fail("address", text);
	return out;
}

static __u8 format_of(char *name)
{
	for (char *at = name; *at; at++)
		if (*at == '-') *at = ' ';
	for (__u8 format = 1; format < WEFT_FORMAT_COUNT; format++)
		if (strcmp(name, weft_format_names[format]) == 0) return format;
	fail("format", name);
	return 0;
}

static unsigned device(const char *name)
{
	unsigned index = if_nametoindex(name);
	if (!index) fail("device", name);
	return index;
}

static void put(struct bpf_object *object, const char *map, const void *key, const void *value)
{
	if (bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, map), key, value, BPF_ANY)) fail("fill", map);
}

static bool put_port(struct bpf_object *object, const char *line)
{
	struct weft_port_entry entry = { .since = 0 };
	struct weft_port *port = &entry.current;
	char name[64], engine[64];
	__u8 *mac = port->mac;
	unsigned slot;
	int read = sscanf(line, "port %u %u " WORD WORD " %hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &slot, &port->gni, name, engine, &mac[0],
			  &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]);
	if (read != 10) return false;
	port->kind = WEFT_PORT_VETH;
	port->ifindex = device(name);
	port->engine_ifindex = device(engine);
	put(object, "ports", &slot, &entry);
	put(object, "port_by_ifindex", &port->ifindex, &slot);
	put(object, "port_by_ifindex", &port->engine_ifindex, &slot);
	return true;
}

static bool put_peer(struct bpf_object *object, const char *line)
{
	struct weft_peer_entry entry = { .since = 0 };
	struct weft_peer *peer = &entry.current;
	char there[64], here[64], format[64];
	unsigned slot, mtu;
	if (sscanf(line, "peer %u " WORD WORD WORD " %u", &slot, there, here, format, &mtu) != 5) return false;
	peer->address = address_of(there);
	peer->own = address_of(here);
	peer->terms = (struct weft_terms){ .send = WEFT_SEND_FORMAT, .format = format_of(format), .accept = ACCEPTED };
	peer->path_mtu = mtu;
	peer->in_use = 1;
	put(object, "peers", &slot, &entry);
	put(object, "peer_by_address", &peer->address, &slot);
	return true;
}

static bool put_location(struct bpf_object *object, const char *line)
{
	struct weft_location_entry entry = { .since = 0 };
	struct weft_location_key key = { 0 };
	char kind[64], address[64];
	if (sscanf(line, WORD " %u " WORD " %u", kind, &key.gni, address, &entry.current.slot) != 4) return false;
	if (strcmp(kind, "local") != 0 && strcmp(kind, "remote") != 0) return false;
	entry.current.kind = strcmp(kind, "local") == 0 ? WEFT_LOCAL : WEFT_REMOTE;
	key.address = address_of(address);
	entry.check = weft_check(&key, sizeof(key));
	put(object, "locations", &key, &entry);
	return true;
}

static void set_constants(struct bpf_object *object, bool xdp)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata.settings");
	size_t length = 0;
	struct weft_settings *settings = map ? (void *)bpf_map__initial_value(map, &length) : NULL;
	if (!settings || length != sizeof(*settings)) fail("settings", "of the object");
	settings->can_change_family = can_change_family();
	settings->xdp = xdp;
}

static void pin(struct bpf_object *object, const char *directory)
{
	if (mkdir(directory, 0700) && errno != EEXIST) fail("make", directory);
	if (bpf_object__pin_maps(object, directory) || bpf_object__pin_programs(object, directory)) fail("pin", directory);
}

/* Settings stand in the first lines: they are constants once the programs are loaded. */
static int fill(const char *path, const char *directory)
{
	char line[256];
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	if (!object) fail("open", path);
	bool any = fgets(line, sizeof(line), stdin), xdp = any && strcmp(line, "xdp\n") == 0;
	set_constants(object, xdp);
	if (bpf_object__load(object)) fail("load", path);
	if (xdp) any = fgets(line, sizeof(line), stdin);
	for (; any; any = fgets(line, sizeof(line), stdin))
		if (!put_port(object, line) && !put_peer(object, line) && !put_location(object, line)) fail("understand", line);
	pin(object, directory);
	return 0;
}

static int pinned(const char *directory, const char *name)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	int map = bpf_obj_get(path);
	if (map < 0) fail("open", path);
	return map;
}

static unsigned long long sum(int map, unsigned at)
{
	unsigned long long of_cpus[libbpf_num_possible_cpus()], all = 0;
	if (bpf_map_lookup_elem(map, &at, of_cpus)) fail("look up", "a count");
	for (size_t cpu = 0; cpu < COUNT(of_cpus); cpu++) all += of_cpus[cpu];
	return all;
}

static int print_counts(const char *directory)
{
	int handed_over = pinned(directory, "handover_counts"), dropped = pinned(directory, "drop_counts");
	unsigned long long count;
	for (unsigned at = 0; at < WEFT_HANDOVER_COUNT; at++)
		if ((count = sum(handed_over, at))) printf("handed-over %u %llu\n", at, count);
	for (unsigned at = 0; at < WEFT_DROP_COUNT; at++)
		if ((count = sum(dropped, at))) printf("dropped %s %llu\n", weft_drop_names[at], count);
	return 0;
}

int main(int count, char **words)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (count == 4 && strcmp(words[1], "fill") == 0) return fill(words[2], words[3]);
	if (count == 3 && strcmp(words[1], "counts") == 0) return print_counts(words[2]);
	if (count == 2 && strcmp(words[1], "can-change-family") == 0) return printf("%d\n", can_change_family()) < 0;
	fprintf(stderr, "usage: region fill OBJECT DIRECTORY | region counts DIRECTORY | region can-change-family\n");
	return 2;
}
