/* SPDX-License-Identifier: Apache-2.0 */
/* Which files belong to which generation. */
#include "indexer/gc.h"
#include "tests/unit/mirror_world.h"

#define ONE SITE_FEED_1("CVE-2024-0001", "one")
#define TWO SITE_FEED_1("CVE-2024-0002", "two")

static const char *
first_digits(struct span hex)
{
	static const char *const texts[] = { ONE, TWO, "meta 1", "meta 2",
		"last 1", "last 2" };
	static const char *const names[] = { "one", "two", "meta1", "meta2",
		"last1", "last2" };
	struct digest d, known;
	size_t i;

	assert_true(digest_parse(hex, &d));
	for (i = 0; i < TABLE_N(texts); i++) {
		digest_of(span_of(texts[i]), &known);
		if (digest_eq(&d, &known))
			return names[i];
	}
	return "?";
}

static void
print_files(struct site *s, const struct mirrored_files *files)
{
	size_t i;

	buf_reset(&s->seen);
	for (i = 0; i < files->n; i++) {
		struct span path = files->items[i].path;

		buf_printf(&s->seen, "%.*s=%s@%.*s;",
		    SPAN_ARG(span_from(path, span_rfind(path, '/') + 1)),
		    first_digits(files->items[i].sha256),
		    SPAN_ARG(files->items[i].last_modified));
	}
}

static void
expect_files(struct site *s, uint64_t generation, const char *expect)
{
	struct mirrored_files files;
	struct arena a = { 0 };

	if (mirrored_read(s->catalog, generation, &a, &files, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	print_files(s, &files);
	assert_string_equal(buf_str(&s->seen), expect);
	arena_cleanup(&a);
}

#define FEED_1 "nvdcve-2.0-2024.json.gz=one@f;nvdcve-2.0-2024.meta=meta1@m;"
#define FEED_2 "nvdcve-2.0-2024.json.gz=two@f;nvdcve-2.0-2024.meta=meta2@m;"

static void
test_each_has_its_own(void **state)
{
	struct site s;
	int64_t changes;

	(void)state;
	site_open(&s);
	mirror_run(&s, ONE, "meta 1");
	mirror_accept(&s, "secdb", LAST, "last 1", "l");
	mirror_record(&s);
	mirror_run(&s, TWO, "meta 2");
	expect_files(&s, 1, FEED_1 "last-update=last1@l;");
	expect_files(&s, 2, FEED_2 "last-update=last1@l;");
	changes = db_total_changes(s.catalog);
	mirror_record(&s);
	assert_int_equal(db_total_changes(s.catalog), changes);
	site_close(&s);
}

/* What changes without a new generation is the current one's. */
static void
test_news_without_a_generation(void **state)
{
	struct site s;

	(void)state;
	site_open(&s);
	mirror_run(&s, ONE, "meta 1");
	mirror_run(&s, TWO, "meta 1");
	mirror_accept(&s, "nvd", META, "meta 2", "m");
	mirror_record(&s);
	expect_files(&s, 1, FEED_1);
	expect_files(&s, 2, FEED_2);
	site_close(&s);
}

/* After a rollback the newest .meta stays with the newest feed. */
static void
test_rollback(void **state)
{
	struct site s;

	(void)state;
	site_open(&s);
	mirror_run(&s, ONE, "meta 1");
	mirror_run(&s, TWO, "meta 2");
	assert_int_equal(generation_rollback(s.state.dirfd, 1, &s.e), 0);
	mirror_record(&s);
	expect_files(&s, 1, FEED_1);
	/* Another source brings something new, NVD was not asked. */
	mirror_accept(&s, "secdb", LAST, "last 2", "l");
	mirror_record(&s);
	expect_files(&s, 1, FEED_1 "last-update=last2@l;");
	site_publish(&s, "other", "a/b", TWO);
	mirror_record(&s);
	expect_files(&s, 3, "b=two@;" FEED_1 "last-update=last2@l;");
	site_close(&s);
}

/* Of generations of an older version only documents are known for certain. */
static void
test_nothing_written_down(void **state)
{
	struct mirrored_files files;
	struct arena a = { 0 };
	struct site s;

	(void)state;
	site_open(&s);
	site_publish(&s, "nvd", FEED, ONE);
	site_record(&s);
	site_publish(&s, "nvd", FEED, TWO);
	mirror_accept(&s, "nvd", FEED, TWO, "f");
	mirror_accept(&s, "nvd", META, "meta 2", "m");
	mirror_accept(&s, "nvd", LAST, "last 2", "l");
	site_record(&s);
	assert_int_equal(mirrored_derive(s.catalog, 2, &a, &files, &s.e), 0);
	print_files(&s, &files);
	assert_string_equal(buf_str(&s.seen), FEED_2 "last-update=last2@l;");
	assert_int_equal(mirrored_derive(s.catalog, 1, &a, &files, &s.e), 0);
	print_files(&s, &files);
	assert_string_equal(buf_str(&s.seen),
	    "nvdcve-2.0-2024.json.gz=one@;last-update=last2@l;");
	arena_cleanup(&a);
	site_close(&s);
}

static bool
is_stored(struct site *s, const char *text)
{
	struct digest d;

	digest_of(span_of(text), &d);
	return store_has(&s->store, &d);
}

/* A generation's files stay and go with it. */
static void
test_collected(void **state)
{
	const struct gc_options o = { .generations = 1, .blob_days = 1 };
	struct gc_result r;
	struct site s;

	(void)state;
	site_open(&s);
	mirror_run(&s, ONE, "meta 1");
	site_at(86400);
	mirror_run(&s, TWO, "meta 2");
	site_at(2 * 86400 - 1);
	assert_int_equal(gc_run(&s.state, s.catalog, &o, NULL, &r, &s.e), 0);
	assert_true(is_stored(&s, "meta 1"));
	expect_files(&s, 1, FEED_1);
	site_at(3 * 86400);
	assert_int_equal(gc_run(&s.state, s.catalog, &o, NULL, &r, &s.e), 0);
	assert_false(is_stored(&s, "meta 1"));
	assert_true(is_stored(&s, "meta 2"));
	expect_files(&s, 1, "");
	expect_files(&s, 2, FEED_2);
	site_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_has_its_own),
		cmocka_unit_test(test_news_without_a_generation),
		cmocka_unit_test(test_rollback),
		cmocka_unit_test(test_nothing_written_down),
		cmocka_unit_test(test_collected),
	};

	return cmocka_run_group_tests_name("mirrored", tests, NULL, NULL);
}
