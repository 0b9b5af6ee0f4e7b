/* SPDX-License-Identifier: Apache-2.0 */
/* bundles/: names, and which files stay. */
#include <stdio.h>
#include <string.h>

#include "bundle/folder.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

struct name_case {
	const char *name;
	uint64_t since;
	uint64_t generation; /* 0: it is no name of ours */
};

static const struct name_case names[] = {
	{ "full-7.tar", 0, 7 },
	{ "full-4294967295.tar", 0, 4294967295 },
	{ "delta-6-7.tar", 6, 7 },
	{ "delta-8-7.tar", 8, 7 },
	{ "full-0.tar", 0, 0 },
	{ "full-07.tar", 0, 0 },
	{ "full-4294967296.tar", 0, 0 },
	{ "full-7.tar.new", 0, 0 },
	{ "full-7", 0, 0 },
	{ "full-.tar", 0, 0 },
	{ "full-6-7.tar", 0, 0 },
	{ "delta-7.tar", 0, 0 },
	{ "delta-0-7.tar", 0, 0 },
	{ "delta-6-7-8.tar", 0, 0 },
	{ "Full-7.tar", 0, 0 },
	{ "../full-7.tar", 0, 0 },
	{ ".tar", 0, 0 },
	{ "", 0, 0 },
};

static void
test_name(void **state)
{
	const struct name_case *c = *state;
	struct folder_file f = { 0 };
	char again[FOLDER_NAME_SIZE];

	assert_int_equal(
	    folder_file_parse(span_of(c->name), &f), c->generation != 0);
	assert_int_equal(f.since, c->since);
	assert_int_equal(f.generation, c->generation);
	if (c->generation != 0)
		assert_string_equal(folder_file_name(&f, again), c->name);
}

struct prune_case {
	const char *name;
	const char *before; /* words */
	const char *after;
	uint64_t keep;
	uint64_t generation;
};

static const struct prune_case prunes[] = {
	{ "all", "delta-1-2.tar full-1.tar full-2.tar",
	    "delta-1-2.tar full-1.tar full-2.tar", 0, 2 },
	{ "by number, not by letter", "full-10.tar full-9.tar", "full-10.tar",
	    1, 10 },
	{ "each kind", "delta-1-2.tar delta-2-3.tar full-2.tar full-3.tar",
	    "delta-2-3.tar full-3.tar", 1, 3 },
	{ "deltas to one generation", "delta-1-3.tar delta-2-3.tar",
	    "delta-2-3.tar", 1, 3 },
	{ "what is current is newest", "full-2.tar full-3.tar full-4.tar",
	    "full-2.tar full-4.tar", 2, 2 },
	{ "what a kill left", "delta-1-2.tar.new full-1.tar full-2.tar.new",
	    "full-1.tar", 0, 1 },
	{ "what is not ours", "a.new full-1.tar.sha256 notes",
	    "a.new full-1.tar.sha256 notes", 1, 1 },
	{ "nothing", "", "", 1, 1 },
};

static int
add_name(void *ctx, const char *name, struct err *e)
{
	struct buf *b = ctx;

	(void)e;
	buf_printf(b, "%s%s", b->len == 0 ? "" : " ", name);
	return 0;
}

static int
count(void *ctx, const char *name, uint64_t freed_bytes, struct err *e)
{
	unsigned *n = ctx;

	(void)e;
	assert_memory_equal(name, "bundles/", 8);
	assert_int_equal(freed_bytes, 4);
	(*n)++;
	return 0;
}

static void
fill(int dirfd, const char *words)
{
	struct span rest = span_of(words), word;
	struct buf path = { 0 };
	struct err e = { 0 };

	assert_int_equal(file_make_dirs(dirfd, "bundles", &e), 0);
	while (rest.len > 0 && span_next(&rest, ' ', &word)) {
		buf_reset(&path);
		buf_printf(&path, "bundles/%.*s", SPAN_ARG(word));
		assert_int_equal(
		    file_replace(dirfd, buf_str(&path), SPAN_LIT("1234"), &e),
		    0);
	}
	buf_cleanup(&path);
}

static void
compare(int dirfd, const char *words)
{
	struct buf got = { 0 };
	struct err e = { 0 };

	assert_int_equal(file_list(dirfd, "bundles", add_name, &got, &e), 0);
	assert_string_equal(buf_str(&got), words);
	buf_cleanup(&got);
}

static unsigned
count_words(const char *text)
{
	unsigned n = text[0] != '\0';

	for (; *text != '\0'; text++)
		n += *text == ' ';
	return n;
}

static void
test_prune(void **state)
{
	const struct prune_case *c = *state;
	unsigned n = 0;
	const struct folder_report report = { &n, count };
	struct folder_prune o = { .keep = c->keep,
		.generation = c->generation,
		.dry_run = true,
		.report = &report };
	struct err e = { 0 };
	struct state s;
	struct tmp t;

	tmp_init(&t);
	s = (struct state){ .path = t.path, .dirfd = t.dirfd, .lockfd = -1 };
	assert_int_equal(folder_prune(&s, &o, &e), 0);
	fill(t.dirfd, c->before);
	assert_int_equal(folder_prune(&s, &o, &e), 0);
	assert_int_equal(n, count_words(c->before) - count_words(c->after));
	compare(t.dirfd, c->before);
	o.dry_run = false;
	o.report = NULL;
	assert_int_equal(folder_prune(&s, &o, &e), 0);
	compare(t.dirfd, c->after);
	tmp_cleanup(&t);
}

static void
test_path(void **state)
{
	const struct folder_file delta = { 6, 7 }, itself = { 7, 7 };
	struct buf path = { 0 }, want = { 0 };
	struct err e = { 0 };
	struct state s;
	struct tmp t;

	(void)state;
	tmp_init(&t);
	s = (struct state){ .path = t.path, .dirfd = t.dirfd, .lockfd = -1 };
	assert_int_equal(folder_file_path(&s, &itself, &path, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	fill(t.dirfd, "full-7.tar.new");
	assert_int_equal(folder_file_path(&s, &delta, &path, &e), 0);
	buf_printf(&want, "%s/bundles/delta-6-7.tar", t.path);
	assert_string_equal(buf_str(&path), buf_str(&want));
	compare(t.dirfd, "");
	buf_cleanup(&path);
	buf_cleanup(&want);
	tmp_cleanup(&t);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(names) + TABLE_N(prunes) + 1] = {
		cmocka_unit_test(test_path),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, names, test_name);
	TABLE_ADD(tests, &n, prunes, test_prune);
	return _cmocka_run_group_tests("folder", tests, n, NULL, NULL);
}
