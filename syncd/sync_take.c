/* SPDX-License-Identifier: Apache-2.0 */
/* A file's way through a run: asked for only if needed, proved, kept. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
	if (s->treefd != -1)
		return sync_tree_get(s, it, e);
	return sync_http_get(s, it, e);
}

/* Does the small file that proves it say that what we keep is current? */
static bool
is_current(const struct sync_item *it)
{
	if (!it->known || it->index == NULL)
		return false;
	if (it->expect.proof == PROOF_PULP_MANIFEST)
		return digest_eq(&it->before_sha256, &it->expect.sha256);
	return !it->index->moved;
}

int
sync_begin(struct sync *s, struct sync_item *it, struct err *e)
{
	if (look_up(s, it, e) != 0)
		return -1;
	if (is_current(it))
		return sync_not_modified(s, it, e);
	if (s->options.dry_run && it->file.role == SOURCE_DOCUMENT) {
		it->state = SYNC_PLANNED;
		return 0;
	}
	return get(s, it, e);
}

/* --- what index files name --- */

/* What a manifest names, kept until it has been read to its end. */
struct naming {
	struct sync *s;
	struct pulp_entry *entries;
	size_t n;
	size_t cap;
};

static int
note_entry(void *ctx, const struct pulp_entry *entry, struct err *e)
{
	struct naming *n = ctx;

	(void)e;
	n->entries = xgrow(n->entries, &n->cap, n->n + 1, sizeof(*n->entries));
	n->entries[n->n] = *entry;
	n->entries[n->n++].path = arena_span(&n->s->arena, entry->path);
	return 0;
}

static int
add_entry(struct sync *s, struct sync_item *manifest,
    const struct source_names *names, const struct pulp_entry *entry,
    struct err *e)
{
	const struct source *source = names->source;
	struct span path = source_path(source, entry->path, &s->arena);
	struct source_file file;
	struct sync_item *it;

	if (!source_match(source, path, &file) || file.role != SOURCE_DOCUMENT)
		return 0;
	/* A tree is taken whole; over HTTP the configuration chooses. */
	if (s->treefd == -1 && !source_wants(names, file.flavour))
		return 0;
	if (sync_add(s, &file, path, &it, e) != 0)
		return -1;
	it->index = manifest;
	it->expect.proof = PROOF_PULP_MANIFEST;
	it->expect.sha256 = entry->sha256;
	it->expect.size_bytes = entry->size_bytes;
	return 0;
}

static int
follow_manifest(struct sync *s, struct sync_item *it, struct err *e)
{
	struct source_names names = sync_names(s, it->file.source);
	struct naming n = { .s = s };
	const struct pulp_sink sink = { &n, note_entry };
	size_t i;
	int rc;

	rc = proc_verify_manifest(
	    &s->verify, verified_fd(it->verified), &sink, e);
	for (i = 0; rc == 0 && i < n.n; i++)
		rc = add_entry(s, it, &names, &n.entries[i], e);
	free(n.entries);
	return rc;
}

/* Did the .meta that we keep name the same bytes? */
static bool
names_the_same(
    struct sync *s, const struct sync_item *it, const struct meta *now)
{
	struct verified_file *kept = NULL;
	struct meta before;
	struct err ignored;
	bool same = false;

	if (!it->known ||
	    store_get(&s->store, &it->before_sha256, &kept, &ignored) != 0)
		return false;
	if (proc_verify_meta(
		&s->verify, verified_fd(kept), &before, &ignored) == 0)
		same = before.size_bytes == now->size_bytes &&
		    digest_eq(&before.sha256, &now->sha256);
	verified_close(kept);
	return same;
}

static int
follow_meta(struct sync *s, struct sync_item *it, struct err *e)
{
	struct span path = source_meta_document(it->path, &s->arena);
	struct source_file file;
	struct meta meta;
	struct sync_item *document;

	if (proc_verify_meta(&s->verify, verified_fd(it->verified), &meta, e) !=
	    0)
		return -1;
	source_match(it->file.source, path, &file);
	if (sync_add(s, &file, path, &document, e) != 0)
		return -1;
	it->moved =
	    it->state != SYNC_UNCHANGED && !names_the_same(s, it, &meta);
	it->proves = document;
	document->index = it;
	document->expect.proof = PROOF_META_SHA256;
	document->expect.sha256 = meta.sha256;
	document->expect.size_bytes = meta.size_bytes;
	return 0;
}

/* An index file that cannot be read fails its source and names nothing. */
static void
follow(struct sync *s, struct sync_item *it)
{
	struct err why = { 0 };
	int rc;

	if (it->file.source->index == SOURCE_INDEX_META)
		rc = follow_meta(s, it, &why);
	else
		rc = follow_manifest(s, it, &why);
	verified_close(it->verified);
	it->verified = NULL;
	if (rc != 0)
		sync_refuse(s, it, &why);
}

/* --- what became of it --- */

/* Proves the bytes and keeps them; fd is used up if that works. */
static int
accept(struct sync *s, struct sync_item *it, int fd, struct err *e)
{
	if (proc_verify_file(&s->verify, fd, &it->expect, &it->proof, e) != 0 ||
	    verified_open(&it->verified, fd, &it->proof, e) != 0)
		return -1;
	if (!s->options.dry_run && store_add(&s->store, it->verified, e) != 0) {
		verified_close(it->verified);
		it->verified = NULL;
		return -2;
	}
	return 0;
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
	sync_incoming_drop(s, it);
	it->fetched_bytes = (uint64_t)st.st_size;
	rc = accept(s, it, fd, &why);
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
	it->origin = s->result.origin;
	progress_done(s->progress, it->path, it->fetched_bytes,
	    it->state == SYNC_FETCHED ? "new" : "unchanged");
	if (it->file.role == SOURCE_INDEX)
		follow(s, it);
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
	it->state = SYNC_UNCHANGED;
	it->origin = it->before.origin;
	it->etag = it->before.etag;
	it->last_modified = it->before.last_modified;
	it->proof.sha256 = it->before_sha256;
	it->proof.size_bytes = it->before.size_bytes;
	if (it->file.role != SOURCE_INDEX) {
		verified_close(kept);
		return 0;
	}
	it->verified = kept;
	follow(s, it);
	return 0;
}

/* The file that a missing first choice is replaced by. */
static int
fall_back(struct sync *s, const struct source *source, struct err *e)
{
	struct span path =
	    source_path(source, span_of(source->fallback), &s->arena);
	struct source_file file;
	struct sync_item *it;

	source_match(source, path, &file);
	return sync_add(s, &file, path, &it, e);
}

int
sync_absent(struct sync *s, struct sync_item *it, struct err *e)
{
	const struct source *source = it->file.source;
	struct err why;

	if (it->index != NULL)
		err_set(&why, ERR_MISSING, "%s names it, but it is not there",
		    source->index == SOURCE_INDEX_META ? "its .meta"
						       : "PULP_MANIFEST");
	else if (s->treefd != -1 && it->file.role == SOURCE_INDEX)
		err_set(&why, ERR_MISSING,
		    "is not in the tree, so nothing proves the %s",
		    source->index == SOURCE_INDEX_META ? "feed beside it"
						       : "files below it");
	else {
		it->state = SYNC_NOT_OFFERED;
		progress_clear(s->progress, it->path);
		if (source->fallback != NULL && !it->file.fallback)
			return fall_back(s, source, e);
		return 0;
	}
	sync_refuse(s, it, &why);
	return 0;
}
