/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/xml_impl.h"

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
		xml_stop(r, el->line);
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
	r->tag_at = xml_position(r) - len;
	el->offset = r->tag_at;
	el->line = xml_line(r);
	while ((p = memchr(p, '\n', len)) != NULL) {
		el->line--;
		p++;
		len = (size_t)(in->cur - p);
	}
}

/* The nine parameters are libxml2's. */
static void /* NOLINTNEXTLINE(readability-function-size) */
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
		xml_refuse(r, ERR_LIMIT, "elements are nested too deep");
		return;
	}
	if (n_attrs > XML_ATTRS_MAX || n_ns > XML_ATTRS_MAX) {
		xml_refuse(r, ERR_LIMIT, "an element has too many attributes");
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
		xml_capture_end(r);
	line = xml_line(r);
	if (r->failed.code == ERR_NONE && f->rule->end != NULL &&
	    f->rule->end(r->ctx, span_from(buf_span(&r->text), f->text),
		&r->failed) != 0)
		xml_stop(r, line);
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
		xml_refuse(r, ERR_LIMIT, "the text of an element is too long");
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
	xml_refuse(ctx, ERR_FORMAT, "DOCTYPE is refused");
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
		xml_refuse(r, ERR_FORMAT, "the encoding is not UTF-8");
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
		(error->code == XML_ERR_DOCUMENT_END && !xml_is_whole(r))))
		return;
	switch (error->code) {
	case XML_ERR_NAME_TOO_LONG:
		xml_refuse(r, ERR_LIMIT, "a name is too long");
		break;
	case XML_ERR_INVALID_CHAR:
		xml_refuse(
		    r, ERR_FORMAT, "a character that XML does not allow");
		break;
	case XML_ERR_UNDECLARED_ENTITY:
	case XML_WAR_UNDECLARED_ENTITY:
		xml_refuse(r, ERR_FORMAT, "an entity that nothing declares");
		break;
	case XML_ERR_DOCUMENT_END:
		xml_refuse(
		    r, ERR_FORMAT, "something else follows the document");
		break;
	case XML_ERR_TAG_NAME_MISMATCH:
		xml_refuse(r, ERR_FORMAT, "an end tag that does not fit");
		break;
	case XML_ERR_ATTRIBUTE_REDEFINED:
	case XML_NS_ERR_ATTRIBUTE_REDEFINED:
		xml_refuse(r, ERR_FORMAT, "an attribute stands twice");
		break;
	case XML_NS_ERR_UNDEFINED_NAMESPACE:
		xml_refuse(r, ERR_FORMAT, "a prefix that nothing declares");
		break;
	default:
		xml_refuse(r, ERR_FORMAT, "not well-formed XML");
		break;
	}
}

const xmlSAXHandler XML_SAX = {
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
