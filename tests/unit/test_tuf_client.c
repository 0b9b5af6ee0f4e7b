/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/refusal.h"
#include "tests/unit/table.h"
#include "tests/unit/tuf_world.h"

struct client_case {
	const char *name;
	/* Changes the repository behind a refresh that went well. */
	void (*then)(struct tuf_world *w);
	enum refusal refusal; /* of the second one */
	const char *text;
	const char *asked;             /* by it */
	uint64_t trusted[N_TUF_TYPES]; /* versions after it */
};

/* --- what is fine --- */

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

/* --- refusals --- */

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
then_endless_root(struct tuf_world *w)
{
	struct buf b = { 0 };

	while (b.len <= TUF_ROOT_MAX)
		buf_add_str(&b, "                ");
	world_put(w->served, "2.root.json", buf_span(&b));
	buf_cleanup(&b);
}

static void
then_timestamp_shape(struct tuf_world *w)
{
	world_put(w->served, "timestamp.json", SPAN_LIT("{}"));
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

static void
then_threshold_raised(struct tuf_world *w)
{
	w->keys[TUF_SNAPSHOT] = "37";
	w->threshold[TUF_SNAPSHOT] = 2;
	world_root(w, 2, "1");
	world_release(w);
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

#define SAME               \
	{                  \
		1, 2, 2, 2 \
	} /* root, targets, snapshot, timestamp */
#define ROOT1 "2.root.json timestamp.json "

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
	{ "a threshold is not met any more", then_threshold_raised,
	    REFUSAL_UNTRUSTED,
	    "3.snapshot.json: signed by 1 of the keys of role snapshot, 2 are "
	    "needed",
	    "2.root.json 3.root.json timestamp.json 3.snapshot.json ",
	    { 2, 2, 2, 3 } },
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
	{ "endless root", then_endless_root, REFUSAL_SHAPE,
	    "2.root.json: more than 512000 bytes", "2.root.json ", SAME },
	{ "no timestamp in it", then_timestamp_shape, REFUSAL_SHAPE,
	    "timestamp.json: without \"signed\"", ROOT1, SAME },

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

static int
refresh(struct tuf_world *w, struct err *e)
{
	struct tuf_client_options o = world_options(w);
	struct tuf_client *c = tuf_client_new(&o);
	int rc;

	*e = (struct err){ 0 };
	buf_reset(&w->asked);
	rc = tuf_client_refresh(c, e);
	if (rc == 0)
		*e = (struct err){ 0 }; /* of a root that there is not */
	tuf_client_free(c);
	return rc;
}

/* At version 2 of all but the root, with a role below targets. */
static void
world_begin(struct tuf_world *w)
{
	struct err e;

	world_init(w);
	world_add_role(w, "red", "targets", "red/*")->version = 2;
	w->version[TUF_TIMESTAMP] = w->version[TUF_SNAPSHOT] =
	    w->version[TUF_TARGETS] = 2;
	world_publish(w);
	if (refresh(w, &e) != 0)
		fail_msg("%s", e.msg);
	assert_string_equal(buf_str(&w->asked),
	    "2.root.json timestamp.json 2.snapshot.json 2.targets.json ");
}

static void
check_case(const struct client_case *c, struct tuf_world *w)
{
	enum tuf_type t;
	struct err e;
	int rc;

	c->then(w);
	rc = refresh(w, &e);
	if (c->text != NULL)
		assert_string_equal(e.msg, c->text);
	assert_int_equal(refusal_of(&e), c->refusal);
	assert_int_equal(rc, e.code == ERR_NONE ? 0 : -1);
	assert_string_equal(buf_str(&w->asked), c->asked);
	for (t = TUF_ROOT; t < N_TUF_TYPES; t++)
		assert_int_equal(
		    world_trusted(w, tuf_type_name(t)), c->trusted[t]);
}

static void
test_case(void **state)
{
	struct tuf_world w;

	world_begin(&w);
	check_case(*state, &w);
	world_cleanup(&w);
}

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

/* --- searches --- */

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
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(searches) + 9];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_case);
	TABLE_ADD(tests, &n, searches, test_search);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_pretty);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_inconsistent);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_rotation);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_accept_expired);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_pass_over_fork);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_reverified);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_second_delegator);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_endless_roles);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_role);
	return _cmocka_run_group_tests("tuf_client", tests, n, NULL, NULL);
}
