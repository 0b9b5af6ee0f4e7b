/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "server/httpd_impl.h"

/* Fields that say how the body is framed, and how often each stands there. */
struct framing {
	unsigned n_host;
	unsigned n_length;
	unsigned n_encoding;
	struct span host;
	struct span length;
	struct span encoding;
	struct span expect;
};

/* --- the fields --- */

/* A token (RFC 9110 §5.6.2): a name with a blank in it hides another field. */
static bool
is_token(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!span_is_alpha(c) && !span_is_digit(c) &&
		    (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	}
	return s.len > 0;
}

static bool
is_value(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

/*
 * The library cuts the head into strings where it lies and drops what stands
 * behind a NUL; a field that goes on in another line it moves elsewhere. Both
 * would hide bytes that another reader sees (RFC 9112 §5.2): the pieces must
 * lie one behind the other with nothing but ends of lines and blanks between.
 */
static bool
is_next(const char *end, const char *next)
{
	uintptr_t gap = (uintptr_t)next - (uintptr_t)end;

	if (gap > HTTPD_HEAD_MAX)
		return false;
	for (; end < next; end++)
		if (*end != '\0' && !span_is_space(*end))
			return false;
	return true;
}

struct fields {
	struct connection *c;
	size_t cap;
	const char *end; /* of what was read */
	bool is_bad;
};

static enum MHD_Result
add_field(void *ctx, enum MHD_ValueKind kind, const char *name,
    size_t name_size, const char *value, size_t value_size)
{
	struct fields *f = ctx;
	struct request *q = &f->c->q;
	struct request_param *p;

	(void)kind;
	if (q->n_headers == f->cap)
		return MHD_NO;
	if (value == NULL || !is_next(f->end, name) ||
	    !is_next(name + name_size, value))
		f->is_bad = true;
	f->end = value == NULL ? name + name_size : value + value_size;
	p = &q->headers[q->n_headers++];
	p->name = span_make(name, name_size);
	p->value = span_trim(
	    value == NULL ? SPAN_LIT("") : span_make(value, value_size));
	if (!is_token(p->name) || !is_value(p->value))
		f->is_bad = true;
	return MHD_YES;
}

/* line is the head's first byte, end that behind the request line's version. */
static unsigned
read_fields(struct connection *c, const char *line, const char *end)
{
	struct request *q = &c->q;
	const union MHD_ConnectionInfo *info =
	    libmicrohttpd.get_connection_info(
		c->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	int n = libmicrohttpd.get_connection_values_n(
	    c->mhd, MHD_HEADER_KIND, NULL, NULL);
	struct fields f = { .c = c, .end = end };

	if (n < 0 || (unsigned)n > HTTPD_HEADERS_MAX ||
	    (info != NULL && info->header_size > HTTPD_HEAD_MAX)) {
		problem(&c->s, 431, "head-too-large",
		    "a request's head has at most %u fields and %zu bytes",
		    HTTPD_HEADERS_MAX, HTTPD_HEAD_MAX);
		return 431;
	}
	f.cap = (size_t)n;
	q->headers = arena_array(&q->arena, f.cap + 1, sizeof(*q->headers));
	libmicrohttpd.get_connection_values_n(
	    c->mhd, MHD_HEADER_KIND, add_field, &f);
	if (info != NULL && !is_next(f.end, line + info->header_size))
		f.is_bad = true;
	if (!f.is_bad)
		return 0;
	problem(&c->s, 400, "bad-head",
	    "a field of the request's head has a name or value that HTTP does "
	    "not allow");
	return 400;
}

/* --- how the request is framed --- */

static void
look(const struct request *q, struct framing *f)
{
	size_t i;

	for (i = 0; i < q->n_headers; i++) {
		const struct request_param *p = &q->headers[i];

		switch (p->name.len) {
		case 4:
			if (span_is_nocase(p->name, "Host")) {
				f->n_host++;
				f->host = p->value;
			}
			break;
		case 6:
			if (span_is_nocase(p->name, "Expect"))
				f->expect = p->value;
			break;
		case 14:
			if (span_is_nocase(p->name, "Content-Length")) {
				f->n_length++;
				f->length = p->value;
			}
			break;
		case 17:
			if (span_is_nocase(p->name, "Transfer-Encoding")) {
				f->n_encoding++;
				f->encoding = p->value;
			}
			break;
		default:
			break;
		}
	}
}

static bool
is_host(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!span_is_alpha(c) && !span_is_digit(c) &&
		    (c == '\0' || strchr("-._~:[]%", c) == NULL))
			return false;
	}
	return true;
}

