/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "indexer/generation.h"

#define FAMILIES_MAX 32 /* files of one generation */
#define FAMILY_NAME_MAX 64
/* Beside what is copied: the least that a run needs to write at all. */
#define SPACE_MIN ((uint64_t)32 * 1024 * 1024)

struct generation_builder {
	int statefd;
	uint64_t number;
	uint64_t base;                     /* 0: none */
	char folder[GENERATION_PATH_SIZE]; /* "index/building-7" */
	char *root;                        /* the same, absolute */
	char *own[FAMILIES_MAX]; /* absolute paths of files made or copied */
	size_t n_own;
};

static int
copy_fd(int from, int to, struct err *e)
{
	struct stat st;

	if (fstat(from, &st) != 0)
		return err_system(e, "cannot read");
	/* What is written comes on top of the copy. */
	if (file_need_space(to, (uint64_t)st.st_size * 2 + SPACE_MIN, e) != 0)
		return -1;
	return file_copy_fd(from, to, e);
}

static int
copy_file(
    int statefd, const char *from, const char *to, mode_t mode, struct err *e)
{
	int in = openat(statefd, from, O_RDONLY | O_CLOEXEC);
	int out = -1, rc = -1;

	if (in == -1) {
		err_system(e, "%s", from);
		goto out;
	}
	out = openat(statefd, to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out == -1) {
		err_system(e, "%s", to);
		goto out;
	}
	if (copy_fd(in, out, e) != 0) {
		err_context(e, "%s", to);
		goto out;
	}
	if (fchmod(out, mode) != 0 || fsync(out) != 0) {
		err_system(e, "%s", to);
		goto out;
	}
	rc = 0;
out:
	if (out != -1)
		close(out);
	if (in != -1)
		close(in);
	return rc;
}

/* The base's file of that name, if it has one, as a second link or a copy. */
static int
link_name(struct generation_builder *g, const char *name, struct err *e)
{
	struct buf from = { 0 }, to = { 0 };
	int rc = 0;

	buf_printf(&from, "index/%" PRIu64 "/%s", g->base, name);
	buf_printf(&to, "%s/%s", g->folder, name);
	if (g->base != 0 && file_exists(g->statefd, from.ptr) &&
	    linkat(g->statefd, from.ptr, g->statefd, to.ptr, 0) != 0)
		rc = copy_file(g->statefd, from.ptr, to.ptr, 0444, e);
	buf_cleanup(&from);
	buf_cleanup(&to);
	return rc;
}

static int
link_one(void *ctx, const char *name, struct err *e)
{
	return link_name(ctx, name, e);
}

/* The state directory as a path, for programs that open by name. */
static int
absolute(int statefd, const char *folder, char **out, struct err *e)
{
	char proc[64], target[4096];
	struct buf b = { 0 };
	ssize_t n;

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", statefd);
	n = readlink(proc, target, sizeof(target));
	if (n < 0 || (size_t)n == sizeof(target))
		return err_system(e, "cannot find the state directory's path");
	buf_add(&b, target, (size_t)n);
	buf_printf(&b, "/%s", folder);
	*out = b.ptr;
	return 0;
}

/* The last call names the newest. */
static int
note_number(
    void *ctx, uint64_t number, int64_t made, bool is_current, struct err *e)
{
	(void)made;
	(void)is_current;
	(void)e;
	*(uint64_t *)ctx = number;
	return 0;
}

static int
link_base(struct generation_builder *g, struct err *e)
{
	char path[GENERATION_PATH_SIZE];

	if (g->base == 0)
		return 0;
	return file_list(
	    g->statefd, generation_path(g->base, path), link_one, g, e);
}

int
generation_begin(
    struct generation_builder **out, int statefd, uint64_t last, struct err *e)
{
	struct generation_builder *g = xcalloc(1, sizeof(*g));
	int rc = -1;

	g->statefd = statefd;
	if (file_make_dirs(statefd, "index", e) != 0 ||
	    generation_clean(statefd, e) != 0 ||
	    generation_current(statefd, &g->base, e) != 0 ||
	    generation_each(statefd, note_number, &g->number, e) != 0)
		goto out;
	if (file_need_space(statefd, SPACE_MIN, e) != 0) {
		err_context(e, "index: a new generation");
		goto out;
	}
	if (g->number < last)
		g->number = last;
	g->number++;
	snprintf(
	    g->folder, sizeof(g->folder), "index/building-%" PRIu64, g->number);
	if (file_make_dirs(statefd, g->folder, e) != 0 ||
	    absolute(statefd, g->folder, &g->root, e) != 0 ||
	    link_base(g, e) != 0)
		goto out;
	*out = g;
	g = NULL;
	rc = 0;
out:
	generation_abandon(g);
	return rc;
}

/* A name of the families' table, not a way to another folder. */
static int
check_family(struct span family, struct err *e)
{
	size_t i;

	for (i = 0; i < family.len; i++)
		if (!span_is_alpha(family.ptr[i]) &&
		    !span_is_digit(family.ptr[i]) && family.ptr[i] != '-')
			break;
	if (family.len > 0 && family.len <= FAMILY_NAME_MAX && i == family.len)
		return 0;
	return err_set(e, ERR_FORMAT, "\"%.*s\": not a family's name",
	    SPAN_ARG(span_first(family, FAMILY_NAME_MAX)));
}

