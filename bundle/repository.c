/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "bundle/refusal.h"
#include "bundle/repository.h"

const char *const repository_roles[] = { "debian", "index", "nvd", "other",
	"redhat", "scap", "suse", "ubuntu", NULL };

#define TIMESTAMP "timestamp.json"
#define SUFFIX ".json"

int
repository_open(struct repository *r, int statefd, bool make, struct err *e)
{
	r->dirfd = -1;
	if (!make && !file_exists(statefd, REPOSITORY_FOLDER))
		return err_set(e, ERR_MISSING,
		    REPOSITORY_FOLDER ": nothing was signed or imported yet");
	return file_open_dir(statefd, REPOSITORY_FOLDER, make, &r->dirfd, e);
}

void
repository_close(struct repository *r)
{
	if (r->dirfd != -1)
		close(r->dirfd);
	r->dirfd = -1;
}

int
repository_read(const struct repository *r, const char *name, uint64_t size_max,
    struct buf *out, struct err *e)
{
	if (r->dirfd == -1)
		return err_set(e, ERR_MISSING, "%s is not there", name);
	return file_read(r->dirfd, name, (size_t)size_max, out, e);
}

/* 1: the file is there and has these bytes; 0: it is not there; -1. */
static int
is_same(const struct repository *r, const char *name, struct span bytes,
    struct err *e)
{
	struct buf old = { 0 };
	struct err why = { .code = ERR_LIMIT };
	int rc;

	if (file_read(r->dirfd, name, bytes.len, &old, &why) == 0)
		rc = span_eq(buf_span(&old), bytes) ? 1 : -1;
	else
		rc = why.code == ERR_MISSING ? 0 : -1;
	if (rc == -1 && why.code != ERR_LIMIT)
		*e = why;
	else if (rc == -1)
		refuse(e, REFUSAL_FORK,
		    REPOSITORY_FOLDER "/%s is there already, with other bytes",
		    name);
	buf_cleanup(&old);
	return rc;
}

int
repository_write(const struct repository *r, const char *name,
    struct span bytes, struct err *e)
{
	int rc = is_same(r, name, bytes, e);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	return file_replace(r->dirfd, name, bytes, e);
}

int
repository_commit(
    const struct repository *r, struct span timestamp, struct err *e)
{
	return file_replace(r->dirfd, TIMESTAMP, timestamp, e);
}

/* "7.redhat.json"; false for any other name. */
static bool
parse_name(struct span name, uint64_t *version, struct span *role)
{
	size_t dot = span_find(name, '.');
	struct span rest = span_from(name, dot + 1);

	if (!parse_uint(span_first(name, dot), UINT64_MAX, version) ||
	    !span_has_suffix(rest, SUFFIX))
		return false;
	*role = span_first(rest, rest.len - strlen(SUFFIX));
	return role->len > 0;
}

bool
repository_is_name(struct span name)
{
	char text[REPOSITORY_NAME_SIZE];
	struct span role;
	uint64_t version;

	if (span_is(name, TIMESTAMP))
		return true;
	/* The one way to write it, and nothing of a path. */
	return parse_name(name, &version, &role) &&
	    role.len <= TUF_ROLE_NAME_MAX && span_find(role, '/') == role.len &&
	    span_is(name, repository_name(version, role, text));
}

struct search {
	struct span role;
	uint64_t highest;
};

static int
note_version(void *ctx, const char *name, struct err *e)
{
	struct search *s = ctx;
	struct span role;
	uint64_t version;

	(void)e;
	if (parse_name(span_of(name), &version, &role) &&
	    span_eq(role, s->role) && version > s->highest)
		s->highest = version;
	return 0;
}

int
repository_last(const struct repository *r, struct span role, uint64_t *version,
    struct err *e)
{
	struct search s = { .role = role };
	int rc = 0;

	if (r->dirfd != -1)
		rc = file_list(r->dirfd, ".", note_version, &s, e);
	*version = s.highest;
	return rc;
}

int
repository_root(const struct repository *r, uint64_t *version, struct err *e)
{
	return repository_last(r, SPAN_LIT("root"), version, e);
}

/* --- cleaning --- */

