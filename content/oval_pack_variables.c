/* SPDX-License-Identifier: Apache-2.0 */
/* Variables: values, components, restrictions. */
#include "content/oval_pack_impl.h"

static void
pack_component(struct buf *b, const struct oval_component *c)
{
	size_t i;

	pack_uint(b, c->type);
	switch (c->type) {
	case OVAL_COMPONENT_LITERAL:
		pack_uint(b, c->datatype);
		pack_span(b, c->literal);
		return;
	case OVAL_COMPONENT_OBJECT:
		oval_pack_ref(b, &c->ref);
		pack_span(b, c->item_field);
		pack_span(b, c->record_field);
		return;
	case OVAL_COMPONENT_VARIABLE:
		oval_pack_ref(b, &c->ref);
		return;
	default:
		pack_span(b, c->argument);
		pack_span(b, c->argument2);
		pack_uint(b, c->n_operands);
		for (i = 0; i < c->n_operands; i++)
			pack_component(b, &c->operands[i]);
	}
}

static void unpack_component(
    struct oval_unpacker *r, struct oval_component *c, unsigned depth);

static void
unpack_function(
    struct oval_unpacker *r, struct oval_component *c, unsigned depth)
{
	size_t i;

	c->argument = unpack_span(&r->u);
	c->argument2 = unpack_span(&r->u);
	c->n_operands = unpack_count(&r->u);
	if (!oval_component_fits(c->type, c->n_operands))
		r->u.failed = true;
	c->operands =
	    arena_array(r->arena, c->n_operands, sizeof(*c->operands));
	for (i = 0; i < c->n_operands && !r->u.failed; i++)
		unpack_component(r, &c->operands[i], depth + 1);
}

static void
unpack_component(
    struct oval_unpacker *r, struct oval_component *c, unsigned depth)
{
	c->ref.ord = OVAL_ORD_NONE;
	c->type = unpack_max(&r->u, OVAL_FUNCTION_GLOB_TO_REGEX);
	if (depth == OVAL_FUNCTION_DEPTH_MAX)
		r->u.failed = true;
	else if (c->type == OVAL_COMPONENT_LITERAL) {
		c->datatype = unpack_max(&r->u, OVAL_RECORD);
		c->literal = unpack_span(&r->u);
	} else if (c->type == OVAL_COMPONENT_OBJECT) {
		c->ref = oval_unpack_ref(r);
		c->item_field = unpack_span(&r->u);
		c->record_field = unpack_span(&r->u);
	} else if (c->type == OVAL_COMPONENT_VARIABLE) {
		c->ref = oval_unpack_ref(r);
	} else {
		unpack_function(r, c, depth);
	}
}

static void
pack_restrictions(struct buf *b, const struct oval_variable *v)
{
	size_t i;
	size_t k;

	pack_uint(b, v->n_restrictions);
	for (i = 0; i < v->n_restrictions; i++) {
		const struct oval_possible_restriction *p = &v->restrictions[i];

		pack_uint(b, p->op);
		pack_uint(b, p->n_restrictions);
		for (k = 0; k < p->n_restrictions; k++) {
			pack_uint(b, p->restrictions[k].operation);
			pack_span(b, p->restrictions[k].value);
		}
	}
}

static void
unpack_restriction(struct oval_unpacker *r, struct oval_possible_restriction *p)
{
	size_t i;

	p->op = unpack_max(&r->u, OVAL_XOR);
	p->n_restrictions = unpack_count(&r->u);
	p->restrictions =
	    arena_array(r->arena, p->n_restrictions, sizeof(*p->restrictions));
	for (i = 0; i < p->n_restrictions && !r->u.failed; i++) {
		p->restrictions[i].operation =
		    unpack_max(&r->u, OVAL_SUPERSET_OF);
		p->restrictions[i].value = unpack_span(&r->u);
	}
}

void
oval_pack_variable(struct buf *b, const struct oval_variable *v)
{
	uint64_t bits = 0;
	unsigned used = 0;
	size_t i;

	oval_bits_put(&bits, &used, v->type, 2);
	oval_bits_put(&bits, &used, v->datatype, 4);
	oval_bits_put(&bits, &used, v->deprecated, 1);
	pack_uint(b, bits);
	pack_uint(b, v->version);
	pack_uint(b, v->n_values);
	for (i = 0; i < v->n_values; i++)
		pack_span(b, v->values[i]);
	if (v->type == OVAL_VARIABLE_LOCAL)
		pack_component(b, v->component);
	if (v->type == OVAL_VARIABLE_EXTERNAL)
		pack_restrictions(b, v);
}

int
oval_unpack_variable(
    struct span packed, struct arena *a, struct oval_variable *v, struct err *e)
{
	struct oval_unpacker r = { unpack_of(packed), a };
	uint64_t bits = unpack_uint(&r.u);
	size_t i;

	*v = (struct oval_variable){ 0 };
	v->type = oval_bits_take(&r, &bits, 2, OVAL_VARIABLE_EXTERNAL);
	v->datatype = oval_bits_take(&r, &bits, 4, OVAL_RECORD);
	v->deprecated = oval_bits_take(&r, &bits, 1, 1) != 0;
	v->version = unpack_uint(&r.u);
	v->n_values = unpack_count(&r.u);
	v->values = arena_array(a, v->n_values, sizeof(*v->values));
	for (i = 0; i < v->n_values; i++)
		v->values[i] = unpack_span(&r.u);
	if (v->type == OVAL_VARIABLE_LOCAL) {
		v->component = arena_alloc(a, sizeof(*v->component));
		unpack_component(&r, v->component, 0);
	}
	if (v->type == OVAL_VARIABLE_EXTERNAL) {
		v->n_restrictions = unpack_count(&r.u);
		v->restrictions =
		    arena_array(a, v->n_restrictions, sizeof(*v->restrictions));
		for (i = 0; i < v->n_restrictions && !r.u.failed; i++)
			unpack_restriction(&r, &v->restrictions[i]);
	}
	return oval_unpack_finish(&r, "variable", e);
}
