/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stored inventory under content that came later: what it was not asked for
 * is not collected, so unknown, and never missing.
 */
#include "eval/want.h"
#include "tests/unit/oval_world.h"

#define NONE "check='all' check_existence='none_exist'"
#define FILE_TEST(entities)                                            \
	W_TESTS(W_TEST("unix", "file", "1", NONE, W_OBJ("unix", "1"))) \
	W_OBJECTS(W_OBJECT("unix", "file", "1", entities))
#define LITERAL FILE_TEST("<unix:filepath>/etc/shadow</unix:filepath>")
#define PATTERN                                                         \
	FILE_TEST("<unix:filepath operation='pattern match'>^/etc/s.*$" \
		  "</unix:filepath>")
#define OWNER                                                                 \
	W_TESTS(                                                              \
	    W_TEST("linux", "rpmverifyfile", "1", NONE, W_OBJ("linux", "1"))) \
	W_OBJECTS(W_OBJECT("linux", "rpmverifyfile", "1",                     \
	    "<linux:behaviors/><linux:name operation='pattern match'/>"       \
	    "<linux:epoch operation='pattern match'/>"                        \
	    "<linux:version operation='pattern match'/>"                      \
	    "<linux:release operation='pattern match'/>"                      \
	    "<linux:arch operation='pattern match'/>"                         \
	    "<linux:filepath>/etc/z</linux:filepath>"))
#define MODE                                                               \
	W_TESTS(W_TEST("unix", "file", "1", "check='all'",                 \
	    W_OBJ("unix", "1") W_STE("unix", "1")))                        \
	W_OBJECTS(W_OBJECT(                                                \
	    "unix", "file", "1", "<unix:filepath>/etc/f</unix:filepath>")) \
	W_STATES(W_STATE("unix", "file", "1", "",                          \
	    "<unix:user_id datatype='int'>0</unix:user_id>"))

enum asked {
	ASKED_ALL = 0, /* a scan of the image itself */
	ASKED_NOTHING,
	ASKED_SO, /* for what the content asks */
};

struct asked_case {
	const char *name;
	const char *body;
	enum asked asked;
	bool has_file; /* /etc/f is among the files */
	const char *expect;
};

static const struct asked_case cases[] = {
	{ "a file, in the image", LITERAL, ASKED_ALL, false, "1=true" },
	{ "a file that was not asked for", LITERAL, ASKED_NOTHING, false,
	    "1=unknown" },
	{ "a pattern, in the image", PATTERN, ASKED_ALL, false, "1=true" },
	{ "a pattern that was not asked for", PATTERN, ASKED_NOTHING, false,
	    "1=unknown" },
	{ "a pattern that was asked for", PATTERN, ASKED_SO, false, "1=true" },
	{ "an owner, in the image", OWNER, ASKED_ALL, false, "1=true" },
	{ "an owner that was not asked for", OWNER, ASKED_NOTHING, false,
	    "1=unknown" },
	{ "an owner that was asked for", OWNER, ASKED_SO, false, "1=true" },
	{ "who owns a file, in the image", MODE, ASKED_ALL, true, "1=true" },
	{ "who owns a file is not in an inventory", MODE, ASKED_SO, true,
	    "1=unknown" },
};

/* As scanner/inventory.h gives it. */
static void
make_stored(
    struct oval_world *w, const struct asked_case *c, struct want_list *wants)
{
	struct system *s = &w->system;
	struct want *asked;
	struct err e;
	size_t i;

	assert_int_equal(index_wants(&w->index, wants, &e), 0);
	asked = arena_array(&s->arena, wants->n, sizeof(*asked));
	for (i = 0; i < wants->n && c->asked == ASKED_SO; i++)
		if (want_kind_of(&wants->wants[i]) != WANT_PATH)
			asked[s->n_asked++] = wants->wants[i];
	s->asked = asked;
	s->has_asked = true;
	if (c->asked == ASKED_NOTHING)
		s->n_files = 0;
	for (i = 0; i < s->n_files; i++)
		s->files[i].is_bare = true;
}

static void
test_case(void **state)
{
	const struct asked_case *c = *state;
	struct oval_world_system spec = { .packages = "rpm z x86_64 1.0-1" };
	struct want_list wants = { 0 };
	struct buf out = { 0 };
	struct oval_world w;
	struct err e;

	if (c->has_file)
		spec.files[0] = (struct oval_world_file){ "/etc/f", "x" };
	if (oval_world_open(&w, c->body, &e) != 0)
		fail_msg("%s", e.msg);
	oval_world_system(&w, &spec);
	if (c->asked != ASKED_ALL)
		make_stored(&w, c, &wants);
	oval_world_results(&w, EVALUATE_PLAIN, &out, NULL);
	assert_string_equal(buf_str(&out), c->expect);
	oval_world_results(&w, EVALUATE_FAST, &out, NULL);
	assert_string_equal(buf_str(&out), c->expect);
	buf_cleanup(&out);
	want_list_cleanup(&wants);
	oval_world_close(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_case);
	return _cmocka_run_group_tests("asked", tests, n, NULL, NULL);
}