static unsigned
bad_framing(struct connection *c, const char *why)
{
	problem(&c->s, 400, "bad-head", "%s", why);
	return 400;
}

/*
 * Two readers must never see two different ends of a request (RFC 9112 §6.3,
 * §11.2): what could be read in two ways is refused, and its connection ends.
 */
static unsigned
check_framing(struct connection *c, const struct framing *f)
{
	uint64_t size = 0;

	if (f->n_encoding > 0 && f->n_length > 0)
		return bad_framing(c,
		    "the request has both Content-Length and "
		    "Transfer-Encoding");
	if (f->n_encoding > 1 || f->n_length > 1)
		return bad_framing(c,
		    "the request has more than one Content-Length or "
		    "Transfer-Encoding");
	if (f->n_encoding > 0 && c->is_http_1_0)
		return bad_framing(c, "HTTP/1.0 knows no Transfer-Encoding");
	if (f->n_encoding > 0 && !span_is_nocase(f->encoding, "chunked")) {
		problem(&c->s, 501, "transfer-encoding",
		    "the server knows no transfer encoding but \"chunked\"");
		return 501;
	}
	if (f->n_length > 0 && !parse_uint(f->length, UINT64_MAX, &size))
		return bad_framing(c, "Content-Length is no number");
	c->has_body = f->n_encoding > 0 || size > 0;
	c->q.body_size = size;
	if (f->expect.len > 0 && !c->is_http_1_0 &&
	    !span_is_nocase(f->expect, "100-continue")) {
		problem(&c->s, 417, "expectation",
		    "the server knows no expectation but \"100-continue\"");
		return 417;
	}
	return 0;
}

/* Exactly one, unless the client is of 1990 (RFC 9112 §3.2). */
static unsigned
check_host(struct connection *c, const struct framing *f)
{
	if (f->n_host > 1 || (f->n_host == 0 && !c->is_http_1_0))
		return bad_framing(c, "the request has not exactly one Host");
	if (!is_host(f->host))
		return bad_framing(c, "Host is no name of a host");
	if (c->q.host.len == 0)
		c->q.host = f->host;
	return is_host(c->q.host) ? 0
				  : bad_framing(c, "that is no name of a host");
}

static void
read_body_type(struct request *q)
{
	struct span type = request_header(q, "Content-Type");

	type = span_trim(span_first(type, span_find(type, ';')));
	q->body_type = arena_lower(&q->arena, type);
}

static unsigned
read_target(struct connection *c)
{
	struct err e = { 0 };

	if (c->q.verb == VERB_NONE) {
		/* CONNECT's is none of ours; it is refused for its method */
		c->q.path = SPAN_LIT("/");
		return 0;
	}
	if (request_parse_target(&c->q, c->q.target, &e) == 0)
		return 0;
	if (c->q.target.len > REQUEST_TARGET_MAX) {
		problem(&c->s, 414, "address-too-long", "%s", e.msg);
		return 414;
	}
	problem(&c->s, 400, "bad-address", "%s", e.msg);
	return 400;
}

unsigned
httpd_read_head(struct connection *c, const char *url, const char *method,
    const char *version)
{
	struct framing f = { 0 };
	unsigned status;

	c->q.verb = verb_parse(span_of(method));
	c->is_http_1_0 = strcmp(version, "HTTP/1.0") == 0;
	if (version != url + c->q.target.len + 1)
		return bad_framing(c, "the request's address has a NUL");
	status = read_fields(c, method, version + strlen(version));
	if (status != 0)
		return status;
	look(&c->q, &f);
	status = check_framing(c, &f);
	if (status == 0)
		status = read_target(c);
	if (status == 0)
		status = check_host(c, &f);
	if (status == 0 && c->has_body)
		read_body_type(&c->q);
	return status;
}
