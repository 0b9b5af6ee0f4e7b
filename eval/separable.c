/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/machine_memo.h"
#include "eval/ords.h"
#include "eval/separable_impl.h"
#include "schema_index.h"

/* What a part of criteria asks of packages. */
enum asks {
	ASKS_NOT_SEEN = 0,
	ASKS_NOTHING,
	ASKS_NAME,   /* of one name */
	ASKS_EITHER, /* of several, any of which may make it true */
	ASKS_MORE,   /* not separable */
};

struct shape {
	uint8_t asks;  /* enum asks */
	uint32_t name; /* of ASKS_NAME: a number of the names' */
};

struct separable {
	struct machine *m;
	bool any;
	bool is_rpm;      /* a test is of rpm packages */
	struct map names; /* names in tests → their number */
	struct map known; /* "<kind digit><name>" → is it separable */
	struct shape *definitions; /* by ordinal */
	struct buf key;
	unsigned depth;
};

void
separable_free(struct separable *s)
{
	if (s == NULL)
		return;
	map_cleanup(&s->names);
	map_cleanup(&s->known);
	buf_cleanup(&s->key);
	free(s->definitions);
	free(s);
}

static bool
is_release(struct span name)
{
	return span_has_suffix(name, "-release");
}

bool
separable_is_release(enum package_kind kind, struct span name)
{
	return kind == PACKAGE_RPM && is_release(name);
}

/* --- tests --- */

/* Numbers of names; a release's is a condition. */
static struct shape
shape_of_names(struct separable *s, const struct plan_named *named)
{
	struct shape out = { ASKS_NOTHING, 0 };
	size_t n_release = 0;
	size_t i;

	for (i = 0; i < named->n; i++)
		n_release += is_release(named->names[i]);
	/* No publisher's check of the release asks dpkg. */
	if (named->kind == PACKAGE_RPM && named->n > 0 && n_release == named->n)
		return out;
	if (n_release > 0 || named->n == 0)
		return (struct shape){ ASKS_MORE, 0 };
	out.asks = named->n == 1 ? ASKS_NAME : ASKS_EITHER;
	if (named->n == 1) {
		buf_reset(&s->key);
		buf_add_char(&s->key, (char)('0' + (int)named->kind));
		buf_add_span(&s->key, named->names[0]);
		map_add(&s->names, buf_span(&s->key), (uint32_t)s->names.n,
		    &out.name);
	}
	return out;
}

/*
 * Of its names any may make the test true, and none does where there is no
 * package. One name is asked as a whole, whatever the check.
 */
static bool
is_open(const struct oval_test *t, const struct shape *shape)
{
	if (shape->asks == ASKS_NOTHING)
		return true;
	if (t->existence != OVAL_EXISTENCE_AT_LEAST_ONE)
		return false;
	return t->check == OVAL_CHECK_AT_LEAST_ONE ||
	    (shape->asks == ASKS_NAME &&
		(t->check == OVAL_CHECK_ALL ||
		    t->check == OVAL_CHECK_ONLY_ONE));
}

static int
test_shape(struct separable *s, uint32_t ord, struct shape *out, struct err *e)
{
	const struct oval_test *t = machine_test(s->m, ord, e);
	struct plan_named named;
	bool asks = false;
	int rc;

	*out = (struct shape){ ASKS_MORE, 0 };
	if (t == NULL)
		return -1;
	rc = plan_named(s->m, t, &named, e);
	if (rc < 0)
		return -1;
	if (rc == 0) {
		if (separable_test_asks(s->m, t, &asks, e) != 0)
			return -1;
		if (!asks)
			out->asks = ASKS_NOTHING;
		return 0;
	}
	if (separable_states_ask(s->m, t, &asks, e) != 0)
		return -1;
	if (asks)
		return 0;
	*out = shape_of_names(s, &named);
	if (!is_open(t, out))
		out->asks = ASKS_MORE;
	return 0;
}

/* --- criteria --- */

static bool
is_same(const struct shape *a, const struct shape *b)
{
	return a->asks == ASKS_NAME && b->asks == ASKS_NAME &&
	    a->name == b->name;
}

