/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "server/deliver.h"

/* --- what identifies it --- */

static const char *
quoted(struct request *q, struct span etag, enum coding coding)
{
	const char *suffix = coding_name(coding);
	size_t n = strlen(suffix);
	char *p;

	if (etag.len == 0)
		return NULL;
	p = arena_alloc(&q->arena, etag.len + n + 4);
	p[0] = '"';
	memcpy(p + 1, etag.ptr, etag.len);
	if (n > 0) {
		p[etag.len + 1] = '-';
		memcpy(p + etag.len + 2, suffix, n + 1);
		n++;
	}
	p[etag.len + n + 1] = '"';
	return p;
}

static const char *
modified_of(struct request *q, const struct response *s)
{
	char text[CLOCK_TEXT_SIZE];

	if (s->modified.len > 0)
		return arena_str(&q->arena, s->modified);
	if (s->modified_at == 0)
		return NULL;
	return arena_str(
	    &q->arena, span_of(clock_http_text(s->modified_at, text)));
}

static uint64_t
size_of(const struct response *s)
{
	switch (s->body) {
	case RESPONSE_FILE:
		return s->size_bytes;
	case RESPONSE_STREAM:
		return DELIVER_UNKNOWN;
	default:
		return s->out.buf.len;
	}
}

/* --- conditions --- */

bool
deliver_etag_fits(struct span list, const char *etag, bool is_strong)
{
	struct span rest = list;
	struct span own = span_of(etag);
	size_t end;
	bool is_weak;

	/* any, and there is one: also where it has no name */
	if (span_is(span_trim(list), "*"))
		return true;
	for (;;) {
		while (rest.len > 0 &&
		    (rest.ptr[0] == ',' || span_is_space(rest.ptr[0])))
			rest = span_from(rest, 1);
		is_weak = span_has_prefix(rest, "W/");
		if (is_weak)
			rest = span_from(rest, 2);
		if (rest.len < 2 || rest.ptr[0] != '"')
			return false;
		end = span_find(span_from(rest, 1), '"') + 2;
		if (end > rest.len)
			return false;
		if (etag != NULL && !(is_weak && is_strong) &&
		    span_eq(span_first(rest, end), own))
			return true;
		rest = span_from(rest, end);
	}
}

/* -1: one of the two has no date. */
static int
changed_since(struct span header, const char *modified)
{
	struct span own = span_of(modified);
	int64_t since, t;

	if (own.len == 0)
		return -1;
	if (span_eq(header, own))
		return 0;
	if (!deliver_date(header, &since) || !deliver_date(own, &t))
		return -1;
	return t > since;
}

/* RFC 9110 §13.2.2. */
static unsigned
condition(struct request *q, const struct delivery *d)
{
	struct span match = request_list(q, "If-Match");
	struct span none = request_list(q, "If-None-Match");
	struct span since = request_header(q, "If-Unmodified-Since");

	if (match.ptr != NULL) {
		if (!deliver_etag_fits(match, d->etag, true))
			return 412;
	} else if (since.ptr != NULL &&
	    changed_since(since, d->modified) == 1) {
		return 412;
	}
	if (none.ptr != NULL)
		return deliver_etag_fits(none, d->etag, false) ? 304 : 200;
	since = request_header(q, "If-Modified-Since");
	if (since.ptr != NULL && changed_since(since, d->modified) == 0)
		return 304;
	return 200;
}

/* --- ranges --- */

enum range_kind
deliver_range(
    struct span header, uint64_t total, uint64_t *offset, uint64_t *size)
{
	struct span spec, first, last;
	uint64_t from = 0, to = 0;
	size_t cut;

	if (!span_is_nocase(span_first(header, 6), "bytes="))
		return RANGE_NONE;
	spec = span_trim(span_from(header, 6));
	cut = span_find(spec, '-');
	if (cut == spec.len || span_find(spec, ',') != spec.len)
		return RANGE_NONE;
	first = span_first(spec, cut);
	last = span_from(spec, cut + 1);
	if (first.len == 0) {
		if (!parse_uint(last, UINT64_MAX, &to))
			return RANGE_NONE;
		if (to == 0 || total == 0)
			return RANGE_EMPTY;
		*size = to < total ? to : total;
		*offset = total - *size;
		return RANGE_PART;
	}
	if (!parse_uint(first, UINT64_MAX, &from))
		return RANGE_NONE;
	to = UINT64_MAX;
	if (last.len > 0 && (!parse_uint(last, UINT64_MAX, &to) || to < from))
		return RANGE_NONE;
	if (from >= total)
		return RANGE_EMPTY;
	*offset = from;
	*size = (to < total - 1 ? to : total - 1) - from + 1;
	return RANGE_PART;
}

/* A date must be the very same, to be sure of the bytes (RFC 9110 §13.1.5). */
static bool
may_range(const struct request *q, const struct delivery *d)
{
	struct span given = request_header(q, "If-Range");

	if (given.ptr == NULL)
		return true;
	if (given.len > 0 && (given.ptr[0] == '"' || given.ptr[0] == 'W'))
		return d->etag != NULL && span_is(given, d->etag);
	return d->modified != NULL && span_is(given, d->modified);
}

static void
cut_range(const struct request *q, struct delivery *d)
{
	struct span range = request_header(q, "Range");

	if (range.ptr == NULL || q->verb != VERB_GET || !may_range(q, d))
		return;
	switch (deliver_range(range, d->total, &d->offset, &d->size)) {
	case RANGE_PART:
		d->status = 206;
		break;
	case RANGE_EMPTY:
		d->status = 416;
		break;
	default:
		break;
	}
}

void
deliver(struct request *q, const struct response *s, struct delivery *d)
{
	*d = (struct delivery){ .status = s->status, .total = size_of(s) };
	d->size = d->total;
	d->is_varied = coding_fits(s);
	if (d->is_varied)
		d->coding = coding_choose(request_list(q, "Accept-Encoding"));
	d->etag = quoted(q, s->etag, d->coding);
	d->modified = modified_of(q, s);
	if (s->status != 200 || (q->verb != VERB_GET && q->verb != VERB_HEAD))
		return;
	d->has_ranges = s->body != RESPONSE_STREAM &&
	    (s->verbatim || s->body == RESPONSE_FILE);
	d->status = condition(q, d);
	if (d->status == 200 && d->has_ranges)
		cut_range(q, d);
}
