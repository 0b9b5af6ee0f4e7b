/* SPDX-License-Identifier: Apache-2.0 */
/* Pages out of the JSON of the API: what must stand in them, and never may. */
#include <string.h>

#include "server/page_write.h"
#include "server/view.h"
#include "tests/unit/table.h"

#define EVIL "<script>alert(1)</script>"
#define NOT_EVIL "&lt;script&gt;alert(1)&lt;/script&gt;"

enum which {
	CONTENT,
	SOURCE,
	SEARCH,
	CVE,
	CVE_IMAGES,
	RECORD,
	PACKAGE,
	IMAGES,
	IMAGE,
	BARE_IMAGE,
	AS_OF,
	COMPARE,
	BUNDLES,
	ACTIVITY,
	SCAN,
	SIGN_IN,
};

struct page_case {
	const char *name;
	enum which which;
	const char *json;
	const char *with;
};

#define SOURCE_JSON(state, next)                                         \
	"{\"name\":\"nvd\",\"state\":\"" state "\",\"asked\":true,"      \
	"\"next\":" next ",\"message\":\"" EVIL "\",\"records\":62153,"  \
	"\"size_bytes\":19684100,\"held\":true,\"documents\":[{"         \
	"\"name\":\"nvdcve-2.0-2002\",\"path\":\"nvd.nist.gov/x y.gz\"," \
	"\"sha256\":\"abcd\",\"proof\":\"meta-sha256\",\"records\":1,"   \
	"\"missing_tests\":3}]}"
#define STATUS(state, next)                             \
	"{\"generation\":12,\"sources\":[" SOURCE_JSON( \
	    state, next) "],\"families\":[{\"distinct\":5}]}"
#define LATER "\"2099-01-01T00:00:00Z\""

#define CVE_JSON                                                             \
	"[{\"kind\":\"cve\",\"id\":\"CVE-2016-5195\",\"document\":\"nvd\","  \
	"\"sha256\":\"abcd\",\"path\":\"p/f\",\"offset\":77,"                \
	"\"description\":\"" EVIL "\",\"cvss\":[{\"version\":\"3.1\","       \
	"\"score\":\"7.0\",\"severity\":\"HIGH\",\"vector\":\"AV:L\","       \
	"\"source\":\"nist\",\"type\":\"Primary\"}],\"references\":["        \
	"{\"url\":\"javascript:alert(1)\"},{\"url\":\"https://a.example/\"," \
	"\"tags\":\"Patch\\nVendor\"}]},"                                    \
	"{\"kind\":\"exploited\",\"document\":\"kev\",\"name\":\"Cow\","     \
	"\"added\":\"2022-03-03\",\"due\":\"2022-03-24\"},"                  \
	"{\"kind\":\"advisory\",\"id\":\"X-1\",\"document\":\"vex\","        \
	"\"severity\":\"Moderate\",\"packages\":[{\"distribution\":"         \
	"\"ubuntu\",\"release\":\"focal\",\"name\":\"a+b\","                 \
	"\"state\":\"affected\"}]}]"

#define DEFINITION                                                        \
	"[{\"kind\":\"definition\",\"id\":\"oval:x:def:1\",\"document\":" \
	"\"d\",\"severity\":\"Important\",\"tree\":["                     \
	"{\"depth\":0,\"operator\":\"AND\",\"negate\":false},"            \
	"{\"depth\":1,\"operator\":\"OR\",\"negate\":true},"              \
	"{\"depth\":2,\"comment\":\"first\",\"ref\":\"oval:x:tst:1\"},"   \
	"{\"depth\":2,\"comment\":\"second\"},"                           \
	"{\"depth\":1,\"comment\":\"third\"}]}]"

#define FINDING                                                          \
	"{\"id\":\"CVE-2021-3449\",\"cves\":[\"CVE-2021-3449\"],"        \
	"\"package\":\"" EVIL "\",\"installed\":\"1.0\",\"fixed\":null," \
	"\"fix\":\"will not fix\",\"severity\":\"high\",\"fails\":true," \
	"\"kev\":{\"added\":\"2022-03-03\"},\"waiver\":null,"            \
	"\"layer\":{\"index\":2,\"digest\":\"sha256:ab\","               \
	"\"created_by\":\"RUN apt\"},\"evidence\":[{\"document\":\"d\"," \
	"\"record\":\"oval:x:def:1\",\"word\":\"affected\","             \
	"\"comparison\":\"1.0 < 1.1 (dpkg)\"}]}"
