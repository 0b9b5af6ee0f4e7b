/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/store.h"
#include "indexer/as_of.h"
#include "indexer/gc.h"
#include "indexer/generation.h"
#include "indexer/history.h"
#include "schema_catalog.h"

#define DAY_S 86400

struct kept {
	uint64_t number;
	int64_t made;
	bool is_current;
};

/* A family file, which several folders may hold. */
struct inode {
	dev_t dev;
	ino_t ino;
	nlink_t n_left; /* links that are not in folders that go */
};

struct collection {
	const struct state *state;
	struct db *catalog;
	const struct gc_options *options;
	const struct gc_report *report;
	struct gc_result *result;
	struct kept *kept; /* generations, ascending */
	size_t n_kept;
	size_t cap_kept;
	struct inode *inodes;
	size_t n_inodes;
	size_t cap_inodes;
	struct store store;
	struct map named; /* digests */
	char **blobs;     /* names in the store that go */
	size_t n_blobs;
	size_t cap_blobs;
	const char *folder; /* being measured */
	uint64_t measured;
};

static int
tell(struct collection *c, enum gc_kind kind, const char *name, uint64_t bytes,
    struct err *e)
{
	const struct gc_item item = { kind, name, bytes };

	c->result->n[kind]++;
	c->result->freed_bytes += bytes;
	if (c->report == NULL)
		return 0;
	return c->report->item(c->report->ctx, &item, e);
}

/* --- what a folder's end gives back --- */

static struct inode *
find_inode(struct collection *c, const struct stat *st)
{
	size_t i;

	for (i = 0; i < c->n_inodes; i++)
		if (c->inodes[i].dev == st->st_dev &&
		    c->inodes[i].ino == st->st_ino)
			return &c->inodes[i];
	c->inodes = xgrow(
	    c->inodes, &c->cap_inodes, c->n_inodes + 1, sizeof(*c->inodes));
	c->inodes[c->n_inodes] =
	    (struct inode){ st->st_dev, st->st_ino, st->st_nlink };
	return &c->inodes[c->n_inodes++];
}

