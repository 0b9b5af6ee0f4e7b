/* SPDX-License-Identifier: Apache-2.0 */
/* Writing: plain, XML and JSON. */
#include <string.h>

#include "base/json_out.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

struct text_case {
	const char *name;
	const char *text;
	const char *xml;
	const char *json;
};

#define BAD "\xef\xbf\xbd"

static const struct text_case cases[] = {
	{ "plain", "a b", "a b", "\"a b\"" },
	{ "nothing", "", "", "\"\"" },
	{ "markup", "<a b=\"c\">&'", "&lt;a b=&quot;c&quot;&gt;&amp;'",
	    "\"<a b=\\\"c\\\">&'\"" },
	{ "line ends", "a\tb\nc\rd", "a&#9;b&#10;c&#13;d",
	    "\"a\\tb\\nc\\rd\"" },
	{ "control characters", "\x01\x08\x0b\x0c\x1f", BAD BAD BAD BAD BAD,
	    "\"\\u0001\\b\\u000b\\f\\u001f\"" },
	{ "backslash", "\\", "\\", "\"\\\\\"" },
	{ "two, three, four bytes", "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80",
	    "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80",
	    "\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\"" },
	{ "not UTF-8", "a\xff\xc3z", "a" BAD BAD "z", "\"a" BAD BAD "z\"" },
	{ "surrogate", "\xed\xa0\x80", BAD BAD BAD, "\"" BAD BAD BAD "\"" },
	{ "no character of XML", "\xef\xbf\xbf", BAD BAD BAD,
	    "\"\xef\xbf\xbf\"" },
};

static void
test_text(void **state)
{
	const struct text_case *c = *state;
	struct json_out j;
	struct out o;
	struct err e;

	out_init(&o, -1);
	out_xml(&o, span_of(c->text));
	assert_int_equal(out_flush(&o, &e), 0);
	assert_string_equal(buf_str(&o.buf), c->xml);
	buf_reset(&o.buf);
	json_out_init(&j, &o);
	json_span(&j, NULL, span_of(c->text));
	assert_string_equal(buf_str(&o.buf), c->json);
	out_cleanup(&o);
}

static void
write_all(struct json_out *j)
{
	json_object(j, NULL);
	json_str(j, "s", "x");
	json_str(j, "none", NULL);
	json_array(j, "list");
	json_uint(j, NULL, UINT64_MAX);
	json_int(j, NULL, INT64_MIN);
	json_bool(j, NULL, true);
	json_bool(j, NULL, false);
	json_null(j, NULL);
	json_array(j, NULL);
	json_array_end(j);
	json_object(j, NULL);
	json_object_end(j);
	json_array_end(j);
	json_raw(j, "raw", SPAN_LIT("{\"a\":1}"));
	json_time(j, "t", 1);
	json_time(j, "never", 0);
	json_object_end(j);
}

static void
test_json(void **state)
{
	struct json_out j;
	struct out o;

	(void)state;
	out_init(&o, -1);
	json_out_init(&j, &o);
	write_all(&j);
	assert_string_equal(buf_str(&o.buf),
	    "{\n"
	    "  \"s\": \"x\",\n"
	    "  \"none\": null,\n"
	    "  \"list\": [\n"
	    "    18446744073709551615,\n"
	    "    -9223372036854775808,\n"
	    "    true,\n"
	    "    false,\n"
	    "    null,\n"
	    "    [],\n"
	    "    {}\n"
	    "  ],\n"
	    "  \"raw\": {\"a\":1},\n"
	    "  \"t\": \"1970-01-01T00:00:01Z\",\n"
	    "  \"never\": null\n"
	    "}");
	buf_reset(&o.buf);
	json_out_init(&j, &o);
	j.compact = true;
	write_all(&j);
	assert_string_equal(buf_str(&o.buf),
	    "{\"s\":\"x\",\"none\":null,\"list\":[18446744073709551615,"
	    "-9223372036854775808,true,false,null,[],{}],\"raw\":{\"a\":1},"
	    "\"t\":\"1970-01-01T00:00:01Z\",\"never\":null}");
	out_cleanup(&o);
}

static void
test_file(void **state)
{
	struct buf back = { 0 };
	struct err e = { 0 };
	struct out o;
	struct tmp t;
	int fd, i;

	(void)state;
	tmp_init(&t);
	fd = openat(t.dirfd, "x", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	out_init(&o, fd);
	for (i = 0; i < 50000; i++)
		out_printf(&o, "%05d\n", i);
	assert_int_equal(out_flush(&o, &e), 0);
	out_cleanup(&o);
	close(fd);
	assert_int_equal(file_read(t.dirfd, "x", 1000000, &back, &e), 0);
	assert_int_equal(back.len, 300000);
	assert_memory_equal(back.ptr + 299994, "49999\n", 6);
	buf_cleanup(&back);
	tmp_cleanup(&t);
}

/* The first error sticks, and out_flush() tells of it. */
static void
test_cannot_write(void **state)
{
	struct err e = { 0 };
	struct out o;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int i;

	(void)state;
	out_init(&o, fd);
	for (i = 0; i < 50000; i++)
		out_str(&o, "text\n");
	assert_int_equal(out_flush(&o, &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_string_equal(e.msg,
	    "cannot write: No space left on device: make room and start "
	    "again");
	out_cleanup(&o);
	close(fd);
}

int
main(void)
{
	static struct CMUnitTest tests[TABLE_N(cases) + 3];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_text);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_json);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_file);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_cannot_write);
	return _cmocka_run_group_tests("out", tests, n, NULL, NULL);
}
