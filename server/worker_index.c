/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "server/nvd_cache.h"
#include "server/worker_index.h"

#define FOLDER_SIZE 32u

/* Unused ones are at the end: what was asked for last is the first. */
struct open_index {
	struct open_index *next;
	char folder[FOLDER_SIZE];
	struct index_reader reader;
};

static void
close_index(struct open_index *o)
{
	index_close(&o->reader);
	free(o);
}

void
worker_keep_only(struct worker *w, uint64_t generation)
{
	struct open_index *o = w->open, *next, *kept = NULL;
	char folder[FOLDER_SIZE];

	snprintf(folder, sizeof(folder), "index/%" PRIu64, generation);
	for (; o != NULL; o = next) {
		next = o->next;
		if (generation != 0 && strcmp(o->folder, folder) == 0) {
			kept = o;
			kept->next = NULL;
		} else {
			close_index(o);
		}
	}
	w->open = kept;
}

void
worker_cleanup(struct worker *w)
{
	worker_keep_only(w, 0);
	arena_cleanup(&w->arena);
}

/* What the running request may have in its hands is never the last one. */
static void
close_last(struct worker *w)
{
	struct open_index **at = (struct open_index **)&w->open;
	struct open_index *o;
	unsigned n = 0;

	for (; *at != NULL; at = &(*at)->next)
		if (++n > WORKER_OPEN_MAX)
			break;
	o = *at;
	if (o == NULL)
		return;
	*at = NULL;
	close_index(o);
}

static struct open_index *
take(struct worker *w, const char *folder)
{
	struct open_index **at = (struct open_index **)&w->open;
	struct open_index *o;

	while (*at != NULL && strcmp((*at)->folder, folder) != 0)
		at = &(*at)->next;
	o = *at;
	if (o != NULL)
		*at = o->next;
	return o;
}

/* SQLite opens by path: through the descriptor, wherever that lies. */
static int
open_reader(
    struct index_reader *r, int statefd, const char *folder, struct err *e)
{
	char path[FOLDER_SIZE + sizeof("/proc/self/fd/2147483647/")];
	int fd = openat(statefd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (fd == -1)
		return errno == ENOENT
		    ? err_set(e, ERR_MISSING, "%s: there is no such generation",
			  folder)
		    : err_system(e, "%s", folder);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", statefd, folder);
	rc = index_open(r, fd, path, e);
	close(fd);
	return rc;
}

static int
open_at(struct worker *w, int statefd, const char *folder,
    const struct index_reader **out, struct err *e)
{
	struct open_index *o;

	*out = NULL;
	if (strlen(folder) >= FOLDER_SIZE)
		return err_set(
		    e, ERR_MISSING, "%s: there is no such generation", folder);
	o = take(w, folder);
	if (o == NULL) {
		o = xcalloc(1, sizeof(*o));
		snprintf(o->folder, sizeof(o->folder), "%s", folder);
		if (open_reader(&o->reader, statefd, folder, e) != 0) {
			free(o);
			return -1;
		}
	}
	o->next = w->open;
	w->open = o;
	close_last(w);
	*out = &o->reader;
	return 0;
}

void
worker_open_ahead(struct worker *w, int statefd, uint64_t generation)
{
	const struct index_reader *r;
	char folder[FOLDER_SIZE];
	struct err e = { 0 };

	if (generation == 0)
		return;
	snprintf(folder, sizeof(folder), "index/%" PRIu64, generation);
	if (open_at(w, statefd, folder, &r, &e) != 0)
		log_warn("serve: %s", e.msg);
	else
		nvd_cache_warm(statefd, folder, r);
}

int
worker_index_at(struct request *q, const char *below,
    const struct index_reader **out, struct err *e)
{
	return open_at(q->worker, q->statefd, below, out, e);
}

static const struct index_reader nothing;

int
worker_index(struct request *q, const struct index_reader **out, struct err *e)
{
	char folder[FOLDER_SIZE];

	*out = &nothing;
	if (q->view->generation == 0)
		return 0;
	snprintf(folder, sizeof(folder), "index/%" PRIu64, q->view->generation);
	if (worker_index_at(q, folder, out, e) == 0)
		return 0;
	/* "Not found" would say that it has nothing of what is asked for. */
	if (e->code == ERR_MISSING)
		e->code = ERR_NETWORK;
	return -1;
}
