/* SPDX-License-Identifier: Apache-2.0 */
/* Which generation answers for a time, and from which files. */
#include "indexer/as_of.h"
#include "indexer/current.h"
#include "indexer/gc.h"
#include "tests/unit/site.h"

#define ONE SITE_FEED_1("CVE-2024-0001", "one")
#define TWO SITE_FEED_1("CVE-2024-0002", "two")
#define B SITE_FEED_1("CVE-2024-0003", "of another family")

static const struct parse_case {
	const char *name;
	bool good;
	struct as_of_when when;
} parse_cases[] = {
	{ "7", true, { false, 7, 0 } },
	{ "0", false },
	{ "", false },
	{ "current", false },
	{ "-1", false },
	{ "7.", false },
	{ "1970-01-02", true, { true, 0, 2 * 86400 - 1 } },
	{ "1970-01-02T00:00:00Z", true, { true, 0, 86400 } },
	{ "1970-01-02 00:00:01", true, { true, 0, 86401 } },
	{ "1970-01-02T01:00:00+01:00", true, { true, 0, 86400 } },
	{ "1970-02-30", false },
	{ "1970-01-02T", false },
	{ "99999999999999999999", false },
};

static void
test_parse(void **state)
{
	const struct parse_case *c = *state;
	struct as_of_when when;

	assert_int_equal(as_of_parse(span_of(c->name), &when), c->good);
	if (!c->good)
		return;
	assert_int_equal(when.is_time, c->when.is_time);
	assert_int_equal(when.generation, c->when.generation);
	assert_int_equal(when.time, c->when.time);
}

