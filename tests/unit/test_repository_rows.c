/* SPDX-License-Identifier: Apache-2.0 */
/* Repositories as rows: what an update writes, and what a question gets. */
#include "eval/repository.h"
#include "indexer/changes_impl.h"
#include "tests/unit/family_world.h"

#define DATA(list) "{\"data\":{" list "},\"last_updated\":\"2023-10-25\"}"
#define A "\"a\":{\"cpes\":[\"cpe:/a:r:x:1\"],\"repo_relative_urls\":[\"c/a\"]}"
#define B                                                      \
	"\"b\":{\"cpes\":[\"cpe:/a:r:x:1\",\"cpe:/a:r:x:2\"]," \
	"\"repo_relative_urls\":[]}"
#define B_MORE                                                 \
	"\"b\":{\"cpes\":[\"cpe:/a:r:x:1\",\"cpe:/a:r:x:3\"]," \
	"\"repo_relative_urls\":[]}"
#define B_MOVED                                                \
	"\"b\":{\"cpes\":[\"cpe:/a:r:x:1\",\"cpe:/a:r:x:2\"]," \
	"\"repo_relative_urls\":[\"c/b\"]}"
#define C "\"c\":{\"cpes\":[]}"

static void
build(struct family_world *w, const char *input)
{
	struct family_text text = { "r", DOCUMENT_REPOSITORY_CPE, input };

	family_world_must(w, &text, 1);
}

#define ALL                                                                 \
	"SELECT r.ord || ' ' || r.id || ' ' || replace(w.value, char(10), " \
	"',') || ' ' || r.urls FROM repository r JOIN word w ON w.id = "    \
	"r.cpes ORDER BY r.id"

static const struct update_case {
	const char *name;
	const char *before;
	const char *after;
	uint64_t changes[3]; /* added, changed, removed */
	const char *rows;
} updates[] = {
	{ "nothing but the time", DATA(A "," B), DATA(A "," B) " ", { 0, 0, 0 },
	    "0 a cpe:/a:r:x:1 c/a;"
	    "1 b cpe:/a:r:x:1,cpe:/a:r:x:2 ;" },
	{ "one more, in front", DATA(A "," B), DATA(C "," A "," B), { 1, 0, 0 },
	    "0 a cpe:/a:r:x:1 c/a;"
	    "1 b cpe:/a:r:x:1,cpe:/a:r:x:2 ;2 c  ;" },
	{ "another CPE", DATA(A "," B), DATA(A "," B_MORE), { 0, 1, 0 },
	    "0 a cpe:/a:r:x:1 c/a;1 b cpe:/a:r:x:1,cpe:/a:r:x:3 ;" },
	{ "another URL", DATA(A "," B), DATA(A "," B_MOVED), { 0, 1, 0 },
	    "0 a cpe:/a:r:x:1 c/a;1 b cpe:/a:r:x:1,cpe:/a:r:x:2 c/b;" },
	{ "one less", DATA(A "," B), DATA(B), { 0, 0, 1 },
	    "1 b cpe:/a:r:x:1,cpe:/a:r:x:2 ;" },
};

/* The index after an update is the one that its files give anew. */
static void
test_update(void **state)
{
	const struct update_case *c = *state;
	struct family_world w, fresh;
	char text[256];

	family_world_open(&w);
	family_world_open(&fresh);
	build(&w, c->before);
	build(&w, c->after);
	assert_int_equal(w.outcomes[0].n_added, c->changes[0]);
	assert_int_equal(w.outcomes[0].n_changed, c->changes[1]);
	assert_int_equal(w.outcomes[0].n_removed, c->changes[2]);
	assert_string_equal(w.outcomes[0].published, "2023-10-25");
	family_world_query(&w, ALL, text, sizeof(text));
	assert_string_equal(text, c->rows);
	build(&fresh, c->after);
	assert_true(family_world_same(&w, &fresh));
	assert_int_equal(w.outcomes[0].n_records, fresh.outcomes[0].n_records);
	build(&w, c->after);
	assert_false(w.outcomes[0].n_written);
	family_world_close(&w);
	family_world_close(&fresh);
}

static void
test_other_rows_other_digest(void **state)
{
	struct family_world w, other;

	(void)state;
	family_world_open(&w);
	family_world_open(&other);
	build(&w, DATA(A "," B));
	build(&other, DATA(A "," B_MORE));
	assert_false(family_world_same(&w, &other));
	family_world_close(&w);
	family_world_close(&other);
}

