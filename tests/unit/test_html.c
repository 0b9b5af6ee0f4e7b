/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "server/html.h"
#include "tests/unit/table.h"

#define NOW 1763900000 /* 2025-11-23T12:13:20Z */

struct fill_case {
	const char *name;
	const char *template;
	const char *hole;
	const char *expect;
};

static const struct fill_case fills[] = {
	{ "text", "<p>{}</p>", "a", "<p>a</p>" },
	{ "markup", "<p>{}</p>", "<b>\"&'", "<p>&lt;b&gt;&quot;&amp;'</p>" },
	{ "attribute", "<a title=\"{}\">", "\" onclick=\"x",
	    "<a title=\"&quot; onclick=&quot;x\">" },
	{ "turned text", "{}",
	    "a\xe2\x80\xae"
	    "b",
	    "a\\u202eb" },
	{ "control character", "{}",
	    "a\x01"
	    "b",
	    "a\\x01b" },
	{ "no text", "{}", "", "" },
	{ "dash", "{-}", "", "\xe2\x80\x93" },
	{ "no dash", "{-}", "1.0", "1.0" },
	{ "segment", "/cve/{/}", "a/b ?&\"<", "/cve/a%2Fb%20%3F%26%22%3C" },
	{ "segment of an id", "/{/}", "oval:x:def:1", "/oval:x:def:1" },
	{ "path", "/{p}", "a/b?c", "/a/b%3Fc" },
	{ "digits", "{#}", "1234567", "1,234,567" },
	{ "few digits", "{#}", "123", "123" },
	{ "digits that are none", "{#}", "<b>", "&lt;b&gt;" },
	{ "bytes", "{b}", "999", "999 bytes" },
	{ "kilobytes", "{b}", "1500", "1.5\xc2\xa0kB" },
	{ "megabytes", "{b}", "19684100", "19.6\xc2\xa0MB" },
	{ "many megabytes", "{b}", "196841000", "196\xc2\xa0MB" },
	{ "the most bytes", "{b}", "18446744073709551615", "18446\xc2\xa0PB" },
	{ "no bytes", "{b}", "many", "\xe2\x80\x93" },
	{ "time", "{t}", "2025-06-15T15:07:12Z",
	    "<time datetime=\"2025-06-15T15:07:12Z\">2025-06-15 "
	    "15:07\xc2\xa0UTC</time>" },
	{ "day", "{d}", "2025-06-15T15:07:12Z",
	    "<time datetime=\"2025-06-15T15:07:12Z\">2025-06-15</time>" },
	{ "time of a day", "{t}", "2025-06-15",
	    "<time datetime=\"2025-06-15\">2025-06-15</time>" },
	{ "time that is none", "{t}", "<soon>", "&lt;soon&gt;" },
};

static void
test_fill(void **state)
{
	const struct fill_case *c = *state;
	struct out out;
	struct html h;

	out_init(&out, -1);
	html_init(&h, &out);
	HTML(&h, c->template, span_of(c->hole));
	assert_string_equal(buf_str(&out.buf), c->expect);
	html_cleanup(&h);
	out_cleanup(&out);
}

struct age_case {
	const char *name;
	const char *time;
	const char *expect; /* stands in it */
};

static const struct age_case ages[] = {
	{ "now", "2025-11-23T12:13:20Z", ">a minute ago<" },
	{ "minutes", "2025-11-23T12:03:20Z", ">10 minutes ago<" },
	{ "an hour", "2025-11-23T11:13:20Z", ">60 minutes ago<" },
	{ "hours", "2025-11-22T14:13:20Z", ">22 hours ago<" },
	{ "days", "2025-11-20T12:13:20Z", ">3 days ago<" },
	{ "to come", "2025-11-23T15:13:20Z", ">in 3 hours<" },
	{ "exact", "2025-11-20T12:13:20Z", "title=\"2025-11-20T12:13:20Z\"" },
	{ "none", "", "\xe2\x80\x93" },
};

static void
test_age(void **state)
{
	const struct age_case *c = *state;
	struct out out;
	struct html h;

	out_init(&out, -1);
	html_init(&h, &out);
	html_age(&h, span_of(c->time), NOW);
	if (strstr(buf_str(&out.buf), c->expect) == NULL)
		fail_msg("there is no %s in %s", c->expect, buf_str(&out.buf));
	html_cleanup(&h);
	out_cleanup(&out);
}

struct prose_case {
	const char *name;
	const char *text;
	const char *expect;
};

static const struct prose_case proses[] = {
	{ "nothing", " \n ", "" },
	{ "one line", "a <b>", "<p>a &lt;b&gt;</p>\n" },
	{ "two lines", "a\nb", "<p>a<br>\nb</p>\n" },
	{ "two paragraphs", "a\n\n\nb\r\n", "<p>a</p>\n<p>b</p>\n" },
};

static void
test_prose(void **state)
{
	const struct prose_case *c = *state;
	struct out out;
	struct html h;

	out_init(&out, -1);
	html_init(&h, &out);
	html_prose(&h, span_of(c->text));
	assert_string_equal(buf_str(&out.buf), c->expect);
	html_cleanup(&h);
	out_cleanup(&out);
}

struct link_case {
	const char *name;
	const char *url;
	const char *expect;
};

static const struct link_case links[] = {
	{ "https", "https://a.example/?a&b",
	    "<a rel=\"noreferrer external\" "
	    "href=\"https://a.example/?a&amp;b\">x</a>" },
	{ "script", "javascript:alert(1)", "x" },
	{ "data", "data:text/html,x", "x" },
	{ "relative", "//a.example", "x" },
	{ "quote", "https://a\"b",
	    "<a rel=\"noreferrer external\" href=\"https://a&quot;b\">x</a>" },
};

static void
test_link(void **state)
{
	const struct link_case *c = *state;
	struct out out;
	struct html h;

	out_init(&out, -1);
	html_init(&h, &out);
	html_link(&h, span_of(c->url), SPAN_LIT("x"));
	assert_string_equal(buf_str(&out.buf), c->expect);
	html_cleanup(&h);
	out_cleanup(&out);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(fills) + TABLE_N(ages) +
	    TABLE_N(proses) + TABLE_N(links)];
	size_t n = 0;

	TABLE_ADD(tests, &n, fills, test_fill);
	TABLE_ADD(tests, &n, ages, test_age);
	TABLE_ADD(tests, &n, proses, test_prose);
	TABLE_ADD(tests, &n, links, test_link);
	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
