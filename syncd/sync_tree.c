/* SPDX-License-Identifier: Apache-2.0 */
/* --from DIR: a tree laid out <host>/<path>. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "syncd/sync_parts.h"

#define DEPTH_MAX 32 /* folders below each other */

int
sync_tree_open(struct sync *s, struct err *e)
{
	char *path;

	if (file_open_dir(AT_FDCWD, s->options.from, false, &s->treefd, e) != 0)
		return err_context(e, "--from");
	path = realpath(s->options.from, NULL);
	if (path == NULL)
		return err_system(e, "--from: %s", s->options.from);
	s->result.origin = arena_span(&s->arena, span_of(path));
	free(path);
	return 0;
}

/* Documents that only a manifest can bring up are kept for sync_tree_end(). */
static void
remember(struct sync *s, struct span path)
{
	s->tree_proved = xgrow(s->tree_proved, &s->tree_proved_cap,
	    s->n_tree_proved + 1, sizeof(*s->tree_proved));
	s->tree_proved[s->n_tree_proved++] = arena_span(&s->arena, path);
}

static int
add_index(struct sync *s, const struct source *source, struct span path,
    struct err *e)
{
	struct span index = source->index == SOURCE_INDEX_META
	    ? source_meta_path(path, &s->arena)
	    : source_manifest_path(source, &s->arena);
	struct source_file file;
	struct sync_item *it;

	source_match(source, index, &file);
	return sync_add(s, &file, index, &it, e);
}

static int
take_file(struct sync *s, struct span path, struct err *e)
{
	struct source_file file;
	struct sync_item *it;

	if (!source_match_any(path, &file)) {
		sync_unclaimed(s, path);
		return 0;
	}
	if (!sync_is_selected(s, file.source))
		return 0;
	if (file.role == SOURCE_INDEX ||
	    (file.source->index == SOURCE_INDEX_NONE && !file.fallback))
		return sync_add(s, &file, path, &it, e);
	remember(s, path);
	if (file.fallback)
		return 0;
	return add_index(s, file.source, path, e);
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

	if (fstatat(w->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return err_system(e, "%s%s", buf_str(w->path), name);
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
	if (file_open_dir(w->dirfd, name, false, &below.dirfd, e) != 0)
		return -1;
	if (w->path->len > 0)
		buf_add_char(w->path, '/');
	rc = file_list(below.dirfd, ".", walk_name, &below, e);
	close(below.dirfd);
	return rc;
}

/* A second choice counts only where the tree lacks the first. */
static int
take_fallbacks(struct sync *s, struct err *e)
{
	struct source_file file;
	struct sync_item *it;
	size_t i;

	for (i = 0; i < s->n_tree_proved; i++) {
		struct span path = s->tree_proved[i];

		if (!source_match_any(path, &file) || !file.fallback)
			continue;
		if (sync_find(s,
			source_path(file.source, span_of(file.source->pattern),
			    &s->arena)) == NULL &&
		    sync_add(s, &file, path, &it, e) != 0)
			return -1;
	}
	return 0;
}

int
sync_tree_list(struct sync *s, struct err *e)
{
	struct buf path = { 0 };
	const struct walk w = { s, s->treefd, &path, 0 };
	int rc = walk_folder(&w, ".", e);

	buf_cleanup(&path);
	if (rc == 0)
		rc = take_fallbacks(s, e);
	return rc == 0 ? 0 : err_context(e, "%s", s->options.from);
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
	return it->index == NULL && it->known &&
	    span_eq(it->before.origin, s->result.origin) &&
	    span_eq(it->before.etag, it->etag);
}

int
sync_tree_get(struct sync *s, struct sync_item *it, struct err *e)
{
	char *path = arena_str(&s->arena, it->path);
	struct err why = { 0 };
	struct stat st;
	int fd, rc = 0;

	fd = openat(s->treefd, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
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
		    source_match_any(path, &file) &&
		    file.source->index != SOURCE_INDEX_META)
			sync_unclaimed(s, path);
	}
}
