/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "server/coding.h"
#include "server/coding_impl.h"

static const char *const names[] = { "", "gzip", "zstd" };

const char *
coding_name(enum coding c)
{
	return names[c];
}

static bool
is_text(const char *type)
{
	struct span s = span_of(type);

	s = span_first(s, span_find(s, ';'));
	return span_has_prefix(s, "text/") || span_has_suffix(s, "json") ||
	    span_has_suffix(s, "xml") || span_has_suffix(s, "javascript");
}

bool
coding_fits(const struct response *s)
{
	if (s->verbatim || s->type == NULL || !is_text(s->type))
		return false;
	if (s->body == RESPONSE_TEXT)
		return s->out.buf.len >= CODING_MIN;
	return s->body == RESPONSE_STREAM;
}

/* "0.5" in thousandths; without a weight all of them. */
static unsigned
weight_of(struct span params)
{
	struct span part;
	unsigned n = 0, unit = 100;
	size_t i;

	while (span_next(&params, ';', &part)) {
		part = span_trim(part);
		if (!span_is_nocase(span_first(part, 2), "q="))
			continue;
		part = span_from(part, 2);
		if (part.len == 0 || part.len > 5)
			return 0;
		if (part.ptr[0] == '1')
			return 1000;
		for (i = 2; i < part.len && span_is_digit(part.ptr[i]); i++) {
			n += unit * (unsigned)(part.ptr[i] - '0');
			unit /= 10;
		}
		return n;
	}
	return 1000;
}

enum coding
coding_choose(struct span accept)
{
	unsigned weights[] = { 0, 0, 0 };
	bool is_named[] = { false, false, false };
	unsigned w, any = 0;
	struct span part, name;
	size_t cut, i;

	while (span_next(&accept, ',', &part)) {
		cut = span_find(part, ';');
		name = span_trim(span_first(part, cut));
		w = weight_of(span_from(part, cut + 1));
		if (span_is(name, "*"))
			any = w;
		else if (span_is_nocase(name, "x-gzip"))
			name = SPAN_LIT("gzip");
		for (i = CODING_GZIP; i <= CODING_ZSTD; i++) {
			if (!span_is_nocase(name, names[i]))
				continue;
			weights[i] = w;
			is_named[i] = true;
		}
		if (span_is_nocase(name, "identity")) {
			weights[0] = w;
			is_named[0] = true;
		}
	}
	for (i = CODING_GZIP; i <= CODING_ZSTD; i++)
		if (!is_named[i])
			weights[i] = any;
	i = weights[CODING_ZSTD] >= weights[CODING_GZIP] ? CODING_ZSTD
							 : CODING_GZIP;
	if (weights[i] == 0 || (is_named[0] && weights[0] > weights[i]))
		return CODING_NONE;
	return (enum coding)i;
}

void
coding_text(enum coding c, struct buf *text)
{
	struct coder *coder;
	struct buf out = { 0 };

	if (c == CODING_NONE)
		return;
	coder = coder_new(c);
	coder_add(coder, buf_span(text), true, &out);
	coder_free(coder);
	buf_cleanup(text);
	*text = out;
}

/* --- streams --- */

#define READ_SIZE ((size_t)64 * 1024)

struct coded_stream {
	struct coder *coder;
	int (*read)(
	    void *ctx, char *ptr, size_t size, size_t *n, struct err *e);
	void (*close)(void *ctx);
	void *ctx;
	char *in;
	struct buf out;
	size_t sent;
	bool is_end;
};

static int
fill(struct coded_stream *c, struct err *e)
{
	size_t n = 0;

	buf_reset(&c->out);
	c->sent = 0;
	while (c->out.len == 0 && !c->is_end) {
		if (c->read(c->ctx, c->in, READ_SIZE, &n, e) != 0)
			return -1;
		c->is_end = n == 0;
		coder_add(c->coder, span_make(c->in, n), c->is_end, &c->out);
	}
	return 0;
}

static int
coded_read(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct coded_stream *c = ctx;
	struct span left;

	if (c->sent == c->out.len && fill(c, e) != 0)
		return -1;
	left = span_first(span_from(buf_span(&c->out), c->sent), size);
	if (left.len > 0)
		memcpy(ptr, left.ptr, left.len);
	c->sent += left.len;
	*n = left.len;
	return 0;
}

static void
coded_close(void *ctx)
{
	struct coded_stream *c = ctx;

	if (c->close != NULL)
		c->close(c->ctx);
	coder_free(c->coder);
	buf_cleanup(&c->out);
	free(c->in);
	free(c);
}

void
coding_stream(enum coding c, struct response *s)
{
	struct coded_stream *own;

	if (c == CODING_NONE)
		return;
	own = xcalloc(1, sizeof(*own));
	own->coder = coder_new(c);
	own->read = s->read;
	own->close = s->close;
	own->ctx = s->ctx;
	own->in = xmalloc(READ_SIZE);
	s->read = coded_read;
	s->close = coded_close;
	s->ctx = own;
}
