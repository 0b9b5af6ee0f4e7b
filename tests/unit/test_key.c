/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of keys that do not come to their end, and what the next run makes.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "bundle/key.h"
#include "tests/unit/sign_world.h"
#include "tests/unit/table.h"

#define PENDING "keys/root.pending"

struct world {
	struct tmp tmp;
	struct state state;
	char stick[80];
	struct key_ring ring;
};

static void
open_ring(struct world *w, bool make)
{
	const struct sign_options o = { .offline = w->stick,
		.passphrase_fd = -1 };
	struct err e = { 0 };

	if (key_open(&w->ring, &w->state, &o, make, &e) != 0)
		fail_msg("%s", e.msg);
	w->ring.root_days = 10;
	w->ring.targets_days = 5;
}

static void
again(struct world *w)
{
	key_close(&w->ring);
	open_ring(w, false);
}

static void
init(struct world *w)
{
	const struct key_init o = { 3, 1 };
	struct err e = { 0 };

	tmp_init(&w->tmp);
	proc_init(sign_world_roles, w->tmp.path);
	w->state = (struct state){ w->tmp.path, w->tmp.dirfd, -1 };
	snprintf(w->stick, sizeof(w->stick), "%s/stick", w->tmp.path);
	assert_int_equal(file_make_dirs(w->tmp.dirfd, "stick", &e), 0);
	open_ring(w, true);
	if (key_init(&w->ring, &o, &e) != 0)
		fail_msg("%s", e.msg);
}

static void
cleanup(struct world *w)
{
	key_close(&w->ring);
	tmp_cleanup(&w->tmp);
}

static void
rename_at(struct world *w, const char *from, const char *to)
{
	assert_int_equal(renameat(w->tmp.dirfd, from, w->tmp.dirfd, to), 0);
}

/* Moves the role's keys out of the stick, but for n of them. */
struct move {
	struct world *world;
	const char *prefix;
	const char *from, *to;
	unsigned left;
};

static int
move_one(void *ctx, const char *name, struct err *e)
{
	struct move *m = ctx;
	char from[128], to[128];

	(void)e;
	if (strncmp(name, m->prefix, strlen(m->prefix)) != 0 ||
	    !span_has_suffix(span_of(name), ".pem"))
		return 0;
	if (m->left > 0) {
		m->left--;
		return 0;
	}
	snprintf(from, sizeof(from), "%s/%s", m->from, name);
	snprintf(to, sizeof(to), "%s/%s", m->to, name);
	rename_at(m->world, from, to);
	return 0;
}

static void
move_keys(struct world *w, const char *prefix, const char *from, const char *to,
    unsigned left)
{
	struct move m = { w, prefix, from, to, left };
	struct err e = { 0 };

	assert_int_equal(file_make_dirs(w->tmp.dirfd, to, &e), 0);
	assert_int_equal(file_list(w->tmp.dirfd, from, move_one, &m, &e), 0);
}

static bool
is_key_of(const struct world *w, const char *role, const struct tuf_key *key)
{
	const struct tuf_role *r = key_view_role(&w->ring.view, span_of(role));
	size_t i;

	for (i = 0; i < r->n_keyids; i++)
		if (digest_eq(&r->keyids[i], &key->id))
			return true;
	return false;
}

/* --- a run that ended before the new root was written --- */

struct stop_case {
	const char *name;
	const char *role;
	bool has_targets; /* the targets file is signed anew, too */
};

static const struct stop_case stops[] = {
	{ "snapshot", "snapshot", false },
	{ "timestamp", "timestamp", false },
	{ "targets", "targets", true },
	{ "root", "root", false },
};

/* A folder stands where 2.root.json is to be written first. */
static void
test_stopped(void **state)
{
	const struct stop_case *c = *state;
	struct key_changed changed;
	char block[128];
	struct tuf_key made;
	struct world w;
	struct err e = { 0 };

	init(&w);
	snprintf(block, sizeof(block), REPOSITORY_FOLDER "/2.root.json.new-%d",
	    (int)getpid());
	assert_int_equal(file_make_dirs(w.tmp.dirfd, block, &e), 0);
	assert_int_equal(
	    key_rotate(&w.ring, span_of(c->role), NULL, &changed, &e), -1);
	made = changed.made[0];
	assert_true(file_exists(w.tmp.dirfd, PENDING));
	assert_int_equal(
	    file_exists(w.tmp.dirfd, REPOSITORY_FOLDER "/2.targets.json"),
	    c->has_targets);
	assert_int_equal(unlinkat(w.tmp.dirfd, block, AT_REMOVEDIR), 0);
	again(&w);
	assert_int_equal(key_renew(&w.ring, TUF_ROOT, &changed, &e), 0);
	assert_true(changed.was_pending);
	assert_int_equal(changed.root, 2);
	assert_int_equal(changed.targets, 0);
	assert_int_equal(
	    changed.n_retired, strcmp(c->role, "root") == 0 ? 3 : 1);
	assert_true(w.ring.view.is_whole);
	assert_int_equal(w.ring.view.root_version, 2);
	assert_true(is_key_of(&w, c->role, &made));
	assert_false(file_exists(w.tmp.dirfd, PENDING));
	/* What is asked for next is a change of its own. */
	assert_int_equal(key_renew(&w.ring, TUF_ROOT, &changed, &e), 0);
	assert_false(changed.was_pending);
	assert_int_equal(changed.root, 3);
	cleanup(&w);
}

