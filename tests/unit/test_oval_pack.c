/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every record of a document, with ordinals in place of ids, is packed and
 * unpacked and must print as it did; and each prefix of its bytes is refused.
 */
#include <string.h>

#include "base/map.h"
#include "content/oval_pack.h"
#include "tests/unit/corpus.h"
#include "tests/unit/oval_print.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

struct trip {
	struct map ids; /* ordinals as they come */
	struct arena arena;
	struct buf packed;
	struct buf want;
	struct buf got;
	size_t n;
	bool prefixes; /* try them, too */
};

/* Some ordinal for each id; now and then none, as for an external one. */
static struct oval_ref
resolve(struct trip *t, struct span id)
{
	uint32_t ord = OVAL_ORD_NONE;

	if (id.len > 0)
		map_add(&t->ids, id, (uint32_t)t->ids.n * 7, &ord);
	return (struct oval_ref){ SPAN_NONE, ord };
}

static void
resolve_entities(struct trip *t, struct oval_entity *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		list[i].var = resolve(t, list[i].var.id);
}

static void
resolve_filters(struct trip *t, struct oval_filter *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		list[i].state = resolve(t, list[i].state.id);
}

static void
resolve_set(struct trip *t, struct oval_set *set)
{
	size_t i;

	for (i = 0; i < set->n_objects; i++)
		set->objects[i] = resolve(t, set->objects[i].id);
	for (i = 0; i < set->n_sets; i++)
		resolve_set(t, set->sets[i]);
	resolve_filters(t, set->filters, set->n_filters);
}

static void
resolve_component(struct trip *t, struct oval_component *c)
{
	size_t i;

	c->ref = resolve(t, c->ref.id);
	for (i = 0; i < c->n_operands; i++)
		resolve_component(t, &c->operands[i]);
}

static void
compare(struct trip *t)
{
	assert_string_equal(buf_str(&t->got), buf_str(&t->want));
	buf_reset(&t->packed);
	buf_reset(&t->want);
	buf_reset(&t->got);
	arena_reset(&t->arena);
	t->n++;
}

/* unpack must fail on every part of what was packed, and say so. */
#define CHECK_PREFIXES(t, type, unpack)                                        \
	do {                                                                   \
		for (size_t len_ = 0; (t)->prefixes && len_ < (t)->packed.len; \
		     len_++) {                                                 \
			type out_;                                             \
			struct err e_ = { 0 };                                 \
			assert_int_equal(                                      \
			    unpack(span_first(buf_span(&(t)->packed), len_),   \
				&(t)->arena, &out_, &e_),                      \
			    -1);                                               \
			assert_int_equal(e_.code, ERR_FORMAT);                 \
		}                                                              \
	} while (0)

static int
on_definition(void *ctx, const struct oval_definition *d, struct err *e)
{
	struct trip *t = ctx;
	struct oval_node *nodes;
	size_t n;
	size_t i;

	for (i = 0; i < d->n_nodes; i++) {
		d->nodes[i].ref = resolve(t, d->nodes[i].ref.id);
		d->nodes[i].comment = SPAN_NONE;
	}
	oval_pack_nodes(&t->packed, d->nodes, d->n_nodes);
	if (oval_unpack_nodes(buf_span(&t->packed), &t->arena, &nodes, &n, e) !=
	    0)
		return -1;
	print_nodes(&t->want, d->nodes, d->n_nodes);
	print_nodes(&t->got, nodes, n);
	for (i = 0; t->prefixes && i < t->packed.len; i++) {
		struct err refused = { 0 };

		assert_int_equal(
		    oval_unpack_nodes(span_first(buf_span(&t->packed), i),
			&t->arena, &nodes, &n, &refused),
		    -1);
		assert_int_equal(refused.code, ERR_FORMAT);
	}
	compare(t);
	return 0;
}

static int
on_test(void *ctx, const struct oval_test *record, struct err *e)
{
	struct trip *t = ctx;
	struct oval_test test = *record;
	struct oval_test got;
	size_t i;

	test.id = SPAN_NONE;
	test.object = resolve(t, test.object.id);
	for (i = 0; i < test.n_states; i++)
		test.states[i] = resolve(t, test.states[i].id);
	oval_pack_test(&t->packed, &test);
	if (oval_unpack_test(buf_span(&t->packed), &t->arena, &got, e) != 0)
		return -1;
	print_test(&t->want, &test);
	print_test(&t->got, &got);
	CHECK_PREFIXES(t, struct oval_test, oval_unpack_test);
	compare(t);
	return 0;
}

