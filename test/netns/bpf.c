/* What tests need of bpf(2) and Node has not:
 *
 *   bpf programs            number and name of every program of Weft that this kernel holds, one a line
 *   bpf maps                the same of all its maps: pinned or not, ours and others'
 *   bpf refuse PROGRAM …    runs a program to which bpf(2) is refused (EPERM), as in most containers
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof *attr);
}

static void print_ours(uint32_t id)
{
	union bpf_attr open = { .prog_id = id };
	int program = (int)bpf(BPF_PROG_GET_FD_BY_ID, &open);
	if (program < 0) return; /* gone meanwhile */
	struct bpf_prog_info info = { 0 };
	union bpf_attr ask = { .info = { .bpf_fd = (uint32_t)program, .info_len = sizeof info, .info = (uintptr_t)&info } };
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &ask) == 0 && strncmp(info.name, "weft_", 5) == 0) printf("%u %s\n", id, info.name);
	close(program);
}

static int programs(void)
{
	union bpf_attr at = { 0 };
	while (bpf(BPF_PROG_GET_NEXT_ID, &at) == 0) {
		print_ours(at.next_id);
		at.start_id = at.next_id;
	}
	if (errno == ENOENT) return 0;
	perror("bpf");
	return 1;
}

static void print_map(uint32_t id)
{
	union bpf_attr open = { .map_id = id };
	int map = (int)bpf(BPF_MAP_GET_FD_BY_ID, &open);
	if (map < 0) return;
	struct bpf_map_info info = { 0 };
	union bpf_attr ask = { .info = { .bpf_fd = (uint32_t)map, .info_len = sizeof info, .info = (uintptr_t)&info } };
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &ask) == 0) printf("%u %s\n", id, info.name);
	close(map);
}

static int maps(void)
{
	union bpf_attr at = { 0 };
	while (bpf(BPF_MAP_GET_NEXT_ID, &at) == 0) {
		print_map(at.next_id);
		at.start_id = at.next_id;
	}
	if (errno == ENOENT) return 0;
	perror("bpf");
	return 1;
}

static int refuse(char **argv)
{
	struct sock_filter steps[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = sizeof steps / sizeof *steps, .filter = steps };
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0) execvp(argv[0], argv);
	perror(argv[0]);
	return 1;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "programs") == 0) return programs();
	if (argc > 1 && strcmp(argv[1], "maps") == 0) return maps();
	if (argc > 2 && strcmp(argv[1], "refuse") == 0) return refuse(argv + 2);
	fputs("bpf programs | bpf maps | bpf refuse PROGRAM ...\n", stderr);
	return 2;
}
