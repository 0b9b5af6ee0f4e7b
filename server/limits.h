/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many connections, requests and streams one address may have. An IPv6
 * address is its network of 64 bits; clients of a Unix socket are one address
 * without limits. All functions may be called from any thread.
 */
#ifndef SERVER_LIMITS_H
#define SERVER_LIMITS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define LIMITS_BURST_S 2u  /* seconds' worth of requests may come at once */
#define LIMITS_STREAMS 32u /* at a time, of all */
/* However slow one is, others find a quarter of them. */
#define LIMITS_STREAMS_OF_ONE (LIMITS_STREAMS / 4 * 3)

struct address;

struct limits {
	unsigned connections; /* of one address; 0: any */
	unsigned rate;        /* requests a second; 0: any */
	pthread_mutex_t mutex;
	struct address **buckets;
	unsigned n_streams; /* of all */
	uint64_t seed;      /* no address chooses its bucket */
};

/* connections: of one address; rate: requests a second; 0: any number. */
void limits_init(struct limits *l, unsigned connections, unsigned rate);
void limits_cleanup(struct limits *l);
/* Could it have another connection? */
bool limits_may_connect(struct limits *l, const struct sockaddr *addr);
/* Counts a connection; what it gives is handed to limits_disconnect(). */
struct address *limits_connect(struct limits *l, const struct sockaddr *addr);
void limits_disconnect(struct limits *l, struct address *a);
/*
 * Counts a stream, unless there are as many as there may be: false. The
 * address stays until limits_stream_end(), without a connection, too.
 */
bool limits_stream(struct limits *l, struct address *a);
void limits_stream_end(struct limits *l, struct address *a);
/*
 * Counts a request. 0: it may go on; else seconds after which it should come
 * again.
 */
unsigned limits_request(struct limits *l, struct address *a, int64_t now_us);

#endif
