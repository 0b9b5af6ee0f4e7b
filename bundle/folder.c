/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "bundle/folder.h"

#define LEFT_SUFFIX ".new" /* of an export that was killed */

/* --- names --- */

const char *
folder_file_name(const struct folder_file *f, char text[FOLDER_NAME_SIZE])
{
	if (f->since == 0)
		snprintf(text, FOLDER_NAME_SIZE, "full-%" PRIu64 ".tar",
		    f->generation);
	else
		snprintf(text, FOLDER_NAME_SIZE,
		    "delta-%" PRIu64 "-%" PRIu64 ".tar", f->since,
		    f->generation);
	return text;
}

bool
folder_file_parse(struct span name, struct folder_file *out)
{
	struct folder_file f = { 0 };
	char again[FOLDER_NAME_SIZE];
	struct span rest, part;

	if (!span_has_suffix(name, ".tar"))
		return false;
	rest = span_first(name, name.len - 4);
	if (!span_next(&rest, '-', &part))
		return false;
	if (span_is(part, "delta") &&
	    (!span_next(&rest, '-', &part) ||
		!parse_uint(part, UINT32_MAX, &f.since) || f.since == 0))
		return false;
	if (!parse_uint(rest, UINT32_MAX, &f.generation) || f.generation == 0)
		return false;
	/* No leading zeros, and "full" or "delta" to the letter. */
	if (!span_is(name, folder_file_name(&f, again)))
		return false;
	*out = f;
	return true;
}

/* --- the folder --- */

struct entry {
	char *name;
	bool is_ours; /* else what a killed export left */
	struct folder_file file;
	uint64_t size_bytes;
};

struct listing {
	int dirfd;
	struct entry *entries;
	size_t n;
	size_t cap;
};

static bool
is_left(struct span name)
{
	struct folder_file ignored;

	return span_has_suffix(name, LEFT_SUFFIX) &&
	    folder_file_parse(
		span_first(name, name.len - (sizeof(LEFT_SUFFIX) - 1)),
		&ignored);
}

static int
list_entry(void *ctx, const char *name, struct err *e)
{
	struct listing *l = ctx;
	struct entry entry = { 0 };
	struct stat st;

	(void)e;
	entry.is_ours = folder_file_parse(span_of(name), &entry.file);
	if (!entry.is_ours && !is_left(span_of(name)))
		return 0;
	if (fstatat(l->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(st.st_mode))
		return 0;
	entry.size_bytes = (uint64_t)st.st_size;
	entry.name = xstrdup(name);
	l->entries = xgrow(l->entries, &l->cap, l->n + 1, sizeof(*l->entries));
	l->entries[l->n++] = entry;
	return 0;
}

/* 1: listed; 0: there is no folder. */
static int
open_listing(struct listing *l, int statefd, struct err *e)
{
	*l = (struct listing){ .dirfd = -1 };
	if (file_open_dir(statefd, FOLDER_BUNDLES, false, &l->dirfd, e) != 0)
		return e->code == ERR_MISSING ? 0 : -1;
	return file_list(l->dirfd, ".", list_entry, l, e) == 0 ? 1 : -1;
}

static void
close_listing(struct listing *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->entries[i].name);
	free(l->entries);
	if (l->dirfd != -1)
		close(l->dirfd);
}

static int
remove_entry(const struct listing *l, const struct entry *entry,
    const struct folder_prune *o, struct err *e)
{
	struct buf path = { 0 };
	int rc = 0;

	buf_printf(&path, FOLDER_BUNDLES "/%s", entry->name);
	if (o->report != NULL)
		rc = o->report->item(
		    o->report->ctx, buf_str(&path), entry->size_bytes, e);
	if (rc == 0 && !o->dry_run && unlinkat(l->dirfd, entry->name, 0) != 0 &&
	    errno != ENOENT)
		rc = err_system(e, "%s", buf_str(&path));
	buf_cleanup(&path);
	return rc;
}

/* Newer than that one, of the same kind? */
static bool
is_newer(const struct folder_file *a, const struct folder_file *b,
    uint64_t generation)
{
	if (a->generation != b->generation)
		return b->generation != generation &&
		    (a->generation == generation ||
			a->generation > b->generation);
	return a->since > b->since;
}

static bool
is_kept(const struct listing *l, const struct entry *entry,
    const struct folder_prune *o)
{
	uint64_t n = 0;
	size_t i;

	if (!entry->is_ours)
		return false;
	for (i = 0; i < l->n; i++)
		if (l->entries[i].is_ours &&
		    (l->entries[i].file.since == 0) ==
			(entry->file.since == 0) &&
		    is_newer(&l->entries[i].file, &entry->file, o->generation))
			n++;
	return o->keep == 0 || n < o->keep;
}

int
folder_prune(const struct state *s, const struct folder_prune *o, struct err *e)
{
	struct listing l;
	int rc = open_listing(&l, s->dirfd, e);
	size_t i;

	for (i = 0; i < l.n && rc == 1; i++)
		if (!is_kept(&l, &l.entries[i], o) &&
		    remove_entry(&l, &l.entries[i], o, e) != 0)
			rc = -1;
	close_listing(&l);
	return rc == -1 ? -1 : 0;
}

int
folder_file_path(const struct state *s, const struct folder_file *f,
    struct buf *path, struct err *e)
{
	const struct folder_prune leftovers = { .keep = 0 };
	char name[FOLDER_NAME_SIZE];

	if (f->since == f->generation)
		return err_set(e, ERR_MISSING,
		    "generation %" PRIu64
		    " is what is current: a delta is on top of another one",
		    f->generation);
	if (file_make_dirs(s->dirfd, FOLDER_BUNDLES, e) != 0 ||
	    folder_prune(s, &leftovers, e) != 0)
		return -1;
	buf_printf(path, "%s/" FOLDER_BUNDLES "/%s", s->path,
	    folder_file_name(f, name));
	return 0;
}
