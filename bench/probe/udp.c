/*
 * Numbered datagrams at a steady rate, and who counts them.
 *
 *   sender's input    RUN RATE MILLISECONDS      rate in packets per second, 0: as fast as one sender can
 *   its answer        {"run":1,"sent":20000,"seconds":0.200}
 *   receiver's input  RUN
 *   its answer        {"run":1,"received":19998,"damaged":0,"seconds":0.201}     once nothing more comes
 *
 * A datagram is its run and its number (8 bytes each), then bytes that every datagram has, which the receiver
 * compares. A run's latecomers are not counted in the next.
 */
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { batch_most = 64, size_most = 9000, header_bytes = 16 };
/* How often the sender wakes: a burst is what is due in this time, far below every queue on the way. */
static const uint64_t pace_ns = 200000;
static const uint64_t quiet_ns = 15000000;
static const uint64_t quiet_within_ns = 500000000;

struct batch {
  struct mmsghdr messages[batch_most];
  struct iovec pieces[batch_most];
  uint8_t bytes[batch_most][size_most];
};

static struct batch batch;

static size_t size_from(const char *text) {
  const uint64_t size = number(text);
  if (size < header_bytes || size > size_most) refuse("a datagram has 16 to 9000 bytes");
  return (size_t)size;
}

static void prepare(size_t size) {
  for (unsigned at = 0; at < batch_most; at++) {
    batch.pieces[at] = (struct iovec){.iov_base = batch.bytes[at], .iov_len = size};
    batch.messages[at].msg_hdr = (struct msghdr){.msg_iov = &batch.pieces[at], .msg_iovlen = 1};
    fill_stream(0, 0, batch.bytes[at], size);
  }
}

/* Sends so many, at most a batch; the number that the kernel took. */
static unsigned send_batch(int out, uint64_t run, uint64_t first, unsigned count) {
  for (unsigned at = 0; at < count; at++) {
    const uint64_t header[2] = {run, first + at};
    memcpy(batch.bytes[at], header, sizeof header);
  }
  const int taken = sendmmsg(out, batch.messages, count, 0);
  if (taken >= 0) return (unsigned)taken;
  if (errno == EAGAIN || errno == ENOBUFS || errno == EINTR) return 0;
  fail("sendmmsg");
}

static void send_run(int out, uint64_t run, uint64_t rate, uint64_t milliseconds) {
  const uint64_t began = now_ns();
  const uint64_t ends = began + milliseconds * 1000000u;
  uint64_t sent = 0;
  uint64_t now = began;
  while (now < ends) {
    const uint64_t due = rate == 0 ? sent + batch_most : (uint64_t)((double)(now + pace_ns - began) * (double)rate / 1e9);
    const uint64_t left = due > sent ? due - sent : 0;
    sent += send_batch(out, run, sent, left < batch_most ? (unsigned)left : batch_most);
    if (left <= batch_most && rate != 0) sleep_until_ns(now + pace_ns);
    now = now_ns();
  }
  printf("{\"run\":%lu,\"sent\":%lu,\"seconds\":%.6f}\n", run, sent, (double)(now - began) / 1e9);
}

int udp_send(const char *address, const char *port, const char *size) {
  const struct sockaddr_in to = address_of(address, port);
  const int out = plain_socket(SOCK_DGRAM, 0);
  if (connect(out, (const struct sockaddr *)&to, sizeof to) != 0) fail("connect");
  prepare(size_from(size));
  unsigned long run = 0;
  unsigned long rate = 0;
  unsigned long milliseconds = 0;
  while (scanf("%lu %lu %lu", &run, &rate, &milliseconds) == 3) send_run(out, run, rate, milliseconds);
  return 0;
}

static _Atomic uint64_t current_run;
static _Atomic uint64_t received;
static _Atomic uint64_t damaged;
static _Atomic uint64_t first_ns;
static _Atomic uint64_t last_ns;
static uint8_t expected[size_most];

static void count_one(const uint8_t *bytes, size_t length, size_t size) {
  uint64_t run = 0;
  memcpy(&run, bytes, sizeof run);
  if (length != size || memcmp(bytes + header_bytes, expected + header_bytes, size - header_bytes) != 0) {
    atomic_fetch_add_explicit(&damaged, 1, memory_order_relaxed);
    return;
  }
  if (run < atomic_load_explicit(&current_run, memory_order_relaxed)) return;
  if (run > atomic_load_explicit(&current_run, memory_order_relaxed)) {
    atomic_store(&received, 0);
    atomic_store(&first_ns, now_ns());
    atomic_store(&current_run, run);
  }
  atomic_fetch_add_explicit(&received, 1, memory_order_relaxed);
}

struct receiver {
  int in;
  size_t size;
};

static void *receive(void *given) {
  const struct receiver *receiver = given;
  for (unsigned at = 0; at < batch_most; at++) batch.pieces[at].iov_len = size_most;
  for (;;) {
    const int came = recvmmsg(receiver->in, batch.messages, batch_most, MSG_WAITFORONE, NULL);
    if (came < 0 && errno != EAGAIN && errno != EINTR) fail("recvmmsg");
    if (came <= 0) continue;
    for (int at = 0; at < came; at++) count_one(batch.bytes[at], batch.messages[at].msg_len, receiver->size);
    atomic_store_explicit(&last_ns, now_ns(), memory_order_relaxed);
  }
  return NULL;
}

/* Queues on the way still hold some when the sender is done. */
static void await_quiet(void) {
  const uint64_t ends = now_ns() + quiet_within_ns;
  uint64_t before = atomic_load(&received);
  for (;;) {
    sleep_until_ns(now_ns() + quiet_ns);
    const uint64_t after = atomic_load(&received);
    if (after == before || now_ns() > ends) return;
    before = after;
  }
}

int udp_receive(const char *port, const char *size) {
  struct receiver receiver = {.in = bound_socket(SOCK_DGRAM, port), .size = size_from(size)};
  /* Holds what comes while the receiver waits for a processor: losses are to be the path's. */
  const int room = 8 << 20;
  if (setsockopt(receiver.in, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0) fail("SO_RCVBUFFORCE");
  prepare(receiver.size);
  fill_stream(0, 0, expected, receiver.size);
  pthread_t thread;
  if (pthread_create(&thread, NULL, receive, &receiver) != 0) refuse("no thread");
  printf("{\"ready\":true}\n");
  unsigned long run = 0;
  while (scanf("%lu", &run) == 1) {
    await_quiet();
    const uint64_t counted = atomic_load(&current_run) == run ? atomic_load(&received) : 0;
    const double seconds = (double)(atomic_load(&last_ns) - atomic_load(&first_ns)) / 1e9;
    printf("{\"run\":%lu,\"received\":%lu,\"damaged\":%lu,\"seconds\":%.6f}\n", run, counted,
           atomic_load(&damaged), counted == 0 ? 0 : seconds);
  }
  return 0;
}
