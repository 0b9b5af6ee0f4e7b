/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/stream.h"
#include "base/xml_impl.h"

#define PIECE_MAX ((size_t)64 * 1024) /* bytes given to libxml2 at once */

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

uint64_t
xml_position(const struct xml_reader *r)
{
	const xmlParserInput *in = r->ctxt->input;

	return in->consumed + (uint64_t)(in->cur - in->base);
}

bool
xml_is_whole(const struct xml_reader *r)
{
	return r->any && r->depth + r->n_skipped + r->n_cut == 0;
}

void
xml_stop(struct xml_reader *r, uint64_t line)
{
	r->line = line;
	if (r->failed.code == ERR_FORMAT || r->failed.code == ERR_LIMIT)
		err_context(&r->failed, "line %llu", (unsigned long long)line);
	xmlStopParser(r->ctxt);
}

void
xml_refuse(struct xml_reader *r, enum err_code code, const char *why)
{
	uint64_t line = xml_line(r);

	if (r->failed.code != ERR_NONE)
		return;
	err_set(&r->failed, code, "%s", why);
	xml_stop(r, line);
}

void
xml_capture_end(struct xml_reader *r)
{
	size_t len = (size_t)(xml_position(r) - r->capture_at);

	r->capture_depth = 0;
	if (len > XML_CAPTURE_MAX) {
		xml_refuse(r, ERR_LIMIT, "an element is too large");
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
	xmlSAXHandler sax = XML_SAX;
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
		xml_refuse(r, ERR_LIMIT, "an element is too large");
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
			xml_refuse(
			    r, ERR_LIMIT, "a tag or comment is too long");
		else if (xmlDictSize(r->ctxt->dict) > XML_NAMES_MAX)
			xml_refuse(r, ERR_LIMIT, "too many different names");
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
	xml_stop(r, line);
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
	if (r->failed.code != ERR_NONE || (xml_is_whole(r) && !r->amiss))
		return;
	if (r->piece_at == 0) {
		err_set(&r->failed, ERR_FORMAT, "the document is empty");
		return;
	}
	err_set(&r->failed, ERR_FORMAT, "the document ends early");
	xml_stop(r, line);
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

int
xml_read_all(struct xml_reader *r, struct stream *in, struct err *e)
{
	struct span bytes;
	int more;

	while ((more = stream_next(in, &bytes, e)) == 1)
		if (xml_push(r, bytes.ptr, bytes.len, e) != 0)
			return -1;
	if (more != 0)
		return err_context(e, "line %" PRIu64, xml_line(r));
	return xml_finish(r, e);
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
