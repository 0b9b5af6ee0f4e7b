/* SPDX-License-Identifier: Apache-2.0 */
/* Publications as the catalog tells of them. */
#include "tests/unit/site.h"

#define ONE SITE_FEED_1("CVE-2024-0001", "one")
#define TWO SITE_FEED_1("CVE-2024-0002", "two")

/* The first four digits of the text's digest into hex. */
static const char *
digest_start(const char *text, char hex[DIGEST_HEX_SIZE])
{
	struct digest d;

	digest_of(span_of(text), &d);
	digest_hex(&d, hex);
	hex[4] = '\0';
	return hex;
}

static void
test_record(void **state)
{
	char one[DIGEST_HEX_SIZE], two[DIGEST_HEX_SIZE], expect[256];
	struct site s;

	(void)state;
	site_open(&s);
	site_publish(&s, "nvd", "a", ONE);
	site_record(&s);
	site_record(&s);
	site_at(2000);
	site_publish(&s, "other", "b", TWO);
	site_record(&s);
	site_expect_publications(&s, "1000 1 published;2000 2 published;");
	site_expect_audit(&s, 100,
	    "2000 generation 2 published generation 1 was current;"
	    "1000 generation 1 published ;1000 state made ;");
	site_expect_audit(
	    &s, 1, "2000 generation 2 published generation 1 was current;");
	digest_start(ONE, one);
	digest_start(TWO, two);
	snprintf(expect, sizeof(expect), "nvd/a=%s;", one);
	site_expect_documents(&s, 1, expect);
	snprintf(expect, sizeof(expect), "nvd/a=%s;other/b=%s;", one, two);
	site_expect_documents(&s, 2, expect);
	site_close(&s);
}

/* What the accepted documents are is another matter after a rollback. */
static void
test_rollback_and_on(void **state)
{
	char one[DIGEST_HEX_SIZE], two[DIGEST_HEX_SIZE], expect[256];
	struct site s;

	(void)state;
	site_open(&s);
	site_publish(&s, "nvd", "a", ONE);
	site_record(&s);
	site_publish(&s, "nvd", "a", TWO);
	site_record(&s);
	site_at(3000);
	assert_int_equal(generation_rollback(s.state.dirfd, 1, &s.e), 0);
	site_record(&s);
	site_publish(&s, "nvd", "c", TWO);
	site_record(&s);
	site_expect_publications(&s,
	    "1000 1 published;1000 2 published;3000 1 rolled-back;"
	    "3000 3 published;");
	snprintf(expect, sizeof(expect), "nvd/a=%s;nvd/c=%s;",
	    digest_start(ONE, one), digest_start(TWO, two));
	site_expect_documents(&s, 3, expect);
	site_close(&s);
}

/* The run was killed after it published: the next one tells of it. */
static void
test_killed_before_it_told(void **state)
{
	struct site s;

	(void)state;
	site_open(&s);
	site_publish(&s, "nvd", "a", ONE);
	site_at(2000);
	site_record(&s);
	/* This one was renamed, and the link not yet moved. */
	assert_int_equal(file_make_dirs(s.tmp.dirfd, "index/2", &s.e), 0);
	site_record(&s);
	site_publish(&s, "nvd", "a", TWO);
	site_at(4000);
	site_record(&s);
	site_expect_publications(&s, "1000 1 published;2000 3 published;");
	site_close(&s);
}

/* An index that was lost does not give its numbers away again. */
static void
test_lost_index(void **state)
{
	struct site s;
	uint64_t number;

	(void)state;
	site_open(&s);
	site_publish(&s, "nvd", "a", ONE);
	site_publish(&s, "nvd", "a", TWO);
	site_record(&s);
	assert_int_equal(file_remove_tree(s.tmp.dirfd, "index", &s.e), 0);
	site_publish(&s, "nvd", "a", ONE);
	site_record(&s);
	assert_int_equal(generation_current(s.state.dirfd, &number, &s.e), 0);
	assert_int_equal(number, 3);
	site_close(&s);
}

/* A family file that this program cannot read keeps nobody from syncing. */
static void
test_foreign_family(void **state)
{
	struct site s;

	(void)state;
	site_open(&s);
	site_publish(&s, "nvd", "a", ONE);
	site_record(&s);
	assert_int_equal(file_make_dirs(s.tmp.dirfd, "index/2", &s.e), 0);
	assert_int_equal(file_replace(s.tmp.dirfd, "index/2/nvd.sqlite",
			     SPAN_LIT("of another program"), &s.e),
	    0);
	site_record(&s);
	site_expect_documents(&s, 2, "");
	site_expect_publications(&s, "1000 1 published;");
	site_close(&s);
}

static const struct at_case {
	const char *name;
	int64_t time;
	int rc;
	uint64_t number;
} at_cases[] = {
	{ "before the first", 999, 0, 0 },
	{ "at the first", 1000, 1, 1 },
	{ "after the first", 1400, 1, 1 },
	{ "set back after it: what came later counts", 2000, 1, 4 },
	{ "the clock was set back to 1500 for the third", 1500, 1, 3 },
	{ "and on from there", 1600, 1, 4 },
	{ "after all", 9999, 1, 4 },
};

static void
publication(struct site *s, int64_t time, int64_t number)
{
	struct db_stmt *q = db_query(s->catalog, QUERY_CATALOG_PUBLICATION_ADD);

	db_bind_int(q, ":time", time);
	db_bind_int(q, ":generation", number);
	db_bind_text(q, ":event", SPAN_LIT("published"));
	if (db_run(q, &s->e) != 0)
		fail_msg("%s", s->e.msg);
}

static void
test_at(void **state)
{
	const struct at_case *c = *state;
	uint64_t number = 0;
	struct site s;

	site_open(&s);
	publication(&s, 1000, 1);
	publication(&s, 2000, 2);
	publication(&s, 1500, 3);
	publication(&s, 1600, 4);
	assert_int_equal(
	    history_current_at(s.catalog, c->time, &number, &s.e), c->rc);
	assert_int_equal(number, c->number);
	site_close(&s);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_rollback_and_on),
		cmocka_unit_test(test_killed_before_it_told),
		cmocka_unit_test(test_lost_index),
		cmocka_unit_test(test_foreign_family),
	};
	struct CMUnitTest tests[TABLE_N(at_cases) + TABLE_N(others)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, at_cases, test_at);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests(
	    "history", tests, n + TABLE_N(others), NULL, NULL);
}
