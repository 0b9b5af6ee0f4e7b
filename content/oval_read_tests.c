/* SPDX-License-Identifier: Apache-2.0 */
/* The section <tests>. */
#include "content/oval_read.h"

static const struct oval_field test_fields[] = {
	{ "id", OVAL_FIELD_ID, true, offsetof(struct oval_test, id), NULL },
	{ "version", OVAL_FIELD_UINT, false,
	    offsetof(struct oval_test, version), NULL },
	{ "comment", OVAL_FIELD_TEXT, false,
	    offsetof(struct oval_test, comment), NULL },
	{ "check", OVAL_FIELD_WORD, true, offsetof(struct oval_test, check),
	    &oval_words_check },
	{ "check_existence", OVAL_FIELD_WORD, false,
	    offsetof(struct oval_test, existence), &oval_words_existence },
	{ "state_operator", OVAL_FIELD_WORD, false,
	    offsetof(struct oval_test, state_operator), &oval_words_operator },
	{ "deprecated", OVAL_FIELD_BOOL, false,
	    offsetof(struct oval_test, deprecated), NULL },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field object_ref_fields[] = {
	{ "object_ref", OVAL_FIELD_ID, true, offsetof(struct oval_ref, id),
	    NULL },
	{ NULL, 0, false, 0, NULL },
};

static const struct oval_field state_ref_fields[] = {
	{ "state_ref", OVAL_FIELD_ID, true, offsetof(struct oval_ref, id),
	    NULL },
	{ NULL, 0, false, 0, NULL },
};

OVAL_START(oval_test_start)
{
	struct oval_reader *r = ctx;
	struct oval_test *t = &r->test;

	if (oval_item_begin(r, e) != 0)
		return -1;
	*t = (struct oval_test){ .line = el->line };
	t->object.ord = OVAL_ORD_NONE;
	t->kind = oval_kind_of(el->ns, el->name, OVAL_PART_TEST);
	t->type = oval_copy(r, el->name);
	return oval_fields_read(r, el, test_fields, t, e);
}

OVAL_START(oval_test_object_start)
{
	struct oval_reader *r = ctx;

	if (r->test.object.id.len > 0)
		return err_set(e, ERR_FORMAT, "test %.*s has two objects",
		    SPAN_ARG(r->test.id));
	return oval_fields_read(r, el, object_ref_fields, &r->test.object, e);
}

OVAL_START(oval_test_state_start)
{
	struct oval_reader *r = ctx;
	struct oval_test *t = &r->test;
	struct oval_ref *ref;

	if (oval_limit(t->n_states, OVAL_STATES_MAX, "states in one test", e) !=
	    0)
		return -1;
	t->states = oval_list_grow(
	    r->arena, t->states, t->n_states, sizeof(*t->states));
	ref = &t->states[t->n_states++];
	ref->ord = OVAL_ORD_NONE;
	return oval_fields_read(r, el, state_ref_fields, ref, e);
}

OVAL_END(oval_test_end)
{
	struct oval_reader *r = ctx;
	const struct oval_test *t = &r->test;

	(void)text;
	/* Types that are unknown anyway may be built in any way. */
	if (t->kind != OVAL_KIND_OTHER && t->kind != OVAL_KIND_UNKNOWN &&
	    t->object.id.len == 0)
		return err_set(
		    e, ERR_FORMAT, "test %.*s has no object", SPAN_ARG(t->id));
	if (r->sink->test == NULL)
		return 0;
	return r->sink->test(r->sink->ctx, t, e);
}
