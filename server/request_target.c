/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "server/request.h"

/* Two hex digits behind "%"; -1: they are none. */
static int
hex_byte(struct span s)
{
	uint8_t byte;

	return s.len >= 2 && parse_hex(span_first(s, 2), &byte, 1) ? byte : -1;
}

/*
 * Percent-decoded into the arena; the same bytes where nothing is encoded.
 * Text is UTF-8 without control characters (RFC 3986 §2.1, RFC 3629).
 */
static int
decode(struct request *q, struct span in, bool is_form, struct span *out,
    struct err *e)
{
	char *p;
	size_t i, n = 0;
	int byte;

	*out = in;
	if (in.len == 0)
		return 0;
	if (memchr(in.ptr, '%', in.len) == NULL &&
	    (!is_form || memchr(in.ptr, '+', in.len) == NULL))
		return 0;
	p = arena_alloc(&q->arena, in.len + 1);
	for (i = 0; i < in.len; i++) {
		byte = (unsigned char)in.ptr[i];
		if (byte == '+' && is_form) {
			byte = ' ';
		} else if (byte == '%') {
			byte = hex_byte(span_from(in, i + 1));
			i += 2;
		}
		if (byte < ' ' || byte == 0x7f)
			return err_set(e, ERR_FORMAT,
			    "the address has \"%%\" without two hex digits "
			    "of a printable character behind it");
		p[n++] = (char)byte;
	}
	*out = span_make(p, n);
	if (utf8_valid_len(*out) != n)
		return err_set(e, ERR_FORMAT, "the address is not UTF-8");
	return 0;
}

/* No part of a path but its end may be empty, and none may be "." or "..". */
static int
check_segments(struct span path, struct err *e)
{
	struct span rest = span_from(path, 1);
	struct span part;

	while (span_next(&rest, '/', &part)) {
		if (part.len == 0 && rest.ptr != NULL)
			return err_set(e, ERR_FORMAT,
			    "the path has \"//\" in it: write \"/\"");
		if (span_is(part, ".") || span_is(part, ".."))
			return err_set(e, ERR_FORMAT,
			    "the path has \".\" or \"..\" in it: write what "
			    "it leads to");
	}
	return 0;
}

/* "%2f" or a backslash would be a "/" to some and none to others. */
static bool
has_doubtful_slash(struct span raw)
{
	size_t i;
	int byte;

	for (i = 0; i < raw.len; i++) {
		byte = (unsigned char)raw.ptr[i];
		if (byte == '%')
			byte = hex_byte(span_from(raw, i + 1));
		if (byte == '\\' || (byte == '/' && raw.ptr[i] == '%'))
			return true;
	}
	return false;
}

static int
parse_path(struct request *q, struct span raw, struct err *e)
{
	if (has_doubtful_slash(raw))
		return err_set(e, ERR_FORMAT,
		    "the path has an encoded \"/\" or a backslash in it");
	if (decode(q, raw, false, &q->path, e) != 0)
		return -1;
	return check_segments(q->path, e);
}

static int
parse_params(struct request *q, struct span query, struct err *e)
{
	struct span part, name;
	size_t n = 1, i, cut;

	if (query.len == 0)
		return 0;
	for (i = 0; i < query.len; i++)
		n += query.ptr[i] == '&';
	if (n > REQUEST_PARAMS_MAX)
		return err_set(e, ERR_LIMIT,
		    "the address has more than %u parameters",
		    REQUEST_PARAMS_MAX);
	q->params = arena_array(&q->arena, n, sizeof(*q->params));
	while (span_next(&query, '&', &part)) {
		struct request_param *p = &q->params[q->n_params];

		if (part.len == 0)
			continue;
		cut = span_find(part, '=');
		name = span_first(part, cut);
		if (decode(q, name, true, &p->name, e) != 0 ||
		    decode(q, span_from(part, cut + 1), true, &p->value, e) !=
			0)
			return -1;
		q->n_params++;
	}
	return 0;
}

/* "http://host/path" becomes "/path" (RFC 9112 §3.2.2). */
static struct span
cut_authority(struct request *q, struct span target)
{
	struct span rest;
	size_t n;

	if (span_is_nocase(span_first(target, 7), "http://"))
		rest = span_from(target, 7);
	else if (span_is_nocase(span_first(target, 8), "https://"))
		rest = span_from(target, 8);
	else
		return target;
	for (n = 0; n < rest.len && rest.ptr[n] != '/' && rest.ptr[n] != '?';)
		n++;
	if (n == 0 || memchr(rest.ptr, '@', n) != NULL)
		return target;
	q->host = span_first(rest, n);
	rest = span_from(rest, n);
	if (rest.len == 0)
		return SPAN_LIT("/");
	if (rest.ptr[0] == '/')
		return rest;
	q->path = SPAN_LIT("/");
	return rest;
}

/* Only what RFC 3986 knows, and a few that clients send as they are. */
static int
check_bytes(struct span target, struct err *e)
{
	size_t i;

	for (i = 0; i < target.len; i++) {
		unsigned char c = (unsigned char)target.ptr[i];

		if (c <= ' ' || c >= 0x7f || c == '#')
			return err_set(e, ERR_FORMAT,
			    "the address has a character in it that is to be "
			    "written as \"%%\" and two hex digits");
	}
	return 0;
}

int
request_parse_target(struct request *q, struct span target, struct err *e)
{
	struct span path;
	size_t cut;

	q->target = target;
	q->path = SPAN_NONE;
	if (target.len > REQUEST_TARGET_MAX)
		return err_set(e, ERR_LIMIT,
		    "the address is longer than %u bytes", REQUEST_TARGET_MAX);
	if (span_is(target, "*") && q->verb == VERB_OPTIONS) {
		q->path = target;
		return 0;
	}
	if (check_bytes(target, e) != 0)
		return -1;
	target = cut_authority(q, target);
	cut = span_find(target, '?');
	path = q->path.len > 0 ? q->path : span_first(target, cut);
	if (path.len == 0 || path.ptr[0] != '/')
		return err_set(
		    e, ERR_FORMAT, "the address does not begin with \"/\"");
	if (parse_path(q, path, e) != 0)
		return -1;
	return parse_params(q, span_from(target, cut + 1), e);
}
