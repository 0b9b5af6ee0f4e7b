/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "indexer/gc.h"
#include "tests/unit/publish_world.h"
#include "tests/unit/table.h"

#define FEED_A SITE_FEED_1("CVE-2024-0001", "a")
#define FEED_B SITE_FEED_1("CVE-2024-0001", "b")
#define TARGETS                               \
	"index/NOTICE\nindex/manifest.json\n" \
	"nvd/h.org/a.meta\nnvd/nvd\nubuntu/u.org/a\n"

static void
open_signed(struct publish_world *w)
{
	publish_world_open(w);
	publish_world_init_keys(w);
	publish_world_generation(w, "nvd", FEED_A);
	publish_world_mirror(w, "nvd", "h.org/a.meta", "meta");
	publish_world_mirror(w, "ubuntu-usn", "u.org/a", "usn");
	if (publish_world_run(w) != 1)
		fail_msg("%s", w->e.msg);
}

static void
expect_versions(struct publish_world *w, const char *expect)
{
	assert_string_equal(publish_world_versions(w), expect);
}

#define FIRST                                                    \
	"debian 1 index 1 nvd 1 other 1 redhat 1 root 1 scap 1 " \
	"snapshot 1 suse 1 targets 1 timestamp 1 ubuntu 1 "

static void
test_without_keys(void **state)
{
	struct publish_world w;

	(void)state;
	publish_world_open(&w);
	publish_world_generation(&w, "nvd", FEED_A);
	assert_int_equal(publish_world_run(&w), 0);
	assert_false(file_exists(w.site.state.dirfd, "tuf"));
	publish_world_close(&w);
}

static void
test_before_the_first_generation(void **state)
{
	struct publish_world w;

	(void)state;
	publish_world_open(&w);
	publish_world_init_keys(&w);
	assert_int_equal(publish_world_run(&w), 0);
	assert_false(file_exists(w.repository.dirfd, "timestamp.json"));
	publish_world_close(&w);
}

static void
test_a_client_takes_it(void **state)
{
	struct publish_world w;

	(void)state;
	open_signed(&w);
	expect_versions(&w, FIRST);
	publish_world_judge(&w);
	assert_string_equal(buf_str(&w.seen), TARGETS);
	publish_world_close(&w);
}

static int
add_name(void *ctx, const char *name, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%s\n", name);
	return 0;
}

/* Names and times of all files below the folder. */
static void
list(struct publish_world *w, struct buf *out)
{
	struct stat st;

	assert_int_equal(
	    file_list(w->repository.dirfd, ".", add_name, out, &w->e), 0);
	assert_int_equal(
	    fstatat(w->repository.dirfd, "timestamp.json", &st, 0), 0);
	buf_printf(out, "%ju", (uintmax_t)st.st_ino);
}

static void
test_nothing_new(void **state)
{
	struct buf before = { 0 }, after = { 0 };
	struct publish_world w;
	int64_t changes;

	(void)state;
	open_signed(&w);
	list(&w, &before);
	changes = db_total_changes(w.site.catalog);
	site_at(1000 + 10 * PUBLISH_DAY);
	assert_int_equal(publish_world_run(&w), 0);
	list(&w, &after);
	assert_string_equal(buf_str(&before), buf_str(&after));
	assert_int_equal(changes, db_total_changes(w.site.catalog));
	buf_cleanup(&before);
	buf_cleanup(&after);
	publish_world_close(&w);
}

static void
test_only_what_moved(void **state)
{
	struct publish_world w;

	(void)state;
	open_signed(&w);
	publish_world_mirror(&w, "ubuntu-usn", "u.org/a", "usn 2");
	assert_int_equal(publish_world_run(&w), 1);
	expect_versions(&w,
	    "debian 1 index 1 nvd 1 other 1 redhat 1 root 1 scap 1 "
	    "snapshot 2 suse 1 targets 1 timestamp 2 ubuntu 2 ");
	publish_world_generation(&w, "nvd", FEED_B);
	assert_int_equal(publish_world_run(&w), 1);
	expect_versions(&w,
	    "debian 1 index 2 nvd 2 other 1 redhat 1 root 1 scap 1 "
	    "snapshot 3 suse 1 targets 1 timestamp 3 ubuntu 2 ");
	publish_world_judge(&w);
	assert_string_equal(buf_str(&w.seen), TARGETS);
	publish_world_close(&w);
}

