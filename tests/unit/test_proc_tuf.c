/* SPDX-License-Identifier: Apache-2.0 */
/* The client in a process of its own, and what main has to do with it. */
#include "bundle/proc_tuf.h"
#include "bundle/refusal.h"
#include "tests/unit/table.h"
#include "tests/unit/tuf_world.h"

static const struct role_rights roles[N_ROLES] = {
	[ROLE_MAIN] = { .name = "main" },
	[ROLE_BUNDLE] = { .name = "bundle", .files_max = 64 },
};

static void
begin(struct tuf_world *w)
{
	struct world_role *red;

	proc_init(roles, "/nonexistent");
	world_init(w);
	red = world_add_role(w, "red", "targets", "red/*");
	red->targets[0] = "blue/not-its-own";
	red->targets[1] = "red/a";
	world_publish(w);
}

static int
add_target(void *ctx, const struct proc_tuf_target *t, struct err *e)
{
	struct buf *b = ctx;

	(void)e;
	buf_printf(b, "%.*s:%.*s:%" PRIu64 " ", SPAN_ARG(t->role),
	    SPAN_ARG(t->path), t->size_bytes);
	return 0;
}

static void
test_all(void **state)
{
	struct tuf_world w;
	struct tuf_client_options o;
	struct proc_tuf_state s;
	struct proc_tuf_target t;
	struct proc_tuf p;
	struct digest d;
	struct buf got = { 0 };
	struct proc_tuf_sink sink = { &got, add_target };
	struct err e = { 0 };

	(void)state;
	begin(&w);
	o = world_options(&w);
	assert_int_equal(proc_tuf_open(&p, &o, &e), 0);
	if (proc_tuf_refresh(&p, &s, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(s.versions[TUF_SNAPSHOT], 1);
	digest_of(buf_span(world_find(w.trusted, "snapshot")), &d);
	assert_true(digest_eq(&d, &s.snapshot));
	assert_true(s.is_consistent);
	assert_false(s.is_same);
	assert_false(s.is_expired);
	assert_int_equal(proc_tuf_find(&p, SPAN_LIT("red/a"), &t, &e), 1);
	assert_true(span_is(t.path, "red/a"));
	digest_of(SPAN_LIT("red/a"), &d);
	assert_true(digest_eq(&d, &t.sha256));
	assert_int_equal(proc_tuf_find(&p, SPAN_LIT("red/b"), &t, &e), 0);
	assert_int_equal(proc_tuf_list(&p, &sink, &e), 0);
	assert_string_equal(buf_str(&got), "targets:a.txt:5 red:red/a:5 ");
	assert_non_null(world_find(w.trusted, "red"));
	proc_tuf_close(&p);
	proc_tuf_close(&p);
	buf_cleanup(&got);
	world_cleanup(&w);
}

/* What either side refuses comes over as it is. */
static void
test_refused(void **state)
{
	struct tuf_world w;
	struct tuf_client_options o;
	struct proc_tuf_state s;
	struct proc_tuf p;
	struct err e = { 0 };

	(void)state;
	begin(&w);
	w.signers[TUF_TARGETS] = "1";
	world_release(&w);
	o = world_options(&w);
	assert_int_equal(proc_tuf_open(&p, &o, &e), 0);
	assert_int_equal(proc_tuf_refresh(&p, &s, &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_UNTRUSTED);
	assert_string_equal(e.msg,
	    "2.targets.json: signed by 0 of the keys of role targets, 1 are "
	    "needed");
	assert_int_equal(world_trusted(&w, "snapshot"), 2);
	proc_tuf_close(&p);

	w.broken = true;
	assert_int_equal(proc_tuf_open(&p, &o, &e), 0);
	assert_int_equal(proc_tuf_refresh(&p, &s, &e), -1);
	assert_int_equal(e.code, ERR_NETWORK);
	assert_string_equal(e.msg, "2.root.json: nobody answers");
	proc_tuf_close(&p);
	world_cleanup(&w);
}

/* A delegated role that is missing ends the list. */
static void
test_incomplete(void **state)
{
	struct tuf_world w;
	struct tuf_client_options o;
	struct proc_tuf_state s;
	struct proc_tuf p;
	struct buf got = { 0 };
	struct proc_tuf_sink sink = { &got, add_target };
	struct err e = { 0 };

	(void)state;
	begin(&w);
	world_drop(w.served, "1.red.json");
	o = world_options(&w);
	assert_int_equal(proc_tuf_open(&p, &o, &e), 0);
	assert_int_equal(proc_tuf_refresh(&p, &s, &e), 0);
	assert_int_equal(proc_tuf_list(&p, &sink, &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_INCOMPLETE);
	assert_string_equal(e.msg, "1.red.json: it is missing");
	proc_tuf_close(&p);
	buf_cleanup(&got);
	world_cleanup(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_incomplete),
	};

	return cmocka_run_group_tests_name("proc_tuf", tests, NULL, NULL);
}
