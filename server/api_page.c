/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "server/api_impl.h"

/* --- which parameters --- */

static bool
is_among(const char *const *names, struct span name)
{
	for (; *names != NULL; names++)
		if (span_is(name, *names))
			return true;
	return false;
}

/* "as_of" and "as-of" are one: what is asked for twice is not chosen from. */
static bool
is_same(struct span a, struct span b)
{
	size_t i;

	for (i = 0; i < a.len && i < b.len; i++)
		if (a.ptr[i] != b.ptr[i] &&
		    (strchr("-_", a.ptr[i]) == NULL ||
			strchr("-_", b.ptr[i]) == NULL))
			return false;
	return a.len == b.len;
}

static bool
is_repeated(const struct request *q, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (is_same(q->params[k].name, q->params[i].name))
			return true;
	return false;
}

int
api_params(
    const struct request *q, struct response *s, const char *const *names)
{
	size_t i;

	for (i = 0; i < q->n_params; i++) {
		struct span name = span_first(q->params[i].name, 100);

		if (!is_among(names, q->params[i].name))
			problem(s, 400, "unknown-parameter",
			    "there is no parameter %.*s here: see "
			    "/v1/openapi.json",
			    SPAN_ARG(name));
		else if (q->params[i].value.len == 0)
			problem(s, 400, "bad-parameter",
			    "%.*s has no value: leave it out, or say which",
			    SPAN_ARG(name));
		else if (is_repeated(q, i))
			problem(s, 400, "bad-parameter",
			    "%.*s is said more than once", SPAN_ARG(name));
		else
			continue;
		return 0;
	}
	return 1;
}

const char *
api_text(struct request *q, const char *name)
{
	struct span value = request_param(q, name);

	return value.len == 0 ? NULL : arena_str(&q->arena, value);
}

int
api_page_of(const struct request *q, struct response *s, uint64_t max,
    struct api_page *out)
{
	*out = (struct api_page){ .limit = API_LIMIT };
	if (!request_uint(q, "limit", max, &out->limit) || out->limit == 0) {
		problem(s, 400, "bad-parameter",
		    "limit is a number from 1 to %" PRIu64, max);
		return 0;
	}
	if (!request_uint(q, "offset", INT64_MAX / 2, &out->offset)) {
		problem(s, 400, "bad-parameter", "offset is a number");
		return 0;
	}
	return 1;
}

/* --- links --- */

static bool
is_plain(char c)
{
	return span_is_alpha(c) || span_is_digit(c) || c == '-' || c == '.' ||
	    c == '_' || c == '~';
}

/* As a query has it, RFC 3986 §2.1. */
static void
add_encoded(struct buf *b, struct span text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (is_plain(text.ptr[i]))
			buf_add_char(b, text.ptr[i]);
		else
			buf_printf(b, "%%%02X", (unsigned char)text.ptr[i]);
}

struct span
api_raw_path(const struct request *q)
{
	return span_first(q->target, span_find(q->target, '?'));
}

/* The same question of that generation, from a record on. */
struct page_link {
	const struct request *q;
	uint64_t generation; /* 0: nothing is published */
};

static void
add_link(struct buf *b, const struct page_link *l, uint64_t offset,
    const char *relation)
{
	static const char *const own[] = { "offset", "as_of", "as-of",
		"generation", NULL };
	const struct request *q = l->q;
	size_t i;

	if (b->len > 0)
		buf_add_str(b, ", ");
	buf_printf(b, "<%.*s?", SPAN_ARG(api_raw_path(q)));
	for (i = 0; i < q->n_params; i++) {
		if (is_among(own, q->params[i].name))
			continue;
		add_encoded(b, q->params[i].name);
		buf_add_char(b, '=');
		add_encoded(b, q->params[i].value);
		buf_add_char(b, '&');
	}
	if (l->generation > 0)
		buf_printf(b, "generation=%" PRIu64 "&", l->generation);
	buf_printf(b, "offset=%" PRIu64 ">; rel=\"%s\"", offset, relation);
}

void
api_page_links(struct request *q, struct response *s,
    const struct api_page *page, uint64_t n, uint64_t generation)
{
	const struct page_link l = { q, generation };
	uint64_t last = n == 0 ? 0 : (n - 1) / page->limit * page->limit;
	struct buf b = { 0 };

	add_link(&b, &l, 0, "first");
	if (page->offset > 0)
		add_link(&b, &l,
		    page->offset < page->limit ? 0 : page->offset - page->limit,
		    "prev");
	if (page->offset < n && n - page->offset > page->limit)
		add_link(&b, &l, page->offset + page->limit, "next");
	add_link(&b, &l, last, "last");
	response_header(s, "Link", arena_span(&q->arena, buf_span(&b)));
	buf_cleanup(&b);
}
