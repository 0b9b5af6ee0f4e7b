/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "server/session.h"

#define COOKIE "scapcache"
#define COOKIE_TLS "__Host-scapcache" /* browsers hold it to Secure, Path=/ */

static const char *
cookie_name(const struct request *q)
{
	return q->is_tls ? COOKIE_TLS : COOKIE;
}

bool
session_valid_token(struct span token)
{
	size_t i;

	for (i = 0; i < token.len; i++)
		if (!span_is_alpha(token.ptr[i]) &&
		    !span_is_digit(token.ptr[i]) && token.ptr[i] != '_' &&
		    token.ptr[i] != '-' && token.ptr[i] != '.')
			return false;
	return token.len > 0 && token.len <= SESSION_TOKEN_MAX;
}

static struct span
find_cookie(const struct request *q)
{
	struct span rest = request_header(q, "Cookie");
	struct span pair;

	while (span_next(&rest, ';', &pair)) {
		size_t at = span_find(pair, '=');

		if (span_is(span_trim(span_first(pair, at)), cookie_name(q)))
			return span_trim(span_from(pair, at + 1));
	}
	return SPAN_NONE;
}

struct span
session_authorization(struct request *q)
{
	struct span token = find_cookie(q);
	struct buf b = { 0 };
	struct span text;

	if (!session_valid_token(token))
		return SPAN_NONE;
	buf_add_str(&b, "Bearer ");
	buf_add_span(&b, token);
	text = arena_span(&q->arena, buf_span(&b));
	buf_cleanup(&b);
	return text;
}

bool
session_same_origin(const struct request *q)
{
	struct span site = request_header(q, "Sec-Fetch-Site");
	struct span origin = request_header(q, "Origin");
	size_t at;

	if (site.len > 0)
		return span_is(site, "same-origin") || span_is(site, "none");
	if (origin.len == 0)
		return true;
	at = span_find(origin, ':');
	if (!span_has_prefix(span_from(origin, at), "://") ||
	    (q->is_tls && !span_is_nocase(span_first(origin, at), "https")))
		return false;
	return q->host.len > 0 && span_eq(span_from(origin, at + 3), q->host);
}

struct span
session_cookie(struct request *q, struct span token)
{
	struct buf b = { 0 };
	struct span text;

	buf_printf(&b, "%s=%.*s; Path=/; HttpOnly; SameSite=Strict%s%s",
	    cookie_name(q), SPAN_ARG(token), q->is_tls ? "; Secure" : "",
	    token.len == 0 ? "; Max-Age=0" : "");
	text = arena_span(&q->arena, buf_span(&b));
	buf_cleanup(&b);
	return text;
}

/* Browsers name text/html first; programs name it not at all. */
bool
session_wants_page(struct request *q)
{
	struct span rest = request_list(q, "Accept");
	struct span type;

	if (span_has_prefix(q->path, "/v1/") ||
	    span_has_prefix(q->path, "/v2/") ||
	    span_has_prefix(q->path, "/rest/"))
		return false;
	while (span_next(&rest, ',', &type))
		if (span_is_nocase(
			span_trim(span_first(type, span_find(type, ';'))),
			"text/html"))
			return true;
	return false;
}
