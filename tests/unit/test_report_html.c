/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scanner/report.h"
#include "tests/unit/scan_world.h"
#include "tests/unit/table.h"

static struct span cves[] = { SPAN_LIT("CVE-2021-3449") };
static struct span reasons[] = { SPAN_LIT("layer 2 ends <early> & more") };
static struct span missing[] = { SPAN_LIT("com.ubuntu.focal.usn.oval") };

struct html_case {
	const char *name;
	const char *with; /* stands in the report of fill() */
};

/* One finding of each kind, with text that would be markup. */
static void
fill(struct scan_world *w)
{
	struct evidence *f;

	f = scan_world_evidence(w, 0, "openssl", "1.1.1f-1", "1.1.1f-1ubuntu2");
	f->severity = SEVERITY_HIGH;
	f->cves = cves;
	f->n_cves = 1;
	f->comparison = SPAN_LIT("1.1.1f-1 < 1.1.1f-1ubuntu2 (dpkg)");
	f->title = SPAN_LIT("a\xe2\x80\xaetitle");
	f = scan_world_evidence(
	    w, 1, "<script>alert(1)</script>", "\"5.0\"", "");
	f->record = SPAN_LIT("oval:com.ubuntu.focal:def:2");
	w->scan.reasons = reasons;
	w->scan.n_reasons = 1;
	w->scan.missing = missing;
	w->scan.n_missing = 1;
}

static void
write_html(struct scan_world *w, struct buf *b)
{
	const struct report_options options = { 0 };
	struct out out;
	struct err e = { 0 };

	out_init(&out, -1);
	if (report_html(&w->scan, &options, &out, &e) != 0)
		fail_msg("%s", e.msg);
	buf_add_span(b, buf_span(&out.buf));
	out_cleanup(&out);
}

static void
make(struct scan_world *w, struct buf *b)
{
	scan_world_init(w);
	fill(w);
	scan_world_join(w);
	write_html(w, b);
}

static const struct html_case cases[] = {
	{ "verdict", "<p class=\"verdict fail\">fail</p>" },
	{ "target", "<h1>rootfs:image</h1>" },
	{ "generation", "<dt>Generation</dt><dd>7</dd>" },
	{ "inventory", "sha256:00000000" },
	{ "chart",
	    "Findings by severity: critical 0, high 1, medium 0, low 0, "
	    "negligible 0, unrated 1" },
	{ "section", "<h3 id=\"high\" class=\"high\">high: 1</h3>" },
	{ "package", "&lt;script&gt;alert(1)&lt;/script&gt;" },
	{ "version", "<span>&quot;5.0&quot;</span>" },
	{ "fixed", "<span>1.1.1f-1ubuntu2</span>" },
	{ "no fix", "<span>no fix known</span>" },
	{ "comparison", "1.1.1f-1 &lt; 1.1.1f-1ubuntu2 (dpkg)" },
	{ "turned text", "a\\u202etitle" },
	{ "record", "oval:com.ubuntu.focal:def:1" },
	{ "reason", "<li>layer 2 ends &lt;early&gt; &amp; more</li>" },
	{ "document", "com.ubuntu.focal.cve.oval" },
	{ "digest", "sha256:" WORLD_SHA256 },
	{ "definitions", "4 definitions, 1 true, 0 not judged" },
	{ "missing", "<li>com.ubuntu.focal.usn.oval</li>" },
	{ "end", "</html>\n" },
};

static void
test_has(void **state)
{
	const struct html_case *c = *state;
	struct buf b = { 0 };
	struct scan_world w;

	make(&w, &b);
	if (strstr(buf_str(&b), c->with) == NULL)
		fail_msg("there is no %s in\n%s", c->with, buf_str(&b));
	buf_cleanup(&b);
	scan_world_cleanup(&w);
}

/* What a browser would run or fetch. */
static void
test_has_no(void **state)
{
	static const char *const never[] = { "<script", "src=", "url(",
		"@import", "http://", "https://", "onclick", "<link",
		"\xe2\x80\xae" };
	struct buf b = { 0 };
	struct scan_world w;
	size_t i;

	(void)state;
	make(&w, &b);
	for (i = 0; i < sizeof(never) / sizeof(*never); i++)
		if (strstr(buf_str(&b), never[i]) != NULL)
			fail_msg("there is %s", never[i]);
	buf_cleanup(&b);
	scan_world_cleanup(&w);
}

static void
test_nothing_found(void **state)
{
	struct buf a = { 0 };
	struct buf b = { 0 };
	struct scan_world w;

	(void)state;
	scan_world_init(&w);
	write_html(&w, &a);
	write_html(&w, &b);
	assert_string_equal(buf_str(&a), buf_str(&b));
	assert_non_null(strstr(buf_str(&a), "verdict pass"));
	assert_null(strstr(buf_str(&a), "<svg"));
	buf_cleanup(&a);
	buf_cleanup(&b);
	scan_world_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 2];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_has);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_has_no);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_nothing_found);
	return cmocka_run_group_tests_name("report_html", tests, NULL, NULL);
}
