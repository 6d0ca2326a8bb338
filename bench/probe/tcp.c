/*
 * Connections: many short ones, each asking and answered once (connect, request, response, close), or one long one
 * whose receiver knows what must come.
 *
 * The first 64 bytes of a connection are the request. Those of a transfer begin with 'T' and say seed and length; its
 * answer is one byte, 1 when every byte was right. All others are answered by themselves. The server closes first, so
 * the client is not left with ports in TIME_WAIT.
 */
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { request_bytes = 64, chunk_bytes = 1 << 17 };

struct transfer_request {
  uint8_t kind;
  uint8_t reserved[7];
  uint64_t seed;
  uint64_t bytes;
  uint8_t rest[request_bytes - 24];
};

/* False: the other end closed before all of it came. */
static bool read_whole(int from, void *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    const ssize_t got = recv(from, (uint8_t *)bytes + at, length - at, 0);
    if (got == 0) return false;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("recv");
    at += (size_t)got;
  }
  return true;
}

static void write_whole(int to, const void *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    const ssize_t put = send(to, (const uint8_t *)bytes + at, length - at, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail("send");
    at += (size_t)put;
  }
}

static int connected_socket(const struct sockaddr_in *to) {
  const int made = plain_socket(SOCK_STREAM, 0);
  const int yes = 1;
  if (setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0) fail("TCP_NODELAY");
  if (connect(made, (const struct sockaddr *)to, sizeof *to) != 0) fail("connect");
  return made;
}

/* One byte back: whether the stream was the expected one, to its last byte. */
static void check_transfer(int from, const struct transfer_request *request) {
  static uint8_t came[chunk_bytes];
  static uint8_t wanted[chunk_bytes];
  uint8_t intact = 1;
  for (uint64_t at = 0; at < request->bytes;) {
    const uint64_t left = request->bytes - at;
    const size_t length = left < chunk_bytes ? (size_t)left : chunk_bytes;
    if (!read_whole(from, came, length)) return;
    fill_stream(request->seed, at, wanted, length);
    if (memcmp(came, wanted, length) != 0) intact = 0;
    at += length;
  }
  write_whole(from, &intact, 1);
}

int serve(const char *port) {
  const int listener = bound_socket(SOCK_STREAM, port);
  const struct timeval forever = {0};
  if (setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof forever) != 0) fail("SO_RCVTIMEO");
  if (listen(listener, 64) != 0) fail("listen");
  printf("{\"ready\":true}\n");
  for (;;) {
    const int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (client < 0) fail("accept");
    const struct timeval patience = {.tv_sec = 5};
    if (setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) fail("SO_RCVTIMEO");
    struct transfer_request request;
    if (read_whole(client, &request, sizeof request)) {
      if (request.kind == 'T') check_transfer(client, &request);
      else write_whole(client, &request, sizeof request);
    }
    close(client);
  }
}

int transact(const char *address, const char *port, const char *milliseconds) {
  const struct sockaddr_in to = address_of(address, port);
  const uint64_t began = now_ns();
  const uint64_t ends = began + number(milliseconds) * 1000000u;
  uint64_t done = 0;
  uint64_t now = began;
  for (; now < ends; now = now_ns()) {
    uint8_t request[request_bytes];
    uint8_t answer[request_bytes];
    fill_stream(done, 0, request, sizeof request);
    request[0] = 'E';
    const int server = connected_socket(&to);
    write_whole(server, request, sizeof request);
    if (!read_whole(server, answer, sizeof answer)) {
      errno = ECONNRESET;
      fail("the server closed without an answer");
    }
    if (memcmp(request, answer, sizeof request) != 0) refuse("the answer is not what was asked");
    if (recv(server, answer, 1, 0) != 0) refuse("more came than the answer");
    close(server);
    done++;
  }
  printf("{\"transactions\":%lu,\"seconds\":%.6f}\n", done, (double)(now - began) / 1e9);
  return 0;
}

int transfer(const char *address, const char *port, const char *bytes) {
  const struct sockaddr_in to = address_of(address, port);
  const struct transfer_request request = {.kind = 'T', .seed = now_ns(), .bytes = number(bytes)};
  static uint8_t chunk[chunk_bytes];
  const int server = connected_socket(&to);
  write_whole(server, &request, sizeof request);
  for (uint64_t at = 0; at < request.bytes;) {
    const uint64_t left = request.bytes - at;
    const size_t length = left < chunk_bytes ? (size_t)left : chunk_bytes;
    fill_stream(request.seed, at, chunk, length);
    write_whole(server, chunk, length);
    at += length;
  }
  uint8_t intact = 0;
  const bool answered = read_whole(server, &intact, 1);
  printf("{\"bytes\":%lu,\"answered\":%s,\"intact\":%s}\n", request.bytes, answered ? "true" : "false",
         intact == 1 ? "true" : "false");
  return 0;
}
