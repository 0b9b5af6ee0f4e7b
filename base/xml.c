/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/xml.h"

#define PIECE_MAX ((size_t)64 * 1024) /* bytes given to libxml2 at once */

/* A rule whose names are libxml2's own copies: they compare as pointers. */
struct rule {
	const struct xml_rule *rule;
	const xmlChar *ns, *name;
};

struct frame {
	int state;
	const struct xml_rule *rule;
	size_t text; /* where its text begins in reader->text */
};

struct xml_reader {
	xmlParserCtxtPtr ctxt;
	void *ctx;
	struct rule *rules; /* grouped by state */
	size_t *first;      /* of each state's rules; n_states + 1 */
	int n_states;

	struct frame frames[XML_DEPTH_MAX + 1];
	size_t depth;     /* of elements taken */
	size_t n_skipped; /* depth inside an element that was not */
	bool any;         /* the document element has begun */
	bool finishing;   /* no more is to come */
	bool amiss;       /* libxml2 has complained */
	struct buf text;

	char cut[4]; /* a character whose end is not here yet */
	size_t n_cut;
	struct span piece;  /* being parsed */
	uint64_t piece_at;  /* its offset in the document */
	const xmlChar *tag; /* during a start call: its '<' */
	uint64_t tag_at;

	size_t capture_depth; /* 0: nothing is being captured */
	uint64_t capture_at;
	struct buf capture; /* what came before this piece */
	struct span captured;

	uint64_t line; /* where it failed, or the last known */
	struct err failed;
};

bool
xml_attr(const struct xml_element *el, const char *name, struct span *value)
{
	size_t i;

	for (i = 0; i < el->n_attrs; i++) {
		if (el->attrs[i].ns.len == 0 &&
		    span_is(el->attrs[i].name, name)) {
			*value = el->attrs[i].value;
			return true;
		}
	}
	return false;
}

uint64_t
xml_line(const struct xml_reader *r)
{
	if (r->failed.code != ERR_NONE || r->ctxt->input == NULL)
		return r->line;
	return (uint64_t)r->ctxt->input->line;
}

/* Stops the parser for good; r->failed is set. */
static void
stop(struct xml_reader *r, uint64_t line)
{
	r->line = line;
	if (r->failed.code == ERR_FORMAT || r->failed.code == ERR_LIMIT)
		err_context(&r->failed, "line %llu", (unsigned long long)line);
	xmlStopParser(r->ctxt);
}

static void
refuse(struct xml_reader *r, enum err_code code, const char *why)
{
	uint64_t line = xml_line(r);

	if (r->failed.code != ERR_NONE)
		return;
	err_set(&r->failed, code, "%s", why);
	stop(r, line);
}

static uint64_t
position(const struct xml_reader *r)
{
	const xmlParserInput *in = r->ctxt->input;

	return in->consumed + (uint64_t)(in->cur - in->base);
}

static const struct xml_rule *
find_rule(const struct xml_reader *r, const xmlChar *ns, const xmlChar *name)
{
	int state = r->frames[r->depth].state;
	size_t i;

	if (state >= r->n_states)
		return NULL;
	for (i = r->first[state]; i < r->first[state + 1]; i++) {
		const struct rule *rule = &r->rules[i];

		if ((rule->name == name || rule->name == NULL) &&
		    (rule->ns == ns || rule->rule->ns == NULL))
			return rule->rule;
	}
	return NULL;
}

static struct span
text_of(const xmlChar *s)
{
	return span_of((const char *)s);
}

/* libxml2 gives five pointers an attribute. */
static void
call_start(struct xml_reader *r, const struct xml_rule *rule,
    struct xml_element *el, const xmlChar **attrs)
{
	struct xml_attr list[XML_ATTRS_MAX];
	size_t i;

	for (i = 0; i < el->n_attrs; i++, attrs += 5) {
		list[i].name = text_of(attrs[0]);
		list[i].ns = text_of(attrs[2]);
		list[i].value =
		    span_make(attrs[3], (size_t)(attrs[4] - attrs[3]));
	}
	el->attrs = list;
	if (rule->start(r->ctx, el, &r->failed) != 0)
		stop(r, el->line);
}

