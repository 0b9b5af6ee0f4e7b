/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "content/registry_reference.h"

#define HUB "docker.io"
#define HUB_HOST "registry-1.docker.io"

static bool
is_word(char c)
{
	return span_is_lower(c) || span_is_digit(c);
}

/* ".", "_", "__" or any number of "-" between words. */
static size_t
separator(struct span s)
{
	size_t n = 0;

	if (s.len == 0)
		return 0;
	while (n < s.len && s.ptr[n] == '-')
		n++;
	if (n > 0)
		return n;
	if (s.ptr[0] == '.')
		return 1;
	if (s.ptr[0] != '_')
		return 0;
	return s.len > 1 && s.ptr[1] == '_' ? 2 : 1;
}

/* [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)* */
static bool
is_component(struct span s)
{
	size_t n;

	for (;;) {
		for (n = 0; n < s.len && is_word(s.ptr[n]); n++)
			;
		if (n == 0)
			return false;
		s = span_from(s, n);
		if (s.len == 0)
			return true;
		n = separator(s);
		if (n == 0)
			return false;
		s = span_from(s, n);
	}
}

static bool
is_name(struct span s)
{
	struct span part;

	if (s.len == 0 || s.ptr[s.len - 1] == '/')
		return false;
	while (span_next(&s, '/', &part))
		if (!is_component(part))
			return false;
	return true;
}

/* [A-Za-z0-9_][A-Za-z0-9._-]{0,127} */
static bool
is_tag(struct span s)
{
	size_t i;

	if (s.len == 0 || s.len > REFERENCE_TAG_MAX)
		return false;
	for (i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!span_is_alpha(c) && !span_is_digit(c) && c != '_' &&
		    (i == 0 || (c != '.' && c != '-')))
			return false;
	}
	return true;
}

static bool
is_label(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!span_is_alpha(s.ptr[i]) && !span_is_digit(s.ptr[i]) &&
		    (s.ptr[i] != '-' || i == 0 || i == s.len - 1))
			return false;
	return s.len > 0;
}

/* "[2001:db8::1]" without its brackets. */
static bool
is_address(struct span s)
{
	uint8_t digit;
	size_t i;

	for (i = 0; i < s.len; i++) {
		char hex[] = { '0', s.ptr[i] };

		if (s.ptr[i] != ':' && s.ptr[i] != '.' &&
		    !parse_hex(span_make(hex, 2), &digit, 1))
			return false;
	}
	return s.len > 1;
}

static bool
is_host_name(struct span s)
{
	struct span label;

	if (s.len > 0 && s.ptr[0] == '[')
		return s.ptr[s.len - 1] == ']' &&
		    is_address(span_make(s.ptr + 1, s.len - 2));
	if (s.len == 0 || s.ptr[s.len - 1] == '.')
		return false;
	while (span_next(&s, '.', &label))
		if (!is_label(label))
			return false;
	return true;
}

static bool
is_host(struct span s)
{
	size_t colon = span_rfind(s, ':');
	uint64_t port;

	if (s.len == 0 || s.len > REFERENCE_NAME_MAX)
		return false;
	if (colon == s.len || s.ptr[s.len - 1] == ']')
		return is_host_name(s);
	return parse_uint(span_from(s, colon + 1), 65535, &port) && port > 0 &&
	    is_host_name(span_first(s, colon));
}

/* The first part is a host if it cannot be a folder of Docker Hub. */
static bool
looks_like_host(struct span s)
{
	return span_is(s, "localhost") || span_find(s, '.') < s.len ||
	    span_find(s, ':') < s.len;
}

static int
bad(struct span text, const char *why, struct err *e)
{
	return err_set(e, ERR_FORMAT,
	    REGISTRY_SCHEME "%.*s: %s; an image is " REGISTRY_SCHEME
			    "HOST/NAME[:TAG|@sha256:DIGEST]",
	    SPAN_ARG(text), why);
}

/* Cuts "@sha256:…" off. */
static int
cut_digest(struct registry_reference *r, struct span *rest, struct err *e)
{
	size_t at = span_find(*rest, '@');

	if (at == rest->len)
		return 0;
	r->has_digest =
	    registry_digest_parse(span_from(*rest, at + 1), &r->digest);
	if (!r->has_digest)
		return bad(*rest,
		    "what stands behind @ is no SHA-256 digest in lower case",
		    e);
	rest->len = at;
	return 0;
}

/* Cuts ":tag" off; the colon of a port stands before a slash. */
static int
cut_tag(struct registry_reference *r, struct span text, struct span *rest,
    struct arena *a, struct err *e)
{
	size_t colon = span_rfind(*rest, ':');
	size_t slash = span_rfind(*rest, '/');
	struct span tag;

	if (colon == rest->len || (slash < rest->len && slash > colon)) {
		r->tag =
		    r->has_digest ? NULL : arena_str(a, SPAN_LIT("latest"));
		return 0;
	}
	tag = span_from(*rest, colon + 1);
	if (!is_tag(tag))
		return bad(text, "what stands behind the colon is no tag", e);
	r->tag = r->has_digest ? NULL : arena_str(a, tag);
	rest->len = colon;
	return 0;
}

static bool
is_hub(struct span host)
{
	return span_is(host, HUB) || span_is(host, "index.docker.io") ||
	    span_is(host, HUB_HOST);
}

static void
set_name(struct registry_reference *r, struct span host, struct span name,
    struct arena *a)
{
	struct buf b = { 0 };
	bool hub = host.len == 0 || is_hub(host);

	r->host = hub ? arena_str(a, SPAN_LIT(HUB_HOST)) : arena_str(a, host);
	r->login = hub ? arena_str(a, SPAN_LIT(HUB)) : r->host;
	if (hub && span_find(name, '/') == name.len)
		buf_add_str(&b, "library/");
	buf_add_span(&b, name);
	r->name = arena_str(a, buf_span(&b));
	buf_cleanup(&b);
}

int
registry_reference_parse(struct registry_reference *r, struct span text,
    struct arena *a, struct err *e)
{
	struct span host = SPAN_NONE;
	struct span rest = text;
	size_t slash;

	*r = (struct registry_reference){ 0 };
	if (cut_digest(r, &rest, e) != 0 || cut_tag(r, text, &rest, a, e) != 0)
		return -1;
	slash = span_find(rest, '/');
	if (slash < rest.len && looks_like_host(span_first(rest, slash))) {
		host = span_first(rest, slash);
		rest = span_from(rest, slash + 1);
		if (!is_host(host))
			return bad(text, "its host is none", e);
	}
	if (!is_name(rest))
		return bad(text, "its name is missing or not in lower case", e);
	set_name(r, host, rest, a);
	if (span_of(r->name).len > REFERENCE_NAME_MAX)
		return bad(text, "its name is too long", e);
	return 0;
}

struct span
registry_reference_text(const struct registry_reference *r, struct arena *a)
{
	char hex[DIGEST_HEX_SIZE];
	struct buf b = { 0 };
	struct span text;

	buf_printf(&b, "%s/%s", r->login, r->name);
	if (r->has_digest)
		buf_printf(&b, "@sha256:%s", digest_hex(&r->digest, hex));
	else
		buf_printf(&b, ":%s", r->tag);
	text = arena_span(a, buf_span(&b));
	buf_cleanup(&b);
	return text;
}

bool
registry_digest_parse(struct span text, struct digest *out)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.ptr[i] >= 'A' && text.ptr[i] <= 'F')
			return false;
	return span_has_prefix(text, "sha256:") &&
	    digest_parse(span_from(text, 7), out);
}
