/* SPDX-License-Identifier: Apache-2.0 */
/* --from DIR: a tree laid out <host>/<path>. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "syncd/sync_parts.h"

#define DEPTH_MAX 32 /* folders below each other */

/* Documents that only a manifest can bring up are kept for sync_tree_end(). */
static void
remember(struct sync *s, struct span path)
{
	s->tree_proved = xgrow(s->tree_proved, &s->tree_proved_cap,
	    s->n_tree_proved + 1, sizeof(*s->tree_proved));
	s->tree_proved[s->n_tree_proved++] = arena_span(&s->arena, path);
}

/* The .meta or manifest that is to prove a document. */
static int
add_index(struct sync *s, const struct source_file *file, struct span path,
    struct err *e)
{
	const struct source *source = file->source;
	const struct source_path *listing = source_listing(source);
	struct source_file index_file;
	struct span index;
	struct sync_item *it;

	if (file->kind->proof == SOURCE_PROOF_META)
		index = source_meta_path(path, &s->arena);
	else if (listing != NULL && strchr(listing->pattern, '{') == NULL)
		index =
		    source_path(source, span_of(listing->pattern), &s->arena);
	else
		return 0; /* found as a file, if it is there */
	if (!source_match(source, index, &s->arena, &index_file))
		return 0;
	return sync_add(s, &index_file, index, &it, e);
}

static int
take_file(struct sync *s, struct span path, struct err *e)
{
	struct source_file file;
	struct sync_item *it;

	if (!source_match_any(path, &s->arena, &file)) {
		sync_unclaimed(s, path);
		return 0;
	}
	if (!sync_is_selected(s, file.source))
		return 0;
	if (!file.kind->second && file.kind->proof == SOURCE_PROOF_NONE)
		return sync_add(s, &file, path, &it, e);
	remember(s, path);
	return file.kind->second ? 0 : add_index(s, &file, path, e);
}

struct walk {
	struct sync *s;
	int dirfd;
	struct buf *path; /* of the folder, with '/' at its end */
	unsigned depth;
};

static int walk_folder(const struct walk *w, const char *name, struct err *e);

