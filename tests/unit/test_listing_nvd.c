/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of NVD's API as pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "content/listing.h"

#define HEAD(n, start, total)                                          \
	"{\"resultsPerPage\":" n ",\"startIndex\":" start              \
	",\"totalResults\":" total ",\"format\":\"NVD_CVE\","          \
	"\"version\":\"2.0\",\"timestamp\":\"1970-01-02T00:00:00.1\"," \
	"\"vulnerabilities\":["

struct page_case {
	const char *name;
	const char *text;
	enum err_code code;
	const char *expect; /* start n total time, or the message */
};

static const struct page_case cases[] = {
	{ "the only page", HEAD("2", "0", "2") "{},{}]}", ERR_NONE,
	    "0 2 2 86400" },
	{ "a page in the middle", HEAD("1", "2000", "6001") "{}]}", ERR_NONE,
	    "2000 1 6001 86400" },
	{ "nothing changed", HEAD("0", "0", "0") "]}", ERR_NONE,
	    "0 0 0 86400" },
	{ "more than it says", HEAD("1", "0", "2") "{},{}]}", ERR_FORMAT,
	    "has 2 records where it says 1" },
	{ "fewer than it says", HEAD("2", "0", "2") "{}]}", ERR_FORMAT,
	    "has 1 records where it says 2" },
	{ "cut short", HEAD("2", "0", "2") "{}", ERR_FORMAT,
	    "the document ends early" },
	{ "without a total",
	    "{\"resultsPerPage\":0,\"startIndex\":0,\"format\":\"NVD_CVE\","
	    "\"vulnerabilities\":[]}",
	    ERR_FORMAT, "is no answer of NVD's API" },
	{ "CPEs",
	    "{\"resultsPerPage\":0,\"startIndex\":0,\"totalResults\":0,"
	    "\"format\":\"NVD_CPE\",\"vulnerabilities\":[]}",
	    ERR_FORMAT, "is no answer of NVD's API" },
	{ "a total that is none",
	    "{\"totalResults\":\"many\",\"vulnerabilities\":[]}", ERR_FORMAT,
	    "totalResults is no number" },
	{ "no JSON", "<html>", ERR_FORMAT, "byte " },
};

static int
take(void *ctx, const struct listing_entry *entry, struct err *e)
{
	(void)e;
	assert_int_equal(entry->path.len, 0);
	snprintf(ctx, 128, "%llu %llu %llu %lld",
	    (unsigned long long)entry->start, (unsigned long long)entry->n,
	    (unsigned long long)entry->total, (long long)entry->time);
	return 0;
}

static void
test_page(void **state)
{
	const struct page_case *c = *state;
	char got[128] = "";
	const struct listing_sink sink = { got, take };
	struct err e = { 0 };
	int rc = listing_read(span_of(c->text), LISTING_NVD_PAGE, &sink, &e);

	assert_int_equal(rc, c->code == ERR_NONE ? 0 : -1);
	assert_int_equal(e.code, c->code);
	if (rc == 0)
		assert_string_equal(got, c->expect);
	else
		assert_non_null(strstr(e.msg, c->expect)); /* behind a place */
}

#define N_CASES (sizeof(cases) / sizeof(*cases))

int
main(void)
{
	struct CMUnitTest tests[N_CASES] = { 0 };
	size_t i;

	for (i = 0; i < N_CASES; i++)
		tests[i] = (struct CMUnitTest){ cases[i].name, test_page, NULL,
			NULL, (void *)(uintptr_t)&cases[i] };
	return cmocka_run_group_tests_name("listing_nvd", tests, NULL, NULL);
}