/* One more operand of an OR, or of an AND. */
static void
join(struct shape *a, const struct shape *b, enum oval_operator op)
{
	if (b->asks == ASKS_NOTHING || a->asks == ASKS_MORE)
		return;
	if (op == OVAL_ONE || op == OVAL_XOR || b->asks == ASKS_MORE)
		a->asks = ASKS_MORE;
	else if (a->asks == ASKS_NOTHING)
		*a = *b;
	else if (!is_same(a, b))
		a->asks = op == OVAL_OR ? ASKS_EITHER : ASKS_MORE;
}

static int definition_shape(
    struct separable *s, uint32_t ord, struct shape *out, struct err *e);

static int
leaf_shape(struct separable *s, const struct oval_node *n, struct shape *out,
    struct err *e)
{
	if (n->type == OVAL_NODE_CRITERION)
		return test_shape(s, n->ref.ord, out, e);
	if (definition_shape(s, n->ref.ord, out, e) != 0)
		return -1;
	if (out->asks != ASKS_NOTHING)
		out->asks = ASKS_MORE;
	return 0;
}

/* Whether the running kernel is asked for: see scanner/kernel.h. */
static int
node_is_uname(
    struct separable *s, const struct oval_node *n, bool *yes, struct err *e)
{
	const struct oval_test *t;

	if (n->type != OVAL_NODE_CRITERION)
		return 0;
	t = machine_test(s->m, n->ref.ord, e);
	if (t == NULL)
		return -1;
	*yes = *yes || t->kind == OVAL_KIND_UNAME;
	return 0;
}

static int
nodes_shape(struct separable *s, const struct oval_node *nodes, size_t n,
    struct shape *stack, struct err *e)
{
	bool has_uname = false;
	size_t top = 0;
	size_t i;
	uint32_t k;

	for (i = 0; i < n && stack[0].asks != ASKS_MORE; i++) {
		struct shape shape = { ASKS_NOTHING, 0 };

		if (node_is_uname(s, &nodes[i], &has_uname, e) != 0)
			return -1;
		if (nodes[i].type != OVAL_NODE_CRITERIA) {
			if (leaf_shape(s, &nodes[i], &shape, e) != 0)
				return -1;
		} else if (nodes[i].n_operands > top) {
			shape.asks = ASKS_MORE;
		} else {
			for (k = 0; k < nodes[i].n_operands; k++)
				join(&shape, &stack[--top], nodes[i].op);
		}
		if (nodes[i].negate && shape.asks != ASKS_NOTHING)
			shape.asks = ASKS_MORE;
		if (shape.asks == ASKS_MORE)
			top = 0;
		stack[top++] = shape;
	}
	/* Without the kernel they are judged otherwise. */
	if (has_uname && s->is_rpm)
		stack[0].asks = ASKS_MORE;
	return 0;
}

/* One that leads to itself is not separable. */
static int
definition_shape(
    struct separable *s, uint32_t ord, struct shape *out, struct err *e)
{
	struct arena a = { 0 };
	struct oval_node *nodes;
	struct shape *stack;
	size_t n;
	int rc = -1;

	*out = (struct shape){ ASKS_MORE, 0 };
	if (ord >= machine_n_definitions(s->m) ||
	    s->depth == SEPARABLE_DEPTH_MAX)
		return 0;
	if (s->definitions[ord].asks != ASKS_NOT_SEEN) {
		*out = s->definitions[ord];
		return 0;
	}
	s->definitions[ord].asks = ASKS_MORE;
	s->depth++;
	if (machine_read_nodes(s->m, ord, &a, &nodes, &n, e) == 0) {
		stack = arena_array(&a, n + 1, sizeof(*stack));
		stack[0].asks = ASKS_NOTHING;
		rc = nodes_shape(s, nodes, n, stack, e);
		*out = stack[0];
	}
	s->depth--;
	arena_cleanup(&a);
	s->definitions[ord] = *out;
	return rc;
}

/* --- names --- */

static int
damaged(struct err *e)
{
	return err_set(e, ERR_FORMAT, "the index is damaged: a list of tests");
}