/* Where the tag that ends at the parser's position began. */
static void
find_tag(struct xml_reader *r, struct xml_element *el)
{
	const xmlParserInput *in = r->ctxt->input;
	size_t before = (size_t)(in->cur - in->base);
	const xmlChar *p = memrchr(in->base, '<', before);
	size_t len;

	if (p == NULL)
		p = in->base;
	len = (size_t)(in->cur - p);
	r->tag = p;
	r->tag_at = position(r) - len;
	el->offset = r->tag_at;
	el->line = xml_line(r);
	while ((p = memchr(p, '\n', len)) != NULL) {
		el->line--;
		p++;
		len = (size_t)(in->cur - p);
	}
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *ns, int n_ns, const xmlChar **nss, int n_attrs,
    int n_default, const xmlChar **attrs)
{
	struct xml_reader *r = ctx;
	const struct xml_rule *rule;
	struct xml_element el = { .n_attrs = (size_t)n_attrs };

	(void)prefix;
	(void)nss;
	(void)n_default;
	if (r->failed.code != ERR_NONE)
		return;
	r->any = true;
	if (r->depth + r->n_skipped == XML_DEPTH_MAX) {
		refuse(r, ERR_LIMIT, "elements are nested too deep");
		return;
	}
	if (n_attrs > XML_ATTRS_MAX || n_ns > XML_ATTRS_MAX) {
		refuse(r, ERR_LIMIT, "an element has too many attributes");
		return;
	}
	rule = r->n_skipped > 0 ? NULL : find_rule(r, ns, name);
	if (rule == NULL) {
		r->n_skipped++;
		return;
	}
	r->depth++;
	r->frames[r->depth] = (struct frame){ rule->next, rule, r->text.len };
	if (rule->start == NULL)
		return;
	el.ns = text_of(ns);
	el.name = text_of(name);
	find_tag(r, &el);
	call_start(r, rule, &el, attrs);
	r->tag = NULL;
}

/* The captured element ends here. */
static void
capture_end(struct xml_reader *r)
{
	size_t len = (size_t)(position(r) - r->capture_at);

	r->capture_depth = 0;
	if (len > XML_CAPTURE_MAX) {
		refuse(r, ERR_LIMIT, "an element is too large");
		return;
	}
	if (r->capture_at >= r->piece_at) {
		r->captured = span_first(
		    span_from(r->piece, (size_t)(r->capture_at - r->piece_at)),
		    len);
		return;
	}
	/* libxml2 may have waited with a tag until this piece came. */
	if (len > r->capture.len)
		buf_add_span(
		    &r->capture, span_first(r->piece, len - r->capture.len));
	r->captured = span_first(buf_span(&r->capture), len);
}

static void
on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
	struct xml_reader *r = ctx;
	struct frame *f = &r->frames[r->depth];
	uint64_t line;

	(void)name;
	(void)prefix;
	(void)ns;
	if (r->failed.code != ERR_NONE)
		return;
	if (r->n_skipped > 0) {
		r->n_skipped--;
		return;
	}
	if (r->capture_depth == r->depth)
		capture_end(r);
	line = xml_line(r);
	if (r->failed.code == ERR_NONE && f->rule->end != NULL &&
	    f->rule->end(r->ctx, span_from(buf_span(&r->text), f->text),
		&r->failed) != 0)
		stop(r, line);
	r->text.len = f->text;
	r->depth--;
}

static void
on_text(void *ctx, const xmlChar *s, int len)
{
	struct xml_reader *r = ctx;
	const struct frame *f = &r->frames[r->depth];

	if (r->n_skipped > 0 || r->depth == 0 || f->rule->end == NULL ||
	    r->failed.code != ERR_NONE)
		return;
	if (r->text.len - f->text + (size_t)len > XML_TEXT_MAX)
		refuse(r, ERR_LIMIT, "the text of an element is too long");
	else
		buf_add(&r->text, s, (size_t)len);
}

static void
on_doctype(void *ctx, const xmlChar *name, const xmlChar *external,
    const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	refuse(ctx, ERR_FORMAT, "DOCTYPE is refused");
}

/* What was declared, or found by the first bytes, must be UTF-8. */
static void
on_document(void *ctx)
{
	struct xml_reader *r = ctx;
	const xmlChar *encoding = r->ctxt->input->encoding;

	if (encoding == NULL)
		encoding = r->ctxt->encoding;
	if (r->ctxt->input->buf->encoder != NULL ||
	    (encoding != NULL && !span_is_nocase(text_of(encoding), "UTF-8")))
		refuse(r, ERR_FORMAT, "the encoding is not UTF-8");
}

