/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that run what takes longer than opening a file, so that no
 * connection waits for another's question. Each has its own desk and its own
 * connections to the index; a request that waits is suspended.
 */
#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include "eval/index.h"
#include "server/desk.h"
#include "server/route.h"
#include "server/view.h"

struct worker {
	struct desk *desk;
	struct arena arena; /* reset after each request */
	/* server/worker.c's own: the generations that it has open. */
	void *open;
};

/*
 * The index of the request's view, open for this worker until the request
 * ends; n_families is 0 where nothing is published. ERR_NETWORK (503): it was
 * removed, and the next view is on its way.
 */
int
worker_index(struct request *q, const struct index_reader **out, struct err *e);
/* The same of another generation, by its folder: "index/3". */
int worker_index_at(struct request *q, const char *below,
    const struct index_reader **out, struct err *e);

#endif