static int
on_object(void *ctx, const struct oval_object *record, struct err *e)
{
	struct trip *t = ctx;
	struct oval_object object = *record;
	struct oval_object got;

	object.id = SPAN_NONE;
	object.comment = SPAN_NONE;
	resolve_entities(t, object.entities, object.n_entities);
	resolve_filters(t, object.filters, object.n_filters);
	if (object.set != NULL)
		resolve_set(t, object.set);
	oval_pack_object(&t->packed, &object);
	if (oval_unpack_object(buf_span(&t->packed), &t->arena, &got, e) != 0)
		return -1;
	print_object(&t->want, &object);
	print_object(&t->got, &got);
	CHECK_PREFIXES(t, struct oval_object, oval_unpack_object);
	compare(t);
	return 0;
}

static int
on_state(void *ctx, const struct oval_state *record, struct err *e)
{
	struct trip *t = ctx;
	struct oval_state state = *record;
	struct oval_state got;

	state.id = SPAN_NONE;
	state.comment = SPAN_NONE;
	resolve_entities(t, state.entities, state.n_entities);
	oval_pack_state(&t->packed, &state);
	if (oval_unpack_state(buf_span(&t->packed), &t->arena, &got, e) != 0)
		return -1;
	print_state(&t->want, &state);
	print_state(&t->got, &got);
	CHECK_PREFIXES(t, struct oval_state, oval_unpack_state);
	compare(t);
	return 0;
}

static int
on_variable(void *ctx, const struct oval_variable *record, struct err *e)
{
	struct trip *t = ctx;
	struct oval_variable variable = *record;
	struct oval_variable got;

	variable.id = SPAN_NONE;
	variable.comment = SPAN_NONE;
	if (variable.component != NULL)
		resolve_component(t, variable.component);
	oval_pack_variable(&t->packed, &variable);
	if (oval_unpack_variable(buf_span(&t->packed), &t->arena, &got, e) != 0)
		return -1;
	print_variable(&t->want, &variable);
	print_variable(&t->got, &got);
	CHECK_PREFIXES(t, struct oval_variable, oval_unpack_variable);
	compare(t);
	return 0;
}

/* The number of records that made the trip. */
static size_t
trip_all(struct stream *in, bool prefixes)
{
	struct trip t = { .prefixes = prefixes };
	const struct oval_sink sink = { &t, NULL, on_definition, on_test,
		on_object, on_state, on_variable };
	struct err e = { 0 };

	if (oval_read(in, &sink, &e) != 0)
		fail_msg("%s", e.msg);
	stream_close(in);
	map_cleanup(&t.ids);
	arena_cleanup(&t.arena);
	buf_cleanup(&t.packed);
	buf_cleanup(&t.want);
	buf_cleanup(&t.got);
	return t.n;
}

struct trip_case {
	const char *path;
	size_t n;
};

static const struct trip_case fixtures[] = {
	{ "tests/fixtures/oval/good_ubuntu.xml", 21 },
	{ "tests/fixtures/oval/good_redhat.xml", 11 },
	{ "tests/fixtures/oval/good_suse.xml", 7 },
	{ "tests/fixtures/oval/good_language.xml", 12 },
};

static void
test_fixture(void **state)
{
	const struct trip_case *c = *state;
	struct buf text = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	assert_int_equal(file_read(AT_FDCWD, c->path, 1 << 20, &text, &e), 0);
	assert_int_equal(stream_open_span(&in, buf_span(&text), NULL, &e), 0);
	assert_int_equal(trip_all(in, true), c->n);
	buf_cleanup(&text);
}

static const struct trip_case corpus[] = {
	{ CORPUS_UBUNTU "com.ubuntu.noble.usn.oval.xml.bz2", 1953 },
	{ CORPUS_REDHAT "RHEL8/rhel-8.oval.xml.bz2", 6166 },
};

static void
test_corpus(void **state)
{
	const struct trip_case *c = *state;

	assert_int_equal(trip_all(corpus_open(c->path), false), c->n);
}

/* Damaged in ways that a cut does not show. */
static void
test_damaged(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "\x01\x00\x00", 3 },         /* a root of no operands */
		{ "\x01\x00\x01", 3 },         /* of more than there are */
		{ "\x02\x01\x01\x01\x01", 5 }, /* two roots */
		{ "\x01\x03\x01", 3 },         /* no such type of node */
		{ "\xff\xff\xff\xff\x0f", 5 }, /* more than the bytes hold */
		{ "\x01\x01\x01\x00", 4 },     /* bytes behind the end */
	};
	struct arena arena = { 0 };
	struct oval_node *nodes;
	size_t n;
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_N(rows); i++) {
		struct err e = { 0 };

		assert_int_equal(
		    oval_unpack_nodes(span_make(rows[i].bytes, rows[i].len),
			&arena, &nodes, &n, &e),
		    -1);
		assert_string_equal(
		    e.msg, "the index is damaged: a packed criteria tree");
	}
	arena_cleanup(&arena);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(fixtures) + TABLE_N(corpus) + 1] = {
		cmocka_unit_test(test_damaged),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, fixtures, test_fixture);
	TABLE_ADD(tests, &n, corpus, test_corpus);
	return _cmocka_run_group_tests("oval_pack", tests, n, NULL, NULL);
}
