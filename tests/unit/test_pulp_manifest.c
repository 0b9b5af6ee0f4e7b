/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "content/pulp_manifest.h"
#include "tests/unit/table.h"

struct pulp_case {
	const char *name;
	const char *input;
	enum err_code code;
	const char *expect;
};

#define A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define B "FF112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"

static const struct pulp_case cases[] = {
	{ "two files", "RHEL8/rhel-8.oval.xml.bz2," A ",160088\nx," B ",0\n",
	    ERR_NONE, "RHEL8/rhel-8.oval.xml.bz2 00 160088; x ff 0; " },
	{ "last line without LF", "a/b+c_d-1.xml," A ",1", ERR_NONE,
	    "a/b+c_d-1.xml 00 1; " },
	{ "empty", "", ERR_FORMAT, "the manifest lists no file" },
	{ "only a line end", "\n", ERR_FORMAT, "the manifest lists no file" },
	{ "empty line", "x," A ",1\n\ny," A ",1\n", ERR_FORMAT,
	    "line 2: not \"path,sha256,bytes\"" },
	{ "two fields", "x," A "\n", ERR_FORMAT,
	    "line 1: not \"path,sha256,bytes\"" },
	{ "four fields", "x," A ",1,\n", ERR_FORMAT,
	    "line 1: not \"path,sha256,bytes\"" },
	{ "path leads up", "RHEL8/../../etc/passwd," A ",1\n", ERR_FORMAT,
	    "line 1: the path \"RHEL8/../../etc/passwd\" is not safe" },
	{ "absolute path", "/etc/passwd," A ",1\n", ERR_FORMAT,
	    "line 1: the path \"/etc/passwd\" is not safe" },
	{ "this folder", "./x," A ",1\n", ERR_FORMAT,
	    "line 1: the path \"./x\" is not safe" },
	{ "folder instead of a file", "RHEL8/," A ",1\n", ERR_FORMAT,
	    "line 1: the path \"RHEL8/\" is not safe" },
	{ "query in a path", "x?y=z," A ",1\n", ERR_FORMAT,
	    "line 1: the path \"x?y=z\" is not safe" },
	{ "percent in a path", "%2e%2e/x," A ",1\n", ERR_FORMAT,
	    "line 1: the path \"%2e%2e/x\" is not safe" },
	{ "no path", "," A ",1\n", ERR_FORMAT,
	    "line 1: the path \"\" is not safe" },
	{ "listed twice", "x," A ",1\nx," B ",2\n", ERR_FORMAT,
	    "line 2: x is listed twice" },
	{ "no digest", "x,0011,1\n", ERR_FORMAT,
	    "line 1: \"0011\" is not a SHA-256" },
	{ "no size", "x," A ",many\n", ERR_FORMAT,
	    "line 1: \"many\" is not a size" },
	{ "CR LF", "x," A ",1\r\n", ERR_FORMAT,
	    "line 1: \"1\r\" is not a size" },
	{ "sink refuses", "stop," A ",1\n", ERR_MISSING,
	    "line 1: told to stop" },
};

static int
on_entry(void *ctx, const struct pulp_entry *entry, struct err *e)
{
	if (span_is(entry->path, "stop"))
		return err_set(e, ERR_MISSING, "told to stop");
	buf_printf(ctx, "%.*s %02x %ju; ", SPAN_ARG(entry->path),
	    entry->sha256.bytes[0], (uintmax_t)entry->size_bytes);
	return 0;
}

static void
test_manifest(void **state)
{
	const struct pulp_case *c = *state;
	struct buf got = { 0 };
	struct pulp_sink sink = { &got, on_entry };
	struct err e = { 0 };

	if (pulp_manifest_read(span_of(c->input), &sink, &e) != 0) {
		buf_reset(&got);
		buf_add_str(&got, e.msg);
	}
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(e.code, c->code);
	buf_cleanup(&got);
}

static void
test_long_path(void **state)
{
	char path[PULP_PATH_MAX + 1];

	(void)state;
	memset(path, 'x', sizeof(path));
	assert_true(pulp_path_is_safe(span_make(path, PULP_PATH_MAX)));
	assert_false(pulp_path_is_safe(span_make(path, sizeof(path))));
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1] = {
		cmocka_unit_test(test_long_path),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, cases, test_manifest);
	return _cmocka_run_group_tests("pulp_manifest", tests, n, NULL, NULL);
}
