/* SPDX-License-Identifier: Apache-2.0 */
/* Targets found through roles that delegate. */
#include "bundle/refusal.h"
#include "tests/unit/table.h"
#include "tests/unit/tuf_world.h"

static const struct search_case {
	const char *name;
	const char *roles[8]; /* "name by path", '!' in front: terminating */
	const char *path;
	int found;
	const char *asked; /* behind the four */
} searches[] = {
	{ "of targets itself", { "A targets *" }, "a.txt", 1, "" },
	{ "nowhere", { "A targets *", "B targets *" }, "x", 0,
	    "1.A.json 1.B.json " },
	{ "depth first", { "A targets *", "B targets *", "C A *", "D A *" },
	    "x", 0, "1.A.json 1.C.json 1.D.json 1.B.json " },
	{ "a terminating one ends it",
	    { "A targets *", "B targets *", "!C A *", "D A *" }, "x", 0,
	    "1.A.json 1.C.json " },
	{ "but not below it",
	    { "A targets *", "B targets *", "!C A *", "D C *" }, "x", 0,
	    "1.A.json 1.C.json 1.D.json " },
	{ "a terminating one of other paths",
	    { "!A targets *.py", "B targets *" }, "x", 0, "1.B.json " },
	{ "in circles",
	    { "A targets *", "B targets *", "C B *", "D C *", "B D *" }, "x", 0,
	    "1.A.json 1.B.json 1.C.json 1.D.json " },
	{ "two lead to a third",
	    { "A targets *", "B targets *", "C B *", "C A *" }, "x", 0,
	    "1.A.json 1.C.json 1.B.json " },
	{ "found in the first of two", { "A targets f/*", "B targets f/*" },
	    "f/A", 1, "1.A.json " },
	{ "found in the second", { "A targets f/*", "B targets f/*" }, "f/B", 1,
	    "1.A.json 1.B.json " },
	{ "not delegated to who lists it", { "A targets f/*", "B A g/*" },
	    "g/B", 0, "" },
	{ "a star is one folder deep", { "A targets *" }, "f/A", 0, "" },
	{ "names that are no names of files",
	    { "? targets *", "../x targets *", "\xc3\xa9 targets *" }, "x", 0,
	    "1.%3F.json 1...%2Fx.json 1.%C3%A9.json " },
};

/* Each role lists "f/<its name>" and "g/<its name>". */
static void
add_roles(struct tuf_world *w, const struct search_case *c)
{
	size_t i, k;

	for (i = 0; i < 8 && c->roles[i] != NULL; i++) {
		struct span rest = span_of(c->roles[i]), name, by, path;
		bool ends = rest.ptr[0] == '!';
		struct world_role *r;
		struct buf f = { 0 };

		rest = span_from(rest, ends ? 1 : 0);
		span_next(&rest, ' ', &name);
		span_next(&rest, ' ', &by);
		span_next(&rest, ' ', &path);
		r = world_add_role(w, arena_str(&w->arena, name),
		    arena_str(&w->arena, by), arena_str(&w->arena, path));
		r->terminating = ends;
		for (k = 0; k < 2; k++) {
			buf_reset(&f);
			buf_printf(&f, "%c/", k == 0 ? 'f' : 'g');
			buf_add_span(&f, name);
			r->targets[k] = arena_str(&w->arena, buf_span(&f));
		}
		buf_cleanup(&f);
	}
}

/* The file names of the world are not encoded: so that they are found. */
static void
encode_served(struct tuf_world *w)
{
	static const char *const names[][2] = {
		{ "1.?.json", "1.%3F.json" },
		{ "1.../x.json", "1...%2Fx.json" },
		{ "1.\xc3\xa9.json", "1.%C3%A9.json" },
	};
	size_t i;

	for (i = 0; i < TABLE_N(names); i++) {
		struct buf *b = world_find(w->served, names[i][0]);

		if (b != NULL)
			world_put(w->served, names[i][1], buf_span(b));
	}
}

static void
test_search(void **state)
{
	const struct search_case *c = *state;
	const struct tuf_target *t = NULL;
	struct tuf_client_options o;
	struct tuf_client *client;
	struct tuf_world w;
	struct err e = { 0 };
	int again;

	world_init(&w);
	add_roles(&w, c);
	world_publish(&w);
	encode_served(&w);
	for (again = 0; again < 2; again++) {
		o = world_options(&w);
		client = tuf_client_new(&o);
		assert_int_equal(tuf_client_refresh(client, &e), 0);
		buf_reset(&w.asked);
		assert_int_equal(
		    tuf_client_target(client, span_of(c->path), &t, &e),
		    c->found);
		/* Once fetched is enough, in and between clients. */
		assert_string_equal(
		    buf_str(&w.asked), again == 0 ? c->asked : "");
		buf_reset(&w.asked);
		assert_int_equal(
		    tuf_client_target(client, span_of(c->path), &t, &e),
		    c->found);
		assert_int_equal(w.asked.len, 0);
		if (c->found == 1)
			assert_true(span_is(t->path, c->path));
		tuf_client_free(client);
	}
	world_cleanup(&w);
}

