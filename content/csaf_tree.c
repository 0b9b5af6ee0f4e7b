/* SPDX-License-Identifier: Apache-2.0 */
/* The product tree: branches of any shape, and relationships on them. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "content/csaf_impl.h"

void
csaf_tree_cleanup(struct csaf_tree *t)
{
	map_cleanup(&t->ids);
	free(t->entries);
	*t = (struct csaf_tree){ 0 };
}

int
csaf_tree_find(
    struct csaf_tree *t, struct span id, uint32_t *out, struct err *e)
{
	if (map_get(&t->ids, id, out))
		return 0;
	if (t->n == CSAF_PRODUCTS_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u products", CSAF_PRODUCTS_MAX);
	t->entries = xgrow(t->entries, &t->cap, t->n + 1, sizeof(*t->entries));
	t->entries[t->n] =
	    (struct csaf_entry){ .id = arena_span(t->arena, id) };
	*out = (uint32_t)t->n++;
	map_add(&t->ids, id, *out, NULL);
	return 0;
}

/* A full_product_name_t of CSAF: what has no purl is a product. */
static int
read_leaf(struct csaf_tree *t, const struct json_node *product,
    struct span category, struct err *e)
{
	const struct json_node *helper =
	    json_get(product, "product_identification_helper");
	struct span id = json_text(json_get(product, "product_id"));
	struct span purl = json_text(json_get(helper, "purl"));
	struct csaf_entry *entry;
	uint32_t i;

	if (id.len == 0)
		return 0;
	if (csaf_tree_find(t, id, &i, e) != 0)
		return -1;
	entry = &t->entries[i];
	if (entry->kind != CSAF_UNKNOWN)
		return 0;
	entry->kind = CSAF_COMPONENT;
	entry->helper = arena_span(t->arena, purl);
	if (purl.len > 0)
		return 0;
	entry->helper =
	    arena_span(t->arena, json_text(json_get(helper, "cpe")));
	if (entry->helper.len > 0 || span_is(category, "product_name"))
		entry->kind = CSAF_PRODUCT;
	return 0;
}

/* As deep as JSON_DEPTH_MAX lets the branches be. */
static int
read_branches(
    struct csaf_tree *t, const struct json_node *parent, struct err *e)
{
	const struct json_node *b = csaf_first(parent, "branches");

	for (; b != NULL; b = b->next) {
		if (read_leaf(t, json_get(b, "product"),
			json_text(json_get(b, "category")), e) != 0 ||
		    read_branches(t, b, e) != 0)
			return -1;
	}
	return 0;
}

static int
read_names(
    struct csaf_tree *t, const struct json_node *product_tree, struct err *e)
{
	const struct json_node *name =
	    csaf_first(product_tree, "full_product_names");

	for (; name != NULL; name = name->next)
		if (read_leaf(t, name, SPAN_NONE, e) != 0)
			return -1;
	return 0;
}

static int
read_relation(struct csaf_tree *t, const struct json_node *r, struct err *e)
{
	struct span id =
	    json_text(json_path(r, "full_product_name.product_id"));
	struct span part = json_text(json_get(r, "product_reference"));
	struct span whole =
	    json_text(json_get(r, "relates_to_product_reference"));
	uint32_t i, reference, relates;

	if (id.len == 0)
		return 0;
	if (csaf_tree_find(t, id, &i, e) != 0 ||
	    csaf_tree_find(t, part, &reference, e) != 0 ||
	    csaf_tree_find(t, whole, &relates, e) != 0)
		return -1;
	t->entries[relates].has_parts = true;
	if (t->entries[i].kind != CSAF_UNKNOWN)
		return 0;
	t->entries[i].kind = CSAF_RELATION;
	t->entries[i].reference = reference;
	t->entries[i].relates = relates;
	return 0;
}

static int
read_relations(
    struct csaf_tree *t, const struct json_node *product_tree, struct err *e)
{
	const struct json_node *r = csaf_first(product_tree, "relationships");

	for (; r != NULL; r = r->next)
		if (read_relation(t, r, e) != 0)
			return -1;
	return 0;
}

/* Leaves first: a relation never takes the id of one. */
int
csaf_tree_read(struct csaf_tree *t, const struct json_node *product_tree,
    struct arena *a, struct err *e)
{
	map_cleanup(&t->ids);
	t->n = 0;
	t->arena = a;
	if (read_branches(t, product_tree, e) != 0 ||
	    read_names(t, product_tree, e) != 0)
		return -1;
	return read_relations(t, product_tree, e);
}

static void
take_leaf(struct csaf_parts *parts, const struct csaf_entry *entry, uint32_t i,
    bool is_whole)
{
	uint32_t *to = is_whole ? &parts->module : &parts->component;

	if (entry->kind == CSAF_PRODUCT)
		to = &parts->product;
	if (*to == CSAF_NONE)
		*to = i;
}

static void
take_parts(const struct csaf_tree *t, uint32_t i, bool is_whole, unsigned depth,
    struct csaf_parts *parts)
{
	const struct csaf_entry *entry = &t->entries[i];

	if (entry->kind == CSAF_UNKNOWN || depth > CSAF_NESTING_MAX)
		return;
	if (entry->kind != CSAF_RELATION) {
		take_leaf(parts, entry, i, is_whole);
		return;
	}
	take_parts(t, entry->reference, is_whole, depth + 1, parts);
	take_parts(t, entry->relates, true, depth + 1, parts);
}

struct csaf_parts
csaf_tree_parts(const struct csaf_tree *t, uint32_t entry)
{
	struct csaf_parts parts = { CSAF_NONE, CSAF_NONE, CSAF_NONE };

	take_parts(t, entry, false, 0, &parts);
	return parts;
}
