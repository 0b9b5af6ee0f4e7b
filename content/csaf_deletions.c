/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/buf.h"
#include "base/map.h"
#include "content/csaf_deletions.h"
#include "content/listing.h"

struct reader {
	const struct advisory_sink *sink;
	struct buf text;
	struct map ids;
	struct buf id;
};

/* False: the file is no document. */
static bool
make_id(struct span path, struct buf *id)
{
	struct span name = path;
	size_t slash = span_rfind(path, '/');
	size_t i;

	if (!span_has_suffix(path, ".json"))
		return false;
	if (slash < path.len)
		name = span_from(path, slash + 1);
	name.len -= 5;
	if (name.len == 0 || name.len > ADVISORY_ID_MAX)
		return false;
	buf_reset(id);
	for (i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		buf_add_char(id, c == '_' ? ':' : c);
	}
	return true;
}

/* The path's bytes lie in the text, behind the quote that begins the line. */
static int
on_entry(void *ctx, const struct listing_entry *entry, struct err *e)
{
	struct reader *r = ctx;
	struct advisory out = { .withdrawn = true, .modified = entry->time };
	struct span rest;

	if (!make_id(entry->path, &r->id) ||
	    !map_add(&r->ids, buf_span(&r->id), 0, NULL))
		return 0;
	out.id = buf_span(&r->id);
	out.offset = (uint64_t)(entry->path.ptr - 1 - r->text.ptr);
	rest = span_from(buf_span(&r->text), (size_t)out.offset);
	out.raw = span_first(rest, span_find(rest, '\n'));
	return r->sink->advisory(r->sink->ctx, &out, e);
}

static int
read_text(struct stream *in, struct buf *text, struct err *e)
{
	struct span bytes;
	int rc;

	while ((rc = stream_next(in, &bytes, e)) == 1) {
		if (bytes.len > LISTING_SIZE_MAX - text->len)
			return err_set(e, ERR_LIMIT,
			    "longer than %" PRIu64 " bytes", LISTING_SIZE_MAX);
		buf_add_span(text, bytes);
	}
	return rc;
}

/* about stays empty: the file does not say when it was made. */
int
csaf_deletions_read(struct stream *in, const struct advisory_sink *sink,
    struct arena *a, struct advisory_about *about, struct err *e)
{
	struct reader r = { .sink = sink };
	const struct listing_sink entries = { &r, on_entry };
	int rc = read_text(in, &r.text, e);

	(void)a;
	(void)about;
	if (rc == 0)
		rc = listing_read(
		    buf_span(&r.text), LISTING_CSAF_CHANGES, &entries, e);
	map_cleanup(&r.ids);
	buf_cleanup(&r.text);
	buf_cleanup(&r.id);
	return rc;
}