static void
set_source(struct publish_world *w, int64_t checked, const char *result)
{
	struct db_stmt *q = db_query(w->site.catalog, QUERY_CATALOG_SOURCE_SET);

	db_bind_text(q, ":name", SPAN_LIT("nvd"));
	db_bind_int(q, ":checked", checked);
	db_bind_int(q, ":changed", 0);
	db_bind_text(q, ":result", span_of(result));
	db_bind_text(q, ":message", SPAN_LIT(""));
	assert_int_equal(db_run(q, &w->e), 0);
}

/* That a source was asked is no news, unless somebody wants it told. */
static void
test_times_are_no_news(void **state)
{
	struct publish_world w;

	(void)state;
	open_signed(&w);
	set_source(&w, 900, "ok");
	assert_int_equal(publish_world_run(&w), 1);
	set_source(&w, 950, "ok");
	assert_int_equal(publish_world_run(&w), 0);
	w.options.refresh = true;
	assert_int_equal(publish_world_run(&w), 1);
	assert_int_equal(publish_world_run(&w), 0);
	w.options.refresh = false;
	set_source(&w, 960, "failed");
	assert_int_equal(publish_world_run(&w), 1);
	expect_versions(&w,
	    "debian 1 index 4 nvd 1 other 1 redhat 1 root 1 scap 1 "
	    "snapshot 4 suse 1 targets 1 timestamp 4 ubuntu 1 ");
	publish_world_judge(&w);
	publish_world_close(&w);
}

/* --- renewal --- */

static const struct renew_case {
	const char *name;
	unsigned days;
	bool force;
	int expect;
	const char *versions;
} renewals[] = {
	{ "not due yet", 19, false, 0, FIRST },
	{ "not due, but forced", 1, true, 1,
	    "debian 1 index 1 nvd 1 other 1 redhat 1 root 1 scap 1 "
	    "snapshot 1 suse 1 targets 1 timestamp 2 ubuntu 1 " },
	{ "the timestamp alone", 21, false, 1,
	    "debian 1 index 1 nvd 1 other 1 redhat 1 root 1 scap 1 "
	    "snapshot 1 suse 1 targets 1 timestamp 2 ubuntu 1 " },
	{ "all of them", 61, false, 1,
	    "debian 2 index 2 nvd 2 other 2 redhat 2 root 1 scap 2 "
	    "snapshot 2 suse 2 targets 1 timestamp 2 ubuntu 2 " },
	{ "long after they expired", 200, false, 1,
	    "debian 2 index 2 nvd 2 other 2 redhat 2 root 1 scap 2 "
	    "snapshot 2 suse 2 targets 1 timestamp 2 ubuntu 2 " },
};

static void
test_renewal(void **state)
{
	const struct renew_case *c = *state;
	struct publish_world w;
	int64_t due;

	open_signed(&w);
	assert_int_equal(
	    publish_renewal_due(w.site.catalog, w.options.config, &due, &w.e),
	    0);
	assert_int_equal(due, 1000 + 20 * PUBLISH_DAY);
	site_at(1000 + (int64_t)c->days * PUBLISH_DAY);
	assert_int_equal(publish_renew(&w.site.state, w.site.catalog,
			     &w.options, c->force, &w.e),
	    c->expect);
	expect_versions(&w, c->versions);
	if (c->expect == 1)
		publish_world_judge(&w);
	assert_int_equal(publish_renew(&w.site.state, w.site.catalog,
			     &w.options, false, &w.e),
	    0);
	publish_world_close(&w);
}

/* --- what a killed run left --- */

/* Before the catalog was told: files beside those that count. */
static void
leave_files(struct publish_world *w)
{
	assert_int_equal(file_replace(w->repository.dirfd, "2.ubuntu.json",
			     SPAN_LIT("half"), &w->e),
	    0);
	assert_int_equal(file_replace(w->repository.dirfd, "2.snapshot.json",
			     SPAN_LIT("half"), &w->e),
	    0);
}

