/* SPDX-License-Identifier: Apache-2.0 */
/* policy.ini: what is taken, and what each mistake is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "scanner/policy.h"
#include "tests/unit/table.h"

#define WAIVER                                        \
	"[waiver.T-1]\nids = CVE-2024-1\nowner = o\n" \
	"reason = r\nexpires = 2026-12-31\n"

struct read_case {
	const char *name;
	const char *text;
	enum err_code code;
	const char *expect; /* behind "p.ini: " */
};

static const struct read_case cases[] = {
	{ "an empty policy", "", ERR_NONE, "" },
	{ "every key",
	    "[fail]\nseverity = high\nstates = fixed, fixed-with-pro affected "
	    "deferred will-not-fix\nfix_available_days = 14\nunrated = low\n"
	    "kernel = ignore\nkev = yes\nepss = 0.5\npackages = telnet* nc\n"
	    "[content]\nmax_age_days = 7\nmax_age_days.nvd = 3\n"
	    "required = ubuntu-oval kev\nmissing = unknown\n[unknown]\nverdict = fail\n" WAIVER
	    "packages = lib* curl\nimages = *app* sha256:12\n"
	    "distributions = ubuntu\nreleases = focal 22.04\n",
	    ERR_NONE, "" },
	{ "words that turn rules off",
	    "[fail]\nseverity = off\nunrated = fail\nkernel = count\n"
	    "kev = no\nepss = 1\n[unknown]\nverdict = unknown\n",
	    ERR_NONE, "" },
	{ "a section that is none", "[fial]\n", ERR_FORMAT,
	    "line 1: there is no section [fial]: [fail], [content], [unknown] "
	    "and [waiver.NAME]" },
	{ "a key above all sections", "kev = yes\n", ERR_FORMAT,
	    "line 1: a key above the first [section]" },
	{ "a key that is none", "[unknown]\nverdikt = fail\n", ERR_FORMAT,
	    "line 2: verdikt: there is no key verdikt here: verdict" },
	{ "a key of another section", "[content]\nkev = yes\n", ERR_FORMAT,
	    "line 2: kev: there is no key kev here: max_age_days, required, "
	    "missing" },
	{ "a key twice", "[fail]\nkev = yes\n[fail]\nkev = no\n", ERR_FORMAT,
	    "line 4: kev: it is given twice" },
	{ "a severity that is none", "[fail]\nseverity = bad\n", ERR_FORMAT,
	    "line 2: severity: \"bad\" is none of any, off, negligible, low, "
	    "medium, high, critical" },
	{ "unrated is no threshold", "[fail]\nseverity = unrated\n", ERR_FORMAT,
	    "line 2: severity: \"unrated\" is none of any, off, negligible, "
	    "low, medium, high, critical" },
	{ "unrated as what", "[fail]\nunrated = pass\n", ERR_FORMAT,
	    "line 2: unrated: \"pass\" is none of fail, negligible, low, "
	    "medium, high, critical" },
	{ "a state that is none", "[fail]\nstates = fixed open\n", ERR_FORMAT,
	    "line 2: states: \"open\" is none of fixed, fixed-with-pro, "
	    "affected, deferred, will-not-fix" },
	{ "no state", "[fail]\nstates = ,\n", ERR_FORMAT,
	    "line 2: states: it names nothing" },
	{ "days that are none", "[fail]\nfix_available_days = -1\n", ERR_FORMAT,
	    "line 2: fix_available_days: it is a number of days up to 36500, "
	    "not \"-1\"" },
	{ "too many days", "[content]\nmax_age_days = 36501\n", ERR_FORMAT,
	    "line 2: max_age_days: it is a number of days up to 36500, not "
	    "\"36501\"" },
	{ "days of no source", "[content]\nmax_age_days. = 3\n", ERR_FORMAT,
	    "line 2: max_age_days.: it names no source" },
	{ "days of a source twice",
	    "[content]\nmax_age_days.nvd = 3\nmax_age_days.nvd = 4\n",
	    ERR_FORMAT, "line 3: max_age_days.nvd: it is given twice" },
	{ "neither yes nor no", "[fail]\nkev = true\n", ERR_FORMAT,
	    "line 2: kev: it is \"yes\" or \"no\", not \"true\"" },
	{ "EPSS above 1", "[fail]\nepss = 1.00001\n", ERR_FORMAT,
	    "line 2: epss: it is a score from 0 to 1, as 0.5, with up to five "
	    "digits, not \"1.00001\"" },
	{ "EPSS in per cent", "[fail]\nepss = 50%\n", ERR_FORMAT,
	    "line 2: epss: it is a score from 0 to 1, as 0.5, with up to five "
	    "digits, not \"50%\"" },
	{ "EPSS with too many digits", "[fail]\nepss = 0.123456\n", ERR_FORMAT,
	    "line 2: epss: it is a score from 0 to 1, as 0.5, with up to five "
	    "digits, not \"0.123456\"" },
	{ "the kernel", "[fail]\nkernel = no\n", ERR_FORMAT,
	    "line 2: kernel: it is \"count\" or \"ignore\", not \"no\"" },
	{ "what is missing is never passed over",
	    "[content]\nmissing = ignore\n", ERR_FORMAT,
	    "line 2: missing: it is \"report\" or \"unknown\", not "
	    "\"ignore\"" },
	{ "unknown never passes", "[unknown]\nverdict = pass\n", ERR_FORMAT,
	    "line 2: verdict: it is \"unknown\" or \"fail\", not \"pass\"" },
	{ "a waiver without a name", "[waiver.]\n", ERR_FORMAT,
	    "line 1: a waiver has a name: [waiver.TICKET-1]" },
	{ "a waiver twice", WAIVER WAIVER, ERR_FORMAT,
	    "line 6: [waiver.T-1] stands at line 1 already" },
	{ "a waiver of nothing",
	    "\n[waiver.T-1]\nowner = o\nreason = r\nexpires = 2026-12-31\n",
	    ERR_FORMAT, "line 2: [waiver.T-1] has no ids" },
	{ "a waiver of nobody",
	    "[waiver.T-1]\nids = a\nreason = r\nexpires = 2026-12-31\n",
	    ERR_FORMAT, "line 1: [waiver.T-1] has no owner" },
	{ "a waiver without a reason",
	    "[waiver.T-1]\nids = a\nowner = o\nexpires = 2026-12-31\n",
	    ERR_FORMAT, "line 1: [waiver.T-1] has no reason" },
	{ "a waiver for ever", "[waiver.T-1]\nids = a\nowner = o\nreason = r\n",
	    ERR_FORMAT, "line 1: [waiver.T-1] has no expires" },
	{ "an empty reason", "[waiver.T-1]\nreason =\n", ERR_FORMAT,
	    "line 2: reason: it is empty" },
	{ "no day of the calendar", "[waiver.T-1]\nexpires = 2026-02-30\n",
	    ERR_FORMAT,
	    "line 2: expires: it is a day as 2026-12-31, not "
	    "\"2026-02-30\"" },
	{ "a time of day", "[waiver.T-1]\nexpires = 2026-02-03T00:00:00Z\n",
	    ERR_FORMAT,
	    "line 2: expires: it is a day as 2026-12-31, not "
	    "\"2026-02-03T00:00:00Z\"" },
	{ "neither section nor key", "[fail]\nkev\n", ERR_FORMAT,
	    "line 2: neither a [section] nor \"key = value\"" },
};

