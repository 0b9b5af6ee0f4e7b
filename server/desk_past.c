/* SPDX-License-Identifier: Apache-2.0 */
/* Generations before the one of now: where they are, what changed since. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/pack.h"
#include "indexer/as_of.h"
#include "indexer/generation.h"
#include "indexer/proc_lookup.h"
#include "server/desk_catalog.h"

/* Twin: server/api_index.c */
int
desk_answer_as_of(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct unpack u = unpack_of(question);
	struct span text = unpack_span(&u);
	bool may_make = unpack_max(&u, 1) != 0;
	struct as_of_when when;
	struct as_of found;

	(void)fd;
	*answer_fd = -1;
	if (!unpack_done(&u) || !as_of_parse(text, &when))
		return err_set(e, ERR_FORMAT, "that is no time");
	if ((may_make ? as_of_open(&d->state, &when, &found, e)
		      : as_of_find(&d->state, &when, &found, e)) != 0)
		return -1;
	pack_uint(&out->buf, found.generation);
	pack_int(&out->buf, found.made);
	pack_span(&out->buf, span_of(found.below));
	return 0;
}

/* --- changes --- */

struct changes_question {
	struct changes changes;
	struct as_of_when since;
	struct as_of_when until; /* generation 0: the current one */
	bool may_make;
	char document[256];
};

static int
read_question(struct changes_question *c, struct span question, struct err *e)
{
	struct unpack u = unpack_of(question);
	struct span since = unpack_span(&u);
	struct span document = unpack_span(&u);

	*c = (struct changes_question){ .changes.as_json = true };
	c->changes.offset = unpack_uint(&u);
	c->changes.limit = unpack_uint(&u);
	c->until.generation = unpack_uint(&u);
	c->may_make = unpack_max(&u, 1) != 0;
	if (!unpack_done(&u) || !as_of_parse(since, &c->since) ||
	    document.len >= sizeof(c->document))
		return err_set(e, ERR_FORMAT, "that asks for no changes");
	snprintf(c->document, sizeof(c->document), "%.*s", SPAN_ARG(document));
	if (document.len > 0)
		c->changes.document = c->document;
	return 0;
}

static int
open_both(const struct state *s, const struct changes_question *c,
    struct as_of *since, struct as_of *now, struct err *e)
{
	struct as_of_when until = c->until;

	if (until.generation == 0 &&
	    generation_current(s->dirfd, &until.generation, e) != 0)
		return -1;
	if (until.generation == 0)
		return err_set(e, ERR_MISSING, "nothing is published yet");
	if (!c->may_make)
		return as_of_find(s, &until, now, e) != 0
		    ? -1
		    : as_of_find(s, &c->since, since, e);
	return as_of_open(s, &until, now, e) != 0
	    ? -1
	    : as_of_open(s, &c->since, since, e);
}

static void
folder_of(const struct state *s, const struct as_of *g, struct buf *path,
    struct change_generation *out)
{
	buf_printf(path, "%s/%s", s->path, g->below);
	*out =
	    (struct change_generation){ buf_str(path), g->generation, g->made };
}

/* The list may be long: it is handed over as a file. */
static int
write_changes(const struct state *s, const struct changes *c, struct out *out,
    int *answer_fd, struct err *e)
{
	struct lookup_request r = { .state = s, .changes = c };
	uint64_t n = 0;

	r.fd = memfd_create("changes", MFD_CLOEXEC);
	if (r.fd == -1)
		return err_system(e, "a file in memory");
	if (proc_lookup(&r, &n, e) != 0) {
		close(r.fd);
		return -1;
	}
	pack_uint(&out->buf, c->now.number);
	pack_int(&out->buf, c->now.made);
	pack_uint(&out->buf, n);
	*answer_fd = r.fd;
	return 0;
}

/* Twin: server/api_changes.c */
int
desk_answer_changes(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct buf since_path = { 0 }, now_path = { 0 };
	struct changes_question c;
	struct as_of since, now;
	int rc = -1;

	(void)fd;
	if (read_question(&c, question, e) != 0 ||
	    open_both(&d->state, &c, &since, &now, e) != 0)
		goto out;
	folder_of(&d->state, &since, &since_path, &c.changes.since);
	folder_of(&d->state, &now, &now_path, &c.changes.now);
	rc = write_changes(&d->state, &c.changes, out, answer_fd, e);
out:
	buf_cleanup(&since_path);
	buf_cleanup(&now_path);
	return rc;
}