#define IMAGE_JSON                                                        \
	"{\"id\":\"5f1c\",\"target\":\"" EVIL "\",\"verdict\":{"          \
	"\"digest\":\"sha256:ab\",\"verdict\":\"fail\",\"findings\":31,"  \
	"\"generation\":7,"                                               \
	"\"severities\":{\"high\":4,\"low\":1}},\"reasons\":[\"early\"]," \
	"\"about\":{\"problems\":[\"cut\"]}}"

static const struct page_case cases[] = {
	{ "fresh", CONTENT, STATUS("ok", LATER), "</svg>fresh</span>" },
	{ "late", CONTENT, STATUS("ok", "\"2020-01-01T00:00:00Z\""),
	    "</svg>late</span>" },
	{ "by hand", CONTENT, STATUS("ok", "null"), "by hand" },
	{ "held", CONTENT, STATUS("held", LATER), "</svg>held</span>" },
	{ "failed", CONTENT, STATUS("failed", LATER), "</svg>failed</span>" },
	{ "never", CONTENT, STATUS("never", LATER), "Not asked yet" },
	{ "why", CONTENT, STATUS("failed", LATER), NOT_EVIL },
	{ "records", CONTENT, STATUS("ok", LATER), ">62,153<" },
	{ "nothing yet", CONTENT, "{\"generation\":0}", "Nothing is here yet" },
	{ "history", CONTENT,
	    "{\"runs\":[{\"started\":\"2025-06-16T01:00:00Z\","
	    "\"fetched\":3},{\"started\":\"2025-06-15T01:00:00Z\","
	    "\"fetched\":1200}]}",
	    "Files that came, by run, from 2025-06-15 to 2025-06-16: the last "
	    "3, the most 1,200</title>" },
	{ "stale", CONTENT, "{\"signing\":{\"stale\":true}}", "Stale." },
	{ "warning", CONTENT, "{\"signing\":{\"warnings\":[\"" EVIL "\"]}}",
	    "<li>" NOT_EVIL "</li>" },
	{ "proof", SOURCE, SOURCE_JSON("ok", LATER), "meta-sha256" },
	{ "digest", SOURCE, SOURCE_JSON("ok", LATER),
	    "href=\"/blobs/sha256/abcd\"" },
	{ "upstream's path", SOURCE, SOURCE_JSON("ok", LATER),
	    "href=\"/mirror/nvd.nist.gov/x%20y.gz\"" },
	{ "how to accept", SOURCE, SOURCE_JSON("held", LATER),
	    "sync --accept nvd" },
	{ "missing tests", SOURCE, SOURCE_JSON("ok", LATER),
	    "3 tests that it names" },
	{ "found", SEARCH,
	    "{\"found\":423,\"records\":[{\"id\":\"CVE-2016-5195\","
	    "\"title\":\"" EVIL "\",\"kind\":\"cve\"}]}",
	    "<a href=\"/cve/CVE-2016-5195\">CVE-2016-5195</a>" },
	{ "a record that is no CVE", SEARCH,
	    "{\"found\":1,\"records\":[{\"id\":\"oval:x/y:def:1\"}]}",
	    "<a href=\"/record/oval:x/y:def:1\">" },
	{ "the next page", SEARCH,
	    "{\"found\":423,\"records\":[{\"id\":\"a\"}]}",
	    "href=\"/search?q=%22x%26&amp;offset=25\"" },
	{ "the words again", SEARCH, "{\"found\":0}",
	    "value=\"&quot;x&amp;\"" },
	{ "nothing found", SEARCH, "{\"found\":0,\"records\":[]}",
	    "No record has all of these words" },
	{ "CVSS", CVE, CVE_JSON, "<code>AV:L</code>" },
	{ "KEV", CVE, CVE_JSON, "Known to be exploited" },
	{ "no EPSS", CVE, CVE_JSON, "not rated" },
	{ "they disagree", CVE, CVE_JSON, "Sources rate it differently" },
	{ "description", CVE, CVE_JSON, "<p>" NOT_EVIL "</p>" },
	{ "place", CVE, CVE_JSON, "byte 77 of the unpacked document" },
	{ "package link", CVE, CVE_JSON,
	    "<a href=\"/package/ubuntu/focal/a%2Bb\">a+b</a>" },
	{ "a package of a release", CVE, CVE_JSON, "Packages by release" },
	{ "OVAL's package", CVE,
	    "[{\"kind\":\"definition\",\"id\":\"oval:x:def:1\","
	    "\"platforms\":[\"Ubuntu 20.04\"],\"criteria\":["
	    "{\"comment\":\"Ubuntu 20.04 (focal) is installed.\"},"
	    "{\"comment\":\"openssl package in focal was vulnerable but has "
	    "been fixed (note: '1.1.1f-1ubuntu2.3').\"}]}]",
	    "<a href=\"/package/ubuntu/focal/openssl\">openssl</a></th>" },
	{ "RPM's package", CVE,
	    "[{\"kind\":\"definition\",\"criteria\":[{\"comment\":"
	    "\"openssl is earlier than 1:1.1\"}]}]",
	    "<td data-label=\"Fixed in\">1:1.1</td>" },
	{ "a notice's package", CVE,
	    "[{\"kind\":\"notice\",\"packages\":[{\"release\":\"noble\","
	    "\"name\":\"curl\"}],\"references\":[\"CVE-2024-1\"]}]",
	    "<a href=\"/package/ubuntu/noble/curl\">" },
	{ "none has it", CVE_IMAGES, "{\"images\":[]}",
	    "have it</h2>\n<p class=\"quiet\">No verdict that stands has" },
	{ "not all are known", CVE_IMAGES, "{\"unknown\":3,\"images\":[]}",
	    "Of 3 images it is not known" },
	{ "not all by the content of now", CVE_IMAGES,
	    "{\"older\":1,\"images\":[]}",
	    "1 image was judged by another generation" },
	{ "a notice's CVE", RECORD,
	    "[{\"kind\":\"notice\",\"references\":[\"CVE-2024-1\"]}]",
	    "<li><a href=\"/cve/CVE-2024-1\">" },
	{ "reference", CVE, CVE_JSON, "href=\"https://a.example/\"" },
	{ "tree", RECORD, DEFINITION,
	    "<span class=\"mark quiet\">NOT</span> "
	    "<span class=\"mark quiet\">OR</span> \n<ul>\n<li>first" },
	{ "after a branch", RECORD, DEFINITION,
	    "second</li>\n</ul></li>\n<li>third" },
	{ "vendor's word", RECORD, DEFINITION,
	    "<span class=\"state high\">Important</span>" },
	{ "of another kind", RECORD,
	    "[{\"kind\":\"product\",\"names\":[\"" EVIL "\"]}]", NOT_EVIL },
	{ "statement", PACKAGE,
	    "[{\"kind\":\"package\",\"cves\":[{\"cve\":\"CVE-2021-1\","
	    "\"state\":\"not affected\",\"record\":\"oval:x:def:1\"}]}]",
	    "</svg>not affected</span>" },
	{ "image", IMAGES, "{\"total\":1,\"images\":[" IMAGE_JSON "]}",
	    "<a href=\"/images/5f1c\">" NOT_EVIL "</a>" },
	{ "its counts", IMAGES, "{\"total\":1,\"images\":[" IMAGE_JSON "]}",
	    "4 high</span>, " },
	{ "counts that are not kept", IMAGES,
	    "{\"total\":1,\"images\":[{\"verdict\":{\"verdict\":\"fail\","
	    "\"findings\":31,\"severities\":null}}]}",
	    "data-label=\"Findings\"><div>31</div>" },
	{ "no verdict has no counts", IMAGES,
	    "{\"total\":1,\"images\":[{\"verdict\":null}]}",
	    "data-label=\"Findings\"><div>\xe2\x80\x93</div>" },
	{ "judged by an older generation", IMAGES,
	    "{\"total\":1,\"images\":[{\"verdict\":{\"verdict\":\"pass\","
	    "\"generation\":7,\"findings\":0,\"severities\":{}}}]}",
	    "by generation 7</span>" },
	{ "and its page says so", IMAGE, FINDING,
	    "the content of now is generation 12" },
	{ "no image", IMAGES, "{\"total\":0,\"images\":[]}",
	    "No image was scanned yet" },
	{ "verdict", IMAGE, FINDING, "</svg>fail</span>" },
	{ "reason", IMAGE, FINDING, "<li>early</li>" },
	{ "problem", IMAGE, FINDING, "<li>cut</li>" },
	{ "finding", IMAGE, FINDING, "<span>" NOT_EVIL "</span>" },
	{ "fix", IMAGE, FINDING, "will not fix" },
	{ "exploited", IMAGE, FINDING, ">exploited</span>" },
	{ "evidence", IMAGE, FINDING, "1.0 &lt; 1.1 (dpkg)" },
	{ "layer", IMAGE, FINDING, "<code>RUN apt</code>" },
	{ "as of", AS_OF,
	    "{\"generation\":7,\"verdict\":\"pass\",\"findings\":[" FINDING
	    "]}",
	    "As generation 7 judges it" },
	{ "a finding of then", AS_OF,
	    "{\"findings\":[" FINDING "],\"summary\":{\"high\":1}}",
	    "<h2>1 findings</h2>" },
	{ "reasons of then", AS_OF,
	    "{\"reasons\":[\"" EVIL "\"],\"findings\":[]}",
	    "<li>" NOT_EVIL "</li>" },
	{ "compared", COMPARE,
	    "{\"differs\":true,\"a\":{\"target\":\"x\"},\"b\":{},\"packages\":"
	    "[{\"change\":\"changed\",\"name\":\"" EVIL
	    "\",\"a\":\"1\",\"b\":\"2\"}],\"findings\":[{\"change\":\"added\","
	    "\"cve\":\"CVE-2021-1\",\"a\":null,\"b\":{\"severity\":\"low\"}}]}",
	    "<tr class=\"changed-changed\">" },
	{ "what is not certain of a side", COMPARE,
	    "{\"differs\":false,\"a\":{\"verdict\":\"unknown\","
	    "\"reasons\":[\"" EVIL "\"]}}",
	    "<li>" NOT_EVIL "</li>" },
	{ "no verdict", BARE_IMAGE, "{\"id\":\"5f1c\",\"verdict\":null}",
	    "Nothing is known of its findings" },
	{ "the same", COMPARE, "{\"differs\":false}", "Nothing differs." },
	{ "role", BUNDLES,
	    "{\"roles\":[{\"name\":\"nvd\",\"version\":7,"
	    "\"expires\":\"2020-01-01T00:00:00Z\"}]}",
	    "</svg>expired</span>" },
	{ "root key", BUNDLES,
	    "{\"keys\":[{\"role\":\"root\",\"keyid\":\"abcd\"}]}",
	    "<li><code>abcd</code></li>" },
	{ "bundle", BUNDLES, "{\"files\":[{\"name\":\"full-2.tar\"}]}",
	    "<a href=\"/bundles/full-2.tar\" download>" },
	{ "no bundle", BUNDLES, "{}", "No bundle lies here" },
	{ "entry", ACTIVITY,
	    "{\"entries\":[{\"id\":4,\"event\":\"held\",\"subject\":\"" EVIL
	    "\"}],\"next\":4}",
	    "<a class=\"button\" rel=\"next\" href=\"/activity?before=4\">" },
	{ "nothing has happened", ACTIVITY, "{\"entries\":[]}",
	    "Nothing has happened here yet" },
	{ "no token", SCAN, "{}", "This takes a token with the scope scan" },
	{ "from a shell", SCAN, "{}", "-X POST -T app.tar" },
	{ "sign in", SIGN_IN, "{}", "role=\"alert\"" },
};

