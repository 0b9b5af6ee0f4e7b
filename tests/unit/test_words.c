/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/words.h"
#include "tests/unit/table.h"

static const struct words_case {
	const char *name;
	const char *input;
	const char *expect;
} words[] = {
	{ "nothing", "", "" },
	{ "only signs", " --- (), . ", "" },
	{ "lower case", "Heap Overflow", "heap overflow " },
	{ "each once", "copy Copy COPY", "copy " },
	{ "common words and letters", "the use of a C parser", "parser " },
	{ "an id whole", "CVE-2021-44228", "cve-2021-44228 cve " },
	{ "a version whole", "before 2.17.1,", "before 2.17.1 " },
	{ "a package and its parts", "openssh-server",
	    "openssh-server openssh server " },
	{ "parts of words in between", "use-after-free",
	    "use-after-free after free " },
	{ "signs at the ends", "(libfoo.) -Xmx -- foo:", "libfoo xmx foo " },
	{ "advisory", "RHSA-2020:0322", "rhsa-2020:0322 rhsa " },
	{ "plus inside a name", "libstdc++6 g++", "libstdc++6 libstdc " },
	{ "address", "https://example.org/a?id=12",
	    "https example.org example org id 12 " },
	{ "other scripts as they are", "Größe naïve", "größe naïve " },
	{ "too long is cut",
	    "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
	    "ffffffffffgggggggggg",
	    "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
	    "ffffffffffgggg " },
};

static void
test_words(void **state)
{
	const struct words_case *c = *state;
	struct words w = { 0 };

	words_add(&w, span_of(c->input));
	assert_string_equal(buf_str(&w.text), c->expect);
	words_reset(&w);
	words_add(&w, span_of(c->input));
	assert_string_equal(buf_str(&w.text), c->expect);
	words_cleanup(&w);
}

static const struct words_case queries[] = {
	{ "all words", "heap overflow", "\"heap\" \"overflow\"" },
	{ "beginning", "openss*", "\"openss\"*" },
	{ "beginning of a package", "linux-hwe* kernel",
	    "\"linux-hwe\"* \"kernel\"" },
	{ "operators are words", "a OR b AND NOT near(c)", "\"near\"" },
	{ "quotes end nothing", "x\"y\" OR \"1", "" },
	{ "column is a word", "head: secret", "\"head\" \"secret\"" },
	{ "nothing to ask", "the of \"", "" },
};

static void
test_query(void **state)
{
	const struct words_case *c = *state;
	struct buf b = { 0 };

	words_query(&b, span_of(c->input));
	assert_string_equal(buf_str(&b), c->expect);
	buf_cleanup(&b);
}

static void
test_id_has_no_parts(void **state)
{
	struct words w = { 0 };

	(void)state;
	words_add_id(&w, SPAN_LIT("oval:com.ubuntu.focal:def:100"));
	words_add_id(&w, SPAN_LIT("CVE-2021-44228"));
	assert_string_equal(
	    buf_str(&w.text), "oval:com.ubuntu.focal:def:100 cve-2021-44228 ");
	words_cleanup(&w);
}

/* More words than the table begins with. */
static void
test_many(void **state)
{
	struct words w = { 0 };
	struct buf text = { 0 };
	size_t n = 0, i;
	int k;

	(void)state;
	for (k = 0; k < 5000; k++)
		buf_printf(&text, "w%d w%d ", k, k / 2);
	words_add(&w, buf_span(&text));
	for (i = 0; i < w.text.len; i++)
		n += w.text.ptr[i] == ' ';
	assert_int_equal(n, 5000);
	words_cleanup(&w);
	buf_cleanup(&text);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(words) + TABLE_N(queries) + 2] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, words, test_words);
	TABLE_ADD(tests, &n, queries, test_query);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_id_has_no_parts);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_many);
	return _cmocka_run_group_tests("words", tests, n, NULL, NULL);
}
