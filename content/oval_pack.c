/* SPDX-License-Identifier: Apache-2.0 */
/* Criteria and tests, and what all records have in common. */
#include "content/oval_pack_impl.h"

void
oval_bits_put(uint64_t *bits, unsigned *used, unsigned v, unsigned width)
{
	*bits |= (uint64_t)v << *used;
	*used += width;
}

unsigned
oval_bits_take(
    struct oval_unpacker *r, uint64_t *bits, unsigned width, size_t max)
{
	unsigned v = (unsigned)(*bits & ((1u << width) - 1));

	*bits >>= width;
	if (v <= max)
		return v;
	r->u.failed = true;
	return 0;
}

void
oval_pack_ref(struct buf *b, const struct oval_ref *ref)
{
	pack_uint(b, ref->ord == OVAL_ORD_NONE ? 0 : (uint64_t)ref->ord + 1);
}

struct oval_ref
oval_unpack_ref(struct oval_unpacker *r)
{
	uint32_t v = unpack_max(&r->u, UINT32_MAX);

	return (struct oval_ref){ SPAN_NONE, v == 0 ? OVAL_ORD_NONE : v - 1 };
}

int
oval_unpack_finish(
    const struct oval_unpacker *r, const char *what, struct err *e)
{
	if (unpack_done(&r->u))
		return 0;
	return err_set(
	    e, ERR_FORMAT, "the index is damaged: a packed %s", what);
}

void
oval_pack_nodes(struct buf *b, const struct oval_node *nodes, size_t n)
{
	size_t i;

	pack_uint(b, n);
	for (i = 0; i < n; i++) {
		const struct oval_node *node = &nodes[i];
		uint64_t bits = 0;
		unsigned used = 0;

		oval_bits_put(&bits, &used, node->type, 2);
		oval_bits_put(&bits, &used, node->op, 2);
		oval_bits_put(&bits, &used, node->negate, 1);
		oval_bits_put(&bits, &used, node->applicability_check, 1);
		oval_bits_put(&bits, &used, node->status, 4);
		pack_uint(b, bits);
		if (node->type == OVAL_NODE_CRITERIA)
			pack_uint(b, node->n_operands);
		else
			oval_pack_ref(b, &node->ref);
	}
}

/* *depth counts the subtrees that no criteria has taken yet. */
static void
unpack_node(struct oval_unpacker *r, struct oval_node *node, uint32_t *depth)
{
	uint64_t bits = unpack_uint(&r->u);

	node->type = oval_bits_take(r, &bits, 2, OVAL_NODE_EXTEND);
	node->op = oval_bits_take(r, &bits, 2, OVAL_XOR);
	node->negate = oval_bits_take(r, &bits, 1, 1) != 0;
	node->applicability_check = oval_bits_take(r, &bits, 1, 1) != 0;
	node->status = oval_bits_take(r, &bits, 4, OVAL_STATUS_UNKNOWN);
	node->ref.ord = OVAL_ORD_NONE;
	if (bits != 0)
		r->u.failed = true;
	if (node->type == OVAL_NODE_CRITERIA) {
		node->n_operands = unpack_max(&r->u, *depth);
		if (node->n_operands == 0)
			r->u.failed = true;
		*depth -= node->n_operands;
	} else {
		node->ref = oval_unpack_ref(r);
	}
	(*depth)++;
}

int
oval_unpack_nodes(struct span packed, struct arena *a, struct oval_node **nodes,
    size_t *n, struct err *e)
{
	struct oval_unpacker r = { unpack_of(packed), a };
	uint32_t depth = 0;
	size_t i;

	*n = unpack_count(&r.u);
	*nodes = arena_array(a, *n, sizeof(**nodes));
	for (i = 0; i < *n && !r.u.failed; i++)
		unpack_node(&r, &(*nodes)[i], &depth);
	if (*n > 0 && depth != 1)
		r.u.failed = true;
	return oval_unpack_finish(&r, "criteria tree", e);
}

void
oval_pack_test(struct buf *b, const struct oval_test *t)
{
	uint64_t bits = 0;
	unsigned used = 0;
	size_t i;

	oval_bits_put(&bits, &used, t->kind, 4);
	oval_bits_put(&bits, &used, t->check, 3);
	oval_bits_put(&bits, &used, t->existence, 3);
	oval_bits_put(&bits, &used, t->state_operator, 2);
	oval_bits_put(&bits, &used, t->deprecated, 1);
	pack_uint(b, bits);
	pack_uint(b, t->version);
	if (t->kind == OVAL_KIND_OTHER)
		pack_span(b, t->type);
	pack_span(b, t->comment);
	oval_pack_ref(b, &t->object);
	pack_uint(b, t->n_states);
	for (i = 0; i < t->n_states; i++)
		oval_pack_ref(b, &t->states[i]);
}

struct span
oval_unpack_type(
    struct oval_unpacker *r, enum oval_kind kind, enum oval_part part)
{
	if (kind == OVAL_KIND_OTHER)
		return unpack_span(&r->u);
	return span_of(oval_kind_element(kind, part));
}

int
oval_unpack_test(
    struct span packed, struct arena *a, struct oval_test *t, struct err *e)
{
	struct oval_unpacker r = { unpack_of(packed), a };
	uint64_t bits = unpack_uint(&r.u);
	size_t i;

	*t = (struct oval_test){ 0 };
	t->kind = oval_bits_take(&r, &bits, 4, OVAL_N_KINDS - 1);
	t->check = oval_bits_take(&r, &bits, 3, OVAL_CHECK_NONE_EXIST);
	t->existence = oval_bits_take(&r, &bits, 3, OVAL_EXISTENCE_ONLY_ONE);
	t->state_operator = oval_bits_take(&r, &bits, 2, OVAL_XOR);
	t->deprecated = oval_bits_take(&r, &bits, 1, 1) != 0;
	t->version = unpack_uint(&r.u);
	t->type = oval_unpack_type(&r, t->kind, OVAL_PART_TEST);
	t->comment = unpack_span(&r.u);
	t->object = oval_unpack_ref(&r);
	t->n_states = unpack_count(&r.u);
	t->states = arena_array(a, t->n_states, sizeof(*t->states));
	for (i = 0; i < t->n_states; i++)
		t->states[i] = oval_unpack_ref(&r);
	return oval_unpack_finish(&r, "test", e);
}
