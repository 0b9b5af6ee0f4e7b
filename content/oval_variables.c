/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "content/oval_read.h"
#include "content/oval_variables.h"

#define OVAL_NS_VARIABLES "http://oval.mitre.org/XMLSchema/oval-variables-5"

enum state {
	S_DOCUMENT = 0,
	S_ROOT,
	S_VARIABLES,
	S_VARIABLE,
	S_VALUE,
};

struct reader {
	struct arena *arena;
	struct oval_given_list *list;
	bool has_root;
};

static int
root_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct reader *r = ctx;

	(void)el;
	(void)e;
	r->has_root = true;
	return 0;
}

static int
variable_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct reader *r = ctx;
	struct oval_given_list *l = r->list;
	struct oval_given *g;
	struct span text;
	unsigned type = 0;

	if (oval_limit(l->n, OVAL_GIVEN_MAX, "variables", e) != 0)
		return -1;
	l->given = oval_list_grow(r->arena, l->given, l->n, sizeof(*l->given));
	g = &l->given[l->n++];
	*g = (struct oval_given){ 0 };
	if (!xml_attr(el, "id", &text) || span_trim(text).len == 0)
		return err_set(e, ERR_FORMAT, "a variable without an id");
	g->id = arena_span(r->arena, span_trim(text));
	if (!xml_attr(el, "datatype", &text) ||
	    !oval_word_parse(&oval_words_datatype, span_trim(text), &type))
		return err_set(e, ERR_FORMAT,
		    "variable %.*s has no datatype that is known",
		    SPAN_ARG(span_first(g->id, 120)));
	g->datatype = (enum oval_datatype)type;
	return 0;
}

static int
variable_end(void *ctx, struct span text, struct err *e)
{
	struct reader *r = ctx;
	const struct oval_given *g = &r->list->given[r->list->n - 1];

	(void)text;
	if (g->n_values > 0)
		return 0;
	return err_set(e, ERR_FORMAT, "variable %.*s has no value",
	    SPAN_ARG(span_first(g->id, 120)));
}

static int
value_end(void *ctx, struct span text, struct err *e)
{
	struct reader *r = ctx;
	struct oval_given *g = &r->list->given[r->list->n - 1];

	if (oval_limit(
		g->n_values, OVAL_VALUES_MAX, "values in one variable", e) != 0)
		return -1;
	*oval_span_add(r->arena, &g->values, &g->n_values) =
	    arena_span(r->arena, text);
	return 0;
}

#define V OVAL_NS_VARIABLES

static const struct xml_rule rules[] = {
	{ S_DOCUMENT, V, "oval_variables", S_ROOT, root_start, NULL },
	{ S_ROOT, V, "variables", S_VARIABLES, NULL, NULL },
	{ S_VARIABLES, V, "variable", S_VARIABLE, variable_start,
	    variable_end },
	{ S_VARIABLE, V, "value", S_VALUE, NULL, value_end },
	{ 0, NULL, NULL, 0, NULL, NULL },
};

static int
cmp_given(const void *pa, const void *pb)
{
	const struct oval_given *a = pa;
	const struct oval_given *b = pb;

	return span_cmp(a->id, b->id);
}

static int
sort(struct oval_given_list *l, struct err *e)
{
	size_t i;

	if (l->n == 0)
		return 0;
	qsort(l->given, l->n, sizeof(*l->given), cmp_given);
	for (i = 1; i < l->n; i++)
		if (span_eq(l->given[i - 1].id, l->given[i].id))
			return err_set(e, ERR_FORMAT,
			    "variable %.*s is there twice",
			    SPAN_ARG(span_first(l->given[i].id, 120)));
	return 0;
}

int
oval_variables_read(struct span bytes, struct arena *a,
    struct oval_given_list *out, struct err *e)
{
	struct reader r = { a, out, false };
	struct xml_reader *xml = xml_new(rules, &r);
	int rc = -1;

	*out = (struct oval_given_list){ 0 };
	if (bytes.len > OVAL_GIVEN_SIZE_MAX) {
		err_set(
		    e, ERR_LIMIT, "larger than %zu bytes", OVAL_GIVEN_SIZE_MAX);
		goto out;
	}
	if (xml_push(xml, bytes.ptr, bytes.len, e) != 0 ||
	    xml_finish(xml, e) != 0)
		goto out;
	if (!r.has_root) {
		err_set(e, ERR_FORMAT, "this is no OVAL variables document");
		goto out;
	}
	rc = sort(out, e);
out:
	xml_free(xml);
	return rc;
}

const struct oval_given *
oval_given_find(const struct oval_given_list *list, struct span id)
{
	struct oval_given key = { .id = id };

	if (list == NULL || list->n == 0)
		return NULL;
	return bsearch(
	    &key, list->given, list->n, sizeof(*list->given), cmp_given);
}
