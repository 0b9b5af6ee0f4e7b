/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "content/repository_cpe.h"
#include "tests/unit/corpus.h"

struct repository_case {
	const char *name;
	const char *input;
	enum err_code code;
	const char *expect;
};

static const struct repository_case cases[] = {
	{ "two, and when",
	    "{\"data\": {\"a-rpms\": {\"cpes\": [\"cpe:/a:r:x:1\", "
	    "\"cpe:/a:r:x:2\"], \"repo_relative_urls\": [\"c/a\"]},\n"
	    "\"b-rpms\": {\"cpes\": [], \"new\": 1}}, "
	    "\"last_updated\": \"2023-10-25T00:44:58.035Z\"}",
	    ERR_NONE,
	    "a-rpms at 20: cpe:/a:r:x:1,cpe:/a:r:x:2 c/a\n"
	    "b-rpms at 105: - -\n"
	    "updated 2023-10-25T00:44:58.035Z\n" },
	{ "the time first, other members",
	    "{\"last_updated\":\"t\",\"more\":{\"data\":1},"
	    "\"data\":{\"a\":{\"cpes\":[\"c\"]}}}",
	    ERR_NONE, "a at 50: c -\nupdated t\n" },
	{ "no data", "{\"last_updated\": \"t\"}", ERR_FORMAT,
	    "data has no repository" },
	{ "empty", "{\"data\": {}}", ERR_FORMAT, "data has no repository" },
	{ "data is a list", "{\"data\": []}", ERR_FORMAT,
	    "byte 9: data is not an object" },
	{ "a repository is a list", "{\"data\": {\"a\": []}}", ERR_FORMAT,
	    "byte 9: data: byte 6: repository a: is not an object" },
	{ "CPEs are a text", "{\"data\": {\"a\": {\"cpes\": \"c\"}}}",
	    ERR_FORMAT,
	    "byte 9: data: byte 6: repository a: cpes is not an array" },
	{ "a CPE is a number", "{\"data\": {\"a\": {\"cpes\": [1]}}}",
	    ERR_FORMAT,
	    "byte 9: data: byte 6: repository a: cpes is not of short "
	    "texts" },
	{ "a URL of two lines",
	    "{\"data\": {\"a\": {\"repo_relative_urls\": [\"x\\ny\"]}}}",
	    ERR_FORMAT,
	    "byte 9: data: byte 6: repository a: repo_relative_urls is not "
	    "of short texts" },
	{ "no id", "{\"data\": {\"\": {\"cpes\": []}}}", ERR_FORMAT,
	    "byte 9: data: byte 5: \"\" is no id of a repository" },
	{ "cut off", "{\"data\": {\"a\": {\"cpes\": [\"c\"", ERR_FORMAT,
	    "byte 28: the document ends early" },
};

static void
print_lines(struct buf *b, struct span lines)
{
	size_t i;

	buf_add_char(b, ' ');
	if (lines.len == 0)
		buf_add_char(b, '-');
	for (i = 0; i < lines.len; i++)
		buf_add_char(b, lines.ptr[i] == '\n' ? ',' : lines.ptr[i]);
}

static int
on_repository(void *ctx, const struct repository_cpe *r, struct err *e)
{
	struct buf *b = ctx;

	(void)e;
	buf_printf(b, "%.*s at %ju:", SPAN_ARG(r->id), (uintmax_t)r->offset);
	print_lines(b, r->cpes);
	print_lines(b, r->urls);
	buf_add_char(b, '\n');
	return 0;
}

static void
test_repository(void **state)
{
	const struct repository_case *c = *state;
	struct buf got = { 0 };
	struct repository_sink sink = { &got, on_repository };
	struct arena arena = { 0 };
	struct span updated;
	struct stream *in = NULL;
	struct err e = { 0 };

	assert_int_equal(stream_open_span(&in, span_of(c->input), NULL, &e), 0);
	if (repository_cpe_read(in, &sink, &arena, &updated, &e) == 0) {
		buf_printf(&got, "updated %.*s\n", SPAN_ARG(updated));
	} else {
		buf_reset(&got);
		buf_add_str(&got, e.msg);
	}
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(e.code, c->code);
	stream_close(in);
	arena_cleanup(&arena);
	buf_cleanup(&got);
}

struct tally {
	size_t n;
	size_t n_cpes;
	size_t n_urls;
	bool found;
};

static size_t
count_lines(struct span lines)
{
	struct span rest = lines;
	struct span line;
	size_t n = 0;

	while (lines.len > 0 && span_next(&rest, '\n', &line))
		n++;
	return n;
}

static int
count_repository(void *ctx, const struct repository_cpe *r, struct err *e)
{
	struct tally *t = ctx;

	(void)e;
	t->n++;
	t->n_cpes += count_lines(r->cpes);
	t->n_urls += count_lines(r->urls);
	if (span_is(r->id, "rhel-9-for-x86_64-baseos-rpms")) {
		t->found = true;
		assert_true(span_is(
		    r->cpes, "cpe:/o:redhat:enterprise_linux:9::baseos"));
	}
	return 0;
}

static void
test_corpus(void **state)
{
	struct tally t = { 0 };
	struct repository_sink sink = { &t, count_repository };
	struct arena arena = { 0 };
	struct stream *in = corpus_open("security.access.redhat.com/data/"
					"metrics/repository-to-cpe.json");
	struct span updated;
	struct err e = { 0 };

	(void)state;
	if (repository_cpe_read(in, &sink, &arena, &updated, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(t.n, 8564);
	assert_int_equal(t.n_cpes, 12737);
	assert_int_equal(t.n_urls, 12587);
	assert_true(t.found);
	assert_true(span_is(updated, "2023-10-25T00:44:58.035Z"));
	stream_close(in);
	arena_cleanup(&arena);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1] = {
		cmocka_unit_test(test_corpus),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, cases, test_repository);
	return _cmocka_run_group_tests("repository cpe", tests, n, NULL, NULL);
}
