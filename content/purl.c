/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "content/purl.h"

/* What a message shows of a purl. */
#define SHOWN 128u

struct parser {
	struct span text;
	struct arena *arena;
	struct err *e;
};

static int
refuse(const struct parser *p, const char *why)
{
	return err_set(p->e, ERR_FORMAT, "\"%.*s\" is no package URL: %s",
	    SPAN_ARG(span_first(p->text, SHOWN)), why);
}

static bool
is_plain(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if ((uint8_t)s.ptr[i] < ' ' || s.ptr[i] == '\x7f')
			return false;
	return utf8_valid_len(s) == s.len;
}

/* Borrows where nothing is to be decoded. */
static int
decode(struct parser *p, struct span s, struct span *out)
{
	uint8_t byte;
	char *to;
	size_t i;

	*out = s.len == 0 ? SPAN_LIT("") : s;
	if (span_find(s, '%') < s.len) {
		to = arena_str(p->arena, s);
		*out = span_make(to, 0);
		for (i = 0; i < s.len; i++, out->len++) {
			to[out->len] = s.ptr[i];
			if (s.ptr[i] != '%')
				continue;
			if (!parse_hex(
				span_first(span_from(s, i + 1), 2), &byte, 1))
				return refuse(p, "a percent sign without hex");
			to[out->len] = (char)byte;
			i += 2;
		}
	}
	return is_plain(*out) ? 0 : refuse(p, "characters that none has");
}

/* Letters, digits and others; a letter first. */
static bool
is_word(struct span s, const char *others)
{
	size_t i;

	if (s.len == 0 || !span_is_alpha(s.ptr[0]))
		return false;
	for (i = 0; i < s.len; i++)
		if (!span_is_alpha(s.ptr[i]) && !span_is_digit(s.ptr[i]) &&
		    (s.ptr[i] == '\0' || strchr(others, s.ptr[i]) == NULL))
			return false;
	return true;
}

static struct span
trim_slashes(struct span s)
{
	while (s.len > 0 && s.ptr[0] == '/')
		s = span_from(s, 1);
	while (s.len > 0 && s.ptr[s.len - 1] == '/')
		s.len--;
	return s;
}

static int
add_qualifier(struct parser *p, struct span pair, struct purl *out)
{
	size_t equals = span_find(pair, '=');
	struct span key = span_first(pair, equals);
	struct purl_qualifier q;
	size_t i;

	if (!is_word(key, ".-_"))
		return refuse(p, "a qualifier without a name");
	q.key = arena_lower(p->arena, key);
	if (decode(p, span_from(pair, equals + 1), &q.value) != 0)
		return -1;
	if (q.value.len == 0)
		return 0; /* as if it were not there */
	for (i = 0; i < out->n_qualifiers; i++)
		if (span_eq(out->qualifiers[i].key, q.key))
			return refuse(p, "one qualifier twice");
	if (out->n_qualifiers == PURL_QUALIFIERS_MAX)
		return err_set(p->e, ERR_LIMIT,
		    "a package URL has more than %u qualifiers",
		    PURL_QUALIFIERS_MAX);
	out->qualifiers[out->n_qualifiers++] = q;
	return 0;
}

/* Cuts what stands behind the last sep off *rest, and sep. */
static struct span
cut_last(struct span *rest, char sep)
{
	size_t i = span_rfind(*rest, sep);
	struct span behind = span_from(*rest, i + 1);

	*rest = span_first(*rest, i);
	return behind;
}

/* An @ before the last slash is a namespace's own. */
static struct span
cut_version(struct span *path)
{
	size_t at = span_rfind(*path, '@');

	if (at == path->len ||
	    span_rfind(span_from(*path, at), '/') < path->len - at)
		return SPAN_LIT("");
	return cut_last(path, '@');
}

/* TYPE/NAMESPACE/NAME, the version being off. */
static int
parse_path(struct parser *p, struct span path, struct purl *out)
{
	size_t slash = span_find(path, '/');
	struct span type = span_first(path, slash);
	struct span rest = trim_slashes(span_from(path, slash));
	size_t last = span_rfind(rest, '/');
	struct span name = rest;
	struct span namespace = SPAN_LIT("");

	if (last < rest.len) {
		name = span_from(rest, last + 1);
		namespace = trim_slashes(span_first(rest, last));
	}
	if (!is_word(type, ".-+"))
		return refuse(p, "no type");
	if (name.len == 0)
		return refuse(p, "no name");
	out->type = arena_lower(p->arena, type);
	if (decode(p, name, &out->name) != 0)
		return -1;
	return decode(p, namespace, &out->namespace);
}

static int
parse(struct parser *p, struct purl *out)
{
	struct span rest = p->text;
	struct span qualifiers;
	struct span path;
	struct span pair;

	if (!span_is_nocase(span_first(rest, 4), "pkg:"))
		return refuse(p, "it does not begin with pkg:");
	rest = span_from(rest, 4);
	if (decode(p, trim_slashes(cut_last(&rest, '#')), &out->subpath) != 0)
		return -1;
	qualifiers = cut_last(&rest, '?');
	path = trim_slashes(rest);
	if (decode(p, cut_version(&path), &out->version) != 0)
		return -1;
	while (span_next(&qualifiers, '&', &pair))
		if (pair.len > 0 && add_qualifier(p, pair, out) != 0)
			return -1;
	return parse_path(p, path, out);
}

int
purl_parse(struct span text, struct arena *a, struct purl *out, struct err *e)
{
	struct parser p = { text, a, e };

	*out = (struct purl){ .n_qualifiers = 0 };
	if (text.len > PURL_SIZE_MAX)
		return err_set(e, ERR_LIMIT,
		    "a package URL is longer than %u bytes", PURL_SIZE_MAX);
	return parse(&p, out);
}

struct span
purl_get(const struct purl *p, const char *key)
{
	size_t i;

	for (i = 0; i < p->n_qualifiers; i++)
		if (span_is(p->qualifiers[i].key, key))
			return p->qualifiers[i].value;
	return SPAN_LIT("");
}
