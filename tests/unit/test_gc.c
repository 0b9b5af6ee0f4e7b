/* SPDX-License-Identifier: Apache-2.0 */
/* Retention, and a kill at every step of it. */
#include <signal.h>
#include <sys/wait.h>

#include "indexer/as_of.h"
#include "indexer/gc.h"
#include "tests/unit/site.h"

#define DAY 86400

/* Five generations, a day apart, each of other texts; 0 is never made. */
static const char *const texts[] = {
	NULL,
	SITE_FEED_1("CVE-2024-0001", "one"),
	SITE_FEED_1("CVE-2024-0002", "two"),
	SITE_FEED_1("CVE-2024-0003", "three"),
	SITE_FEED_1("CVE-2024-0004", "four"),
	SITE_FEED_1("CVE-2024-0005", "five"),
};

static void
five_generations(struct site *s)
{
	int64_t day;

	site_open(s);
	for (day = 1; day <= 5; day++) {
		site_at(day * DAY);
		site_publish(s, "nvd", "a", texts[day]);
		site_record(s);
	}
}

static int
add_name(void *ctx, const char *name, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%s ", name);
	return 0;
}

static void
expect_index(struct site *s, const char *expect)
{
	buf_reset(&s->seen);
	if (file_list(s->tmp.dirfd, "index", add_name, &s->seen, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	assert_string_equal(buf_str(&s->seen), expect);
}

/* Which of the texts are in the store: "1 2 3 ". */
static void
expect_store(struct site *s, const char *expect)
{
	struct digest d;
	size_t i;

	buf_reset(&s->seen);
	for (i = 1; i < TABLE_N(texts); i++) {
		digest_of(span_of(texts[i]), &d);
		if (store_has(&s->store, &d))
			buf_printf(&s->seen, "%zu ", i);
	}
	assert_string_equal(buf_str(&s->seen), expect);
}

static struct gc_result
collect(struct site *s, const struct gc_options *o)
{
	struct gc_result r;

	if (gc_run(&s->state, s->catalog, o, NULL, &r, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	return r;
}

static const struct gc_case {
	const char *name;
	struct gc_options options;
	int64_t day; /* of the run */
	uint64_t current;
	const char *index;
	const char *store;
} cases[] = {
	{ "all are kept", { 14, 0, 30, false }, 5, 5, "1 2 3 4 5 current ",
	    "1 2 3 4 5 " },
	{ "the oldest go, their files stay", { 2, 0, 30, false }, 5, 5,
	    "4 5 current ", "1 2 3 4 5 " },
	{ "files go when their days are over", { 2, 0, 2, false }, 5, 5,
	    "4 5 current ", "2 3 4 5 " },
	{ "at once", { 2, 0, 0, false }, 6, 5, "4 5 current ", "4 5 " },
	{ "a dry run removes nothing", { 1, 1, 0, true }, 9, 5,
	    "1 2 3 4 5 current ", "1 2 3 4 5 " },
	{ "by age", { 14, 2, 0, false }, 5, 5, "3 4 5 current ", "3 4 5 " },
	{ "by age, the newest stays", { 14, 1, 0, false }, 99, 5, "5 current ",
	    "5 " },
	{ "the current one stays, however old", { 1, 1, 0, false }, 99, 2,
	    "2 5 current ", "2 5 " },
	{ "none at all is one", { 0, 0, 0, false }, 99, 5, "5 current ", "5 " },
	{ "the clock set back removes nothing", { 14, 1, 1, false }, -9, 5,
	    "1 2 3 4 5 current ", "1 2 3 4 5 " },
};

static void
test_case(void **state)
{
	const struct gc_case *c = *state;
	struct site s;

	five_generations(&s);
	site_at(c->day < 0 ? 0 : c->day * DAY);
	if (generation_rollback(s.state.dirfd, c->current, &s.e) != 0)
		fail_msg("%s", s.e.msg);
	collect(&s, &c->options);
	expect_index(&s, c->index);
	expect_store(&s, c->store);
	site_close(&s);
}

static int
note_item(void *ctx, const struct gc_item *item, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%d %s\n", item->kind, item->name);
	return 0;
}

/* What a dry run says is what the run then does, to the byte. */
static void
test_dry_run_is_right(void **state)
{
	struct gc_options o = { 1, 0, 0, true };
	struct gc_result dry, wet;
	struct buf said = { 0 }, done = { 0 };
	struct gc_report report = { &said, note_item };
	struct site s;

	(void)state;
	five_generations(&s);
	site_at(99 * DAY);
	site_publish(&s, "other", "b", texts[1]);
	assert_int_equal(
	    file_make_dirs(s.tmp.dirfd, "index/building-9", &s.e), 0);
	assert_int_equal(
	    gc_run(&s.state, s.catalog, &o, &report, &dry, &s.e), 0);
	o.dry_run = false;
	report.ctx = &done;
	assert_int_equal(
	    gc_run(&s.state, s.catalog, &o, &report, &wet, &s.e), 0);
	assert_string_equal(buf_str(&said), buf_str(&done));
	assert_memory_equal(&dry, &wet, sizeof(dry));
	assert_int_equal(wet.n[GC_GENERATION], 5);
	assert_int_equal(wet.n[GC_BLOB], 3);
	assert_int_equal(wet.n[GC_LEFTOVER], 1);
	assert_true(wet.freed_bytes > 0);
	/* nvd.sqlite of 5 is 6's, too. */
	expect_index(&s, "6 current ");
	expect_store(&s, "1 5 ");
	site_expect_audit(&s, 1,
	    "8553600 generation 5 removed beyond retention.generations;");
	wet = collect(&s, &o);
	assert_int_equal(wet.freed_bytes, 0);
	buf_cleanup(&said);
	buf_cleanup(&done);
	site_close(&s);
}

/* What the catalog accepted stays, indexed or not; so do others' files. */
static void
test_accepted_stays(void **state)
{
	const struct gc_options o = { 1, 0, 0, false };
	char hex[DIGEST_HEX_SIZE];
	struct catalog_resource r = { .path = SPAN_LIT("host/manifest"),
		.source = SPAN_LIT("nvd"),
		.origin = SPAN_LIT("upstream") };
	struct digest d;
	struct site s;

	(void)state;
	five_generations(&s);
	site_at(99 * DAY);
	digest_of(span_of(texts[3]), &d);
	r.sha256 = span_of(digest_hex(&d, hex));
	assert_int_equal(catalog_set_resource(s.catalog, &r, &s.e), 0);
	assert_int_equal(
	    file_replace(s.store.dirfd, "README", SPAN_LIT("mine"), &s.e), 0);
	snprintf(hex, sizeof(hex), "%064d", 7);
	assert_int_equal(
	    file_replace(s.store.dirfd, hex, SPAN_LIT("nobody's"), &s.e), 0);
	collect(&s, &o);
	expect_store(&s, "3 5 ");
	assert_true(file_exists(s.store.dirfd, "README"));
	assert_false(file_exists(s.store.dirfd, hex));
	site_close(&s);
}

/* --- killed --- */

struct killer {
	size_t left; /* items until then */
};

static int
kill_at(void *ctx, const struct gc_item *item, struct err *e)
{
	struct killer *k = ctx;

	(void)item;
	(void)e;
	if (k->left-- == 0)
		raise(SIGKILL);
	return 0;
}

/* True if it was killed, false if it came to its end before. */
static bool
collect_and_die(struct site *s, const struct gc_options *o, size_t at)
{
	struct killer killer = { at };
	const struct gc_report report = { &killer, kill_at };
	struct gc_result r;
	int status;
	pid_t pid;

	db_close(s->catalog);
	s->catalog = NULL;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (catalog_open(&s->catalog, &s->state, DB_WRITE, &s->e) !=
			0 ||
		    gc_run(&s->state, s->catalog, o, &report, &r, &s->e) != 0)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (catalog_open(&s->catalog, &s->state, DB_WRITE, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status);
}

/* Whatever has a name is there. */
static void
expect_named_are_there(struct site *s)
{
	struct db_stmt *q = db_query(s->catalog, QUERY_CATALOG_BLOB_NAMES);
	struct digest d;
	int rc;

	while ((rc = db_step(q, &s->e)) == 1) {
		assert_true(digest_parse(db_text(q, 0), &d));
		assert_true(store_has(&s->store, &d));
	}
	assert_int_equal(rc, 0);
	db_reset(q);
}

static void
test_killed(void **state)
{
	const struct gc_options o = { 2, 0, 1, false };
	size_t at = 0, n_killed = 0;
	bool killed = true;
	struct site s;

	(void)state;
	for (; killed; at++) {
		five_generations(&s);
		site_at(6 * DAY);
		assert_int_equal(file_replace(s.store.dirfd, "x.new",
				     SPAN_LIT("half"), &s.e),
		    0);
		killed = collect_and_die(&s, &o, at);
		n_killed += killed;
		expect_named_are_there(&s);
		collect(&s, &o);
		expect_named_are_there(&s);
		expect_index(&s, "4 5 current ");
		expect_store(&s, "4 5 ");
		site_close(&s);
	}
	/* Three folders, three lists, three files. */
	assert_int_equal(n_killed, 9);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_dry_run_is_right),
		cmocka_unit_test(test_accepted_stays),
		cmocka_unit_test(test_killed),
	};
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(others)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_case);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests(
	    "gc", tests, n + TABLE_N(others), NULL, NULL);
}
