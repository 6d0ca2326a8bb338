/*
 * Round trips: ICMP echoes one after the other, timed by the program that sends and receives them, in nanoseconds
 * (ping rounds to 1 us, a seventh of what is measured here). The other end is the kernel's own answer.
 */
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* An echo as ping sends it: 8 bytes of header and 56 of content. */
struct echo_message {
  struct icmphdr header;
  uint8_t content[56];
};

static uint16_t checksum(const void *bytes, size_t length) {
  uint32_t sum = 0;
  for (size_t at = 0; at < length; at += 2) {
    uint16_t word = 0;
    memcpy(&word, (const uint8_t *)bytes + at, sizeof word);
    sum += word;
  }
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

/* False: nothing came within the socket's patience. */
static bool await_answer(int socket, uint16_t id, uint16_t sequence, const struct echo_message *sent) {
  for (;;) {
    uint8_t packet[256];
    const ssize_t length = recv(socket, packet, sizeof packet, 0);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return false;
    if (length < 0) fail("recv");
    struct echo_message answer;
    const size_t header_bytes = (size_t)(packet[0] & 0x0f) * 4;
    if ((size_t)length != header_bytes + sizeof answer) continue;
    memcpy(&answer, packet + header_bytes, sizeof answer);
    if (answer.header.type != ICMP_ECHOREPLY || answer.header.un.echo.id != id) continue;
    if (answer.header.un.echo.sequence != sequence) continue;
    if (memcmp(answer.content, sent->content, sizeof answer.content) != 0) refuse("an echo came back damaged");
    return true;
  }
}

int echo(const char *address, const char *count, const char *interval_us) {
  const struct sockaddr_in to = address_of(address, "0");
  const uint64_t interval_ns = number(interval_us) * 1000u;
  const uint64_t echoes = number(count);
  if (echoes > 0xffff) refuse("at most 65535 echoes");
  const int raw = plain_socket(SOCK_RAW, IPPROTO_ICMP);
  const struct timeval patience = {.tv_usec = 200000};
  if (setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) fail("SO_RCVTIMEO");
  if (connect(raw, (const struct sockaddr *)&to, sizeof to) != 0) fail("connect");
  const uint16_t id = (uint16_t)getpid();
  uint64_t answered = 0;
  printf("{\"timesNs\":[");
  for (uint64_t at = 0; at < echoes; at++) {
    struct echo_message message = {.header = {.type = ICMP_ECHO, .un.echo = {.id = id, .sequence = (uint16_t)at}}};
    fill_stream(at, 0, message.content, sizeof message.content);
    message.header.checksum = checksum(&message, sizeof message);
    const uint64_t began = now_ns();
    if (send(raw, &message, sizeof message, 0) < 0) fail("send");
    if (await_answer(raw, id, (uint16_t)at, &message)) {
      printf("%s%lu", answered == 0 ? "" : ",", now_ns() - began);
      answered++;
    }
    sleep_until_ns(began + interval_ns);
  }
  printf("],\"sent\":%lu,\"answered\":%lu}\n", echoes, answered);
  return 0;
}
