/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/incoming.h"
#include "base/mem.h"

struct part {
	char *name; /* without its suffix */
	int64_t modified;
};

struct cleaning {
	int dirfd; /* incoming/ */
	int64_t now;
	struct part *parts;
	size_t n;
	size_t cap;
};

/* The time of its last byte; false if there is no such file. */
static bool
modified(const struct cleaning *c, struct span name, const char *suffix,
    int64_t *out)
{
	struct buf path = { 0 };
	struct stat st = { 0 };
	bool is_file;

	buf_add_span(&path, name);
	buf_add_str(&path, suffix);
	is_file =
	    fstatat(c->dirfd, buf_str(&path), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode);
	*out = (int64_t)st.st_mtime;
	buf_cleanup(&path);
	return is_file;
}

static int
note_part(void *ctx, const char *file, struct err *e)
{
	struct cleaning *c = ctx;
	struct span name = span_of(file);
	int64_t when, ignored;

	(void)e;
	if (!span_has_suffix(name, INCOMING_PART))
		return 0;
	name.len -= strlen(INCOMING_PART);
	if (!modified(c, name, INCOMING_PART, &when) ||
	    !modified(c, name, INCOMING_FROM, &ignored) ||
	    c->now - when > INCOMING_PART_AGE_MAX_S)
		return 0;
	c->parts = xgrow(c->parts, &c->cap, c->n + 1, sizeof(*c->parts));
	c->parts[c->n].modified = when;
	c->parts[c->n++].name = xstrdup(file);
	c->parts[c->n - 1].name[name.len] = '\0';
	return 0;
}

static int
youngest_first(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->modified != y->modified)
		return x->modified < y->modified ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* Of a bundle whose import was cut off: as old as parts may be. */
static bool
is_of_bundle(const struct cleaning *c, struct span file)
{
	struct span name = span_from(file, strlen(INCOMING_BUNDLE));
	struct digest ignored;
	int64_t when;

	return span_has_prefix(file, INCOMING_BUNDLE) &&
	    digest_parse(span_first(name, span_find(name, '.')), &ignored) &&
	    digest_parse(span_from(name, span_find(name, '.') + 1), &ignored) &&
	    modified(c, file, "", &when) &&
	    c->now - when <= INCOMING_PART_AGE_MAX_S;
}

static bool
is_kept(const struct cleaning *c, struct span file)
{
	size_t i;

	if (is_of_bundle(c, file))
		return true;
	if (!span_has_suffix(file, INCOMING_PART) &&
	    !span_has_suffix(file, INCOMING_FROM))
		return false;
	file.len -= strlen(INCOMING_PART);
	for (i = 0; i < c->n && i < INCOMING_PARTS_MAX; i++)
		if (span_is(file, c->parts[i].name))
			return true;
	return false;
}

static int
remove_other(void *ctx, const char *file, struct err *e)
{
	const struct cleaning *c = ctx;

	if (is_kept(c, span_of(file)))
		return 0;
	return file_remove_tree(c->dirfd, file, e);
}

int
incoming_clean(int statefd, int64_t now, struct err *e)
{
	struct cleaning c = { .now = now };
	size_t i;
	int rc;

	if (file_open_dir(statefd, "incoming", true, &c.dirfd, e) != 0)
		return -1;
	rc = file_list(c.dirfd, ".", note_part, &c, e);
	if (c.n > 0)
		qsort(c.parts, c.n, sizeof(*c.parts), youngest_first);
	if (rc == 0)
		rc = file_list(c.dirfd, ".", remove_other, &c, e);
	for (i = 0; i < c.n; i++)
		free(c.parts[i].name);
	free(c.parts);
	close(c.dirfd);
	return rc == 0 ? 0 : err_context(e, "incoming");
}