/* The root was written, what led to it was not removed. */
static void
test_a_root_that_is_out(void **state)
{
	struct key_changed changed;
	struct world w;
	struct err e = { 0 };

	(void)state;
	init(&w);
	move_keys(&w, "root-", "stick", "other", 1);
	assert_int_equal(key_renew(&w.ring, TUF_ROOT, &changed, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_int_equal(
	    linkat(w.tmp.dirfd, PENDING, w.tmp.dirfd, "kept", 0), 0);
	move_keys(&w, "root-", "other", "stick", 0);
	again(&w);
	assert_int_equal(key_renew(&w.ring, TUF_ROOT, &changed, &e), 0);
	assert_int_equal(changed.root, 2);
	rename_at(&w, "kept", PENDING);
	again(&w);
	assert_int_equal(key_renew(&w.ring, TUF_ROOT, &changed, &e), 0);
	assert_false(changed.was_pending);
	assert_int_equal(changed.root, 3);
	cleanup(&w);
}

static void
test_a_pending_root_that_is_damaged(void **state)
{
	struct key_changed changed;
	struct world w;
	struct err e = { 0 };

	(void)state;
	init(&w);
	assert_int_equal(
	    file_replace(w.tmp.dirfd, PENDING, SPAN_LIT("\x02junk"), &e), 0);
	assert_int_equal(key_renew(&w.ring, TUF_ROOT, &changed, &e), -1);
	assert_string_equal(e.msg, PENDING ": is not what was written there");
	/* What the targets key signs does not ask for it. */
	assert_int_equal(
	    key_rotate(&w.ring, SPAN_LIT("redhat"), NULL, &changed, &e), 0);
	assert_int_equal(changed.targets, 2);
	cleanup(&w);
}

/* --- who is needed --- */

struct need_case {
	const char *name;
	const char *role;
	const char *without; /* keys that are not at hand */
	const char *expect;
};

static const struct need_case needs[] = {
	{ "a family without the targets key", "redhat", "targets-",
	    "this needs the key of role targets" },
	{ "the snapshot without root keys", "snapshot", "root-",
	    "this needs the key of role root" },
	{ "a role that is none", "nosuch", "none-", "there is no role nosuch" },
};

static void
test_need(void **state)
{
	const struct need_case *c = *state;
	struct key_changed changed;
	struct world w;
	struct sign_key *keys;
	struct err e = { 0 };
	size_t n, before;

	init(&w);
	assert_int_equal(
	    sign_list(&w.ring.signer, &w.ring.arena, &keys, &before, &e), 0);
	move_keys(&w, c->without, "stick", "other", 0);
	assert_int_equal(
	    key_rotate(&w.ring, span_of(c->role), NULL, &changed, &e), -1);
	assert_non_null(strstr(e.msg, c->expect));
	/* No key was made for it. */
	move_keys(&w, c->without, "other", "stick", 0);
	assert_int_equal(
	    sign_list(&w.ring.signer, &w.ring.arena, &keys, &n, &e), 0);
	assert_int_equal(n, before);
	cleanup(&w);
}

/* A family's key is lost: the new one is there, and the old one is not. */
static void
test_a_key_that_is_lost(void **state)
{
	struct key_changed changed;
	struct world w;
	struct err e = { 0 };

	(void)state;
	init(&w);
	move_keys(&w, "redhat-", "keys", "other", 0);
	assert_int_equal(
	    key_rotate(&w.ring, SPAN_LIT("redhat"), NULL, &changed, &e), 0);
	assert_int_equal(changed.n_made, 1);
	assert_int_equal(changed.n_retired, 0);
	assert_int_equal(changed.n_absent, 1);
	assert_true(is_key_of(&w, "redhat", &changed.made[0]));
	cleanup(&w);
}

int
main(void)
{
	static const struct CMUnitTest single[] = {
		cmocka_unit_test(test_a_root_that_is_out),
		cmocka_unit_test(test_a_pending_root_that_is_damaged),
		cmocka_unit_test(test_a_key_that_is_lost),
	};
	struct CMUnitTest tests[16];
	size_t n = 0, i;

	TABLE_ADD(tests, &n, stops, test_stopped);
	TABLE_ADD(tests, &n, needs, test_need);
	for (i = 0; i < TABLE_N(single); i++)
		tests[n++] = single[i];
	return _cmocka_run_group_tests("key", tests, n, NULL, NULL);
}
