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
#include "base/file.h"
#include "base/mem.h"
#include "indexer/generation.h"

/* Published generations, ascending. */
struct numbers {
	uint64_t *items;
	size_t n;
	size_t cap;
};

const char *
generation_path(uint64_t number, char text[GENERATION_PATH_SIZE])
{
	snprintf(text, GENERATION_PATH_SIZE, "index/%" PRIu64, number);
	return text;
}

static int
add_number(void *ctx, const char *name, struct err *e)
{
	struct numbers *all = ctx;
	uint64_t number;
	size_t i;

	(void)e;
	if (name[0] == '0' ||
	    !parse_uint(span_of(name), INT64_MAX - 1, &number))
		return 0;
	all->items =
	    xgrow(all->items, &all->cap, all->n + 1, sizeof(*all->items));
	for (i = all->n++; i > 0 && all->items[i - 1] > number; i--)
		all->items[i] = all->items[i - 1];
	all->items[i] = number;
	return 0;
}

static int
list_numbers(int statefd, struct numbers *all, struct err *e)
{
	if (file_list(statefd, "index", add_number, all, e) == 0)
		return 0;
	return e->code == ERR_MISSING ? 0 : -1;
}

int
generation_current(int statefd, uint64_t *number, struct err *e)
{
	char target[32], path[GENERATION_PATH_SIZE];
	ssize_t n =
	    readlinkat(statefd, "index/current", target, sizeof(target));

	*number = 0;
	if (n < 0 && errno == ENOENT)
		return 0;
	if (n < 0)
		return err_system(e, "index/current");
	if (!parse_uint(span_make(target, (size_t)n), INT64_MAX - 1, number) ||
	    *number == 0)
		return err_set(e, ERR_FORMAT,
		    "index/current: names \"%.*s\", not a generation: choose "
		    "one with `scapcache index rollback`",
		    (int)n, target);
	if (!file_exists(statefd, generation_path(*number, path)))
		return err_set(e, ERR_FORMAT,
		    "index/current: names generation %" PRIu64
		    ", which is not there: choose another with `scapcache "
		    "index rollback`",
		    *number);
	return 0;
}

int
generation_each(int statefd,
    int (*fn)(void *ctx, uint64_t number, int64_t made, bool is_current,
	struct err *e),
    void *ctx, struct err *e)
{
	char path[GENERATION_PATH_SIZE];
	struct numbers all = { 0 };
	struct stat st;
	uint64_t current;
	size_t i;
	int rc = -1;

	if (generation_current(statefd, &current, e) != 0 ||
	    list_numbers(statefd, &all, e) != 0)
		goto out;
	for (i = 0; i < all.n; i++) {
		generation_path(all.items[i], path);
		if (fstatat(statefd, path, &st, 0) != 0) {
			err_system(e, "%s", path);
			goto out;
		}
		if (fn(ctx, all.items[i], (int64_t)st.st_mtime,
			all.items[i] == current, e) != 0)
			goto out;
	}
	rc = 0;
out:
	free(all.items);
	return rc;
}

int
generation_rollback(int statefd, uint64_t number, struct err *e)
{
	char path[GENERATION_PATH_SIZE];

	generation_path(number, path);
	if (number == 0 || !file_exists(statefd, path))
		return err_set(e, ERR_MISSING,
		    "there is no generation %" PRIu64
		    ": see `scapcache index list`",
		    number);
	return file_replace_link(
	    statefd, "index/current", path + sizeof("index/") - 1, e);
}

bool
generation_is_leftover(struct span name)
{
	return span_has_prefix(name, "building-") ||
	    span_has_prefix(name, "verify-") || span_has_prefix(name, "old-") ||
	    span_has_prefix(name, "current.new-");
}

static int
clean_one(void *ctx, const char *name, struct err *e)
{
	int dirfd = *(const int *)ctx;

	if (generation_is_leftover(span_of(name)))
		return file_remove_tree(dirfd, name, e);
	return 0;
}

int
generation_clean(int statefd, struct err *e)
{
	int dirfd = -1;
	int rc;

	if (file_open_dir(statefd, "index", false, &dirfd, e) != 0)
		return e->code == ERR_MISSING ? 0 : -1;
	rc = file_list(dirfd, ".", clean_one, &dirfd, e);
	close(dirfd);
	return rc == 0 ? 0 : err_context(e, "index");
}

/* Renamed first: half a generation must not look like one. */
int
generation_remove(int statefd, uint64_t number, struct err *e)
{
	char path[GENERATION_PATH_SIZE], old[GENERATION_PATH_SIZE];

	generation_path(number, path);
	snprintf(old, sizeof(old), "index/old-%" PRIu64, number);
	if (renameat(statefd, path, statefd, old) != 0)
		return err_system(e, "%s: cannot remove", path);
	if (file_sync_dir(statefd, "index", e) != 0)
		return -1;
	return file_remove_tree(statefd, old, e);
}
