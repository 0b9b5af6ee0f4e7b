/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/tuf_refresh.h"

static void
then_nothing(struct tuf_world *w)
{
	(void)w;
}

static void
then_timestamp(struct tuf_world *w)
{
	w->version[TUF_TIMESTAMP] = 5; /* GAP is allowed */
	world_write_timestamp(w);
}

static void
then_all(struct tuf_world *w)
{
	world_release(w);
}

static void
then_resigned(struct tuf_world *w)
{
	w->signers[TUF_TIMESTAMP] = "92"; /* the same, signed once more */
	world_write_timestamp(w);
}

static void
then_lost(struct tuf_world *w)
{
	world_drop(w->trusted, "snapshot");
	world_drop(w->trusted, "targets");
}

static void
then_spoilt(struct tuf_world *w)
{
	world_put(w->trusted, "targets", SPAN_LIT("{"));
}

static const struct client_case cases[] = {
	{ "nothing new", then_nothing, REFUSAL_NONE, "", ROOT1, SAME },
	{ "a new timestamp", then_timestamp, REFUSAL_NONE, "", ROOT1,
	    { 1, 2, 2, 5 } },
	{ "all new", then_all, REFUSAL_NONE, "",
	    ROOT1 "3.snapshot.json 3.targets.json ", { 1, 3, 3, 3 } },
	{ "the same, signed again", then_resigned, REFUSAL_NONE, "", ROOT1,
	    SAME },
	{ "trusted files were lost", then_lost, REFUSAL_NONE, "",
	    ROOT1 "2.snapshot.json 2.targets.json ", SAME },
	{ "a trusted file is spoilt", then_spoilt, REFUSAL_NONE, "",
	    ROOT1 "2.targets.json ", SAME },
};

/* As others write: nothing that is refused turns on the white space. */
static void
test_pretty(void **state)
{
	struct tuf_world w;
	struct err e;

	(void)state;
	world_init(&w);
	w.pretty = true;
	world_publish(&w);
	assert_int_equal(refresh(&w, &e), 0);
	w.no_hashes = true;
	world_release(&w);
	assert_int_equal(refresh(&w, &e), 0);
	assert_int_equal(world_trusted(&w, "targets"), 2);
	world_cleanup(&w);
}

/* The same version with something else in it: the old one is used on. */
static void
test_pass_over_fork(void **state)
{
	struct tuf_world w;
	struct tuf_client_options o;
	struct tuf_client *c;
	struct buf before = { 0 };
	struct err e = { 0 };

	(void)state;
	world_begin(&w);
	buf_add_span(&before, buf_span(world_find(w.trusted, "timestamp")));
	w.version[TUF_SNAPSHOT] = 7;
	world_write_timestamp(&w);
	o = world_options(&w);
	o.pass_over_fork = true;
	c = tuf_client_new(&o);
	buf_reset(&w.asked);
	assert_int_equal(tuf_client_refresh(c, &e), 0);
	assert_string_equal(buf_str(&w.asked), "2.root.json timestamp.json ");
	assert_int_equal(tuf_client_top(c, TUF_SNAPSHOT)->version, 2);
	assert_true(tuf_client_is_same(c));
	assert_true(span_eq(
	    buf_span(&before), buf_span(world_find(w.trusted, "timestamp"))));
	tuf_client_free(c);
	/* Until it has expired. */
	o.now = w.expires[TUF_TIMESTAMP];
	c = tuf_client_new(&o);
	assert_int_equal(tuf_client_refresh(c, &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_EXPIRED);
	tuf_client_free(c);
	buf_cleanup(&before);
	world_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 2];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_case);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_pretty);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_pass_over_fork);
	return _cmocka_run_group_tests("tuf_client", tests, n, NULL, NULL);
}
