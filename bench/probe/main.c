/*
 * The benchmark's own two ends, for what iperf3 and ping do not measure: datagrams at a steady rate, connections per
 * second, round trips in nanoseconds, and whether bytes arrive as they were sent. Answers are lines of JSON.
 */
#define _GNU_SOURCE
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

_Noreturn void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

_Noreturn void refuse(const char *why) {
  fprintf(stderr, "%s\n", why);
  exit(2);
}

uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void sleep_until_ns(uint64_t when_ns) {
  const struct timespec when = {.tv_sec = (time_t)(when_ns / 1000000000u), .tv_nsec = (long)(when_ns % 1000000000u)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR) {
  }
}

uint64_t number(const char *text) {
  char *end = NULL;
  errno = 0;
  const unsigned long long value = strtoull(text, &end, 10);
  if (errno != 0 || end == text || *end != '\0') refuse("expected a number");
  return value;
}

struct sockaddr_in address_of(const char *address, const char *port) {
  struct sockaddr_in found = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number(port))};
  if (inet_pton(AF_INET, address, &found.sin_addr) != 1) refuse("expected an IPv4 address");
  return found;
}

int plain_socket(int type, int protocol) {
  const int made = socket(AF_INET, type | SOCK_CLOEXEC, protocol);
  if (made < 0) fail("socket");
  const struct timeval patience = {.tv_sec = 2};
  if (setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) fail("SO_RCVTIMEO");
  if (setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0) fail("SO_SNDTIMEO");
  return made;
}

int bound_socket(int type, const char *port) {
  const int made = plain_socket(type, 0);
  const int yes = 1;
  if (setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0) fail("SO_REUSEADDR");
  const struct sockaddr_in anywhere = address_of("0.0.0.0", port);
  if (bind(made, (const struct sockaddr *)&anywhere, sizeof anywhere) != 0) fail("bind");
  return made;
}

/* splitmix64: every word follows from its place alone, so a receiver need not remember anything. */
static uint64_t scrambled(uint64_t at) {
  at += 0x9e3779b97f4a7c15u;
  at = (at ^ (at >> 30)) * 0xbf58476d1ce4e5b9u;
  at = (at ^ (at >> 27)) * 0x94d049bb133111ebu;
  return at ^ (at >> 31);
}

void fill_stream(uint64_t seed, uint64_t offset, uint8_t *bytes, size_t length) {
  for (size_t at = 0; at < length; at += 8) {
    const uint64_t place = offset + at;
    const uint64_t block = place >> 12;
    const uint64_t word = block & 1 ? 0x0101010101010101u * ((seed + block) & 0xff) : scrambled(seed ^ place);
    memcpy(bytes + at, &word, length - at < 8 ? length - at : 8);
  }
}

int main(int count, char **words) {
  /* Pacing by timers: the usual slack of 50 us would be a quarter of the pace. */
  prctl(PR_SET_TIMERSLACK, 1);
  setvbuf(stdout, NULL, _IOLBF, 0);
  const char *mode = count > 1 ? words[1] : "";
  if (strcmp(mode, "udp-send") == 0 && count == 5) return udp_send(words[2], words[3], words[4]);
  if (strcmp(mode, "udp-receive") == 0 && count == 4) return udp_receive(words[2], words[3]);
  if (strcmp(mode, "serve") == 0 && count == 3) return serve(words[2]);
  if (strcmp(mode, "transact") == 0 && count == 5) return transact(words[2], words[3], words[4]);
  if (strcmp(mode, "transfer") == 0 && count == 5) return transfer(words[2], words[3], words[4]);
  if (strcmp(mode, "echo") == 0 && count == 5) return echo(words[2], words[3], words[4]);
  refuse("usage: weft-probe udp-send ADDRESS PORT SIZE | udp-receive PORT SIZE | serve PORT |\n"
         "  transact ADDRESS PORT MILLISECONDS | transfer ADDRESS PORT BYTES | echo ADDRESS COUNT INTERVAL_US");
}