/* Puts a private copy of the base's file in place of the link, if any. */
static int
make_own(struct generation_builder *g, const char *name, struct err *e)
{
	struct buf from = { 0 }, to = { 0 };
	int rc = 0;

	buf_printf(&from, "index/%" PRIu64 "/%s", g->base, name);
	buf_printf(&to, "%s/%s", g->folder, name);
	if (g->base != 0 && file_exists(g->statefd, from.ptr)) {
		unlinkat(g->statefd, to.ptr, 0);
		rc = copy_file(g->statefd, from.ptr, to.ptr, 0644, e);
	}
	buf_cleanup(&from);
	buf_cleanup(&to);
	return rc;
}

static size_t
find_own(const struct generation_builder *g, const char *path)
{
	size_t i;

	for (i = 0; i < g->n_own; i++)
		if (strcmp(g->own[i], path) == 0)
			break;
	return i;
}

int
generation_family(struct generation_builder *g, struct span family,
    const char **path, struct err *e)
{
	struct buf b = { 0 };
	size_t name, i;
	int rc = -1;

	if (check_family(family, e) != 0)
		return -1;
	buf_printf(&b, "%s/", g->root);
	name = b.len;
	buf_printf(&b, "%.*s.sqlite", SPAN_ARG(family));
	i = find_own(g, b.ptr);
	if (i == FAMILIES_MAX) {
		err_set(e, ERR_LIMIT, "more than %d families", FAMILIES_MAX);
		goto out;
	}
	if (i == g->n_own) {
		if (make_own(g, b.ptr + name, e) != 0)
			goto out;
		g->own[g->n_own++] = b.ptr;
		b = (struct buf){ 0 };
	}
	*path = g->own[i];
	rc = 0;
out:
	buf_cleanup(&b);
	return rc;
}

/* Removes what SQLite leaves beside a file that it did not finish. */
static int
drop_file(const char *path, struct err *e)
{
	static const char *const suffixes[] = { "", "-journal", "-wal",
		"-shm" };
	struct buf b = { 0 };
	int rc = 0;
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		buf_reset(&b);
		buf_printf(&b, "%s%s", path, suffixes[i]);
		if (unlink(b.ptr) != 0 && errno != ENOENT)
			rc = err_system(e, "%s: cannot remove", b.ptr);
	}
	buf_cleanup(&b);
	return rc;
}

int
generation_keep(struct generation_builder *g, struct span family, struct err *e)
{
	struct buf b = { 0 };
	size_t name, i;
	int rc = 0;

	buf_printf(&b, "%s/", g->root);
	name = b.len;
	buf_printf(&b, "%.*s.sqlite", SPAN_ARG(family));
	i = find_own(g, b.ptr);
	if (i == g->n_own)
		goto out;
	free(g->own[i]);
	g->own[i] = g->own[--g->n_own];
	rc = drop_file(b.ptr, e);
	if (rc == 0)
		rc = link_name(g, b.ptr + name, e);
out:
	buf_cleanup(&b);
	return rc;
}

uint64_t
generation_number(const struct generation_builder *g)
{
	return g->number;
}

static int
check_sealed(void *ctx, const char *name, struct err *e)
{
	(void)ctx;
	if (span_has_suffix(span_of(name), ".sqlite"))
		return 0;
	return err_set(e, ERR_FORMAT,
	    "%s: not a finished family: nothing was published", name);
}

/* The folder's time is when it was published. */
static int
sync_all(struct generation_builder *g, struct err *e)
{
	struct timespec times[2] = { { .tv_sec = clock_now() },
		{ .tv_sec = clock_now() } };
	size_t i;

	if (file_list(g->statefd, g->folder, check_sealed, NULL, e) != 0)
		return -1;
	for (i = 0; i < g->n_own; i++)
		if (file_sync(AT_FDCWD, g->own[i], e) != 0)
			return -1;
	if (utimensat(g->statefd, g->folder, times, 0) != 0)
		return err_system(e, "%s", g->folder);
	return file_sync_dir(g->statefd, g->folder, e);
}

int
generation_publish(struct generation_builder *g, struct err *e)
{
	char path[GENERATION_PATH_SIZE];
	struct err ignored;
	uint64_t current;
	int rc = -1;

	generation_path(g->number, path);
	if (sync_all(g, e) != 0)
		goto out;
	if (renameat(g->statefd, g->folder, g->statefd, path) != 0) {
		err_system(e, "%s: cannot publish", path);
		goto out;
	}
	if (file_sync_dir(g->statefd, "index", e) != 0 ||
	    file_replace_link(g->statefd, "index/current",
		path + sizeof("index/") - 1, e) != 0) {
		/* The link may have moved before its folder did not sync. */
		if (generation_current(g->statefd, &current, &ignored) == 0 &&
		    current != g->number)
			file_remove_tree(g->statefd, path, &ignored);
		goto out;
	}
	rc = 0;
out:
	generation_abandon(g);
	return rc;
}

void
generation_abandon(struct generation_builder *g)
{
	struct err ignored;
	size_t i;

	if (g == NULL)
		return;
	if (g->folder[0] != '\0')
		file_remove_tree(g->statefd, g->folder, &ignored);
	for (i = 0; i < g->n_own; i++)
		free(g->own[i]);
	free(g->root);
	free(g);
}
