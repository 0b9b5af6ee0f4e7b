/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "content/meta.h"
#include "tests/unit/table.h"

struct meta_case {
	const char *name;
	const char *input;
	enum err_code code;
	const char *expect;
};

#define DATE "lastModifiedDate:2025-08-07T03:01:41-04:00"
#define SIZE "size:66078439"
#define GZ "gzSize:4924532"
#define SHA \
	"sha256:D165E29D8D911F3F1E0919A5C1E8C423B14AF1C38F57847DD0A8CC9DBD027618"
#define READ                                                     \
	"2025-08-07T03:01:41-04:00 1754550101 66078439 4924532 " \
	"d165e29d8d911f3f1e0919a5c1e8c423b14af1c38f57847dd0a8cc9dbd027618"

static const struct meta_case cases[] = {
	{ "CR LF, as NVD writes",
	    DATE "\r\n" SIZE "\r\nzipSize:4924668\r\n" GZ "\r\n" SHA "\r\n",
	    ERR_NONE, READ },
	{ "LF, in another order, the last line without",
	    SHA "\n" GZ "\n" SIZE "\n" DATE, ERR_NONE, READ },
	{ "unknown key", DATE "\nnew:thing\n" SIZE "\n" GZ "\n" SHA, ERR_NONE,
	    READ },
	{ "empty", "", ERR_FORMAT, "no line \"lastModifiedDate:…\"" },
	{ "no sha256", DATE "\n" SIZE "\n" GZ "\n", ERR_FORMAT,
	    "no line \"sha256:…\"" },
	{ "a page instead", "<!DOCTYPE html>\n<title>404</title>\n", ERR_FORMAT,
	    "line 1: not \"key:value\"" },
	{ "twice", DATE "\n" SIZE "\r\n" SIZE "\n", ERR_FORMAT,
	    "line 3: size stands there twice" },
	{ "no date", "lastModifiedDate:yesterday\n", ERR_FORMAT,
	    "line 1: lastModifiedDate cannot be \"yesterday\"" },
	{ "negative size", "\n" DATE "\nsize:-1\n", ERR_FORMAT,
	    "line 3: size cannot be \"-1\"" },
	{ "size out of range", "gzSize:9223372036854775808\n", ERR_FORMAT,
	    "line 1: gzSize cannot be \"9223372036854775808\"" },
	{ "short digest", "sha256:D165\n", ERR_FORMAT,
	    "line 1: sha256 cannot be \"D165\"" },
	{ "blanks", "size: 1\n", ERR_FORMAT, "line 1: size cannot be \" 1\"" },
};

static void
test_meta(void **state)
{
	const struct meta_case *c = *state;
	struct meta m;
	struct err e = { 0 };
	char hex[DIGEST_HEX_SIZE];
	char got[ERR_MSG_SIZE];

	if (meta_parse(span_of(c->input), &m, &e) == 0)
		snprintf(got, sizeof(got), "%s %jd %ju %ju %s", m.last_modified,
		    (intmax_t)m.last_modified_time, (uintmax_t)m.size_bytes,
		    (uintmax_t)m.gz_size_bytes, digest_hex(&m.sha256, hex));
	else
		snprintf(got, sizeof(got), "%s", e.msg);
	assert_string_equal(got, c->expect);
	assert_int_equal(e.code, c->code);
}

static void
test_too_long(void **state)
{
	static const char text[META_SIZE_MAX + 1];
	struct meta m;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(meta_parse(span_make(text, sizeof(text)), &m, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "longer than 4096 bytes");
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1] = {
		cmocka_unit_test(test_too_long),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, cases, test_meta);
	return _cmocka_run_group_tests("meta", tests, n, NULL, NULL);
}