/* Between the catalog and timestamp.json. */
static void
leave_timestamp(struct publish_world *w)
{
	struct buf old = { 0 };

	assert_int_equal(repository_read(&w->repository, "timestamp.json",
			     TUF_TIMESTAMP_MAX, &old, &w->e),
	    0);
	publish_world_mirror(w, "ubuntu-usn", "u.org/a", "usn 2");
	assert_int_equal(publish_world_run(w), 1);
	assert_int_equal(file_replace(w->repository.dirfd, "timestamp.json",
			     buf_span(&old), &w->e),
	    0);
	buf_cleanup(&old);
}

static void
leave_no_timestamp(struct publish_world *w)
{
	unlinkat(w->repository.dirfd, "timestamp.json", 0);
}

static void
lose_role(struct publish_world *w)
{
	unlinkat(w->repository.dirfd, "1.ubuntu.json", 0);
}

static void
lose_manifest(struct publish_world *w)
{
	struct db_stmt *q =
	    db_query(w->site.catalog, QUERY_CATALOG_TUF_TARGET_LIST);
	char hex[DIGEST_HEX_SIZE] = "";

	while (db_step(q, &w->e) == 1)
		if (span_is(db_text(q, 0), REPOSITORY_MANIFEST))
			memcpy(hex, db_text(q, 2).ptr, DIGEST_HEX_SIZE - 1);
	db_reset(q);
	assert_int_equal(unlinkat(w->site.store.dirfd, hex, 0), 0);
}

static void
lose_catalog(struct publish_world *w)
{
	struct db_stmt *q =
	    db_query(w->site.catalog, QUERY_CATALOG_TUF_ROLE_CLEAR);

	assert_int_equal(db_run(q, &w->e), 0);
}

static const struct crash_case {
	const char *name;
	void (*leave)(struct publish_world *w);
	bool mirror; /* new content comes then */
	int expect;
	const char *versions;
} crashes[] = {
	{ "files beside", leave_files, true, 1,
	    "debian 1 index 1 nvd 1 other 1 redhat 1 root 1 scap 1 "
	    "snapshot 3 suse 1 targets 1 timestamp 2 ubuntu 3 " },
	{ "files beside, and nothing new", leave_files, false, 0, FIRST },
	{ "timestamp.json is the old one", leave_timestamp, false, 1,
	    "debian 1 index 1 nvd 1 other 1 redhat 1 root 1 scap 1 "
	    "snapshot 2 suse 1 targets 1 timestamp 3 ubuntu 2 " },
	{ "timestamp.json is missing", leave_no_timestamp, false, 1,
	    "debian 1 index 1 nvd 1 other 1 redhat 1 root 1 scap 1 "
	    "snapshot 1 suse 1 targets 1 timestamp 2 ubuntu 1 " },
	{ "a role's file is missing", lose_role, false, 1,
	    "debian 1 index 1 nvd 1 other 1 redhat 1 root 1 scap 1 "
	    "snapshot 2 suse 1 targets 1 timestamp 2 ubuntu 2 " },
	{ "the manifest is missing", lose_manifest, false, 0, FIRST },
	{ "the catalog knows nothing", lose_catalog, false, 1,
	    "debian 2 index 2 nvd 2 other 2 redhat 2 root 1 scap 2 "
	    "snapshot 2 suse 2 targets 1 timestamp 2 ubuntu 2 " },
};

static void
test_crash(void **state)
{
	const struct crash_case *c = *state;
	struct publish_world w;

	open_signed(&w);
	c->leave(&w);
	if (c->mirror)
		publish_world_mirror(&w, "ubuntu-usn", "u.org/a", "usn 3");
	assert_int_equal(publish_world_run(&w), c->expect);
	expect_versions(&w, c->versions);
	publish_world_judge(&w);
	assert_string_equal(buf_str(&w.seen), TARGETS);
	assert_int_equal(publish_world_run(&w), 0);
	publish_world_close(&w);
}

