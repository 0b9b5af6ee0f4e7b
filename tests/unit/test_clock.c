/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/unit/table.h"

struct clock_case {
	const char *name;
	const char *text;
	bool ok;
	int64_t t;
};

static const struct clock_case cases[] = {
	{ "UTC", "2026-01-02T03:04:05Z", true, 1767323045 },
	{ "a blank for T", "2026-01-02 03:04:05", true, 1767323045 },
	{ "a zone", "2026-01-02T05:34:05+02:30", true, 1767323045 },
	{ "a zone to the west", "2026-01-01T22:04:05-0500", true, 1767323045 },
	{ "a fraction", "2026-01-02T03:04:05.999", true, 1767323045 },
	{ "white space around", " 2026-01-02T03:04:05Z\n", true, 1767323045 },
	{ "the date alone", "2026-01-02", true, 1767312000 },
	{ "1970", "1970-01-01T00:00:00Z", true, 0 },
	{ "before 1970", "1969-12-31T23:59:59Z", true, -1 },
	{ "beyond 32 bits", "2106-02-07T06:28:16Z", true, 4294967296 },
	{ "a leap year", "2024-02-29", true, 1709164800 },
	{ "no leap year", "2026-02-29", false, 0 },
	{ "no such century", "1900-02-29", false, 0 },
	{ "month 13", "2026-13-01", false, 0 },
	{ "month 0", "2026-00-01", false, 0 },
	{ "day 0", "2026-01-00", false, 0 },
	{ "day 31 of 30", "2026-04-31", false, 0 },
	{ "hour 24", "2026-01-02T24:00:00Z", false, 0 },
	{ "no seconds", "2026-01-02T03:04", false, 0 },
	{ "half a zone", "2026-01-02T03:04:05+02", false, 0 },
	{ "something follows", "2026-01-02T03:04:05Zx", false, 0 },
	{ "other order", "02/01/2026", false, 0 },
	{ "nothing", "", false, 0 },
};

static void
test_parse(void **state)
{
	const struct clock_case *c = *state;
	int64_t t = 42;

	assert_int_equal(clock_parse(span_of(c->text), &t), c->ok);
	assert_true(t == (c->ok ? c->t : 42));
}

static void
test_text(void **state)
{
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	assert_string_equal(
	    clock_text(1767323045, text), "2026-01-02T03:04:05Z");
	assert_string_equal(clock_text(0, text), "1970-01-01T00:00:00Z");
	assert_string_equal(
	    clock_http_text(784111777, text), "Sun, 06 Nov 1994 08:49:37 GMT");
}

static void
test_http(void **state)
{
	static const char *const bad[] = { "", "Sun", "0",
		"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
		"Mon, 06 Nov 1994 08:49:37 GMT",
		"Sun, 06 Now 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov" };
	int64_t t = 42;
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_N(bad); i++)
		assert_false(clock_http_parse(span_of(bad[i]), &t));
	assert_true(t == 42);
	assert_true(
	    clock_http_parse(SPAN_LIT("Sun, 06 Nov 1994 08:49:37 GMT"), &t));
	assert_true(t == 784111777);
}

static void
test_stopped(void **state)
{
	(void)state;
	setenv("SOURCE_DATE_EPOCH", "1767323045", 1);
	assert_true(clock_now() == 1767323045);
	/* What is no number does not stop the clock. */
	setenv("SOURCE_DATE_EPOCH", "soon", 1);
	assert_true(clock_now() > 1767323045 / 2);
	unsetenv("SOURCE_DATE_EPOCH");
	assert_true(clock_monotonic_ms() > 0);
}

int
main(void)
{
	static struct CMUnitTest tests[TABLE_N(cases) + 3];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_parse);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_text);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_http);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_stopped);
	return _cmocka_run_group_tests("clock", tests, n, NULL, NULL);
}