/* --- a page --- */

struct world {
	struct request q;
	struct response s;
	struct request_param params[1];
	struct view view;
	struct page p;
};

static const struct json_node *
parse(struct world *w, const char *text)
{
	const struct json_node *n = NULL;
	struct err e = { 0 };

	if (json_parse(span_of(text), &w->q.arena, &n, &e) != 0)
		fail_msg("%s", e.msg);
	return n;
}

static void
write_image(struct world *w, const struct json_node *finding)
{
	struct page_image_data d = { .image = parse(w, IMAGE_JSON) };
	struct buf b = { 0 };

	(void)finding;
	buf_add_str(&b, "{\"total\":31,\"findings\":[" FINDING "]}");
	d.findings = parse(w, arena_str(&w->q.arena, buf_span(&b)));
	buf_cleanup(&b);
	page_image_write(&w->p, &d);
}

/* Pages about what was looked up. */
static bool
write_known(struct world *w, enum which which, const struct json_node *n)
{
	struct page *p = &w->p;

	switch (which) {
	case CONTENT:
		page_content_write(p, n, n, n);
		return true;
	case SOURCE:
		page_source_write(p, n);
		return true;
	case SEARCH:
		page_search_write(p, n);
		return true;
	case CVE:
		page_cve_write(p, SPAN_LIT("CVE-2016-5195"), n, NULL);
		return true;
	case CVE_IMAGES:
		page_cve_write(
		    p, SPAN_LIT("CVE-2016-5195"), parse(w, CVE_JSON), n);
		return true;
	case RECORD:
		page_record_write(p, SPAN_LIT("oval:x:def:1"), n);
		return true;
	case PACKAGE:
		page_package_write(p, SPAN_LIT("a/b/c"), n);
		return true;
	default:
		return false;
	}
}

