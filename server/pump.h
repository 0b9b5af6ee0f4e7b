/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies whose length is not known, made by threads of their own: making one
 * may take long, and whoever sends it has many other clients. Each stream has
 * a buffer ahead of its client and no more; streams take turns. Knows nothing
 * of connections: who finds no bytes is told when to look again.
 */
#ifndef SERVER_PUMP_H
#define SERVER_PUMP_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define PUMP_BUFFER ((size_t)128 * 1024) /* bytes ahead, of each stream */
#define PUMP_TURN ((size_t)32 * 1024)    /* at most, until others may go on */

struct pump; /* a stream */

struct pumps {
	pthread_mutex_t mutex; /* of all streams */
	pthread_cond_t more;
	struct pump *first, *last; /* those that have room, in turn */
	pthread_t *threads;
	size_t n_threads;
	bool is_stopped;
};

/* What a stream is made of; see struct response. */
struct pump_source {
	int (*read)(
	    void *ctx, char *ptr, size_t size, size_t *n, struct err *e);
	void (*close)(void *ctx); /* NULL is fine */
	void *ctx;
};

/* Starts n threads. pumps_stop() and pumps_cleanup() also where that failed. */
int pumps_start(struct pumps *p, size_t n, struct err *e);
/*
 * Ends the threads; streams that are not at their end fail from now on, and
 * who waits for one is told. They are still to be closed.
 */
void pumps_stop(struct pumps *p);
void pumps_cleanup(struct pumps *p); /* when all are closed */

/*
 * Begins to read; the source is handed over. wake(arg) is called, by any
 * thread, once for each pump_wait().
 */
struct pump *pump_new(struct pumps *p, const struct pump_source *source,
    void (*wake)(void *arg), void *arg);
/*
 * Never waits. 1: *n bytes, which may be 0: none yet, pump_wait() is next; 0:
 * the end; -1: it failed, behind all that came before.
 */
int pump_take(struct pump *s, char *ptr, size_t size, size_t *n, struct err *e);
/* 1: bytes, or the end; 0: none yet; -1: it failed, and none are left. */
int pump_peek(struct pump *s, struct err *e);
/* There are none; wake(arg) when there are, or within this call. */
void pump_wait(struct pump *s);
/* Not while it waits. What is just read is closed when that is done. */
void pump_close(struct pump *s);

#endif