/* Bytes are free when the last link has gone. */
static int
measure_file(void *ctx, const char *name, struct err *e)
{
	struct collection *c = ctx;
	struct buf path = { 0 };
	struct stat st;

	(void)e;
	buf_printf(&path, "%s/%s", c->folder, name);
	if (fstatat(c->state->dirfd, buf_str(&path), &st,
		AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && --find_inode(c, &st)->n_left == 0)
		c->measured += (uint64_t)st.st_size;
	buf_cleanup(&path);
	return 0;
}

/* Folders of the index have no folders in them. 0 for what is none. */
static uint64_t
measure(struct collection *c, const char *folder)
{
	struct err ignored;
	struct stat st;

	c->folder = folder;
	c->measured = 0;
	if (fstatat(c->state->dirfd, folder, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode))
		file_list(c->state->dirfd, folder, measure_file, c, &ignored);
	return c->measured;
}

/* --- generations --- */

static int
note_generation(
    void *ctx, uint64_t number, int64_t made, bool is_current, struct err *e)
{
	struct collection *c = ctx;

	(void)e;
	c->kept = xgrow(c->kept, &c->cap_kept, c->n_kept + 1, sizeof(*c->kept));
	c->kept[c->n_kept++] = (struct kept){ number, made, is_current };
	return 0;
}

static int
audit_generation(
    struct collection *c, const char *name, const char *why, struct err *e)
{
	return catalog_audit(
	    c->catalog, span_of(name), "removed", span_of(why), e);
}

static int
remove_generation(
    struct collection *c, uint64_t number, const char *why, struct err *e)
{
	char path[GENERATION_PATH_SIZE], name[GENERATION_PATH_SIZE];

	snprintf(name, sizeof(name), "generation %" PRIu64, number);
	if (tell(c, GC_GENERATION, name,
		measure(c, generation_path(number, path)), e) != 0)
		return -1;
	if (c->options->dry_run)
		return 0;
	if (audit_generation(c, name, why, e) == 0)
		return generation_remove(c->state->dirfd, number, e);
	/* A full disk takes no row before something has gone. */
	if (generation_remove(c->state->dirfd, number, e) != 0)
		return -1;
	return audit_generation(c, name, why, e);
}

/* The oldest beyond their number go, and what is too old; never the last. */
static int
remove_generations(struct collection *c, struct err *e)
{
	const struct gc_options *o = c->options;
	uint64_t left = c->n_kept;
	int64_t oldest =
	    o->days == 0 ? INT64_MIN : clock_now() - (int64_t)o->days * DAY_S;
	size_t i, n = 0;

	for (i = 0; i < c->n_kept; i++) {
		const struct kept *g = &c->kept[i];
		const char *why = left > o->generations
		    ? "beyond retention.generations"
		    : g->made < oldest ? "older than retention.days"
				       : NULL;

		if (why == NULL || g->is_current || i + 1 == c->n_kept) {
			c->kept[n++] = *g;
			continue;
		}
		if (remove_generation(c, g->number, why, e) != 0)
			return -1;
		left--;
	}
	c->n_kept = n;
	return 0;
}

/* --- leftovers --- */

static int
tell_leftover(struct collection *c, const char *path, struct err *e)
{
	return tell(c, GC_LEFTOVER, path, measure(c, path), e);
}

static int
tell_index(void *ctx, const char *name, struct err *e)
{
	struct buf path = { 0 };
	int rc;

	if (!generation_is_leftover(span_of(name)))
		return 0;
	buf_printf(&path, "index/%s", name);
	rc = tell_leftover(ctx, buf_str(&path), e);
	buf_cleanup(&path);
	return rc;
}

static int
tell_as_of(void *ctx, const char *name, struct err *e)
{
	struct collection *c = ctx;
	struct buf path = { 0 };
	int rc = 0;

	buf_printf(&path, AS_OF_FOLDER "/%s", name);
	if (!as_of_is_fresh(c->state->dirfd, buf_str(&path)))
		rc = tell_leftover(c, buf_str(&path), e);
	buf_cleanup(&path);
	return rc;
}

static int
list_if_there(struct collection *c, const char *path,
    int (*fn)(void *ctx, const char *name, struct err *e), struct err *e)
{
	if (!file_exists(c->state->dirfd, path))
		return 0;
	return file_list(c->state->dirfd, path, fn, c, e);
}

static int
remove_leftovers(struct collection *c, struct err *e)
{
	int statefd = c->state->dirfd;

	if (list_if_there(c, "index", tell_index, e) != 0 ||
	    list_if_there(c, AS_OF_FOLDER, tell_as_of, e) != 0)
		return -1;
	if (c->options->dry_run)
		return 0;
	return generation_clean(statefd, e) == 0 ? as_of_clean(statefd, e) : -1;
}

/* --- stored files --- */

static bool
is_kept(const struct collection *c, uint64_t number)
{
	size_t i;

	for (i = 0; i < c->n_kept; i++)
		if (c->kept[i].number == number)
			return true;
	return false;
}

static int
forget(struct collection *c, uint64_t number, struct err *e)
{
	struct db_stmt *q =
	    db_query(c->catalog, QUERY_CATALOG_GENERATION_FORGET);
	char name[GENERATION_PATH_SIZE];

	snprintf(name, sizeof(name), "generation %" PRIu64, number);
	if (tell(c, GC_FORGOTTEN, name, 0, e) != 0)
		return -1;
	db_bind_int(q, ":generation", (int64_t)number);
	if (db_run(q, e) != 0)
		return -1;
	q = db_query(c->catalog, QUERY_CATALOG_GENERATION_FILE_FORGET);
	db_bind_int(q, ":generation", (int64_t)number);
	return db_run(q, e);
}

static int
forget_expired(struct collection *c, struct err *e)
{
	struct db_stmt *q =
	    db_query(c->catalog, QUERY_CATALOG_GENERATION_EXPIRED);
	uint64_t *numbers = NULL;
	size_t n = 0, cap = 0, i;
	int rc;

	db_bind_int(
	    q, ":time", clock_now() - (int64_t)c->options->blob_days * DAY_S);
	while ((rc = db_step(q, e)) == 1) {
		numbers = xgrow(numbers, &cap, n + 1, sizeof(*numbers));
		numbers[n++] = (uint64_t)db_int(q, 0);
	}
	db_reset(q);
	for (i = 0; i < n && rc == 0; i++)
		if (!is_kept(c, numbers[i]))
			rc = forget(c, numbers[i], e);
	free(numbers);
	if (rc != 0 ||
	    db_run(db_query(c->catalog, QUERY_CATALOG_INDEXED_DOCUMENT_FORGET),
		e) != 0)
		return -1;
	return db_run(db_query(c->catalog, QUERY_CATALOG_FILE_FORGET), e);
}

static int
read_names(struct collection *c, struct err *e)
{
	struct db_stmt *q = db_query(c->catalog, QUERY_CATALOG_BLOB_NAMES);
	int rc;

	while ((rc = db_step(q, e)) == 1)
		map_add(&c->named, db_text(q, 0), 0, NULL);
	db_reset(q);
	return rc;
}

/* Names that are no digest are somebody else's, but for halves of ours. */
static int
take_blob(void *ctx, const char *name, struct err *e)
{
	struct collection *c = ctx;
	struct span hex = span_of(name);
	struct digest d;
	uint32_t ignored;

	(void)e;
	if (span_has_suffix(hex, STORE_HALF_SUFFIX))
		hex.len -= sizeof(STORE_HALF_SUFFIX) - 1;
	else if (map_get(&c->named, hex, &ignored))
		return 0;
	if (!digest_parse(hex, &d))
		return 0;
	c->blobs =
	    xgrow(c->blobs, &c->cap_blobs, c->n_blobs + 1, sizeof(*c->blobs));
	c->blobs[c->n_blobs++] = xstrdup(name);
	return 0;
}

static int
remove_blob(struct collection *c, const char *name, struct err *e)
{
	struct buf path = { 0 };
	struct stat st = { 0 };
	int rc = -1;

	buf_printf(&path, "store/blobs/sha256/%s", name);
	fstatat(c->store.dirfd, name, &st, 0);
	if (tell(c,
		span_has_suffix(span_of(name), STORE_HALF_SUFFIX) ? GC_LEFTOVER
								  : GC_BLOB,
		buf_str(&path), (uint64_t)st.st_size, e) != 0)
		goto out;
	if (!c->options->dry_run && unlinkat(c->store.dirfd, name, 0) != 0)
		err_system(e, "%s: cannot remove", buf_str(&path));
	else
		rc = 0;
out:
	buf_cleanup(&path);
	return rc;
}

/* Until the commit every file has its name, after it none that goes has. */
static int
find_unnamed(struct collection *c, struct err *e)
{
	if (db_begin(c->catalog, e) != 0)
		return -1;
	if (forget_expired(c, e) == 0 && read_names(c, e) == 0 &&
	    file_list(c->store.dirfd, ".", take_blob, c, e) == 0) {
		if (c->options->dry_run)
			db_rollback(c->catalog);
		else if (db_commit(c->catalog, e) != 0)
			goto fail;
		return 0;
	}
fail:
	db_rollback(c->catalog);
	return -1;
}

static int
remove_blobs(struct collection *c, struct err *e)
{
	size_t i;

	if (store_open(&c->store, c->state->dirfd, e) != 0 ||
	    find_unnamed(c, e) != 0)
		return -1;
	for (i = 0; i < c->n_blobs; i++)
		if (remove_blob(c, c->blobs[i], e) != 0)
			return -1;
	return 0;
}

static void
cleanup(struct collection *c)
{
	size_t i;

	for (i = 0; i < c->n_blobs; i++)
		free(c->blobs[i]);
	free(c->blobs);
	free(c->kept);
	free(c->inodes);
	map_cleanup(&c->named);
	store_close(&c->store);
}

int
gc_run(const struct state *s, struct db *catalog,
    const struct gc_options *options, const struct gc_report *report,
    struct gc_result *result, struct err *e)
{
	struct collection c = { .state = s,
		.catalog = catalog,
		.options = options,
		.report = report,
		.result = result,
		.store = { -1 } };
	int rc = -1;

	*result = (struct gc_result){ 0 };
	/* What the catalog does not know of has no names there yet. */
	if (history_record(catalog, s, e) == 0 &&
	    generation_each(s->dirfd, note_generation, &c, e) == 0 &&
	    remove_generations(&c, e) == 0 && remove_leftovers(&c, e) == 0)
		rc = remove_blobs(&c, e);
	cleanup(&c);
	return rc;
}
