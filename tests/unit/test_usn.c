/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/buf.h"
#include "content/usn.h"
#include "tests/unit/table.h"

struct usn_case {
	const char *name;
	const char *input;
	enum err_code code;
	const char *expect;
};

static const struct usn_case cases[] = {
	{ "a notice",
	    "{\"4011-1\": {\"id\": \"USN-4011-1\", \"title\": \"Jinja2\",\n"
	    "\"summary\": \"s\", \"isummary\": \"i\", \"action\": \"a\",\n"
	    "\"description\": \"d\\nd\", \"timestamp\": 1559819644.5,\n"
	    "\"cves\": [\"CVE-2016-10745\", \"https://launchpad.net/bugs/1\"],"
	    "\"releases\": {\"xenial\": {\n"
	    "  \"sources\": {\"jinja2\": {\"version\": \"2.8-1ubuntu0.1\","
	    " \"description\": \"templates\"}},\n"
	    "  \"binaries\": {\"few\": {\"version\": \"1\"}},\n"
	    "  \"allbinaries\": {\"python-jinja2\": {\"pocket\": \"security\","
	    " \"version\": \"2.8-1ubuntu0.1\", \"source\": \"jinja2\"},\n"
	    "   \"more\": {\"version\": \"2\"}}}}}}",
	    ERR_NONE,
	    "4011-1 at 11 title=Jinja2 summary=s isummary=i action=a "
	    "description=d\nd time=1559819644 cve=CVE-2016-10745 "
	    "url=https://launchpad.net/bugs/1\n"
	    " xenial\n"
	    "  source jinja2 2.8-1ubuntu0.1 templates\n"
	    "  binary python-jinja2 2.8-1ubuntu0.1 security jinja2 \n"
	    "  binary more 2   \n" },
	{ "livepatch: a module and its level",
	    "{\"LSN-0104-1\":{\"releases\":{\"jammy\":{\"binaries\":"
	    "{\"lkp\":{\"version\":\"104.1\",\"module\":\"lkp_jammy\","
	    "\"pocket\":\"livepatch\"}},\"allbinaries\":{}}}}}",
	    ERR_NONE,
	    "LSN-0104-1 at 14 time=0\n jammy\n"
	    "  binary lkp 104.1 livepatch  lkp_jammy\n" },
	{ "an old notice without releases",
	    "{\"USN-1-1\":{\"id\":\"1-1\",\"cves\":null,\"timestamp\":7}}",
	    ERR_NONE, "1-1 at 11 time=7\n" },
	{ "two notices", "{\"1-1\":{},\"2-1\":{}}", ERR_NONE,
	    "1-1 at 7 time=0\n2-1 at 16 time=0\n" },
	{ "empty", "{}", ERR_FORMAT, "the database has no notice" },
	{ "an array", "[]", ERR_FORMAT, "byte 1: not a JSON object" },
	{ "ends early", "{\"1-1\":{\"title\":", ERR_FORMAT,
	    "byte 16: the document ends early" },
	{ "no number of a notice", "{\"../x\":{}}", ERR_FORMAT,
	    "byte 8: \"../x\" is not the number of a notice" },
	{ "another id inside", "{\"1-1\":\n{\"id\":\"1-2\"}}", ERR_FORMAT,
	    "line 2: notice 1-1 calls itself \"1-2\"" },
	{ "no object", "{\"1-1\":7}", ERR_FORMAT,
	    "byte 7: notice 1-1 is not an object" },
	{ "releases is no object", "{\"1-1\":{\"releases\":[]}}", ERR_FORMAT,
	    "byte 7: notice 1-1: releases is not an object" },
	{ "cves is no array", "{\"1-1\":{\"cves\":\"CVE-2016-1\"}}", ERR_FORMAT,
	    "byte 7: notice 1-1: cves is not an array" },
	{ "cves of numbers", "{\"1-1\":{\"cves\":[1]}}", ERR_FORMAT,
	    "byte 7: notice 1-1: cves is not of text" },
	{ "binaries is no object",
	    "{\"1-1\":{\"releases\":{\"jammy\":{\"binaries\":3}}}}", ERR_FORMAT,
	    "byte 7: notice 1-1: jammy: binaries is not an object" },
	{ "no time", "{\"1-1\":{\"timestamp\":\"today\"}}", ERR_FORMAT,
	    "byte 7: notice 1-1: the timestamp \"today\" is no number" },
	{ "time as a power", "{\"1-1\":{\"timestamp\":1e9}}", ERR_FORMAT,
	    "byte 7: notice 1-1: the timestamp \"1e9\" is no number" },
};

static void
print_text(struct buf *b, const char *name, struct span v)
{
	if (v.len > 0)
		buf_printf(b, " %s=%.*s", name, SPAN_ARG(v));
}

static void
print_release(struct buf *b, const struct usn_release *r)
{
	size_t i;

	buf_printf(b, " %.*s\n", SPAN_ARG(r->codename));
	for (i = 0; i < r->n_sources; i++)
		buf_printf(b, "  source %.*s %.*s %.*s\n",
		    SPAN_ARG(r->sources[i].name),
		    SPAN_ARG(r->sources[i].version),
		    SPAN_ARG(r->sources[i].description));
	for (i = 0; i < r->n_binaries; i++)
		buf_printf(b, "  binary %.*s %.*s %.*s %.*s %.*s\n",
		    SPAN_ARG(r->binaries[i].name),
		    SPAN_ARG(r->binaries[i].version),
		    SPAN_ARG(r->binaries[i].pocket),
		    SPAN_ARG(r->binaries[i].source),
		    SPAN_ARG(r->binaries[i].module));
}

static int
on_notice(void *ctx, const struct usn_notice *n, struct err *e)
{
	struct buf *b = ctx;
	size_t i;

	(void)e;
	buf_printf(b, "%.*s at %ju", SPAN_ARG(n->id), (uintmax_t)n->offset);
	print_text(b, "title", n->title);
	print_text(b, "summary", n->summary);
	print_text(b, "isummary", n->isummary);
	print_text(b, "action", n->action);
	print_text(b, "description", n->description);
	buf_printf(b, " time=%jd", (intmax_t)n->timestamp);
	for (i = 0; i < n->n_cves; i++)
		print_text(b, "cve", n->cves[i]);
	for (i = 0; i < n->n_urls; i++)
		print_text(b, "url", n->urls[i]);
	buf_add_char(b, '\n');
	for (i = 0; i < n->n_releases; i++)
		print_release(b, &n->releases[i]);
	assert_int_equal(n->raw.ptr[0], '{');
	assert_int_equal(n->raw.ptr[n->raw.len - 1], '}');
	return 0;
}

static void
test_usn(void **state)
{
	const struct usn_case *c = *state;
	struct buf got = { 0 };
	struct usn_sink sink = { &got, on_notice };
	struct stream *in = NULL;
	struct err e = { 0 };

	assert_int_equal(stream_open_span(&in, span_of(c->input), NULL, &e), 0);
	if (usn_read(in, &sink, &e) != 0) {
		buf_reset(&got);
		buf_add_str(&got, e.msg);
	}
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(e.code, c->code);
	stream_close(in);
	buf_cleanup(&got);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_usn);
	return _cmocka_run_group_tests("usn", tests, n, NULL, NULL);
}