/* The document element has begun and ended. */
static bool
is_whole(const struct xml_reader *r)
{
	return r->any && r->depth + r->n_skipped + r->n_cut == 0;
}

static void
on_error(void *ctx, xmlErrorPtr error)
{
	/* SAX2's context is the user data that the parser was made with. */
	struct xml_reader *r = ctx;

	if (error->level == XML_ERR_WARNING)
		return;
	r->amiss = true;
	/* finish() tells of an early end. */
	if (r->finishing &&
	    (r->ctxt->input->cur >= r->ctxt->input->end ||
		(error->code == XML_ERR_DOCUMENT_END && !is_whole(r))))
		return;
	switch (error->code) {
	case XML_ERR_NAME_TOO_LONG:
		refuse(r, ERR_LIMIT, "a name is too long");
		break;
	case XML_ERR_INVALID_CHAR:
		refuse(r, ERR_FORMAT, "a character that XML does not allow");
		break;
	case XML_ERR_UNDECLARED_ENTITY:
	case XML_WAR_UNDECLARED_ENTITY:
		refuse(r, ERR_FORMAT, "an entity that nothing declares");
		break;
	case XML_ERR_DOCUMENT_END:
		refuse(r, ERR_FORMAT, "something else follows the document");
		break;
	case XML_ERR_TAG_NAME_MISMATCH:
		refuse(r, ERR_FORMAT, "an end tag that does not fit");
		break;
	case XML_ERR_ATTRIBUTE_REDEFINED:
	case XML_NS_ERR_ATTRIBUTE_REDEFINED:
		refuse(r, ERR_FORMAT, "an attribute stands twice");
		break;
	case XML_NS_ERR_UNDEFINED_NAMESPACE:
		refuse(r, ERR_FORMAT, "a prefix that nothing declares");
		break;
	default:
		refuse(r, ERR_FORMAT, "not well-formed XML");
		break;
	}
}

static bool
is_last(const struct xml_rule *rule)
{
	return rule->name == NULL && rule->next == 0;
}

static const xmlChar *
own_name(struct xml_reader *r, const char *name)
{
	if (name == NULL || name[0] == '\0')
		return NULL;
	return xmlDictLookup(r->ctxt->dict, (const xmlChar *)name, -1);
}

/* Groups the rules by state, in the order given. */
static void
index_rules(struct xml_reader *r, const struct xml_rule *rules)
{
	const struct xml_rule *rule;
	size_t n = 0;
	int state;

	for (rule = rules; !is_last(rule); rule++, n++)
		if (rule->in >= r->n_states)
			r->n_states = rule->in + 1;
	r->rules = xcalloc(n, sizeof(*r->rules));
	r->first = xcalloc((size_t)r->n_states + 1, sizeof(*r->first));
	n = 0;
	for (state = 0; state < r->n_states; state++) {
		r->first[state] = n;
		for (rule = rules; !is_last(rule); rule++)
			if (rule->in == state)
				r->rules[n++] =
				    (struct rule){ rule, own_name(r, rule->ns),
					    own_name(r, rule->name) };
	}
	r->first[state] = n;
}

struct xml_reader *
xml_new(const struct xml_rule *rules, void *ctx)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.startDocument = on_document,
		.internalSubset = on_doctype,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.serror = on_error,
	};
	struct xml_reader *r = xcalloc(1, sizeof(*r));

	xmlInitParser();
	r->ctxt = xmlCreatePushParserCtxt(&sax, r, NULL, 0, NULL);
	if (r->ctxt == NULL)
		abort();
	/* NOENT: &amp; in attributes would stay as &#38; without it. */
	xmlCtxtUseOptions(r->ctxt, XML_PARSE_NONET | XML_PARSE_NOENT);
	r->ctx = ctx;
	index_rules(r, rules);
	return r;
}

void
xml_free(struct xml_reader *r)
{
	if (r == NULL)
		return;
	if (r->ctxt->myDoc != NULL)
		xmlFreeDoc(r->ctxt->myDoc);
	xmlFreeParserCtxt(r->ctxt);
	buf_cleanup(&r->text);
	buf_cleanup(&r->capture);
	free(r->rules);
	free(r->first);
	free(r);
}

/* Keeps what the element being captured has in the piece that goes away. */
static void
capture_piece(struct xml_reader *r)
{
	struct span part = r->piece;

	if (r->capture_depth == 0)
		return;
	if (r->capture_at > r->piece_at)
		part = span_from(part, (size_t)(r->capture_at - r->piece_at));
	if (r->capture.len + part.len > XML_CAPTURE_MAX)
		refuse(r, ERR_LIMIT, "an element is too large");
	else
		buf_add_span(&r->capture, part);
}

