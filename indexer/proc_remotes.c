/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/proc.h"
#include "content/datastream.h"
#include "indexer/answer.h"
#include "indexer/proc_remotes.h"

enum message {
	MESSAGE_REMOTES = 1, /* an error or none, then names and addresses */
};

/* --- reading --- */

struct reading {
	struct arena *arena;
	struct map by_name;
	struct remote *items;
	size_t n;
	size_t cap;
};

/* Where a catalog's entry leads to; empty: into the collection itself. */
static struct span
address(const struct datastream_part *p, const struct datastream_uri *u)
{
	size_t i;

	if (!span_has_prefix(u->uri, "#"))
		return u->uri;
	for (i = 0; i < p->n_refs; i++)
		if (span_eq(p->refs[i].id, span_from(u->uri, 1)))
			return span_has_prefix(p->refs[i].href, "#")
			    ? SPAN_NONE
			    : p->refs[i].href;
	return SPAN_NONE;
}

static int
add(struct reading *r, struct span name, struct span url, struct err *e)
{
	uint32_t i;

	if (!map_add(&r->by_name, name, (uint32_t)r->n, &i)) {
		if (span_eq(r->items[i].url, url))
			return 0;
		return err_set(e, ERR_FORMAT,
		    "\"%.*s\" stands for %.*s and for %.*s",
		    SPAN_ARG(span_first(name, 64)),
		    SPAN_ARG(span_first(r->items[i].url, 80)),
		    SPAN_ARG(span_first(url, 80)));
	}
	if (r->n == REMOTES_MAX)
		return err_set(e, ERR_LIMIT,
		    "more than %u files that lie elsewhere", REMOTES_MAX);
	r->items = xgrow(r->items, &r->cap, r->n + 1, sizeof(*r->items));
	r->items[r->n++] = (struct remote){ arena_span(r->arena, name),
		arena_span(r->arena, url) };
	return 0;
}

static int
on_part(void *ctx, const struct datastream_part *p, struct err *e)
{
	struct reading *r = ctx;
	size_t i;

	for (i = 0; i < p->n_uris; i++) {
		struct span url = address(p, &p->uris[i]);

		if (url.len > 0 && p->uris[i].name.len > 0 &&
		    add(r, p->uris[i].name, url, e) != 0)
			return -1;
	}
	return 0;
}

static int
read_stream(struct stream *in, struct arena *a, struct remote **out, size_t *n,
    struct err *e)
{
	struct reading r = { .arena = a };
	const struct datastream_sink sink = { &r, on_part };
	struct datastream_collection collection;
	size_t i;
	int rc = datastream_read(in, &sink, a, &collection, e);

	if (rc == 0) {
		*out = arena_array(a, r.n, sizeof(**out));
		for (i = 0; i < r.n; i++)
			(*out)[i] = r.items[i];
		*n = r.n;
	}
	map_cleanup(&r.by_name);
	free(r.items);
	return rc;
}

int
remotes_read_span(struct span text, struct arena *a, struct remote **out,
    size_t *n, struct err *e)
{
	struct stream *in = NULL;
	int rc = stream_open_span(&in, text, NULL, e);

	if (rc == 0)
		rc = read_stream(in, a, out, n, e);
	stream_close(in);
	return rc;
}

/* --- the process' own side --- */

/* Matched by take(). */
static int
run(struct ipc *ipc, void *ctx)
{
	struct arena a = { 0 };
	struct stream *in = NULL;
	struct remote *items = NULL;
	struct buf b = { 0 };
	struct err e = { 0 };
	size_t n = 0, i;
	int rc;

	if (stream_open_fd(&in, *(const int *)ctx, NULL, &e) == 0)
		read_stream(in, &a, &items, &n, &e);
	answer_pack_err(&b, &e);
	pack_uint(&b, n);
	for (i = 0; i < n; i++) {
		pack_span(&b, items[i].name);
		pack_span(&b, items[i].url);
	}
	rc = ipc_send(ipc, MESSAGE_REMOTES, buf_span(&b), -1, &e);
	stream_close(in);
	buf_cleanup(&b);
	arena_cleanup(&a);
	return rc == 0 ? 0 : 1;
}

/* --- the main process' side --- */

static int
take(struct span payload, struct arena *a, struct remote **out, size_t *n,
    struct err *e)
{
	struct unpack u = unpack_of(payload);
	struct err told = { 0 };
	size_t i;

	answer_unpack_err(&u, &told);
	*n = unpack_count(&u);
	*out = arena_array(a, *n, sizeof(**out));
	for (i = 0; i < *n; i++) {
		(*out)[i].name = arena_span(a, unpack_span(&u));
		(*out)[i].url = arena_span(a, unpack_span(&u));
	}
	if (!unpack_done(&u))
		return err_set(
		    e, ERR_SYSTEM, "the verify process makes no sense");
	if (told.code != ERR_NONE) {
		*e = told;
		return -1;
	}
	return 0;
}

int
remotes_read(
    int fd, struct arena *a, struct remote **out, size_t *n, struct err *e)
{
	struct proc_start start = {
		.role = ROLE_VERIFY,
		.run = run,
		.ctx = &fd,
		.bare = true,
		.keep = &fd,
		.n_keep = 1,
	};
	struct ipc_message m = { .fd = -1 };
	struct proc p = { .ipc = { -1 } };
	int rc = -1;

	if (proc_spawn(&p, &start, e) != 0)
		return -1;
	if (ipc_recv(&p.ipc, &m, e) == 1)
		rc = take(m.payload, a, out, n, e);
	else if (proc_wait(&p, e) == 0)
		err_set(e, ERR_SYSTEM, "the verify process ended too early");
	if (rc == 0)
		rc = proc_wait(&p, e);
	proc_kill(&p);
	ipc_message_cleanup(&m);
	return rc;
}
