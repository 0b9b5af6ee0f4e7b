/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One <definition> on its own. It is put into a document that binds the
 * prefixes which the original document bound further out.
 */
#include "base/buf.h"
#include "content/oval_read.h"

#define PREFIXES_MAX 16u /* distinct ones in a definition */

struct prefixes {
	struct span names[PREFIXES_MAX];
	size_t n;
};

static bool
is_name_end(char c)
{
	return span_is_space(c) || c == '/' || c == '>' || c == '=';
}

static int
prefix_add(struct prefixes *p, struct span name, struct err *e)
{
	struct span prefix = span_first(name, span_find(name, ':'));
	size_t i;

	if (prefix.len == name.len || span_is(prefix, "xml") ||
	    span_is(prefix, "xmlns"))
		return 0;
	for (i = 0; i < p->n; i++)
		if (span_eq(p->names[i], prefix))
			return 0;
	if (p->n == PREFIXES_MAX)
		return err_set(e, ERR_LIMIT,
		    "more than %u prefixes in a definition", PREFIXES_MAX);
	p->names[p->n++] = prefix;
	return 0;
}

static struct span
name_cut(struct span *rest)
{
	struct span name = { rest->ptr, 0 };

	while (name.len < rest->len && !is_name_end(rest->ptr[name.len]))
		name.len++;
	*rest = span_from(*rest, name.len);
	return name;
}

/* The names in one tag, from behind '<' to its '>'. */
static int
tag_scan(struct prefixes *p, struct span *rest, struct err *e)
{
	while (rest->len > 0 && rest->ptr[0] != '>') {
		char c = rest->ptr[0];

		if (c == '"' || c == '\'') { /* an attribute's value */
			*rest = span_from(*rest, 1);
			*rest = span_from(*rest, span_find(*rest, c) + 1);
		} else if (is_name_end(c)) {
			*rest = span_from(*rest, 1);
		} else if (prefix_add(p, name_cut(rest), e) != 0) {
			return -1;
		}
	}
	return 0;
}

/* Moves behind the first end in *rest; at least to its end. */
static void
skip_to(struct span *rest, const char *end)
{
	while (rest->len > 0 && !span_has_prefix(*rest, end))
		*rest = span_from(*rest, 1);
}

static int
prefixes_find(struct prefixes *p, struct span rest, struct err *e)
{
	while (rest.len > 0) {
		rest = span_from(rest, span_find(rest, '<') + 1);
		if (span_has_prefix(rest, "!--"))
			skip_to(&rest, "-->");
		else if (span_has_prefix(rest, "![CDATA["))
			skip_to(&rest, "]]>");
		else if (span_has_prefix(rest, "?"))
			skip_to(&rest, "?>");
		else if (tag_scan(p, &rest, e) != 0)
			return -1;
	}
	return 0;
}

struct one {
	struct oval_definition *out;
	size_t n;
};

static int
one_definition(void *ctx, const struct oval_definition *d, struct err *e)
{
	struct one *one = ctx;

	(void)e;
	*one->out = *d;
	one->n++;
	return 0;
}

int
oval_read_definition(struct span raw, struct arena *a,
    struct oval_definition *out, struct err *e)
{
	struct one one = { out, 0 };
	struct oval_sink sink = { .ctx = &one, .definition = one_definition };
	struct prefixes p = { 0 };
	struct buf head = { 0 };
	struct span pieces[3] = { SPAN_NONE, raw,
		SPAN_LIT("</definitions></oval_definitions>") };
	struct span first = span_from(raw, 1);
	int rc = -1;
	size_t i;

	if (prefixes_find(&p, raw, e) != 0)
		goto out;
	first = name_cut(&first);
	first = span_first(first, span_find(first, ':'));
	buf_add_str(
	    &head, "<oval_definitions xmlns=\"" OVAL_NS_DEFINITIONS "\"");
	for (i = 0; i < p.n; i++)
		buf_printf(&head, " xmlns:%.*s=\"%s\"", SPAN_ARG(p.names[i]),
		    span_eq(p.names[i], first) ? OVAL_NS_DEFINITIONS
					       : OVAL_NS_COMMON);
	buf_add_str(&head, "><definitions>");
	pieces[0] = buf_span(&head);
	if (oval_read_pieces(pieces, 3, a, &sink, e) != 0)
		goto out;
	if (one.n != 1) {
		err_set(e, ERR_FORMAT, "%zu definitions instead of one", one.n);
		goto out;
	}
	out->raw = raw;
	rc = 0;
out:
	buf_cleanup(&head);
	return rc;
}
