/* What the probe's parts share: time, sockets that report their own failures, and the bytes that travel. */
#ifndef WEFT_BENCH_PROBE_H
#define WEFT_BENCH_PROBE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

/* Says what failed and why (errno), and ends the process with 1. */
_Noreturn void fail(const char *what);
/* For what must never be, such as a damaged answer, and for words that make no sense: ends the process with 2. */
_Noreturn void refuse(const char *why);

uint64_t now_ns(void);
void sleep_until_ns(uint64_t when_ns);
uint64_t number(const char *text);

struct sockaddr_in address_of(const char *address, const char *port);
/* A socket of that type, bound to the port on every address; reads and writes give up after two seconds. */
int bound_socket(int type, const char *port);
int plain_socket(int type, int protocol);

/*
 * The bytes of a stream from any offset that is a multiple of 8: blocks of 4 KiB, by turns without any pattern and of
 * one byte alone, so that a path that compresses is checked as well. Another seed is another stream.
 */
void fill_stream(uint64_t seed, uint64_t offset, uint8_t *bytes, size_t length);

int udp_send(const char *address, const char *port, const char *size);
int udp_receive(const char *port, const char *size);
int serve(const char *port);
int transact(const char *address, const char *port, const char *milliseconds);
int transfer(const char *address, const char *port, const char *bytes);
int echo(const char *address, const char *count, const char *interval_us);

#endif
