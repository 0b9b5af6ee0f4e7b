/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/tuf_refresh.h"

static void
then_timestamp_back(struct tuf_world *w)
{
	w->version[TUF_TIMESTAMP] = 1;
	world_write_timestamp(w);
}

static void
then_timestamp_fork(struct tuf_world *w)
{
	w->expires[TUF_TIMESTAMP]++;
	world_write_timestamp(w);
}

static void
then_snapshot_back(struct tuf_world *w)
{
	w->version[TUF_SNAPSHOT] = 1;
	w->version[TUF_TIMESTAMP]++;
	world_write_snapshot(w);
	world_write_timestamp(w);
}

static void
then_snapshot_back_alone(struct tuf_world *w)
{
	then_snapshot_back(w);
	world_drop(w->trusted, "timestamp");
}

static void
then_snapshot_fork(struct tuf_world *w)
{
	w->expires[TUF_SNAPSHOT]++;
	w->version[TUF_TIMESTAMP]++;
	world_write_snapshot(w);
	world_write_timestamp(w);
}

static void
then_targets_back(struct tuf_world *w)
{
	w->version[TUF_TARGETS] = 1;
	w->version[TUF_SNAPSHOT]++;
	w->version[TUF_TIMESTAMP]++;
	world_publish(w);
}

static void
then_targets_fork(struct tuf_world *w)
{
	w->version[TUF_SNAPSHOT]++;
	w->version[TUF_TIMESTAMP]++;
	w->targets[0] = "b.txt";
	world_publish(w);
}

static void
then_role_back(struct tuf_world *w)
{
	w->roles[0].version = 1;
	world_release(w);
}

static void
then_role_gone(struct tuf_world *w)
{
	w->n_roles = 0;
	world_release(w);
}

static void
then_expired_root(struct tuf_world *w)
{
	w->expires[TUF_ROOT] = WORLD_NOW;
	world_root(w, 2, "1");
	world_release(w);
}

static void
then_expired_timestamp(struct tuf_world *w)
{
	w->expires[TUF_TIMESTAMP] = WORLD_NOW;
	world_release(w);
}

static void
then_expired_snapshot(struct tuf_world *w)
{
	w->expires[TUF_SNAPSHOT] = WORLD_NOW - 1;
	world_release(w);
}

static void
then_expired_targets(struct tuf_world *w)
{
	w->expires[TUF_TARGETS] = 0;
	world_release(w);
}

static void
then_no_timestamp(struct tuf_world *w)
{
	world_drop(w->served, "timestamp.json");
}

static void
then_no_snapshot(struct tuf_world *w)
{
	world_release(w);
	world_drop(w->served, "3.snapshot.json");
}

static void
then_no_targets(struct tuf_world *w)
{
	world_release(w);
	world_drop(w->served, "3.targets.json");
}

static void
then_no_network(struct tuf_world *w)
{
	w->broken = true;
}

static void
then_timestamp_by_another(struct tuf_world *w)
{
	w->signers[TUF_TIMESTAMP] = "3";
	world_release(w);
}

static void
then_snapshot_by_another(struct tuf_world *w)
{
	w->signers[TUF_SNAPSHOT] = "2";
	world_release(w);
}

static void
then_targets_by_another(struct tuf_world *w)
{
	w->signers[TUF_TARGETS] = "5";
	world_release(w);
}

static void
then_snapshot_of_other_bytes(struct tuf_world *w)
{
	world_release(w);
	w->expires[TUF_SNAPSHOT]++;
	world_write_snapshot(w);
}

static void
then_targets_longer(struct tuf_world *w)
{
	world_release(w);
	w->targets[1] = "and-more";
	world_write_targets(w);
}

static void
then_targets_shorter(struct tuf_world *w)
{
	world_release(w);
	w->targets[0] = NULL;
	world_write_targets(w);
}

static void
then_mixed(struct tuf_world *w)
{
	w->no_hashes = true;
	world_release(w);
	world_put(w->served, "3.targets.json",
	    buf_span(world_find(w->served, "2.targets.json")));
}

static void
then_endless_timestamp(struct tuf_world *w)
{
	struct buf b = { 0 };

	while (b.len <= TUF_TIMESTAMP_MAX)
		buf_add_str(&b, "                ");
	world_put(w->served, "timestamp.json", buf_span(&b));
	buf_cleanup(&b);
}

static void
then_timestamp_shape(struct tuf_world *w)
{
	world_put(w->served, "timestamp.json", SPAN_LIT("{}"));
}