/* Whoever follows the old timestamp.json finds all that it leads to. */
static void
test_gc_between(void **state)
{
	const struct gc_options o = { .generations = 1 };
	struct gc_result result;
	struct publish_world w;

	(void)state;
	open_signed(&w);
	leave_timestamp(&w);
	publish_world_judge(&w);
	assert_int_equal(w.versions[TUF_TIMESTAMP], 1);
	assert_int_equal(
	    gc_run(&w.site.state, w.site.catalog, &o, NULL, &result, &w.e), 0);
	publish_world_judge(&w);
	assert_int_equal(w.versions[TUF_TIMESTAMP], 1);
	assert_int_equal(publish_world_run(&w), 1);
	publish_world_judge(&w);
	assert_int_equal(w.versions[TUF_TIMESTAMP], 3);
	publish_world_close(&w);
}

/* --- what cannot be signed --- */

static void
take_key(struct publish_world *w)
{
	int fd = openat(w->site.state.dirfd, "keys", O_RDONLY | O_DIRECTORY);
	struct buf names = { 0 };
	struct span rest, name;

	assert_int_equal(file_list(fd, ".", add_name, &names, &w->e), 0);
	rest = buf_span(&names);
	while (span_next(&rest, '\n', &name))
		if (span_has_prefix(name, "snapshot-"))
			unlinkat(fd, arena_str(&w->arena, name), 0);
	close(fd);
	buf_cleanup(&names);
}

static void
lose_document(struct publish_world *w)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	digest_of(span_of(FEED_A), &d);
	assert_int_equal(
	    unlinkat(w->site.store.dirfd, digest_hex(&d, hex), 0), 0);
}

static void
mirror_elsewhere(struct publish_world *w)
{
	publish_world_mirror(w, "nvd", "h/1/2/3", "deep");
}

static void
mirror_long(struct publish_world *w)
{
	char path[300];

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	publish_world_mirror(w, "nvd", path, "long");
}

/* Rows that all name the file of "u.org/a". */
static void
mirror_many(struct publish_world *w, unsigned n, const char *etag)
{
	struct catalog_resource r;
	struct buf path = { 0 };
	unsigned i;

	assert_int_equal(catalog_resource(w->site.catalog, SPAN_LIT("u.org/a"),
			     &w->arena, &r, &w->e),
	    1);
	r.source = SPAN_LIT("ubuntu-usn");
	r.etag = span_of(etag);
	assert_int_equal(db_begin(w->site.catalog, &w->e), 0);
	for (i = 0; i < n; i++) {
		buf_reset(&path);
		buf_printf(&path, "u.org/%u", i);
		r.path = buf_span(&path);
		assert_int_equal(
		    catalog_set_resource(w->site.catalog, &r, &w->e), 0);
	}
	assert_int_equal(db_commit(w->site.catalog, &w->e), 0);
	buf_cleanup(&path);
}

static void
mirror_too_many(struct publish_world *w)
{
	mirror_many(w, TUF_TARGETS_OF_ROLE_MAX, "");
}

static void
mirror_too_large(struct publish_world *w)
{
	char etag[1000];

	memset(etag, 'e', sizeof(etag) - 1);
	etag[sizeof(etag) - 1] = '\0';
	mirror_many(w, 5000, etag);
}

static const struct failure_case {
	const char *name;
	void (*cause)(struct publish_world *w);
	const char *expect; /* the message has it */
} failures[] = {
	{ "a key is not at hand", take_key,
	    "role snapshot is to be signed by 1 key, and 0 are at hand" },
	{ "a document's file is gone", lose_document,
	    "nvd: its file is not in the store any more" },
	{ "a path that nobody delegates", mirror_elsewhere,
	    "targets.json delegates no path to role nvd that nvd/h/1/2/3" },
	{ "a name that is too long", mirror_long,
	    "its name is too long for a target" },
	{ "too many files", mirror_too_many,
	    "role ubuntu would have 30001 files, and clients take 30000" },
	{ "too much to say of them", mirror_too_large,
	    "role ubuntu would have 5001 files, whose metadata is" },
};

