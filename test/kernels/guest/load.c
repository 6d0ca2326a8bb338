/* SPDX-License-Identifier: Apache-2.0
 * Loads every program of the BPF objects named on the command line, each alone, and says what the verifier made of
 * it. Alone, so that one refused program does not hide the others; with all that settings can switch on, since the
 * verifier leaves out what is off. Nothing is attached or pinned, so this is safe on the machine itself as well.
 *
 * A line for each, fields apart by one space; lines that begin with "| " are the verifier's own, about the line above:
 *
 *   program OBJECT NAME INSTRUCTIONS MICROSECONDS
 *   refused OBJECT NAME REASON...
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "maps.h"

#define STATISTICS 4 /* BPF_LOG_STATS: times and sizes only */
#define EVERY_STEP 1 /* BPF_LOG_LEVEL1 */

#define LOG_BYTES (16u << 20)
#define LOG_LINES_SHOWN 60

static char log_text[LOG_BYTES];
static char library_text[4096]; /* what libbpf said last, for failures before any program is verified */

static int keep_library_text(enum libbpf_print_level level, const char *format, va_list words)
{
	if (level != LIBBPF_WARN) return 0;
	size_t used = strlen(library_text);
	return vsnprintf(library_text + used, sizeof(library_text) - used, format, words);
}

static void print_quoted(char *text)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) printf("| %s\n", line);
}

/* The end of a log is what tells why: the path that led to the refusal. */
static void print_log_end(void)
{
	char *from = log_text + strlen(log_text);
	for (int lines = 0; from > log_text; from--)
		if (from[-1] == '\n' && lines++ > LOG_LINES_SHOWN) break;
	print_quoted(from);
}

static unsigned verification_us(void)
{
	unsigned us = 0;
	const char *at = strstr(log_text, "verification time ");
	if (at) sscanf(at, "verification time %u usec", &us);
	return us;
}

/* All of the object's programs but one stay out. */
static struct bpf_program *choose(struct bpf_object *object, const char *name)
{
	struct bpf_program *program, *chosen = NULL;
	bpf_object__for_each_program(program, object) {
		bool is_it = strcmp(bpf_program__name(program), name) == 0;
		bpf_program__set_autoload(program, is_it);
		if (is_it) chosen = program;
	}
	return chosen;
}

static void forget_pins(struct bpf_object *object)
{
	struct bpf_map *map;
	bpf_object__for_each_map(map, object) bpf_map__set_pin_path(map, NULL);
}

static void switch_all_on(struct bpf_object *object)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata.settings");
	size_t length = 0;
	struct weft_settings *settings = map ? (void *)bpf_map__initial_value(map, &length) : NULL;
	if (!settings || length != sizeof(*settings)) return;
	settings->vxlan = settings->geneve = settings->xdp = settings->can_change_family = 1;
	settings->flow_sampling = 1000;
}

static int load(const char *path, const char *name, int log_level, struct bpf_object **object)
{
	log_text[0] = library_text[0] = 0;
	*object = bpf_object__open_file(path, NULL);
	if (!*object) return -errno;
	forget_pins(*object);
	switch_all_on(*object);
	struct bpf_program *program = choose(*object, name);
	bpf_program__set_log_buf(program, log_text, sizeof(log_text));
	bpf_program__set_log_level(program, log_level);
	return bpf_object__load(*object);
}

static void print_refusal(const char *path, const char *file, const char *name)
{
	struct bpf_object *object;
	int error = load(path, name, EVERY_STEP | STATISTICS, &object);
	printf("refused %s %s %s\n", file, name, error ? strerror(-error) : "only at the first try");
	if (log_text[0])
		print_log_end();
	else
		print_quoted(library_text);
	bpf_object__close(object);
}

static bool try_program(const char *path, const char *file, const char *name)
{
	struct bpf_object *object;
	if (load(path, name, STATISTICS, &object)) {
		bpf_object__close(object);
		print_refusal(path, file, name);
		return false;
	}
	struct bpf_prog_info info = {0};
	__u32 length = sizeof(info);
	int descriptor = bpf_program__fd(bpf_object__find_program_by_name(object, name));
	bool told = bpf_obj_get_info_by_fd(descriptor, &info, &length) == 0;
	if (told)
		printf("program %s %s %u %u\n", file, name, info.verified_insns, verification_us());
	else
		printf("refused %s %s loaded, but its description cannot be read: %s\n", file, name, strerror(errno));
	bpf_object__close(object);
	return told;
}

static bool try_object(const char *path)
{
	char *copy = strdup(path);
	const char *file = basename(copy);
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	if (!object) {
		printf("refused %s - %s\n", file, strerror(errno));
		print_quoted(library_text);
		return false;
	}
	bool all = true;
	struct bpf_program *program;
	bpf_object__for_each_program(program, object) all &= try_program(path, file, bpf_program__name(program));
	bpf_object__close(object);
	free(copy);
	return all;
}

int main(int count, char **words)
{
	libbpf_set_print(keep_library_text);
	setvbuf(stdout, NULL, _IOLBF, 0);
	bool all = true;
	for (int i = 1; i < count; i++) all &= try_object(words[i]);
	return all ? 0 : 1;
}