static void
write_as_of(struct world *w, const char *json)
{
	struct err e = { 0 };

	if (page_as_of_write(&w->p, parse(w, IMAGE_JSON), span_of(json), &e) !=
	    0)
		fail_msg("%s", e.msg);
}

/* Pages about images. */
static bool
write_stored(struct world *w, enum which which, const char *json)
{
	const struct json_node *n = parse(w, json);
	struct page *p = &w->p;

	switch (which) {
	case IMAGES:
		page_images_write(p, n);
		return true;
	case IMAGE:
		write_image(w, n);
		return true;
	case BARE_IMAGE:
		page_image_write(
		    p, &(const struct page_image_data){ .image = n });
		return true;
	case AS_OF:
		write_as_of(w, json);
		return true;
	case COMPARE:
		page_compare_write(
		    p, parse(w, "{\"images\":[" IMAGE_JSON "]}"), n);
		return true;
	default:
		return false;
	}
}

static void
write_page(struct world *w, enum which which, const char *json)
{
	const struct json_node *n = parse(w, json);
	const struct page_bundles_data bundles = { .bundles = n };
	struct page *p = &w->p;

	if (write_known(w, which, n) || write_stored(w, which, json))
		return;
	switch (which) {
	case BUNDLES:
		page_bundles_write(p, &bundles);
		break;
	case ACTIVITY:
		page_activity_write(p, n);
		break;
	case SCAN:
		page_scan_write(p);
		break;
	case SIGN_IN:
		page_sign_in_write(p, SPAN_LIT("/"), SPAN_LIT(EVIL));
		break;
	default:
		fail_msg("%s", "no page");
	}
}