static int
walk_name(void *ctx, const char *name, struct err *e)
{
	struct walk *w = ctx;
	size_t len = w->path->len;
	struct stat st;
	int rc = 0;

	if (fstatat(w->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		err_system(e, "%s", name);
		sync_unreadable(w->s, buf_span(w->path), e);
		return 0;
	}
	/* A link may stand for a file, not for a folder: no loops. */
	if (S_ISLNK(st.st_mode) &&
	    (fstatat(w->dirfd, name, &st, 0) != 0 || S_ISDIR(st.st_mode)))
		return 0;
	buf_add_str(w->path, name);
	if (S_ISDIR(st.st_mode))
		rc = walk_folder(w, name, e);
	else if (S_ISREG(st.st_mode))
		rc = take_file(w->s, buf_span(w->path), e);
	w->path->len = len;
	return rc;
}

static int
walk_folder(const struct walk *w, const char *name, struct err *e)
{
	struct walk below = { w->s, -1, w->path, w->depth + 1 };
	int rc;

	if (below.depth > DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "%s: folders nested too deep",
		    buf_str(w->path));
	if (file_open_dir(w->dirfd, name, false, &below.dirfd, e) != 0) {
		/* What lies beside it is still there to be taken. */
		if (w->depth == 0)
			return -1;
		sync_unreadable(w->s, buf_span(w->path), e);
		return 0;
	}
	if (w->path->len > 0)
		buf_add_char(w->path, '/');
	rc = file_list(below.dirfd, ".", walk_name, &below, e);
	close(below.dirfd);
	return rc;
}

static int
find_first(void *ctx, struct span path, struct err *e)
{
	(void)e;
	return sync_find(ctx, path) != NULL ? -1 : 0;
}

/* A second choice counts only where the tree lacks the first. */
static int
take_seconds(struct sync *s, struct err *e)
{
	struct source_file file;
	struct source_names names;
	struct sync_item *it;
	size_t i;

	for (i = 0; i < s->n_tree_proved; i++) {
		struct span path = s->tree_proved[i];

		if (!source_match_any(path, &s->arena, &file) ||
		    !file.kind->second)
			continue;
		names = sync_names(s, file.source);
		if (source_each_name(&names, find_first, s, e) == 0 &&
		    sync_add(s, &file, path, &it, e) != 0)
			return -1;
	}
	return 0;
}

int
sync_tree_list(struct sync *s, const struct source *source, struct err *e)
{
	int dirfd = source == NULL ? s->treefd : sync_place(s, source)->treefd;
	struct buf path = { 0 };
	const struct walk w = { s, dirfd, &path, 0 };
	int rc;

	/* A folder of its own stands for the source's host and base. */
	if (source != NULL)
		buf_printf(&path, "%s%.*s", source->host,
		    (int)strlen(source->base) - 1, source->base);
	rc = walk_folder(&w, ".", e);
	buf_cleanup(&path);
	if (rc == 0)
		rc = take_seconds(s, e);
	if (rc == 0)
		return 0;
	return err_context(e, "%s",
	    source == NULL ? s->options.from
			   : source_url(source, s->options.config));
}

/* What changes with the file: size, time of the last change, inode. */
static struct span
validator(struct sync *s, const struct stat *st)
{
	char text[96];
	int n = snprintf(text, sizeof(text), "%jd-%jd.%09ld-%ju",
	    (intmax_t)st->st_size, (intmax_t)st->st_mtim.tv_sec,
	    st->st_mtim.tv_nsec, (uintmax_t)st->st_ino);

	return arena_span(&s->arena, span_make(text, (size_t)n));
}

static int
copy(struct sync *s, struct sync_item *it, int from, struct err *e)
{
	int to, rc;

	if (sync_incoming(s, it, &to, e) != 0)
		return -1;
	rc = file_copy_fd(from, to, e);
	close(to);
	if (rc != 0)
		sync_incoming_drop(s, it);
	return rc;
}

static bool
is_unmodified(const struct sync *s, const struct sync_item *it)
{
	return !sync_has_digest(it) && it->known &&
	    span_eq(
		it->before.origin, sync_place(s, it->file.source)->origin) &&
	    span_eq(it->before.etag, it->etag);
}

int
sync_tree_get(struct sync *s, struct sync_item *it, struct err *e)
{
	const struct sync_place *p = sync_place(s, it->file.source);
	char *path = arena_str(&s->arena,
	    p->own ? source_relative(it->file.source, it->path) : it->path);
	struct err why = { 0 };
	struct stat st;
	int fd, rc = 0;

	fd = openat(p->treefd, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT)
		return sync_absent(s, it, e);
	if (fd == -1 || fstat(fd, &st) != 0) {
		err_system(&why, "cannot be opened");
		goto refused;
	}
	if ((uint64_t)st.st_size > it->size_max) {
		err_set(&why, ERR_LIMIT, "larger than %" PRIu64 " bytes",
		    it->size_max);
		goto refused;
	}
	it->etag = validator(s, &st);
	if (is_unmodified(s, it))
		rc = sync_not_modified(s, it, e);
	else if (s->options.dry_run && it->file.role == SOURCE_DOCUMENT)
		it->state = SYNC_PLANNED;
	else if (copy(s, it, fd, &why) != 0)
		goto refused;
	else
		rc = sync_arrived(s, it, e);
	close(fd);
	return rc;
refused:
	if (fd != -1)
		close(fd);
	sync_refuse(s, it, &why);
	return 0;
}

void
sync_tree_end(struct sync *s)
{
	struct source_file file;
	size_t i;

	for (i = 0; i < s->n_tree_proved; i++) {
		struct span path = s->tree_proved[i];

		/* The document of a .meta stands or falls with that. */
		if (sync_find(s, path) == NULL &&
		    source_match_any(path, &s->arena, &file) &&
		    file.kind->proof != SOURCE_PROOF_META)
			sync_unclaimed(s, path);
	}
}
