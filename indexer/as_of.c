/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "indexer/as_of_make.h"
#include "indexer/current.h"
#include "indexer/generation.h"
#include "indexer/history.h"
#include "schema_catalog.h"

#define LOCK_WAIT_MS 60000
#define DAY_S 86400

bool
as_of_parse(struct span text, struct as_of_when *out)
{
	*out = (struct as_of_when){ 0 };
	if (parse_uint(text, INT64_MAX - 1, &out->generation))
		return out->generation > 0;
	out->is_time = true;
	if (!clock_parse(text, &out->time))
		return false;
	if (span_find(span_trim(text), ':') == span_trim(text).len)
		out->time += DAY_S - 1;
	return true;
}

bool
as_of_is_asked(const struct as_of_when *when)
{
	return when->is_time || when->generation != 0;
}

/* --- which one --- */

static int
nothing_then(struct db *catalog, int64_t time, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_PUBLICATION_FIRST);
	char then[CLOCK_TEXT_SIZE], first[CLOCK_TEXT_SIZE];
	int rc = db_step(q, e);

	if (rc == 1)
		err_set(e, ERR_MISSING,
		    "nothing was published by %s: the first generation, %" PRId64
		    ", is of %s",
		    clock_text(time, then), db_int(q, 2),
		    clock_text(db_int(q, 1), first));
	else if (rc == 0)
		err_set(e, ERR_MISSING, "nothing was ever published here");
	db_reset(q);
	return -1;
}

static int64_t
folder_time(int statefd, uint64_t number)
{
	char path[GENERATION_PATH_SIZE];
	struct stat st;

	return fstatat(statefd, generation_path(number, path), &st, 0) == 0
	    ? (int64_t)st.st_mtime
	    : 0;
}

/* A run that was killed after it published has not told the catalog yet. */
static int
find_by_time(const struct state *s, struct db *catalog, int64_t time,
    uint64_t *number, struct err *e)
{
	uint64_t current;
	int64_t made;
	int rc;

	if (generation_current(s->dirfd, &current, e) != 0)
		return -1;
	rc = current == 0 ? 1 : history_made(catalog, current, &made, e);
	if (rc == 0 && folder_time(s->dirfd, current) <= time) {
		*number = current;
		return 0;
	}
	if (rc == -1)
		return -1;
	rc = history_current_at(catalog, time, number, e);
	if (rc == 0)
		return nothing_then(catalog, time, e);
	return rc == 1 ? 0 : -1;
}

static int
find(const struct state *s, struct db *catalog, const struct as_of_when *when,
    struct as_of *out, struct err *e)
{
	int rc;

	out->generation = when->generation;
	if (when->is_time &&
	    find_by_time(s, catalog, when->time, &out->generation, e) != 0)
		return -1;
	rc = history_made(catalog, out->generation, &out->made, e);
	if (rc == 0) {
		out->made = folder_time(s->dirfd, out->generation);
		if (out->made == 0)
			return err_set(e, ERR_MISSING,
			    "there is no generation %" PRIu64
			    ": see `scapcache index list`",
			    out->generation);
	}
	return rc == -1 ? -1 : 0;
}

/* --- at hand --- */

/* Keeps it from being removed for a while; not everybody may write there. */
static bool
is_made(const struct state *s, const struct as_of *g)
{
	struct timespec now[2] = { { .tv_sec = clock_now() },
		{ .tv_sec = clock_now() } };

	if (!file_exists(s->dirfd, g->below))
		return false;
	utimensat(s->dirfd, g->below, now, 0);
	return true;
}

/* Another process may have made it while this one waited. */
static int
make_locked(
    const struct state *s, struct db *catalog, struct as_of *g, struct err *e)
{
	if (is_made(s, g))
		return 0;
	if (as_of_make(s, catalog, g, e) != 0)
		return -1;
	is_made(s, g); /* by our clock, not the kernel's */
	return 0;
}