static void
make(struct world *w, const struct page_case *c)
{
	*w = (struct world){
		.view = { .generation = 12, .made = 1763900000 },
	};
	w->q.view = &w->view;
	w->q.path = SPAN_LIT("/images/5f1c");
	if (c->which == SEARCH) {
		w->params[0] =
		    (struct request_param){ SPAN_LIT("q"), SPAN_LIT("\"x&") };
		w->q.params = w->params;
		w->q.n_params = 1;
	}
	response_init(&w->s);
	page_begin(&w->p, &w->q, &w->s, PAGE_NONE, SPAN_LIT(EVIL));
	write_page(w, c->which, c->json);
	page_end(&w->p);
}

static void
cleanup(struct world *w)
{
	response_cleanup(&w->s);
	arena_cleanup(&w->q.arena);
}

static void
test_has(void **state)
{
	const struct page_case *c = *state;
	struct world w;

	make(&w, c);
	if (strstr(buf_str(&w.s.out.buf), c->with) == NULL)
		fail_msg(
		    "there is no %s in\n%s", c->with, buf_str(&w.s.out.buf));
	cleanup(&w);
}

/* --- what holds for each --- */

/* Nothing that the Content-Security-Policy would have to stop. */
static void
check_never(const char *text)
{
	static const char *const never[] = { "<script>", " style=", "<style",
		" onclick", "=\"javascript:", " src=\"http", "@import" };
	size_t i;

	for (i = 0; i < TABLE_N(never); i++)
		if (strstr(text, never[i]) != NULL)
			fail_msg("there is %s in\n%s", never[i], text);
}

