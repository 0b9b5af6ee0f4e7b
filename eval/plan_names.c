/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which package names lead to a test. Too wide is fine, too narrow never: a
 * test that is not keyed here is evaluated for every system.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "eval/compare.h"
#include "eval/plan_impl.h"

void
plan_names_cleanup(struct plan_names *p)
{
	map_cleanup(&p->map);
	arena_cleanup(&p->arena);
	free(p->keys);
	free(p->tests.pairs);
	free(p->keyed);
	*p = (struct plan_names){ 0 };
}

static void
lead(struct plan_names *p, enum package_kind kind, struct span name,
    uint32_t test)
{
	struct buf key = { 0 };
	uint32_t at;

	buf_add_char(&key, (char)('0' + (int)kind));
	buf_add_span(&key, value_text(OVAL_STRING, name));
	if (map_add(&p->map, buf_span(&key), (uint32_t)p->n, &at)) {
		p->keys = xgrow(p->keys, &p->cap, p->n + 1, sizeof(*p->keys));
		p->keys[p->n++] = arena_span(&p->arena, buf_span(&key));
	}
	pair_add(&p->tests, at, test);
	buf_cleanup(&key);
}

/*
 * The entity that names packages literally, or NULL. Its items are none where
 * no package has such a name, whatever else the test says: FORMATS §7.3 then
 * looks at check_existence alone.
 */
static const struct oval_entity *
naming_entity(const struct oval_test *t, const struct oval_object *o)
{
	const struct oval_entity *name = &o->entities[0];

	if (t->kind != o->kind ||
	    (o->kind != OVAL_KIND_DPKGINFO && o->kind != OVAL_KIND_RPMINFO))
		return NULL;
	if (o->set != NULL || o->n_filters > 0 || o->n_entities != 1)
		return NULL;
	if (!span_is(name->name, "name") || name->nil ||
	    name->operation != OVAL_EQUALS || name->datatype != OVAL_STRING)
		return NULL;
	if (name->has_var && name->var_check != OVAL_CHECK_AT_LEAST_ONE)
		return NULL;
	return name;
}

int
plan_named(struct machine *m, const struct oval_test *t, struct plan_named *out,
    struct err *e)
{
	const struct oval_variable *v;
	const struct oval_entity *name;
	const struct oval_object *o;

	if (t->object.ord == OVAL_ORD_NONE)
		return 0;
	o = machine_object(m, t->object.ord, e);
	if (o == NULL)
		return -1;
	name = naming_entity(t, o);
	if (name == NULL)
		return 0;
	out->kind = o->kind == OVAL_KIND_DPKGINFO ? PACKAGE_DPKG : PACKAGE_RPM;
	out->names = &name->value;
	out->n = 1;
	if (!name->has_var)
		return 1;
	v = machine_variable(m, name->var.ord, e);
	if (v == NULL)
		return -1;
	if (v->type != OVAL_VARIABLE_CONSTANT || v->datatype != OVAL_STRING)
		return 0;
	out->names = v->values;
	out->n = v->n_values;
	return 1;
}

static int
key_test(struct plan_names *p, struct machine *m, uint32_t ord, struct err *e)
{
	const struct oval_test *t = machine_test(m, ord, e);
	struct plan_named named;
	size_t i;
	int rc;

	if (t == NULL)
		return -1;
	rc = plan_named(m, t, &named, e);
	if (rc != 1)
		return rc;
	if (p->tests.n + named.n > PLAN_PAIRS_MAX)
		return 0;
	for (i = 0; i < named.n; i++)
		lead(p, named.kind, named.names[i], ord);
	p->keyed[ord] = true;
	return 0;
}

int
plan_names_find(struct plan_names *p, struct machine *m, const uint32_t *tests,
    size_t n, struct err *e)
{
	size_t i;

	p->keyed = xcalloc(machine_n_tests(m), sizeof(*p->keyed));
	for (i = 0; i < n; i++)
		if (key_test(p, m, tests[i], e) != 0)
			return -1;
	return 0;
}