/* Generations 1 of 1000, 2 of 2000; back to 1 at 3000. */
static void
history(struct site *s)
{
	site_open(s);
	site_publish(s, "nvd", "a", ONE);
	site_record(s);
	site_at(2000);
	site_publish(s, "nvd", "a", TWO);
	site_record(s);
	site_at(3000);
	if (generation_rollback(s->state.dirfd, 1, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	site_record(s);
}

static void
open_text(struct site *s, const char *text, struct as_of *g)
{
	struct as_of_when when;

	assert_true(as_of_parse(span_of(text), &when));
	if (as_of_open(&s->state, &when, g, &s->e) != 0)
		fail_msg("%s", s->e.msg);
}

static const struct open_case {
	const char *name;
	uint64_t number;
	int64_t made;
	const char *error;
} open_cases[] = {
	{ "2", 2, 2000, NULL },
	{ "1970-01-01T00:16:40Z", 1, 1000, NULL },
	{ "1970-01-01T00:33:19Z", 1, 1000, NULL },
	{ "1970-01-01T00:33:20Z", 2, 2000, NULL },
	{ "1970-01-01T00:50:00Z", 1, 1000, NULL },
	{ "1970-01-01", 1, 1000, NULL },
	{ "2970-01-01", 1, 1000, NULL },
	{ "1970-01-01T00:16:39Z", 0, 0,
	    "nothing was published by 1970-01-01T00:16:39Z: the first "
	    "generation, 1, is of 1970-01-01T00:16:40Z" },
	{ "3", 0, 0, "there is no generation 3: see `scapcache index list`" },
};

static void
test_open(void **state)
{
	const struct open_case *c = *state;
	struct as_of_when when;
	struct as_of g;
	struct site s;
	char below[32];
	int rc;

	history(&s);
	assert_true(as_of_parse(span_of(c->name), &when));
	rc = as_of_open(&s.state, &when, &g, &s.e);
	if (c->error != NULL) {
		assert_int_equal(rc, -1);
		assert_int_equal(s.e.code, ERR_MISSING);
		assert_string_equal(s.e.msg, c->error);
	} else {
		assert_int_equal(rc, 0);
		assert_int_equal(g.generation, c->number);
		assert_int_equal(g.made, c->made);
		snprintf(below, sizeof(below), "index/%d", (int)c->number);
		assert_string_equal(g.below, below);
	}
	site_close(&s);
}

/* The catalog was not told of the last one when its run was killed. */
static void
test_not_told_yet(void **state)
{
	struct as_of g;
	struct site s;

	(void)state;
	site_open(&s);
	site_publish(&s, "nvd", "a", ONE);
	site_record(&s);
	site_at(2000);
	site_publish(&s, "nvd", "a", TWO);
	open_text(&s, "1970-01-01T01:00:00Z", &g);
	assert_int_equal(g.generation, 2);
	open_text(&s, "1970-01-01T00:20:00Z", &g);
	assert_int_equal(g.generation, 1);
	site_close(&s);
}

static void
expect_cve(struct site *s, const struct as_of *g, const char *family,
    const char *expect)
{
	struct index_reader r;
	struct db_stmt *q;
	char got[64] = "";
	size_t i;

	if (generation_open(&r, &s->state, g->below, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	assert_int_equal(r.generation, g->generation);
	for (i = 0; i < r.n_families; i++) {
		if (!span_is(r.families[i].name, family))
			continue;
		q = db_query(r.families[i].db, QUERY_INDEX_CHANGE_NVD);
		db_bind_int(q, ":low", 0);
		db_bind_int(q, ":high", INT64_MAX);
		while (db_step(q, &s->e) == 1)
			snprintf(
			    got, sizeof(got), "%.*s", SPAN_ARG(db_text(q, 1)));
	}
	assert_string_equal(got, expect);
	index_close(&r);
}

static void
collect(struct site *s, uint64_t blob_days)
{
	const struct gc_options o = { 1, 0, blob_days, false };
	struct gc_result r;

	if (gc_run(&s->state, s->catalog, &o, NULL, &r, &s->e) != 0)
		fail_msg("%s", s->e.msg);
}

static nlink_t
links(struct site *s, const char *path)
{
	struct stat st;

	assert_int_equal(fstatat(s->state.dirfd, path, &st, 0), 0);
	return st.st_nlink;
}

/* A removed generation is made again; what others still have is a link. */
static void
test_made_anew(void **state)
{
	struct family_digests before, after;
	struct as_of g;
	struct site s;
	char path[160];

	(void)state;
	site_open(&s);
	site_publish(&s, "other", "b", B);
	site_publish(&s, "nvd", "a", ONE);
	site_record(&s);
	snprintf(path, sizeof(path), "%s/index/2/nvd.sqlite", s.tmp.path);
	assert_int_equal(family_digests(path, &before, &s.e), 0);
	site_publish(&s, "nvd", "a", TWO);
	site_record(&s);
	collect(&s, 30);
	assert_false(file_exists(s.state.dirfd, "index/2"));
	open_text(&s, "2", &g);
	assert_string_equal(g.below, "index/as-of/2");
	expect_cve(&s, &g, "nvd", "CVE-2024-0001");
	expect_cve(&s, &g, "other", "CVE-2024-0003");
	assert_int_equal(links(&s, "index/as-of/2/other.sqlite"), 2);
	assert_int_equal(links(&s, "index/as-of/2/nvd.sqlite"), 1);
	snprintf(path, sizeof(path), "%s/%s/nvd.sqlite", s.tmp.path, g.below);
	assert_int_equal(family_digests(path, &after, &s.e), 0);
	assert_memory_equal(&before, &after, sizeof(before));
	/* It answers again without being made, and is not current. */
	assert_int_equal(
	    unlinkat(s.state.dirfd, "index/as-of/2/nvd.sqlite", 0), 0);
	open_text(&s, "2", &g);
	expect_cve(&s, &g, "nvd", "");
	open_text(&s, "2970-01-01", &g);
	assert_int_equal(g.generation, 3);
	site_close(&s);
}

static void
test_goes_when_stale(void **state)
{
	struct as_of g;
	struct site s;

	(void)state;
	history(&s);
	site_publish(&s, "nvd", "a", B);
	site_record(&s);
	collect(&s, 30);
	open_text(&s, "1", &g);
	site_at(3000 + AS_OF_FRESH_S);
	collect(&s, 30);
	assert_true(file_exists(s.state.dirfd, "index/as-of/1"));
	open_text(&s, "1", &g);
	site_at(3000 + 2 * AS_OF_FRESH_S);
	collect(&s, 30);
	assert_true(file_exists(s.state.dirfd, "index/as-of/1"));
	site_at(3001 + 2 * AS_OF_FRESH_S);
	collect(&s, 30);
	assert_false(file_exists(s.state.dirfd, "index/as-of/1"));
	site_close(&s);
}

static void
expect_missing(struct site *s, const char *expect)
{
	const struct as_of_when when = { .generation = 1 };
	struct as_of g;

	assert_int_equal(as_of_open(&s->state, &when, &g, &s->e), -1);
	assert_int_equal(s->e.code, ERR_MISSING);
	assert_string_equal(s->e.msg, expect);
	assert_false(file_exists(s->state.dirfd, "index/as-of/1"));
}

static void
test_gone(void **state)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;
	struct site s;

	(void)state;
	history(&s);
	site_publish(&s, "nvd", "a", TWO);
	site_record(&s);
	collect(&s, 30);
	digest_of(SPAN_LIT(ONE), &d);
	assert_int_equal(unlinkat(s.store.dirfd, digest_hex(&d, hex), 0), 0);
	expect_missing(&s,
	    "generation 1 of 1970-01-01T00:16:40Z is gone, and 1 of the 1 "
	    "files that it was made from are no longer in the store: a");
	site_at(9000);
	collect(&s, 0);
	expect_missing(&s,
	    "generation 1 of 1970-01-01T00:16:40Z is gone: neither it nor "
	    "what it was made from is kept any longer ([retention])");
	site_close(&s);
}

/* Kept, but of no use: a newer program cannot read what an older one made. */
static void
test_unreadable(void **state)
{
	struct as_of g;
	struct site s;

	(void)state;
	history(&s);
	assert_int_equal(file_replace(s.state.dirfd, "index/2/nvd.sqlite",
			     SPAN_LIT("of another program"), &s.e),
	    0);
	open_text(&s, "2", &g);
	assert_string_equal(g.below, "index/as-of/2");
	expect_cve(&s, &g, "nvd", "CVE-2024-0002");
	/* Nor is its file linked into another one. */
	site_publish(&s, "other", "b", B);
	site_record(&s);
	assert_int_equal(file_replace(s.state.dirfd, "index/1/nvd.sqlite",
			     SPAN_LIT("of another program"), &s.e),
	    0);
	assert_int_equal(file_replace(s.state.dirfd, "index/3/nvd.sqlite",
			     SPAN_LIT("of another program"), &s.e),
	    0);
	open_text(&s, "1", &g);
	assert_string_equal(g.below, "index/as-of/1");
	expect_cve(&s, &g, "nvd", "CVE-2024-0001");
	site_close(&s);
}

/* Bytes that rotted are no content of the past. */
static void
test_rotten(void **state)
{
	const struct as_of_when when = { .generation = 1 };
	char hex[DIGEST_HEX_SIZE];
	struct digest d;
	struct as_of g;
	struct site s;

	(void)state;
	history(&s);
	site_publish(&s, "nvd", "a", TWO);
	site_record(&s);
	collect(&s, 30);
	digest_of(SPAN_LIT(ONE), &d);
	digest_hex(&d, hex);
	assert_int_equal(
	    file_replace(s.store.dirfd, hex, SPAN_LIT("{}"), &s.e), 0);
	assert_int_equal(as_of_open(&s.state, &when, &g, &s.e), -1);
	assert_int_equal(s.e.code, ERR_UNTRUSTED);
	assert_false(file_exists(s.state.dirfd, "index/as-of/1"));
	assert_false(file_exists(s.state.dirfd, "index/building-as-of-1"));
	site_close(&s);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_not_told_yet),
		cmocka_unit_test(test_made_anew),
		cmocka_unit_test(test_goes_when_stale),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_rotten),
	};
	struct CMUnitTest tests[TABLE_N(parse_cases) + TABLE_N(open_cases) +
	    TABLE_N(others)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, parse_cases, test_parse);
	TABLE_ADD(tests, &n, open_cases, test_open);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests(
	    "as_of", tests, n + TABLE_N(others), NULL, NULL);
}
