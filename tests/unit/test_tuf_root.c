/* SPDX-License-Identifier: Apache-2.0 */
/* Roots one after another: who signs them, and what a new one undoes. */
#include "tests/unit/tuf_refresh.h"

static void
then_threshold_raised(struct tuf_world *w)
{
	w->keys[TUF_SNAPSHOT] = "37";
	w->threshold[TUF_SNAPSHOT] = 2;
	world_root(w, 2, "1");
	world_release(w);
}

static void
then_endless_root(struct tuf_world *w)
{
	struct buf b = { 0 };

	while (b.len <= TUF_ROOT_MAX)
		buf_add_str(&b, "                ");
	world_put(w->served, "2.root.json", buf_span(&b));
	buf_cleanup(&b);
}

static void
then_root_skips(struct tuf_world *w)
{
	world_root(w, 3, "1");
	world_put(w->served, "2.root.json",
	    buf_span(world_find(w->served, "3.root.json")));
}

static void
then_root_back(struct tuf_world *w)
{
	world_put(w->served, "2.root.json",
	    buf_span(world_find(w->served, "1.root.json")));
}

static void
then_root_by_new_alone(struct tuf_world *w)
{
	w->keys[TUF_ROOT] = "6";
	world_root(w, 2, "6");
}

static void
then_root_by_old_alone(struct tuf_world *w)
{
	w->keys[TUF_ROOT] = "6";
	world_root(w, 2, "1");
}

static void
then_root_good_then_bad(struct tuf_world *w)
{
	w->keys[TUF_ROOT] = "16";
	world_root(w, 2, "1");
	w->threshold[TUF_ROOT] = 2;
	world_root(w, 3, "1");
}

static void
then_no_root(struct tuf_world *w)
{
	world_drop(w->trusted, "root");
}

static void
then_root_spoilt(struct tuf_world *w)
{
	struct buf *root = world_find(w->trusted, "root");

	root->ptr[root->len - 3] = '7'; /* the version: not what was signed */
}

/* --- recovery --- */

static void
then_timestamp_recovers(struct tuf_world *w)
{
	w->keys[TUF_TIMESTAMP] = w->signers[TUF_TIMESTAMP] = "6";
	w->version[TUF_TIMESTAMP] = 1;
	world_root(w, 2, "1");
	world_write_timestamp(w);
}

static void
then_targets_recover(struct tuf_world *w)
{
	w->keys[TUF_SNAPSHOT] = w->signers[TUF_SNAPSHOT] = "6";
	w->version[TUF_TARGETS] = w->version[TUF_SNAPSHOT] =
	    w->version[TUF_TIMESTAMP] = 1;
	w->roles[0].version = 1;
	world_root(w, 2, "1");
	world_publish(w);
}

/* A key that is only added gives nobody a way back. */
static void
then_key_added(struct tuf_world *w)
{
	w->keys[TUF_TIMESTAMP] = "26";
	w->version[TUF_TIMESTAMP] = 1;
	world_root(w, 2, "1");
	world_write_timestamp(w);
}