static void
test_read(void **state)
{
	const struct read_case *c = *state;
	struct policy *p = NULL;
	struct err e = { 0 };
	struct buf want = { 0 };
	int rc = policy_read(&p, span_of(c->text), "p.ini", &e);

	assert_int_equal(e.code, c->code);
	assert_int_equal(rc, c->code == ERR_NONE ? 0 : -1);
	if (rc != 0) {
		buf_printf(&want, "p.ini: %s", c->expect);
		assert_string_equal(e.msg, buf_str(&want));
	} else {
		assert_non_null(p);
	}
	buf_cleanup(&want);
	policy_free(p);
}

static void
expect_limit(struct buf *text, const char *message)
{
	struct policy *p = NULL;
	struct err e = { 0 };

	assert_int_equal(policy_read(&p, buf_span(text), "p.ini", &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, message);
	assert_null(p);
	buf_cleanup(text);
}

static void
test_limits(void **state)
{
	struct buf text = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i <= POLICY_WAIVERS_MAX; i++)
		buf_printf(&text, "[waiver.%zu]\n", i);
	expect_limit(&text, "p.ini: line 10001: more than 10000 waivers");
	buf_add_str(&text, "[fail]\npackages =");
	for (i = 0; i <= POLICY_WORDS_MAX; i++)
		buf_add_str(&text, " a");
	expect_limit(&text, "p.ini: line 2: packages: more than 10000 words");
	while (text.len <= POLICY_SIZE_MAX)
		buf_add_str(&text, "# a long comment\n");
	expect_limit(&text, "p.ini: larger than 1048576 bytes");
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_read);
	tests[n] = (struct CMUnitTest)cmocka_unit_test(test_limits);
	return cmocka_run_group_tests_name("policy_read", tests, NULL, NULL);
}