/* Whether all definitions above the test are separable. */
static int
above_are(struct separable *s, uint32_t test, bool *yes, struct err *e)
{
	struct shape shape;
	struct span packed;
	struct ords o;
	uint32_t ord;
	int rc = machine_definitions_above(s->m, test, &packed, e);

	if (rc != 1)
		return rc;
	o = ords_of(packed, machine_n_definitions(s->m));
	while (*yes && ords_next(&o, &ord)) {
		if (definition_shape(s, ord, &shape, e) != 0)
			return -1;
		*yes = shape.asks != ASKS_MORE;
	}
	return 0;
}

static int
name_is(struct separable *s, enum package_kind kind, struct span name,
    bool *yes, struct err *e)
{
	struct span packed;
	struct buf tests = { 0 };
	struct ords o;
	uint32_t test;
	int rc = machine_package_tests(s->m, kind, name, &packed, e);

	*yes = true;
	if (rc != 1)
		return rc;
	/* It lives until the next question. */
	buf_add_span(&tests, packed);
	o = ords_of(buf_span(&tests), machine_n_tests(s->m));
	rc = 0;
	while (rc == 0 && *yes && ords_next(&o, &test))
		rc = above_are(s, test, yes, e);
	buf_cleanup(&tests);
	return rc;
}

int
separable_name(struct separable *s, enum package_kind kind, struct span name,
    struct err *e)
{
	struct buf key = { 0 };
	uint32_t known;
	bool yes = false;
	int rc = 0;

	if (!s->any)
		return 0;
	buf_add_char(&key, (char)('0' + (int)kind));
	buf_add_span(&key, name);
	if (map_get(&s->known, buf_span(&key), &known)) {
		yes = known == 1;
	} else {
		rc = name_is(s, kind, name, &yes, e);
		map_add(&s->known, buf_span(&key), yes, NULL);
	}
	buf_cleanup(&key);
	return rc != 0 ? -1 : yes;
}

bool
separable_any(const struct separable *s)
{
	return s->any;
}

/* --- what every image is asked --- */

static int
check_tests(struct separable *s, struct span packed, struct err *e)
{
	struct ords o = ords_of(packed, machine_n_tests(s->m));
	struct shape shape;
	uint32_t test;

	while (s->any && ords_next(&o, &test)) {
		if (test_shape(s, test, &shape, e) != 0)
			return -1;
		s->any = shape.asks == ASKS_NOTHING;
	}
	return !s->any || ords_done(&o) ? 0 : damaged(e);
}

/* Facts and the always list ask nothing of packages, or all is lost. */
static int
check_plan(struct separable *s, struct err *e)
{
	struct db_stmt *row = db_query(s->m->db, QUERY_INDEX_EVAL_PLAN);
	struct buf lists[2] = { { 0 }, { 0 } };
	int rc;

	db_bind_int(row, "document", s->m->document);
	rc = db_step(row, e);
	if (rc == 1) {
		buf_add_span(&lists[0], db_blob(row, 0));
		buf_add_span(&lists[1], db_blob(row, 1));
	}
	db_reset(row);
	s->any = rc == 1;
	if (rc == 1 &&
	    (check_tests(s, buf_span(&lists[0]), e) != 0 ||
		check_tests(s, buf_span(&lists[1]), e) != 0))
		rc = -1;
	buf_cleanup(&lists[0]);
	buf_cleanup(&lists[1]);
	return rc < 0 ? -1 : 0;
}

static int
check_kind(struct separable *s, struct err *e)
{
	struct db_stmt *row = db_query(s->m->db, QUERY_INDEX_EVAL_PACKAGE_KIND);
	int rc;

	db_bind_int(row, "document", s->m->document);
	db_bind_int(row, "kind", PACKAGE_RPM);
	rc = db_step(row, e);
	db_reset(row);
	s->is_rpm = rc == 1;
	return rc < 0 ? -1 : 0;
}

int
separable_make(struct separable **out, struct machine *m, struct err *e)
{
	struct separable *s = xcalloc(1, sizeof(*s));

	s->m = m;
	s->definitions =
	    xcalloc(machine_n_definitions(m), sizeof(*s->definitions));
	if (check_kind(s, e) != 0 || check_plan(s, e) != 0) {
		separable_free(s);
		return -1;
	}
	*out = s;
	return 0;
}