static bool
is_void(struct span name)
{
	static const char *const names[] = { "meta", "link", "br", "img",
		"input", "!DOCTYPE" };
	size_t i;

	for (i = 0; i < TABLE_N(names); i++)
		if (span_is(name, names[i]))
			return true;
	return false;
}

static struct span
name_of(struct span tag)
{
	size_t n = 0;

	while (n < tag.len && !span_is_space(tag.ptr[n]))
		n++;
	return span_first(tag, n);
}

/* Each element is closed where it was opened. */
static void
check_balance(struct span text)
{
	struct span open[64], tag, skipped;
	size_t n = 0;

	while (span_next(&text, '<', &skipped) && text.len > 0) {
		span_next(&text, '>', &tag);
		if (tag.ptr[0] == '/') {
			if (n == 0 || !span_eq(open[n - 1], span_from(tag, 1)))
				fail_msg(
				    "<%.*s> closes nothing", SPAN_ARG(tag));
			n--;
		} else if (!is_void(name_of(tag)) &&
		    !span_has_suffix(tag, "/")) {
			assert_true(n < TABLE_N(open));
			open[n++] = name_of(tag);
		}
	}
	if (n > 0)
		fail_msg("<%.*s> is not closed", SPAN_ARG(open[n - 1]));
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void
test_every(void **state)
{
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_N(cases); i++) {
		make(&w, &cases[i]);
		check_never(buf_str(&w.s.out.buf));
		check_balance(buf_span(&w.s.out.buf));
		assert_int_equal(count(buf_str(&w.s.out.buf), "<h1"), 1);
		assert_int_equal(count(buf_str(&w.s.out.buf), "<main"), 1);
		cleanup(&w);
	}
}

static void
test_headers(void **state)
{
	static const char *const names[] = { "Content-Security-Policy",
		"Referrer-Policy", "Cross-Origin-Opener-Policy", "Vary" };
	struct world w;
	size_t i, k;

	(void)state;
	make(&w, &cases[0]);
	for (i = 0; i < TABLE_N(names); i++) {
		for (k = 0; k < w.s.n_headers; k++)
			if (strcmp(w.s.headers[k].name, names[i]) == 0)
				break;
		if (k == w.s.n_headers)
			fail_msg("there is no %s", names[i]);
	}
	assert_string_equal(w.s.cache, "private, no-cache");
	cleanup(&w);
}

/* --- a problem as a page --- */

static void
test_problem(void **state)
{
	struct request q = { .verb = VERB_GET,
		.path = SPAN_LIT("/x"),
		.target = SPAN_LIT("/x?a=b") };
	struct response s;
	size_t i;

	(void)state;
	response_init(&s);
	problem(&s, 401, "token-needed", "%s", EVIL);
	response_header(&s, "WWW-Authenticate", SPAN_LIT("Basic realm=x"));
	page_of_problem(&q, &s);
	assert_int_equal(s.status, 401);
	assert_string_equal(s.type, "text/html; charset=utf-8");
	assert_non_null(strstr(buf_str(&s.out.buf), NOT_EVIL));
	assert_non_null(
	    strstr(buf_str(&s.out.buf), "/sign-in?to=%2Fx%3Fa%3Db"));
	for (i = 0; i < s.n_headers; i++)
		if (strcmp(s.headers[i].name, "WWW-Authenticate") == 0)
			assert_true(
			    span_has_prefix(s.headers[i].value, "Bearer "));
	response_cleanup(&s);
	arena_cleanup(&q.arena);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 3] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_has);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_every);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_headers);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_problem);
	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
