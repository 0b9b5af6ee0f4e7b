/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>

#include "base/http_head.h"

bool
content_range_parse(struct span text, struct content_range *out)
{
	struct content_range r = { 0 };
	struct span unit, first, rest = span_trim(text);

	if (!span_next(&rest, ' ', &unit) || !span_is_nocase(unit, "bytes") ||
	    !span_next(&rest, '/', &unit))
		return false;
	if (!span_is(rest, "*") && !parse_uint(rest, INT64_MAX, &r.total))
		return false;
	if (span_is(unit, "*")) {
		*out = r;
		return !span_is(rest, "*");
	}
	r.has_bytes = true;
	if (!span_next(&unit, '-', &first) ||
	    !parse_uint(first, INT64_MAX, &r.first) ||
	    !parse_uint(unit, INT64_MAX, &r.last) || r.last < r.first)
		return false;
	if (!span_is(rest, "*") && r.last >= r.total)
		return false;
	*out = r;
	return true;
}

/* --- challenges --- */

struct reader {
	struct span rest;
	struct arena *arena;
	struct http_challenge now; /* the one that is being read */
};

static bool
is_token_char(char c)
{
	return span_is_alpha(c) || span_is_digit(c) ||
	    (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static struct span
read_token(struct span *rest)
{
	size_t n = 0;
	struct span token;

	while (n < rest->len && is_token_char(rest->ptr[n]))
		n++;
	token = span_first(*rest, n);
	*rest = span_from(*rest, n);
	return token;
}

static void
skip_blanks(struct span *rest)
{
	while (rest->len > 0 && (*rest->ptr == ' ' || *rest->ptr == '\t'))
		*rest = span_from(*rest, 1);
}

/* Behind its opening quote; false if it does not end or is no text. */
static bool
read_quoted(struct span *rest, struct buf *out)
{
	while (rest->len > 0) {
		char c = *rest->ptr;

		*rest = span_from(*rest, 1);
		if (c == '"')
			return true;
		if (c == '\\' && rest->len > 0) {
			c = *rest->ptr;
			*rest = span_from(*rest, 1);
		}
		if ((unsigned char)c < ' ' || c == '\x7f' ||
		    out->len == HTTP_CHALLENGE_VALUE_MAX)
			return false;
		buf_add_char(out, c);
	}
	return false;
}

static bool
read_value(struct reader *r, struct buf *out)
{
	skip_blanks(&r->rest);
	if (r->rest.len > 0 && *r->rest.ptr == '"') {
		r->rest = span_from(r->rest, 1);
		return read_quoted(&r->rest, out);
	}
	buf_add_span(out, read_token(&r->rest));
	return out->len > 0 && out->len <= HTTP_CHALLENGE_VALUE_MAX;
}

/* Behind its "="; what is repeated counts once. */
static void
read_parameter(struct reader *r, struct span name)
{
	const struct {
		const char *name;
		struct span *value;
	} known[] = { { "realm", &r->now.realm },
		{ "service", &r->now.service }, { "scope", &r->now.scope } };
	struct buf value = { 0 };
	size_t i;

	if (read_value(r, &value))
		for (i = 0; i < sizeof(known) / sizeof(*known); i++)
			if (span_is_nocase(name, known[i].name) &&
			    known[i].value->ptr == NULL)
				*known[i].value =
				    arena_span(r->arena, buf_span(&value));
	buf_cleanup(&value);
}

static void
begin_challenge(struct reader *r, struct span scheme)
{
	r->now = (struct http_challenge){ .scheme = HTTP_SCHEME_NONE };
	if (span_is_nocase(scheme, "basic"))
		r->now.scheme = HTTP_SCHEME_BASIC;
	else if (span_is_nocase(scheme, "bearer"))
		r->now.scheme = HTTP_SCHEME_BEARER;
}

static void
end_challenge(const struct reader *r, struct http_challenge *out)
{
	if (r->now.scheme == HTTP_SCHEME_BEARER && r->now.realm.len == 0)
		return;
	if (r->now.scheme > out->scheme)
		*out = r->now;
}

void
http_challenge_parse(
    struct span text, struct arena *a, struct http_challenge *out)
{
	struct reader r = { .rest = span_first(text, HTTP_CHALLENGE_MAX),
		.arena = a };
	struct span token;

	while (r.rest.len > 0) {
		token = read_token(&r.rest);
		if (token.len == 0) { /* a comma, or what is no challenge */
			r.rest = span_from(r.rest, 1);
			continue;
		}
		skip_blanks(&r.rest);
		if (r.rest.len > 0 && *r.rest.ptr == '=') {
			r.rest = span_from(r.rest, 1);
			read_parameter(&r, token);
		} else {
			end_challenge(&r, out);
			begin_challenge(&r, token);
		}
	}
	end_challenge(&r, out);
}

/* --- URLs --- */

static size_t
host_at(struct span url)
{
	size_t colon = span_find(url, ':');

	return span_has_prefix(span_from(url, colon), "://") ? colon + 3 : 0;
}

struct span
http_origin(struct span url)
{
	size_t n = host_at(url);

	while (n < url.len && strchr("/?#", url.ptr[n]) == NULL)
		n++;
	return span_first(url, n);
}

struct span
http_host(struct span url)
{
	return span_from(http_origin(url), host_at(url));
}

bool
http_is_plain(struct span url)
{
	return !span_is_nocase(span_first(url, 6), "https:");
}

/* "host" of "host:443" under https. */
static struct span
without_default_port(struct span url)
{
	struct span host = http_host(url);
	const char *port = http_is_plain(url) ? ":80" : ":443";

	if (span_has_suffix(host, port))
		host.len -= strlen(port);
	return host;
}

static bool
is_nocase(struct span a, struct span b)
{
	size_t i;

	for (i = 0; a.len == b.len && i < a.len; i++)
		if (tolower((unsigned char)a.ptr[i]) !=
		    tolower((unsigned char)b.ptr[i]))
			return false;
	return a.len == b.len;
}

bool
http_is_same_origin(struct span a, struct span b)
{
	return is_nocase(span_first(a, span_find(a, ':')),
		   span_first(b, span_find(b, ':'))) &&
	    is_nocase(without_default_port(a), without_default_port(b));
}

/* scheme ":" */
static bool
has_scheme(struct span s)
{
	size_t i;

	for (i = 0; i < s.len && s.ptr[i] != ':'; i++)
		if (!span_is_alpha(s.ptr[i]) &&
		    (i == 0 ||
			(!span_is_digit(s.ptr[i]) &&
			    strchr("+-.", s.ptr[i]) == NULL)))
			return false;
	return i > 0 && i < s.len;
}

/* Of the URL, what a reference of that kind keeps. */
static struct span
kept_of(struct span base, struct span reference)
{
	struct span path = span_first(base, span_find(base, '#'));
	size_t origin = http_origin(base).len;

	if (has_scheme(reference))
		return SPAN_NONE;
	if (span_has_prefix(reference, "//"))
		return span_first(base, span_find(base, ':') + 1);
	if (span_has_prefix(reference, "/"))
		return span_first(base, origin);
	path = span_first(path, span_find(path, '?'));
	if (span_has_prefix(reference, "?"))
		return path;
	return span_first(
	    path, origin + 1 + span_rfind(span_from(path, origin), '/'));
}

bool
http_resolve(struct span base, struct span reference, struct buf *out)
{
	struct span ref = span_first(reference, span_find(reference, '#'));
	struct span kept = kept_of(base, ref);
	size_t i;

	for (i = 0; i < ref.len; i++)
		if (ref.ptr[i] <= ' ' || ref.ptr[i] > '~')
			return false;
	if (ref.len == 0 || kept.len + ref.len > HTTP_URL_MAX)
		return false;
	/* A name needs a folder, lest it became a part of the host's. */
	if (kept.len == http_origin(base).len && kept.len > 0 &&
	    ref.ptr[0] != '/' && ref.ptr[0] != '?')
		return false;
	buf_add_span(out, kept);
	buf_add_span(out, ref);
	return true;
}

bool
http_host_is_one_of(struct span host, const char *const *words)
{
	struct span bare = span_first(host, span_rfind(host, ':'));

	if (span_find(host, '@') < host.len)
		return false; /* what stands before it is no host */
	/* The colons of "[::1]" are no port's. */
	if (host.len > 0 && host.ptr[host.len - 1] == ']')
		bare = host;
	for (; words != NULL && *words != NULL; words++)
		if (span_is_nocase(host, *words) ||
		    span_is_nocase(bare, *words))
			return true;
	return false;
}

bool
http_is_redirect(unsigned status)
{
	return (status >= 301 && status <= 303) || status == 307 ||
	    status == 308;
}