static const struct client_case cases[] = {
	{ "a threshold is not met any more", then_threshold_raised,
	    REFUSAL_UNTRUSTED,
	    "3.snapshot.json: signed by 1 of the keys of role snapshot, 2 are "
	    "needed",
	    "2.root.json 3.root.json timestamp.json 3.snapshot.json ",
	    { 2, 2, 2, 3 } },
	{ "endless root", then_endless_root, REFUSAL_SHAPE,
	    "2.root.json: more than 512000 bytes", "2.root.json ", SAME },
	{ "root skips a version", then_root_skips, REFUSAL_UNTRUSTED,
	    "2.root.json: version 3 in place of 2", "2.root.json ", SAME },
	{ "root goes back", then_root_back, REFUSAL_ROLLBACK,
	    "2.root.json: version 1 in place of 2", "2.root.json ", SAME },
	{ "root by its new keys alone", then_root_by_new_alone,
	    REFUSAL_UNTRUSTED,
	    "2.root.json: signed by 0 of the keys of role root, 1 are needed",
	    "2.root.json ", SAME },
	{ "root by its old keys alone", then_root_by_old_alone,
	    REFUSAL_UNTRUSTED,
	    "2.root.json: signed by 0 of the keys of role root, 1 are needed",
	    "2.root.json ", SAME },
	{ "a good root is kept before a bad one", then_root_good_then_bad,
	    REFUSAL_UNTRUSTED,
	    "3.root.json: signed by 1 of the keys of role root, 2 are needed",
	    "2.root.json 3.root.json ", { 2, 2, 2, 2 } },
	{ "no root is trusted", then_no_root, REFUSAL_UNTRUSTED,
	    "no root is trusted", "", { 0, 2, 2, 2 } },
	{ "the trusted root is not its own", then_root_spoilt,
	    REFUSAL_UNTRUSTED,
	    "the trusted root: signed by 0 of the keys of role root, 1 are "
	    "needed",
	    "", { 7, 2, 2, 2 } },
	{ "timestamp recovers from fast-forward", then_timestamp_recovers,
	    REFUSAL_NONE, "",
	    "2.root.json 3.root.json timestamp.json 2.snapshot.json ",
	    { 2, 2, 2, 1 } },
	{ "targets recover from fast-forward", then_targets_recover,
	    REFUSAL_NONE, "",
	    "2.root.json 3.root.json timestamp.json 1.snapshot.json "
	    "1.targets.json ",
	    { 2, 1, 1, 1 } },
	{ "a further key recovers nothing", then_key_added, REFUSAL_ROLLBACK,
	    "timestamp.json: version 1, but 2 was accepted before",
	    "2.root.json 3.root.json timestamp.json ", { 2, 2, 2, 2 } },
};

static void
test_inconsistent(void **state)
{
	struct tuf_world w;
	struct err e;

	(void)state;
	world_init(&w);
	w.inconsistent = true;
	world_root(&w, 2, "1");
	world_publish(&w);
	assert_int_equal(refresh(&w, &e), 0);
	assert_string_equal(buf_str(&w.asked),
	    "2.root.json 3.root.json timestamp.json snapshot.json "
	    "targets.json ");
	world_cleanup(&w);
}

/* Ten roots, each with other keys and another threshold than the last. */
static void
test_rotation(void **state)
{
	static const char *const keys[] = { "1", "2", "23", "34", "45", "456",
		"567", "67", "78", "8", "9" };
	struct tuf_world w;
	const char *old;
	char signers[8];
	struct err e;
	unsigned i;
	size_t n;

	(void)state;
	world_init(&w);
	for (i = 1; i < TABLE_N(keys); i++) {
		w.keys[TUF_ROOT] = keys[i];
		w.threshold[TUF_ROOT] = (unsigned)strlen(keys[i]);
		/* By those of both, nobody twice. */
		n = (size_t)snprintf(signers, sizeof(signers), "%s", keys[i]);
		for (old = keys[i - 1]; *old != '\0'; old++)
			if (strchr(keys[i], *old) == NULL)
				signers[n++] = *old;
		signers[n] = '\0';
		world_root(&w, i + 1, signers);
	}
	world_publish(&w);
	assert_int_equal(refresh(&w, &e), 0);
	assert_int_equal(world_trusted(&w, "root"), 11);
	/* Whoever has only the first cannot be led past one that is bad. */
	world_put(
	    w.trusted, "root", buf_span(world_find(w.served, "1.root.json")));
	w.keys[TUF_ROOT] = "34";
	w.threshold[TUF_ROOT] = 2;
	world_root(&w, 4, "234"); /* good, and the same as before */
	world_root(&w, 5, "3");
	assert_int_equal(refresh(&w, &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_UNTRUSTED);
	assert_int_equal(world_trusted(&w, "root"), 4);
	world_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 2];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_case);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_inconsistent);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_rotation);
	return _cmocka_run_group_tests("tuf_root", tests, n, NULL, NULL);
}