static void
test_twice(void **state)
{
	struct family_text text = { "r", DOCUMENT_REPOSITORY_CPE,
		DATA(A "," A) };
	struct family_world w;
	struct err e = { 0 };

	(void)state;
	family_world_open(&w);
	assert_int_equal(family_world_build(&w, &text, 1, &e), 0);
	assert_true(w.outcomes[0].refused);
	assert_string_equal(w.outcomes[0].error.msg,
	    "r: byte 8: data: byte 64: a is there twice");
	family_world_close(&w);
}

static void
test_removed_document(void **state)
{
	struct family_text gone = { "r", DOCUMENT_REPOSITORY_CPE, NULL };
	struct family_world w;
	char text[64];

	(void)state;
	family_world_open(&w);
	build(&w, DATA(A "," B));
	family_world_must(&w, &gone, 1);
	assert_int_equal(w.outcomes[0].n_removed, 2);
	family_world_query(&w,
	    "SELECT (SELECT count(*) FROM document) + (SELECT count(*) FROM "
	    "repository) + (SELECT count(*) FROM place)",
	    text, sizeof(text));
	assert_string_equal(text, "0;");
	family_world_close(&w);
}

static void
add_change(void *ctx, enum change change, struct span id)
{
	static const char *const signs[N_CHANGES] = { "+", "*", "-" };

	buf_printf(ctx, "%s%.*s;", signs[change], SPAN_ARG(id));
}

static void
open_side(struct family_world *w, const char *input, struct change_side *side)
{
	struct err e = { 0 };

	family_world_open(w);
	build(w, input);
	*side = (struct change_side){ .document = 1,
		.format = DOCUMENT_REPOSITORY_CPE };
	assert_int_equal(
	    db_open(&side->db, w->path, &SCHEMA_INDEX, DB_READ_IMMUTABLE, &e),
	    0);
}

static void
test_changes(void **state)
{
	struct family_world before, after;
	struct change_side since, now;
	struct buf got = { 0 };
	struct err e = { 0 };

	(void)state;
	open_side(&before, DATA(A "," B), &since);
	open_side(&after, DATA(C "," B_MOVED), &now);
	if (change_records(&since, &now, add_change, &got, &e) != 0)
		fail_msg("%s", e.msg);
	assert_string_equal(buf_str(&got), "-a;*b;+c;");
	db_close(since.db);
	db_close(now.db);
	family_world_close(&before);
	family_world_close(&after);
	buf_cleanup(&got);
}

static int
add_cpe(void *ctx, struct span cpe, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%.*s;", SPAN_ARG(cpe));
	return 0;
}

static int
add_url(void *ctx, struct span url, struct err *e)
{
	(void)e;
	buf_printf(ctx, "at %.*s;", SPAN_ARG(url));
	return 0;
}

static const struct find_case {
	const char *name;
	const char *id;
	bool with_urls;
	int found;
	const char *expect;
} finds[] = {
	{ "of all documents", "b", true, 1,
	    "cpe:/a:r:x:1;cpe:/a:r:x:2;cpe:/a:r:x:1;cpe:/a:r:x:3;" },
	{ "with its place", "a", true, 1, "cpe:/a:r:x:1;at c/a;" },
	{ "without its place", "a", false, 1, "cpe:/a:r:x:1;" },
	{ "has none", "c", true, 1, "" },
	{ "nobody knows it", "d", true, 0, "" },
};

static void
test_find(void **state)
{
	const struct find_case *c = *state;
	struct family_text texts[] = {
		{ "q", DOCUMENT_REPOSITORY_CPE, DATA(A "," B "," C) },
		{ "r", DOCUMENT_REPOSITORY_CPE, DATA(B_MORE) },
	};
	struct buf got = { 0 };
	struct repository_lines_sink sink = { &got, add_cpe,
		c->with_urls ? add_url : NULL };
	struct family_world w;
	struct db *db = NULL;
	struct err e = { 0 };

	family_world_open(&w);
	family_world_must(&w, texts, 2);
	assert_int_equal(
	    db_open(&db, w.path, &SCHEMA_INDEX, DB_READ_IMMUTABLE, &e), 0);
	assert_int_equal(
	    repository_find(db, span_of(c->id), &sink, &e), c->found);
	assert_string_equal(buf_str(&got), c->expect);
	db_close(db);
	buf_cleanup(&got);
	family_world_close(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(updates) + TABLE_N(finds) + 4] = {
		cmocka_unit_test(test_other_rows_other_digest),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_removed_document),
	};
	size_t n = 4;

	TABLE_ADD(tests, &n, updates, test_update);
	TABLE_ADD(tests, &n, finds, test_find);
	return _cmocka_run_group_tests("repository rows", tests, n, NULL, NULL);
}