static const struct client_case cases[] = {
	{ "timestamp goes back", then_timestamp_back, REFUSAL_ROLLBACK,
	    "timestamp.json: version 1, but 2 was accepted before", ROOT1,
	    SAME },
	{ "timestamp forks", then_timestamp_fork, REFUSAL_FORK,
	    "timestamp.json: version 2 is another than the one accepted "
	    "before",
	    ROOT1, SAME },
	{ "snapshot goes back", then_snapshot_back, REFUSAL_ROLLBACK,
	    "timestamp.json: it leads to snapshot 1, but 2 was accepted "
	    "before",
	    ROOT1, SAME },
	{ "snapshot goes back, its timestamp lost", then_snapshot_back_alone,
	    REFUSAL_ROLLBACK, "snapshot: version 1, but 2 was accepted before",
	    ROOT1 "1.snapshot.json ", { 1, 2, 2, 3 } },
	{ "snapshot forks", then_snapshot_fork, REFUSAL_FORK,
	    "snapshot: version 2 is another than the one accepted before",
	    ROOT1 "2.snapshot.json ", { 1, 2, 2, 3 } },
	{ "targets go back", then_targets_back, REFUSAL_ROLLBACK,
	    "snapshot: version 1 of targets.json is listed, but 2 was before",
	    ROOT1 "3.snapshot.json ", { 1, 2, 2, 3 } },
	{ "targets fork", then_targets_fork, REFUSAL_FORK,
	    "snapshot: version 2 of targets.json is another than the one "
	    "listed before",
	    ROOT1 "3.snapshot.json ", { 1, 2, 2, 3 } },
	{ "a role goes back", then_role_back, REFUSAL_ROLLBACK,
	    "snapshot: version 1 of red.json is listed, but 2 was before",
	    ROOT1 "3.snapshot.json ", { 1, 2, 2, 3 } },
	{ "a role is gone", then_role_gone, REFUSAL_ROLLBACK,
	    "snapshot: red.json was listed before and is not any more",
	    ROOT1 "3.snapshot.json ", { 1, 2, 2, 3 } },
	{ "root expired", then_expired_root, REFUSAL_EXPIRED,
	    "version 2 of root expired at 2027-01-15T08:00:00Z",
	    "2.root.json 3.root.json ", { 2, 2, 2, 2 } },
	{ "timestamp expired", then_expired_timestamp, REFUSAL_EXPIRED,
	    "version 3 of timestamp expired at 2027-01-15T08:00:00Z", ROOT1,
	    SAME },
	{ "snapshot expired", then_expired_snapshot, REFUSAL_EXPIRED,
	    "version 3 of snapshot expired at 2027-01-15T07:59:59Z",
	    ROOT1 "3.snapshot.json ", { 1, 2, 2, 3 } },
	{ "targets expired", then_expired_targets, REFUSAL_EXPIRED,
	    "version 3 of targets expired at 1970-01-01T00:00:00Z",
	    ROOT1 "3.snapshot.json 3.targets.json ", { 1, 2, 3, 3 } },
	{ "no timestamp", then_no_timestamp, REFUSAL_INCOMPLETE,
	    "timestamp.json: it is missing", ROOT1, SAME },
	{ "no snapshot", then_no_snapshot, REFUSAL_INCOMPLETE,
	    "3.snapshot.json: it is missing", ROOT1 "3.snapshot.json ",
	    { 1, 2, 2, 3 } },
	{ "no targets", then_no_targets, REFUSAL_INCOMPLETE,
	    "3.targets.json: it is missing",
	    ROOT1 "3.snapshot.json 3.targets.json ", { 1, 2, 3, 3 } },
	{ "no network is no missing root", then_no_network, REFUSAL_NONE,
	    "2.root.json: nobody answers", "2.root.json ", SAME },
	{ "timestamp by another key", then_timestamp_by_another,
	    REFUSAL_UNTRUSTED,
	    "timestamp.json: signed by 0 of the keys of role timestamp, 1 are "
	    "needed",
	    ROOT1, SAME },
	{ "snapshot by another key", then_snapshot_by_another,
	    REFUSAL_UNTRUSTED,
	    "3.snapshot.json: signed by 0 of the keys of role snapshot, 1 are "
	    "needed",
	    ROOT1 "3.snapshot.json ", { 1, 2, 2, 3 } },
	{ "targets by another key", then_targets_by_another, REFUSAL_UNTRUSTED,
	    "3.targets.json: signed by 0 of the keys of role targets, 1 are "
	    "needed",
	    ROOT1 "3.snapshot.json 3.targets.json ", { 1, 2, 3, 3 } },
	{ "snapshot of other bytes", then_snapshot_of_other_bytes,
	    REFUSAL_UNTRUSTED,
	    "3.snapshot.json: not the bytes whose SHA-256 is listed",
	    ROOT1 "3.snapshot.json ", { 1, 2, 2, 3 } },
	{ "targets that go on", then_targets_longer, REFUSAL_UNTRUSTED, NULL,
	    ROOT1 "3.snapshot.json 3.targets.json ", { 1, 2, 3, 3 } },
	{ "targets cut short", then_targets_shorter, REFUSAL_UNTRUSTED, NULL,
	    ROOT1 "3.snapshot.json 3.targets.json ", { 1, 2, 3, 3 } },
	{ "mix and match", then_mixed, REFUSAL_UNTRUSTED,
	    "3.targets.json: version 2 in place of 3",
	    ROOT1 "3.snapshot.json 3.targets.json ", { 1, 2, 3, 3 } },
	{ "endless timestamp", then_endless_timestamp, REFUSAL_SHAPE,
	    "timestamp.json: more than 16384 bytes", ROOT1, SAME },
	{ "no timestamp in it", then_timestamp_shape, REFUSAL_SHAPE,
	    "timestamp.json: without \"signed\"", ROOT1, SAME },
};

static void
test_accept_expired(void **state)
{
	struct tuf_world w;
	struct tuf_client_options o;
	struct tuf_client *c;
	struct err e = { 0 };

	(void)state;
	world_begin(&w);
	then_expired_timestamp(&w);
	o = world_options(&w);
	o.accept_expired = true;
	c = tuf_client_new(&o);
	assert_int_equal(tuf_client_refresh(c, &e), 0);
	assert_true(tuf_client_is_expired(c));
	assert_false(tuf_client_is_same(c));
	tuf_client_free(c);
	c = tuf_client_new(&o);
	assert_int_equal(tuf_client_refresh(c, &e), 0);
	assert_true(tuf_client_is_same(c));
	tuf_client_free(c);
	/* But no root that has expired. */
	then_expired_root(&w);
	c = tuf_client_new(&o);
	assert_int_equal(tuf_client_refresh(c, &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_EXPIRED);
	tuf_client_free(c);
	world_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_case);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_accept_expired);
	return _cmocka_run_group_tests("tuf_refusals", tests, n, NULL, NULL);
}
