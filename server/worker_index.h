/* SPDX-License-Identifier: Apache-2.0 */
/* The generations that a worker has open; only server/worker*.c include it. */
#ifndef SERVER_WORKER_INDEX_H
#define SERVER_WORKER_INDEX_H

#include "server/worker.h"

#define WORKER_OPEN_MAX 4u /* generations that one worker has open */

/* All but this one is closed; 0: all. Between requests only. */
void worker_keep_only(struct worker *w, uint64_t generation);
/* Opens it ahead of the first request that needs it. */
void worker_open_ahead(struct worker *w, int statefd, uint64_t generation);
void worker_cleanup(struct worker *w);

#endif
