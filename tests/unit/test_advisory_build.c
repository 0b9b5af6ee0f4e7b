/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "content/advisory_build.h"
#include "tests/unit/table.h"

struct text_case {
	const char *text;
	bool is_word;
	bool is_id;
};

static const struct text_case cases[] = {
	{ "CVE-2020-1", true, true },
	{ "TEMP-0000000-0CA7E3", true, true },
	{ "GHSA-2c7c-3mj9-8fqh", true, true },
	{ "GHSA-jfhm-ghhj-xrfq", true, true },
	{ "RHSA-2020:1", true, true },
	{ "a_b.c-1", true, true },
	{ "openssl", true, false },
	{ "1-2", true, false },
	{ "a-b", true, false },
	{ "a1", true, false },
	{ "CVE-2020-1,", true, false },
	{ "(CVE-2020-1)", true, false },
	{ "~!", true, false },
	{ "", false, false },
	{ "CVE-2020-1 ", false, false },
	{ "CVE\t-1", false, false },
	{ "CVE-\xc3\xa4-1", false, false },
	{ "CVE-\x7f-1", false, false },
};

static void
test_text(void **state)
{
	const struct text_case *c = *state;

	assert_int_equal(advisory_is_word(span_of(c->text)), c->is_word);
	assert_int_equal(advisory_is_id(span_of(c->text)), c->is_id);
}

struct words_case {
	const char *text;
	const char *expect;
};

static const struct words_case ids[] = {
	{ "", "" },
	{ "CVE-2020-1", "CVE-2020-1 " },
	{ " CVE-2020-1,\tCVE-2020-2 (+ fix)", "CVE-2020-1 CVE-2020-2 " },
	{ "(CVE-2020-1)/CVE-2020-2;RHSA-2020:1:",
	    "CVE-2020-1 CVE-2020-2 "
	    "RHSA-2020:1 " },
	{ "CVE-2020-1. CVE-2020-2?", "CVE-2020-1 CVE-2020-2 " },
	{ "a word, 7 and -- \xc3\xa4", "" },
};

static void
test_next_id(void **state)
{
	const struct words_case *c = *state;
	struct span rest = span_of(c->text);
	struct buf got = { 0 };
	struct span id;

	while (advisory_next_id(&rest, &id))
		buf_printf(&got, "%.*s ", SPAN_ARG(id));
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
}

static const struct words_case versions[] = {
	{ "1.2-3", "yes" },
	{ "1:1.2~rc1+dfsg-3ubuntu0.1~esm1", "yes" },
	{ "0:0-0.3.git.el9", "yes" },
	{ "1.0^20240101-1.el9", "yes" },
	{ "0", "no" },
	{ "0:0", "no" },
	{ "<1:0", "no" },
	{ "none", "no" },
	{ "1.2 beta", "no" },
	{ "", "no" },
};

static void
test_version(void **state)
{
	const struct words_case *c = *state;

	assert_int_equal(advisory_is_version(span_of(c->text)),
	    span_is(span_of(c->expect), "yes"));
}

static const struct words_case types[] = {
	{ "security", "yes" },
	{ "Security", "yes" },
	{ "", "yes" },
	{ "bugfix", "no" },
	{ "Enhancement", "no" },
	{ "newpackage", "no" },
};

static void
test_type(void **state)
{
	const struct words_case *c = *state;

	assert_int_equal(advisory_is_security(span_of(c->text)),
	    span_is(span_of(c->expect), "yes"));
}

static void
test_length(void **state)
{
	char text[ADVISORY_ID_MAX + 1];

	(void)state;
	memset(text, '1', sizeof(text));
	memcpy(text, "A-", 2);
	assert_true(advisory_is_id(span_make(text, ADVISORY_ID_MAX)));
	assert_false(advisory_is_id(span_make(text, ADVISORY_ID_MAX + 1)));
	assert_false(advisory_is_word(span_make(text, ADVISORY_ID_MAX + 1)));
	assert_false(advisory_is_word(SPAN_NONE));
}

/* Each alias once, in the order of arrival; all is forgotten at begin. */
static void
test_aliases(void **state)
{
	struct advisory_build b = { 0 };
	struct advisory a = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(advisory_build_alias(&b, SPAN_LIT("B-1"), &e), 0);
	assert_int_equal(advisory_build_alias(&b, SPAN_LIT("A-1"), &e), 0);
	assert_int_equal(advisory_build_alias(&b, SPAN_LIT("B-1"), &e), 0);
	advisory_build_end(&b, &a);
	assert_int_equal(a.n_aliases, 2);
	assert_true(span_is(a.aliases[0], "B-1"));
	assert_true(span_is(a.aliases[1], "A-1"));
	advisory_build_begin(&b);
	advisory_build_end(&b, &a);
	assert_int_equal(a.n_aliases, 0);
	assert_int_equal(advisory_build_alias(&b, SPAN_LIT("B-1"), &e), 0);
	advisory_build_end(&b, &a);
	assert_int_equal(a.n_aliases, 1);
	advisory_build_cleanup(&b);
}

static void
test_too_many_aliases(void **state)
{
	struct advisory_build b = { 0 };
	struct err e = { 0 };
	char text[32];
	unsigned i;

	(void)state;
	for (i = 0; i < ADVISORY_ALIASES_MAX; i++) {
		snprintf(text, sizeof(text), "CVE-%u", i);
		assert_int_equal(
		    advisory_build_alias(&b, span_of(text), &e), 0);
	}
	assert_int_equal(advisory_build_alias(&b, SPAN_LIT("CVE-7"), &e), 0);
	assert_int_equal(advisory_build_alias(&b, SPAN_LIT("X-1"), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "more than 65536 ids");
	advisory_build_cleanup(&b);
}

static void
test_too_many_packages(void **state)
{
	const struct advisory_package p = { .state = ADVISORY_AFFECTED };
	struct advisory_build b = { 0 };
	struct err e = { 0 };
	unsigned i;

	(void)state;
	for (i = 0; i < ADVISORY_PACKAGES_MAX; i++)
		assert_int_equal(advisory_build_package(&b, &p, &e), 0);
	assert_int_equal(advisory_build_package(&b, &p, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "more than 1048576 statements");
	advisory_build_cleanup(&b);
}

int
main(void)
{
	static struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(ids) +
	    TABLE_N(versions) + TABLE_N(types) + 4];
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_too_many_aliases),
		cmocka_unit_test(test_too_many_packages),
	};
	size_t n = 0;
	size_t i;

	TABLE_ADD(tests, &n, cases, test_text);
	TABLE_ADD(tests, &n, ids, test_next_id);
	TABLE_ADD(tests, &n, versions, test_version);
	TABLE_ADD(tests, &n, types, test_type);
	for (i = 0; i < TABLE_N(others); i++)
		tests[n++] = others[i];
	return _cmocka_run_group_tests("advisory_build", tests, n, NULL, NULL);
}
