/* SPDX-License-Identifier: Apache-2.0
 * A TCP stream of whatever stdin holds, in large pieces, so that the kernel makes super-packets of it; busybox's nc
 * writes a kilobyte at a time.
 *
 *   stream receive PORT > FILE           takes one connection and all that comes
 *   stream send ADDRESS PORT < FILE      waits until somebody listens
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE (256 << 10)
#define ATTEMPTS 100
#define BETWEEN_ATTEMPTS_US 50000

static char piece[PIECE];

static void fail(const char *what)
{
	fprintf(stderr, "stream: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void copy(int from, int to)
{
	ssize_t length;
	while ((length = read(from, piece, sizeof(piece))) > 0)
		for (ssize_t done = 0, now; done < length; done += now)
			if ((now = write(to, piece + done, length - done)) < 0) fail("write");
	if (length < 0) fail("read");
}

/* IPv4 as ::ffff:a.b.c.d. */
static struct sockaddr_in6 end_of(const char *address, const char *port)
{
	struct sockaddr_in6 out = { .sin6_family = AF_INET6, .sin6_port = htons(atoi(port)) };
	char mapped[64];
	snprintf(mapped, sizeof(mapped), "%s%s", strchr(address, ':') ? "" : "::ffff:", address);
	if (inet_pton(AF_INET6, mapped, &out.sin6_addr) != 1) fail(address);
	return out;
}

static void receive(const char *port)
{
	struct sockaddr_in6 any = end_of("::", port);
	int listener = socket(AF_INET6, SOCK_STREAM, 0), yes = 1;
	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes))) fail("socket");
	if (bind(listener, (struct sockaddr *)&any, sizeof(any)) || listen(listener, 1)) fail("listen");
	int connection = accept(listener, NULL, NULL);
	if (connection < 0) fail("accept");
	copy(connection, STDOUT_FILENO);
}

static int connected(const char *address, const char *port)
{
	struct sockaddr_in6 end = end_of(address, port);
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		int connection = socket(AF_INET6, SOCK_STREAM, 0);
		if (connect(connection, (struct sockaddr *)&end, sizeof(end)) == 0) return connection;
		if (errno != ECONNREFUSED) break;
		close(connection);
		usleep(BETWEEN_ATTEMPTS_US);
	}
	fail("connect");
	return -1;
}

static void send_all(const char *address, const char *port)
{
	int connection = connected(address, port);
	copy(STDIN_FILENO, connection);
	if (shutdown(connection, SHUT_WR)) fail("shutdown");
	/* Ends when the receiver has read all of it and is gone. */
	copy(connection, STDERR_FILENO);
}

int main(int count, char **words)
{
	if (count == 3 && strcmp(words[1], "receive") == 0) receive(words[2]);
	else if (count == 4 && strcmp(words[1], "send") == 0) send_all(words[2], words[3]);
	else return fprintf(stderr, "usage: stream receive PORT | stream send ADDRESS PORT\n"), 2;
	return 0;
}