static int
search(struct tuf_world *w, const char *path, struct err *e)
{
	struct tuf_client_options o = world_options(w);
	struct tuf_client *c = tuf_client_new(&o);
	const struct tuf_target *t;
	int rc = tuf_client_refresh(c, e);

	if (rc == 0) {
		buf_reset(&w->asked);
		rc = tuf_client_target(c, span_of(path), &t, e);
	}
	tuf_client_free(c);
	return rc;
}

/*
 * Its delegator takes away the key of a role that is trusted: the role is not
 * any more, though its file has the version and the hash that are listed.
 */
static void
test_reverified(void **state)
{
	struct tuf_world w;
	struct err e = { 0 };

	(void)state;
	world_init(&w);
	world_add_role(&w, "red", "targets", "red/*")->targets[0] = "red/a";
	world_publish(&w);
	assert_int_equal(search(&w, "red/a", &e), 1);
	w.roles[0].keys = "6";
	world_release(&w);
	assert_int_equal(search(&w, "red/a", &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_UNTRUSTED);
	assert_string_equal(e.msg,
	    "1.red.json: signed by 0 of the keys of role red, 1 are needed");
	/* Signed by the new key it is fetched and trusted again. */
	w.roles[0].signers = "6";
	w.roles[0].version = 2;
	world_release(&w);
	assert_int_equal(search(&w, "red/a", &e), 1);
	assert_string_equal(buf_str(&w.asked), "2.red.json ");
	world_cleanup(&w);
}

/* Two delegate to one role by different keys: it has to suit both. */
static void
test_second_delegator(void **state)
{
	struct tuf_world w;
	struct err e = { 0 };

	(void)state;
	world_init(&w);
	world_add_role(&w, "A", "targets", "*");
	world_add_role(&w, "B", "targets", "*");
	world_add_role(&w, "C", "A", "a*")->targets[0] = "a";
	world_add_role(&w, "C", "B", "b*");
	w.roles[3] = w.roles[2];
	w.roles[3].by = "B";
	w.roles[3].paths[0] = "b*";
	w.roles[3].keys = "6";
	w.roles[3].signers = "5";
	world_publish(&w);
	assert_int_equal(search(&w, "a", &e), 1);
	assert_int_equal(search(&w, "b", &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_UNTRUSTED);
	world_cleanup(&w);
}

/* Whoever delegates without end is not followed without end. */
static void
test_endless_roles(void **state)
{
	struct tuf_world *w = calloc(1, sizeof(*w));
	struct err e = { 0 };
	struct buf name = { 0 };
	const char *by = "targets";
	size_t i, n = 0;

	(void)state;
	world_init(w);
	for (i = 0; i < TUF_VISITS_MAX + 10; i++) {
		buf_reset(&name);
		buf_printf(&name, "r%zu", i);
		by = world_add_role(
		    w, arena_str(&w->arena, buf_span(&name)), by, "*")
			 ->name;
	}
	world_publish(w);
	assert_int_equal(search(w, "x", &e), 0);
	for (i = 0; i < w->asked.len; i++)
		n += w->asked.ptr[i] == ' ';
	assert_int_equal(n, TUF_VISITS_MAX);
	buf_cleanup(&name);
	world_cleanup(w);
	free(w);
}

static void
test_role(void **state)
{
	struct tuf_world w;
	struct tuf_client_options o;
	const struct tuf_file *f = NULL;
	struct tuf_client *c;
	struct err e = { 0 };

	(void)state;
	world_init(&w);
	world_add_role(&w, "red", "targets", "red/*")->expires = WORLD_NOW;
	world_add_role(&w, "blue", "targets", "blue/*");
	world_publish(&w);
	o = world_options(&w);
	c = tuf_client_new(&o);
	assert_int_equal(tuf_client_refresh(c, &e), 0);
	assert_int_equal(tuf_client_role(c, SPAN_LIT("blue"), &f, &e), 0);
	assert_int_equal(f->version, 1);
	assert_int_equal(tuf_client_role(c, SPAN_LIT("red"), &f, &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_EXPIRED);
	assert_int_equal(world_trusted(&w, "red"), 0);
	assert_int_equal(tuf_client_role(c, SPAN_LIT("green"), &f, &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_INCOMPLETE);
	assert_int_equal(tuf_client_top(c, TUF_TARGETS)->n_delegations, 2);
	tuf_client_free(c);
	world_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(searches) + 4];
	size_t n = 0;

	TABLE_ADD(tests, &n, searches, test_search);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_reverified);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_second_delegator);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_endless_roles);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_role);
	return _cmocka_run_group_tests("tuf_search", tests, n, NULL, NULL);
}