static int
push_piece(struct xml_reader *r, struct span piece)
{
	r->piece = piece;
	xmlParseChunk(r->ctxt, piece.ptr, (int)piece.len, 0);
	if (r->failed.code == ERR_NONE) {
		const xmlParserInput *in = r->ctxt->input;

		if ((size_t)(in->end - in->cur) > XML_TAG_MAX)
			refuse(r, ERR_LIMIT, "a tag or comment is too long");
		else if (xmlDictSize(r->ctxt->dict) > XML_NAMES_MAX)
			refuse(r, ERR_LIMIT, "too many different names");
		else
			capture_piece(r);
	}
	r->piece_at += piece.len;
	r->piece = SPAN_NONE;
	return r->failed.code == ERR_NONE ? 0 : -1;
}

/* The last line of what was pushed, of which libxml2 may have read less. */
static uint64_t
last_line(const struct xml_reader *r)
{
	const xmlParserInput *in = r->ctxt->input;
	uint64_t line = xml_line(r);
	const xmlChar *p;

	for (p = in->cur; p < in->end; p++)
		line += *p == '\n';
	return line;
}

/* Behind what was pushed comes a byte that is not UTF-8. */
static void
refuse_bytes(struct xml_reader *r)
{
	uint64_t line = last_line(r);

	err_set(&r->failed, ERR_FORMAT, "the text is not UTF-8");
	stop(r, line);
}

/*
 * libxml2 is given whole characters only: it takes a cut one for an error in
 * some places. Moves what belongs to the cut one off *rest.
 */
static int
push_cut(struct xml_reader *r, struct span *rest)
{
	struct span c;

	while (r->n_cut > 0 && rest->len > 0) {
		r->cut[r->n_cut++] = rest->ptr[0];
		*rest = span_from(*rest, 1);
		c = span_make(r->cut, r->n_cut);
		if (utf8_char(c, NULL) == r->n_cut) {
			r->n_cut = 0;
			return push_piece(r, c);
		}
		if (!utf8_is_cut(c)) {
			refuse_bytes(r);
			return -1;
		}
	}
	return 0;
}

int
xml_push(struct xml_reader *r, const char *ptr, size_t len, struct err *e)
{
	struct span rest = { ptr, len };
	int rc = r->failed.code == ERR_NONE ? push_cut(r, &rest) : -1;

	while (rc == 0 && rest.len > 0) {
		struct span piece = span_first(rest, PIECE_MAX);

		piece.len = utf8_valid_len(piece);
		rest = span_from(rest, piece.len);
		if (piece.len > 0) {
			rc = push_piece(r, piece);
		} else if (utf8_is_cut(rest)) {
			memcpy(r->cut, rest.ptr, rest.len);
			r->n_cut = rest.len;
			rest = SPAN_NONE;
		} else {
			refuse_bytes(r);
			rc = -1;
		}
	}
	if (rc != 0)
		*e = r->failed;
	return rc;
}

/* What libxml2 misses at the end of the input has not come. */
static void
finish(struct xml_reader *r)
{
	uint64_t line = last_line(r);

	r->finishing = true;
	xmlParseChunk(r->ctxt, NULL, 0, 1);
	if (r->failed.code != ERR_NONE || (is_whole(r) && !r->amiss))
		return;
	if (r->piece_at == 0) {
		err_set(&r->failed, ERR_FORMAT, "the document is empty");
		return;
	}
	err_set(&r->failed, ERR_FORMAT, "the document ends early");
	stop(r, line);
}

int
xml_finish(struct xml_reader *r, struct err *e)
{
	if (r->failed.code == ERR_NONE)
		finish(r);
	if (r->failed.code == ERR_NONE)
		return 0;
	*e = r->failed;
	return -1;
}

void
xml_capture(struct xml_reader *r)
{
	if (r->tag == NULL)
		abort();
	r->capture_depth = r->depth;
	r->capture_at = r->tag_at;
	r->captured = SPAN_NONE;
	buf_reset(&r->capture);
	if (r->tag_at < r->piece_at)
		buf_add(&r->capture, r->tag, (size_t)(r->piece_at - r->tag_at));
}

struct span
xml_captured(struct xml_reader *r)
{
	return r->captured;
}
