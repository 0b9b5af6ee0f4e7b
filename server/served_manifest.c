/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PULP_MANIFEST under its own path names just what is here. Upstream's names
 * streams that are not mirrored, and newer bytes than those of a document that
 * is held or was rolled back; a client fails with the first of them. Upstream's
 * own bytes are under /content/ and /mirror/.
 */
#include "indexer/upstream.h"
#include "server/served.h"

#define STREAM_SUFFIX ".oval.xml.bz2"

/* folder: "<host>/<path>/"; paths in it are relative to it. */
static void
write_manifest(struct out *o, const struct view *v, struct span folder)
{
	char hex[DIGEST_HEX_SIZE];
	size_t i;

	for (i = 0; i < v->n_files; i++) {
		const struct view_file *f = &v->files[i];

		if (!span_eq(span_first(f->path, folder.len), folder) ||
		    !span_has_suffix(f->path, STREAM_SUFFIX))
			continue;
		out_printf(o, "%.*s,%s,%llu\n",
		    SPAN_ARG(span_from(f->path, folder.len)),
		    digest_hex(&f->sha256, hex),
		    (unsigned long long)f->size_bytes);
	}
}

int
served_pulp_manifest(struct request *q, struct response *s, struct err *e)
{
	const struct view_file *f =
	    view_find_tail(q->view, upstream_tail(q->path, &q->arena));
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	(void)e;
	if (f == NULL)
		return served_missing(q, s);
	write_manifest(&s->out, q->view,
	    span_first(f->path, span_rfind(f->path, '/') + 1));
	/* An empty one would have a client drop all that it has. */
	if (s->out.buf.len == 0)
		return served_missing(q, s);
	digest_of(buf_span(&s->out.buf), &d);
	s->etag = arena_span(&q->arena, span_of(digest_hex(&d, hex)));
	s->type = "text/plain";
	return 0;
}
