/* SPDX-License-Identifier: Apache-2.0 */
/* A file's way through a run: asked for only if needed, proved, kept. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "syncd/sync_parts.h"

static int
look_up(struct sync *s, struct sync_item *it, struct err *e)
{
	if (catalog_resource(s->catalog, it->path, &s->arena, &it->before, e) ==
	    -1)
		return -1;
	it->known = digest_parse(it->before.sha256, &it->before_sha256) &&
	    store_has(&s->store, &it->before_sha256);
	return 0;
}

static int
get(struct sync *s, struct sync_item *it, struct err *e)
{
	if (sync_in_tree(s, it))
		return sync_tree_get(s, it, e);
	return sync_http_get(s, it, e);
}

int
sync_begin(struct sync *s, struct sync_item *it, struct err *e)
{
	if (look_up(s, it, e) != 0)
		return -1;
	if (sync_is_current(s, it))
		return sync_not_modified(s, it, e);
	if (s->options.dry_run && !sync_in_tree(s, it) &&
	    (it->file.role == SOURCE_DOCUMENT ||
		it->file.role == SOURCE_MIRROR)) {
		it->state = SYNC_PLANNED;
		return 0;
	}
	return get(s, it, e);
}

/* --- what became of it --- */

static bool
names_others(const struct sync_item *it)
{
	return it->file.role == SOURCE_META ||
	    it->file.kind->listing != LISTING_NONE;
}

/* Proves the bytes and keeps them; fd is used up if that works. */
static int
accept(struct sync *s, struct sync_item *it, int fd, struct err *e)
{
	if (proc_verify_file(&s->verify, fd, &it->expect, &it->proof, e) != 0 ||
	    verified_open(&it->verified, fd, &it->proof, e) != 0)
		return -1;
	if (!s->options.dry_run && store_add(&s->store, it->verified, e) != 0) {
		sync_close(it);
		return -2;
	}
	return 0;
}

static void
log_taken(const struct sync_item *it)
{
	char hex[DIGEST_HEX_SIZE];

	log_info("verify: %.*s: %s proof=%s sha256=%s bytes=%" PRIu64,
	    SPAN_ARG(it->path), sync_state_name(it->state),
	    proof_name(it->proof.kind), digest_hex(&it->proof.sha256, hex),
	    it->proof.size_bytes);
}

int
sync_arrived(struct sync *s, struct sync_item *it, struct err *e)
{
	struct err why = { 0 };
	struct stat st;
	int fd = openat(s->state->dirfd, it->incoming, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd == -1 || fstat(fd, &st) != 0)
		return err_system(e, "%s", it->incoming);
	it->fetched_bytes = (uint64_t)st.st_size;
	rc = accept(s, it, fd, &why);
	/* Not before it is kept: what is killed here need not fetch again. */
	sync_incoming_drop(s, it);
	if (rc == -1)
		close(fd);
	if (rc != 0) {
		sync_refuse(s, it, &why);
		return 0;
	}
	it->state =
	    it->known && digest_eq(&it->before_sha256, &it->proof.sha256)
	    ? SYNC_UNCHANGED
	    : SYNC_FETCHED;
	it->origin = sync_place(s, it->file.source)->origin;
	log_taken(it);
	progress_done(s->progress, it->path, it->fetched_bytes,
	    it->state == SYNC_FETCHED ? "new" : "unchanged");
	if (names_others(it))
		sync_follow(s, it);
	else
		sync_close(it);
	return 0;
}

int
sync_not_modified(struct sync *s, struct sync_item *it, struct err *e)
{
	struct verified_file *kept = NULL;
	struct err ignored;

	/* What has rotted is asked for as if for the first time. */
	if (store_get(&s->store, &it->before_sha256, &kept, &ignored) != 0) {
		it->known = false;
		it->state = SYNC_WAITING;
		return get(s, it, e);
	}
	log_debug("sync: %.*s: unchanged", SPAN_ARG(it->path));
	it->state = SYNC_UNCHANGED;
	it->origin = it->before.origin;
	it->etag = it->before.etag;
	it->last_modified = it->before.last_modified;
	it->proof.sha256 = it->before_sha256;
	it->proof.size_bytes = it->before.size_bytes;
	if (!names_others(it)) {
		verified_close(kept);
		return 0;
	}
	it->verified = kept;
	sync_follow(s, it);
	return 0;
}

/* The files that stand in for a missing first choice. */
static int
add_second(void *ctx, struct span path, struct err *e)
{
	struct sync_item *first = ctx;
	struct source_file file;
	struct sync_item *it;

	source_match(first->file.source, path, &first->sync->arena, &file);
	return sync_add(first->sync, &file, path, &it, e);
}

/* Is it a failure of upstream's that the file is not there? */
static bool
is_promised(const struct sync *s, const struct sync_item *it, struct err *why)
{
	enum source_role role = it->file.role;

	if (it->index != NULL && it->expect.proof == PROOF_META_SHA256)
		err_set(why, ERR_MISSING,
		    "its .meta names it, but it is not there");
	else if (it->index != NULL && it->changed == 0)
		err_set(why, ERR_MISSING, "%.*s names it, but it is not there",
		    SPAN_ARG(it->index->file.name));
	else if (sync_in_tree(s, it) && role == SOURCE_META)
		err_set(why, ERR_MISSING,
		    "is not in the tree, so nothing proves the feed beside it");
	else if (sync_in_tree(s, it) && role == SOURCE_LISTING)
		err_set(why, ERR_MISSING,
		    "is not in the tree, so nothing proves the files below it");
	else if (role == SOURCE_LISTING &&
	    span_is(sync_place(s, it->file.source)->origin, "upstream"))
		err_set(why, ERR_MISSING,
		    "is not offered, so nothing names the files of %s",
		    it->file.source->name);
	else
		return false;
	return true;
}

int
sync_absent(struct sync *s, struct sync_item *it, struct err *e)
{
	struct source_names names = sync_names(s, it->file.source);
	struct err why;

	if (is_promised(s, it, &why)) {
		sync_refuse(s, it, &why);
		return 0;
	}
	log_info("sync: %.*s: not offered", SPAN_ARG(it->path));
	it->state = SYNC_NOT_OFFERED;
	progress_clear(s->progress, it->path);
	if (it->file.kind->second || it->file.role != SOURCE_DOCUMENT)
		return 0;
	return source_each_second(&names, add_second, it, e);
}