struct cleaning {
	const struct repository *repository;
	struct repository_version now;
	/* Versions below it that are there: the highest, ascending. */
	uint64_t below[REPOSITORY_KEEP_MAX];
	unsigned n_below;
	unsigned keep;
};

/* Removes a version of the role at hand, whose name it made itself. */
static int
drop(const struct cleaning *c, uint64_t version, struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];

	repository_name(version, c->now.name, name);
	if (unlinkat(c->repository->dirfd, name, 0) != 0 && errno != ENOENT)
		return err_system(e, REPOSITORY_FOLDER "/%s", name);
	return 0;
}

/* Keeps the highest of those below; the lowest goes when there is no room. */
static int
note_below(struct cleaning *c, uint64_t version, struct err *e)
{
	uint64_t gone = version;
	unsigned i;

	if (c->n_below < c->keep) {
		for (i = c->n_below++; i > 0 && c->below[i - 1] > version; i--)
			c->below[i] = c->below[i - 1];
		c->below[i] = version;
		return 0;
	}
	if (c->keep > 0 && version > c->below[0]) {
		gone = c->below[0];
		for (i = 1; i < c->keep && c->below[i] < version; i++)
			c->below[i - 1] = c->below[i];
		c->below[i - 1] = version;
	}
	return drop(c, gone, e);
}

static int
clean_name(void *ctx, const char *name, struct err *e)
{
	struct cleaning *c = ctx;
	struct span role;
	uint64_t version;

	/* What file_replace() was killed in. */
	if (strstr(name, SUFFIX ".new-") != NULL) {
		if (unlinkat(c->repository->dirfd, name, 0) != 0)
			return err_system(e, REPOSITORY_FOLDER "/%s", name);
		return 0;
	}
	if (!parse_name(span_of(name), &version, &role) ||
	    !span_eq(role, c->now.name) || version == c->now.version)
		return 0;
	if (version > c->now.version)
		return drop(c, version, e);
	return note_below(c, version, e);
}

int
repository_clean(const struct repository *r,
    const struct repository_version *now, size_t n, unsigned keep,
    struct err *e)
{
	struct cleaning c = { .repository = r,
		.keep =
		    keep < REPOSITORY_KEEP_MAX ? keep : REPOSITORY_KEEP_MAX };
	size_t i;

	for (i = 0; i < n; i++) {
		if (span_is(now[i].name, "root"))
			continue;
		c.now = now[i];
		c.n_below = 0;
		if (file_list(r->dirfd, ".", clean_name, &c, e) != 0)
			return -1;
	}
	return 0;
}

/* --- names --- */

static bool
is_plain(char c)
{
	return span_is_alpha(c) || span_is_digit(c) ||
	    (c != '\0' && strchr("/._-+~@:", c) != NULL);
}

struct span
repository_target_path(struct span family, struct span path, struct arena *a)
{
	struct buf b = { 0 };
	struct span out;
	size_t i;

	buf_add_span(&b, family);
	buf_add_char(&b, '/');
	for (i = 0; i < path.len; i++)
		if (is_plain(path.ptr[i]))
			buf_add_char(&b, path.ptr[i]);
		else
			buf_printf(&b, "=%02x", (unsigned char)path.ptr[i]);
	out = arena_span(a, buf_span(&b));
	buf_cleanup(&b);
	return out;
}

struct span
repository_mirror_path(struct span target_path, struct arena *a)
{
	struct span in =
	    span_from(target_path, span_find(target_path, '/') + 1);
	char *out = arena_alloc(a, in.len + 1);
	size_t i, n = 0;
	uint8_t byte;

	for (i = 0; i < in.len; i++) {
		if (in.ptr[i] == '=' &&
		    parse_hex(span_first(span_from(in, i + 1), 2), &byte, 1)) {
			out[n++] = (char)byte;
			i += 2;
		} else {
			out[n++] = in.ptr[i];
		}
	}
	return span_make(out, n);
}

const char *
repository_name(
    uint64_t version, struct span role, char text[REPOSITORY_NAME_SIZE])
{
	snprintf(text, REPOSITORY_NAME_SIZE, "%" PRIu64 ".%.*s" SUFFIX, version,
	    SPAN_ARG(role));
	return text;
}
