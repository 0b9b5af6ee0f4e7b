/* SPDX-License-Identifier: Apache-2.0 */
/* What the server is handed of a generation. */
#include "server/view.h"
#include "tests/unit/mirror_world.h"

#define ONE SITE_FEED_1("CVE-2024-0001", "one")
#define TWO SITE_FEED_1("CVE-2024-0002", "two")
#define ROCKY "osv.example.org/Rocky%20Linux/all.zip"
#define CHANGES "security.example.org/data/csaf/v2/vex/changes.csv"

static struct view *
read_view(struct site *s)
{
	struct buf first = { 0 }, second = { 0 };
	struct view *v = NULL, *copy = NULL;

	if (view_read(&v, s->catalog, &s->state, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	/* What is handed over says the same. */
	view_pack(&first, v);
	if (view_unpack(&copy, buf_span(&first), &s->e) != 0)
		fail_msg("%s", s->e.msg);
	view_pack(&second, copy);
	assert_true(span_eq(buf_span(&first), buf_span(&second)));
	buf_cleanup(&first);
	buf_cleanup(&second);
	view_drop(v);
	return copy;
}

static bool
has_text(const struct view *v, const char *text)
{
	struct digest d;

	digest_of(span_of(text), &d);
	return view_has(v, &d);
}

static bool
is_text(const struct view_file *f, const char *text)
{
	struct digest d;

	digest_of(span_of(text), &d);
	return f != NULL && digest_eq(&f->sha256, &d);
}

static void
test_nothing_yet(void **state)
{
	struct view *v;
	struct site s;

	(void)state;
	site_open(&s);
	v = read_view(&s);
	assert_int_equal(v->generation, 0);
	assert_int_equal(v->n_files, 0);
	assert_null(view_find(v, SPAN_LIT(FEED)));
	assert_false(has_text(v, ONE));
	view_drop(v);
	site_close(&s);
}

static void
test_found(void **state)
{
	const struct view_file *f;
	struct view *v;
	struct site s;

	(void)state;
	site_open(&s);
	mirror_accept(&s, "rocky-osv", ROCKY, "zip", "r");
	mirror_accept(&s, "b", "b.example.org/x/y", "second", "");
	mirror_accept(&s, "a", "a.example.org/x/y", "first", "");
	mirror_run(&s, ONE, "meta 1");
	v = read_view(&s);
	assert_int_equal(v->generation, 1);
	assert_int_equal(v->made, 1000);
	assert_int_equal(v->n_files, 5);
	f = view_find(v, SPAN_LIT(META));
	assert_true(is_text(f, "meta 1"));
	assert_true(span_is(f->modified, "m"));
	assert_true(span_is(f->source, "nvd"));
	assert_int_equal(f->size_bytes, 6);
	assert_int_equal(f->fetched, 7);
	assert_ptr_equal(f,
	    view_find_tail(
		v, SPAN_LIT("/feeds/json/cve/2.0/nvdcve-2.0-2024.meta")));
	assert_ptr_equal(f, view_find_digest(v, &f->sha256));
	assert_true(is_text(view_find_tail(v, SPAN_LIT("/x/y")), "first"));
	f = view_find(v, SPAN_LIT(ROCKY));
	assert_true(is_text(f, "zip"));
	assert_ptr_equal(
	    f, view_find(v, SPAN_LIT("osv.example.org/Rocky Linux/all.zip")));
	assert_ptr_equal(
	    f, view_find_tail(v, SPAN_LIT("/Rocky Linux/all.zip")));
	assert_null(view_find(v, SPAN_LIT("/x/y")));
	assert_null(view_find_tail(v, SPAN_LIT("/x")));
	assert_true(has_text(v, "meta 1"));
	assert_false(has_text(v, TWO));
	view_drop(v);
	site_close(&s);
}

/* A generation is shown when its files are written down. */
static void
test_killed_before_it_told(void **state)
{
	struct view *v;
	struct site s;

	(void)state;
	site_open(&s);
	mirror_run(&s, ONE, "meta 1");
	site_publish(&s, "nvd", FEED, TWO);
	site_record(&s);
	v = read_view(&s);
	assert_int_equal(v->generation, 1);
	assert_true(is_text(view_find(v, SPAN_LIT(FEED)), ONE));
	view_drop(v);
	/* A run that cannot reach upstream does not help. */
	mirror_record(&s);
	v = read_view(&s);
	assert_int_equal(v->generation, 1);
	view_drop(v);
	/* Somebody removed it meanwhile. */
	assert_int_equal(generation_remove(s.state.dirfd, 1, &s.e), 0);
	v = read_view(&s);
	assert_int_equal(v->generation, 2);
	assert_true(is_text(view_find(v, SPAN_LIT(FEED)), TWO));
	assert_null(view_find(v, SPAN_LIT(META)));
	view_drop(v);
	/* The next run. */
	mirror_accept(&s, "nvd", FEED, TWO, "f");
	mirror_accept(&s, "nvd", META, "meta 2", "m");
	mirror_record(&s);
	v = read_view(&s);
	assert_int_equal(v->generation, 2);
	assert_true(is_text(view_find(v, SPAN_LIT(META)), "meta 2"));
	view_drop(v);
	site_close(&s);
}

static void
test_rollback(void **state)
{
	struct view *v;
	struct site s;

	(void)state;
	site_open(&s);
	mirror_run(&s, ONE, "meta 1");
	mirror_run(&s, TWO, "meta 2");
	assert_int_equal(generation_rollback(s.state.dirfd, 1, &s.e), 0);
	site_record(&s);
	v = read_view(&s);
	assert_int_equal(v->generation, 1);
	assert_true(is_text(view_find(v, SPAN_LIT(FEED)), ONE));
	assert_true(is_text(view_find(v, SPAN_LIT(META)), "meta 1"));
	view_drop(v);
	site_close(&s);
}

static void
test_past(void **state)
{
	struct view *v;
	struct site s;

	(void)state;
	site_open(&s);
	mirror_accept(&s, "redhat-vex", CHANGES, "old", "");
	mirror_run(&s, ONE, "meta 1");
	site_at(2000);
	mirror_run(&s, TWO, "meta 2");
	site_at(3000);
	mirror_accept(&s, "redhat-vex", CHANGES, "new", "");
	mirror_run(&s, ONE, "meta 1");
	v = read_view(&s);
	assert_int_equal(v->n_past, 2);
	assert_true(span_is(v->past[0].path, CHANGES));
	assert_int_equal(v->past[0].since, 1000);
	assert_int_equal(v->past[1].since, 3000);
	assert_true(is_text(view_find(v, SPAN_LIT(CHANGES)), "new"));
	view_drop(v);
	site_close(&s);
}

static void
add_target(struct site *s, const char *path, const char *text)
{
	struct db_stmt *q = db_query(s->catalog, QUERY_CATALOG_TUF_TARGET_ADD);
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	digest_of(span_of(text), &d);
	db_bind_text(q, ":path", span_of(path));
	db_bind_text(q, ":role", SPAN_LIT("index"));
	db_bind_text(q, ":sha256", span_of(digest_hex(&d, hex)));
	db_bind_int(q, ":size_bytes", 1);
	assert_int_equal(db_run(q, &s->e), 0);
}

/* Targets of the repository of now and of the one before. */
static void
test_targets(void **state)
{
	struct view *v;
	struct site s;
	struct digest d;

	(void)state;
	site_open(&s);
	mirror_run(&s, ONE, "meta 1");
	add_target(&s, "index/a", "target 1");
	assert_int_equal(
	    db_run(db_query(s.catalog, QUERY_CATALOG_TUF_PREVIOUS_FILL), &s.e),
	    0);
	assert_int_equal(
	    db_run(db_query(s.catalog, QUERY_CATALOG_TUF_TARGET_CLEAR), &s.e),
	    0);
	add_target(&s, "index/a", "target 2");
	assert_int_equal(
	    file_make_dirs(s.state.dirfd, "tuf/metadata", &s.e), 0);
	assert_int_equal(
	    file_replace(s.state.dirfd, "tuf/metadata/timestamp.json",
		SPAN_LIT("{}"), &s.e),
	    0);
	v = read_view(&s);
	assert_true(has_text(v, "target 1"));
	assert_true(has_text(v, "target 2"));
	digest_of(SPAN_LIT("target 2"), &d);
	assert_null(view_find_digest(v, &d));
	assert_true(
	    digest_eq(&view_find_target(v, SPAN_LIT("index/a"))->sha256, &d));
	assert_null(view_find_target(v, SPAN_LIT("")));
	assert_true(span_is(v->timestamp, "{}"));
	view_drop(v);
	site_close(&s);
}

/* Whatever the bytes are, they are read or refused. */
static void
test_hostile_bytes(void **state)
{
	struct buf whole = { 0 };
	struct view *v, *cut = NULL;
	struct site s;
	size_t i;

	(void)state;
	site_open(&s);
	mirror_run(&s, ONE, "meta 1");
	v = read_view(&s);
	view_pack(&whole, v);
	for (i = 0; i < whole.len; i++) {
		if (view_unpack(&cut, span_first(buf_span(&whole), i), &s.e) ==
		    0)
			fail_msg("the first %zu bytes are a view", i);
		assert_int_equal(s.e.code, ERR_FORMAT);
	}
	buf_cleanup(&whole);
	view_drop(v);
	site_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_yet),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_killed_before_it_told),
		cmocka_unit_test(test_rollback),
		cmocka_unit_test(test_past),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_hostile_bytes),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
