/* SPDX-License-Identifier: Apache-2.0 */
/* What matters of an image, and what links make of it. */
#include "base/buf.h"
#include "scanner/watch.h"
#include "tests/unit/table.h"

struct find_case {
	const char *path;
	enum watch_kind kind;
	size_t max;
};

/* Watched: etc/a (10), var/d and all below (20), var/d/x/big (30). */
static const struct find_case cases[] = {
	{ "", WATCH_WAY, 0 },
	{ "etc", WATCH_WAY, 0 },
	{ "etc/a", WATCH_HERE, 10 },
	{ "etc/a/b", WATCH_NONE, 0 },
	{ "etc/b", WATCH_NONE, 0 },
	{ "e", WATCH_NONE, 0 },
	{ "var", WATCH_WAY, 0 },
	{ "var/d", WATCH_HERE, 0 },
	{ "var/d/x", WATCH_HERE, 20 },
	{ "var/d/x/y/z", WATCH_HERE, 20 },
	{ "var/d/x/y.md5sums", WATCH_HERE, 0 },
	{ "var/d/x/big", WATCH_HERE, 30 },
	{ "var/dd", WATCH_NONE, 0 },
};

static void
make(struct watch *w)
{
	struct err e;

	watch_init(w);
	assert_int_equal(watch_add(w, SPAN_LIT("etc/a"), 10, &e), 1);
	assert_int_equal(watch_add(w, SPAN_LIT("etc/a"), 9, &e), 0);
	assert_int_equal(watch_add_below(w, SPAN_LIT("var/d"), 20, &e), 1);
	assert_int_equal(watch_add(w, SPAN_LIT("var/d/x/y"), 20, &e), 0);
	assert_int_equal(watch_add(w, SPAN_LIT("var/d/x/big"), 30, &e), 1);
}

static void
test_find(void **state)
{
	const struct find_case *c = *state;
	struct watch w;
	size_t max;

	make(&w);
	assert_int_equal(watch_find(&w, span_of(c->path), &max), c->kind);
	assert_int_equal(max, c->max);
	watch_cleanup(&w);
}

struct graft_case {
	const char *name;
	const char *from;
	const char *to;
	int rc;
	const char *path; /* is asked for, after it */
	size_t max;
};

static const struct graft_case grafts[] = {
	{ "a file", "etc/a", "opt/b", 1, "opt/b", 10 },
	{ "a folder", "etc", "opt/etc", 1, "opt/etc/a", 10 },
	{ "a folder that is whole", "var/d", "opt", 1, "opt/x", 20 },
	{ "a file below it", "var/d/x/f", "opt/f", 1, "opt/f", 20 },
	{ "into itself", "etc", "etc/b", 1, "etc/b/a", 10 },
	{ "onto what it is in", "var/d", "var", 1, "var/x", 20 },
	{ "what nobody asks for", "opt", "srv", 0, "etc/a", 10 },
	{ "what is asked for anyway", "var/d/a", "var/d/b", 0, "var/d/b", 20 },
};

static void
test_graft(void **state)
{
	const struct graft_case *c = *state;
	struct watch w;
	struct err e;
	size_t max;

	make(&w);
	assert_int_equal(
	    watch_graft(&w, span_of(c->from), span_of(c->to), &e), c->rc);
	assert_int_equal(watch_find(&w, span_of(c->path), &max), WATCH_HERE);
	assert_int_equal(max, c->max);
	assert_int_equal(watch_find(&w, SPAN_LIT("etc/a"), &max), WATCH_HERE);
	watch_cleanup(&w);
}

/* Once it is there, asking again is nothing new. */
static void
test_graft_again(void **state)
{
	struct watch w;
	struct err e;

	(void)state;
	make(&w);
	assert_int_equal(
	    watch_graft(&w, SPAN_LIT("var"), SPAN_LIT("opt"), &e), 1);
	assert_int_equal(
	    watch_graft(&w, SPAN_LIT("var"), SPAN_LIT("opt"), &e), 0);
	watch_cleanup(&w);
}

static void
test_digest(void **state)
{
	struct digest a, b;
	struct watch w, v;
	struct err e;

	(void)state;
	make(&w);
	watch_init(&v);
	watch_add(&v, SPAN_LIT("var/d/x/big"), 30, &e);
	watch_add_below(&v, SPAN_LIT("var/d"), 20, &e);
	watch_add(&v, SPAN_LIT("etc/a"), 10, &e);
	watch_digest(&w, &a);
	watch_digest(&v, &b);
	/* v has no name for var/d/x/y, and neither has w. */
	assert_true(digest_eq(&a, &b));
	watch_add(&v, SPAN_LIT("etc/a"), 11, &e);
	watch_digest(&v, &b);
	assert_false(digest_eq(&a, &b));
	watch_cleanup(&w);
	watch_cleanup(&v);
}

static void
test_limits(void **state)
{
	struct buf path = { 0 };
	struct watch w;
	struct err e = { 0 };
	unsigned i;
	int rc = 1;

	(void)state;
	watch_init(&w);
	for (i = 0; i <= WATCH_DEPTH_MAX; i++)
		buf_add_str(&path, i == 0 ? "a" : "/a");
	assert_int_equal(watch_add(&w, buf_span(&path), 1, &e), -1);
	assert_string_equal(e.msg, "a path of more than 256 folders");
	watch_cleanup(&w);
	watch_init(&w);
	/* From the last to the first: each goes before the others. */
	for (i = WATCH_NAMES_MAX; rc == 1 && i > 0; i--) {
		buf_reset(&path);
		buf_printf(&path, "%06u", i);
		rc = watch_add(&w, buf_span(&path), 1, &e);
	}
	assert_int_equal(rc, -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "more than 65536 names are asked for");
	buf_cleanup(&path);
	watch_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(grafts) + 3] = {
		cmocka_unit_test(test_graft_again),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_limits),
	};
	size_t n = 3;
	size_t i;

	for (i = 0; i < TABLE_N(cases); i++)
		tests[n++] = (struct CMUnitTest){ cases[i].path, test_find,
			NULL, NULL, (void *)(uintptr_t)&cases[i] };
	TABLE_ADD(tests, &n, grafts, test_graft);
	return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