static void
test_failure(void **state)
{
	const struct failure_case *c = *state;
	struct buf before = { 0 }, after = { 0 };
	struct db_stmt *q;
	struct publish_world w;
	struct err ignored;
	int64_t changes;

	open_signed(&w);
	list(&w, &before);
	publish_world_mirror(&w, "ubuntu-usn", "u.org/a", "usn 2");
	c->cause(&w);
	assert_int_equal(publish_world_run(&w), -1);
	if (strstr(w.e.msg, c->expect) == NULL)
		fail_msg("%s", w.e.msg);
	/* It is told, once, and nothing was written. */
	q = db_query(w.site.catalog, QUERY_CATALOG_SIGNING_GET);
	assert_int_equal(db_step(q, &ignored), 1);
	assert_int_equal(db_int(q, 1), 1000);
	assert_string_equal(arena_str(&w.arena, db_text(q, 2)), w.e.msg);
	db_reset(q);
	changes = db_total_changes(w.site.catalog);
	assert_int_equal(publish_world_run(&w), -1);
	assert_int_equal(changes, db_total_changes(w.site.catalog));
	list(&w, &after);
	assert_string_equal(buf_str(&before), buf_str(&after));
	buf_cleanup(&before);
	buf_cleanup(&after);
	publish_world_close(&w);
}

/* --- other keys --- */

static void
test_rotated_keys(void **state)
{
	struct publish_world w;
	struct tuf_role role = { .name = SPAN_LIT("targets"), .n_keyids = 1 };
	struct digest id;
	struct sign_key *keys;
	size_t n, i;

	(void)state;
	open_signed(&w);
	publish_world_open_signer(&w);
	assert_int_equal(sign_list(&w.signer, &w.arena, &keys, &n, &w.e), 0);
	for (i = 0; i < n; i++)
		if (span_eq(keys[i].role, role.name))
			id = keys[i].key.id;
	role.keyids = &id;
	publish_world_targets(&w, &role, 2);
	sign_close(&w.signer);
	assert_int_equal(publish_world_run(&w), 1);
	expect_versions(&w,
	    "debian 2 index 2 nvd 2 other 2 redhat 2 root 1 scap 2 "
	    "snapshot 2 suse 2 targets 2 timestamp 2 ubuntu 2 ");
	publish_world_judge(&w);
	assert_int_equal(w.versions[TUF_TARGETS], 2);
	publish_world_close(&w);
}

/* A ledger row a signature; old files go, their blobs stay while they are
 * named. */
static void
test_many(void **state)
{
	struct buf names = { 0 };
	struct publish_world w;
	struct db_stmt *q;
	char text[16];
	unsigned i, n = 0;

	(void)state;
	open_signed(&w);
	for (i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "usn %u", i);
		publish_world_mirror(&w, "ubuntu-usn", "u.org/a", text);
		assert_int_equal(publish_world_run(&w), 1);
	}
	list(&w, &names);
	assert_null(strstr(buf_str(&names), "\n8.ubuntu.json"));
	assert_non_null(strstr(buf_str(&names), "\n9.ubuntu.json"));
	assert_non_null(strstr(buf_str(&names), "\n41.snapshot.json"));
	assert_non_null(strstr(buf_str(&names), "1.nvd.json"));
	q = db_query(w.site.catalog, QUERY_CATALOG_LEDGER_LIST);
	while (db_step(q, &w.e) == 1) {
		n++;
		assert_true(span_is(db_text(q, 2), "signed"));
		assert_int_equal(db_int(q, 7), n); /* of the snapshot */
	}
	assert_int_equal(n, 41);
	db_reset(q);
	buf_cleanup(&names);
	publish_world_close(&w);
}

int
main(void)
{
	struct CMUnitTest
	    tests[TABLE_N(renewals) + TABLE_N(crashes) + TABLE_N(failures) + 9];
	size_t n = 0;

	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_without_keys);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(
	    test_before_the_first_generation);
	tests[n++] =
	    (struct CMUnitTest)cmocka_unit_test(test_a_client_takes_it);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_nothing_new);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_only_what_moved);
	tests[n++] =
	    (struct CMUnitTest)cmocka_unit_test(test_times_are_no_news);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_rotated_keys);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_many);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_gc_between);
	TABLE_ADD(tests, &n, renewals, test_renewal);
	TABLE_ADD(tests, &n, crashes, test_crash);
	TABLE_ADD(tests, &n, failures, test_failure);
	return _cmocka_run_group_tests("publish", tests, n, NULL, NULL);
}