static int
make(const struct state *s, struct db *catalog, struct as_of *g, struct err *e)
{
	struct state locked;
	int rc;

	if (s->lockfd != -1)
		return make_locked(s, catalog, g, e);
	if (state_open(&locked, s->path, STATE_WRITE, LOCK_WAIT_MS, e) != 0)
		return -1;
	rc = make_locked(&locked, catalog, g, e);
	state_close(&locked);
	return rc;
}

/* Another version of the program may have made it; so is one damaged. */
static bool
is_readable(const struct state *s, const struct as_of *g)
{
	struct index_reader r;
	struct err why = { 0 };
	bool readable;

	if (!file_exists(s->dirfd, g->below))
		return false;
	readable = generation_open(&r, s, g->below, &why) == 0;
	index_close(&r);
	if (!readable)
		log_warn("index: %s: made anew: %s", g->below, why.msg);
	return readable;
}

/* False: they are to be made in g->below. */
static bool
find_files(const struct state *s, struct as_of *g)
{
	char path[GENERATION_PATH_SIZE];

	snprintf(g->below, sizeof(g->below), "%s",
	    generation_path(g->generation, path));
	if (is_readable(s, g))
		return true;
	snprintf(g->below, sizeof(g->below), AS_OF_FOLDER "/%" PRIu64,
	    g->generation);
	return is_made(s, g);
}

static int
open_files(const struct state *s, struct db *catalog, bool may_make,
    struct as_of *g, struct err *e)
{
	if (find_files(s, g))
		return 0;
	if (may_make)
		return make(s, catalog, g, e);
	return err_set(e, ERR_MISSING,
	    "the index of generation %" PRIu64
	    " is not at hand and would have to be made anew",
	    g->generation);
}

static int
open_it(const struct state *s, const struct as_of_when *when, bool may_make,
    struct as_of *out, struct err *e)
{
	struct db *catalog = NULL;
	int rc = -1;

	*out = (struct as_of){ 0 };
	if (catalog_open(&catalog, s, DB_READ, e) != 0)
		return e->code != ERR_MISSING
		    ? -1
		    : err_set(e, ERR_MISSING,
			  "nothing was ever published here: run `scapcache "
			  "sync`");
	if (find(s, catalog, when, out, e) == 0)
		rc = open_files(s, catalog, may_make, out, e);
	db_close(catalog);
	return rc;
}

int
as_of_open(const struct state *s, const struct as_of_when *when,
    struct as_of *out, struct err *e)
{
	return open_it(s, when, true, out, e);
}

int
as_of_find(const struct state *s, const struct as_of_when *when,
    struct as_of *out, struct err *e)
{
	return open_it(s, when, false, out, e);
}

bool
as_of_is_fresh(int statefd, const char *below)
{
	int64_t now = clock_now();
	struct stat st;

	return fstatat(statefd, below, &st, 0) == 0 &&
	    st.st_mtime >= now - AS_OF_FRESH_S &&
	    st.st_mtime <= now + AS_OF_FRESH_S;
}

/* Renamed first: a reader is not to see half of its families. */
static int
clean_one(void *ctx, const char *name, struct err *e)
{
	int statefd = *(const int *)ctx;
	struct buf path = { 0 }, old = { 0 };
	int rc = 0;

	buf_printf(&path, AS_OF_FOLDER "/%s", name);
	buf_printf(&old, "index/old-as-of-%s", name);
	if (!as_of_is_fresh(statefd, buf_str(&path))) {
		if (renameat(statefd, buf_str(&path), statefd, buf_str(&old)) !=
		    0)
			rc = err_system(e, "%s: cannot remove", buf_str(&path));
		else
			rc = file_remove_tree(statefd, buf_str(&old), e);
	}
	buf_cleanup(&path);
	buf_cleanup(&old);
	return rc;
}

int
as_of_clean(int statefd, struct err *e)
{
	if (file_list(statefd, AS_OF_FOLDER, clean_one, &statefd, e) == 0)
		return 0;
	return e->code == ERR_MISSING ? 0 : -1;
}
