/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One document of a CSAF tree. What changed since the archive is a file of its
 * own; all others are in the archive, and come out of the index, which keeps
 * each record's bytes. Who follows changes.csv asks for any of them, and gives
 * up where one is not there (DISTRIBUTION §3).
 */
#include <string.h>

#include "indexer/lookup.h"
#include "server/served.h"
#include "server/worker.h"

/* Has the document's file, "<host>/<folder>/<name>", this folder? */
static bool
stands_in(const struct document *d, struct span folder)
{
	struct span tail = span_from(d->path, span_find(d->path, '/'));

	return span_eq(span_first(tail, span_rfind(tail, '/')), folder);
}

/* The archive of the tree: the folder's one document of advisories. */
static const struct document *
find_archive(const struct index_reader *r, struct span folder)
{
	size_t i, k;

	for (i = 0; i < r->n_families; i++)
		for (k = 0; k < r->families[i].n_documents; k++) {
			const struct document *d = &r->families[i].documents[k];

			if (span_is(d->format, "csaf") && stands_in(d, folder))
				return d;
		}
	return NULL;
}

/*
 * "cve-2024-6387.json" is of CVE-2024-6387, "rhsa-2024_4312.json" of
 * RHSA-2024:4312 (CSAF 2.0 §5.1); empty: it is no such name.
 */
static struct span
id_of(struct request *q, struct span year, struct span name)
{
	struct span id = span_first(name, name.len - strlen(".json"));
	char *text;
	size_t i;

	if (!span_has_suffix(name, ".json"))
		return SPAN_NONE;
	for (i = 0; i < id.len; i++)
		if (!span_is_digit(id.ptr[i]) && !span_is_lower(id.ptr[i]) &&
		    id.ptr[i] != '-' && id.ptr[i] != '_')
			return SPAN_NONE;
	text = arena_str(&q->arena, id);
	for (i = 0; i < id.len; i++)
		if (text[i] == '_')
			text[i] = ':';
	i = span_find(id, '-');
	return span_eq(span_first(span_from(id, i + 1), year.len), year)
	    ? span_make(text, id.len)
	    : SPAN_NONE;
}

static void
finish(struct request *q, struct response *s, const struct document *d)
{
	const struct view_file *f = view_find(q->view, d->path);
	char hex[DIGEST_HEX_SIZE];
	struct digest digest;

	digest_of(buf_span(&s->out.buf), &digest);
	s->type = "application/json";
	s->etag = arena_span(&q->arena, span_of(digest_hex(&digest, hex)));
	s->verbatim = true;
	if (f != NULL)
		served_modified(s, f);
}

static int
answer(struct request *q, struct response *s, struct span id, struct err *e)
{
	struct span folder = span_first(
	    q->path, q->path.len - q->captures[1].len - q->captures[2].len - 2);
	struct lookup l = {
		.out = &s->out, .raw = true, .kind = LOOKUP_ADVISORY
	};
	const struct document *d;
	uint64_t n = 0;

	if (worker_index(q, &l.index, e) != 0)
		return -1;
	d = find_archive(l.index, folder);
	if (d == NULL)
		return served_missing(q, s);
	l.document = arena_str(&q->arena, d->name);
	if (lookup_show(&l, id, &n, e) != 0)
		return -1;
	if (s->out.buf.len == 0)
		return served_missing(q, s);
	finish(q, s, d);
	return 0;
}

int
served_record(struct request *q, struct response *s, struct err *e)
{
	struct span id = id_of(q, q->captures[1], q->captures[2]);

	if (id.len == 0 || view_find_tail(q->view, q->path) != NULL)
		return served_answer(q, s, q->path, view_find_tail, e);
	return answer(q, s, id, e);
}
