/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories shown by id and found by words. */
#include "indexer/lookup.h"
#include "tests/unit/advisory_world.h"

#define TRACKER                                                            \
	"record curl 0\nsummary one of many\naffected src:curl - CVE-1 d " \
	"b\naffected src:curl - CVE-2024-0002 d b\n"
#define OLD "record RH-1 100\ntitle Old news\nalias CVE-1\naffected p\n"
#define NEW                                                              \
	"record RH-1 1714558509\ntitle Curl race\nsummary do it.\n"      \
	"severity High\nalias CVE-1\nfixed p 2 - r 9 x86_64 m:1 eus lo " \
	"Word\n"
#define GONE "record RH-2 5 withdrawn\ntitle Never was\n"

#define ORIGIN(name, offset)                                                   \
	"  document    " name "\n  path        " name "\n  sha256      @" name \
	"@\n  offset      " offset "\n"
#define SHOWN_NEW                                                             \
	"advisory RH-1\n  title       Curl race\n  severity    High\n"        \
	"  modified    2024-05-01T10:15:09Z\n  aliases     CVE-1\n"           \
	"  summary     do it.\n"                                              \
	"  packages    r 9 eus binary p m:1 x86_64 fixed 2 lo Word\n" ORIGIN( \
	    "b", "0")

static const struct lookup_case {
	const char *name;
	const char *show; /* NULL: search */
	const char *search;
	const char *document;
	bool raw;
	uint64_t n_found;
	const char *expect; /* "@t@": the digest of document t */
} cases[] = {
	{ "by id", "rh-1", NULL, NULL, false, 1, SHOWN_NEW },
	{ "a name in small letters", " curl", NULL, NULL, false, 1,
	    "advisory curl\n  summary     one of many\n"
	    "  packages    d b source curl affected CVE-1\n"
	    "              d b source curl affected CVE-2024-0002\n" ORIGIN(
		"t", "0") },
	{ "what names it, as far as it does", "CVE-2024-0002", NULL, NULL,
	    false, 1,
	    "advisory curl\n  summary     one of many\n"
	    "  packages    d b source curl affected CVE-2024-0002\n" ORIGIN(
		"t", "0") },
	{ "by alias, and by statement", "cve-1", NULL, NULL, false, 2,
	    "advisory curl\n  summary     one of many\n"
	    "  packages    d b source curl affected CVE-1\n" ORIGIN(
		"t", "0") "\n" SHOWN_NEW },
	{ "an older record of a document", "RH-1", NULL, "a", false, 1,
	    "advisory RH-1\n  title       Old news\n"
	    "  modified    1970-01-01T00:01:40Z\n  aliases     CVE-1\n"
	    "  packages    binary p affected\n" ORIGIN("a", "0") },
	{ "withdrawn", "RH-2", NULL, NULL, false, 1,
	    "advisory RH-2\n  title       Never was\n"
	    "  modified    1970-01-01T00:00:05Z\n"
	    "  status      withdrawn\n" ORIGIN("b", "119") },
	{ "nothing", "CVE-9", NULL, NULL, false, 0, "" },
	{ "source bytes", "RH-1", NULL, NULL, true, 1, NEW },
	{ "source bytes of one document", "RH-1", NULL, "a", true, 1, OLD },
	{ "source bytes of what names it", "CVE-2024-0002", NULL, NULL, true, 1,
	    TRACKER },
	{ "words", NULL, "race", NULL, false, 1, "RH-1  b  Curl race\n" },
	{ "words of an older record", NULL, "old news", NULL, false, 0, "" },
	{ "a package", NULL, "curl", NULL, false, 2,
	    "curl  t  \nRH-1  b  Curl race\n" },
};

static const struct family_text texts[] = {
	{ "t", DOCUMENT_PHOTON, TRACKER },
	{ "a", DOCUMENT_CSAF_DELETIONS, OLD },
	{ "b", DOCUMENT_CSAF_DELETIONS, NEW GONE },
};

static void
find(struct family_world *w, const struct lookup_case *c, bool as_json,
    struct out *out, uint64_t *n)
{
	struct index_reader index;
	struct lookup l = { .index = &index,
		.out = out,
		.document = c->document,
		.as_json = as_json,
		.raw = c->raw,
		.limit = 50 };
	struct err e = { 0 };
	int rc;

	if (index_open(&index, w->tmp.dirfd, w->tmp.path, &e) != 0)
		fail_msg("%s", e.msg);
	rc = c->show != NULL ? lookup_show(&l, span_of(c->show), n, &e)
			     : lookup_search(&l, span_of(c->search), n, &e);
	if (rc != 0)
		fail_msg("%s", e.msg);
	index_close(&index);
}

static void
add_digest(struct buf *b, struct span document)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest digest;
	size_t i;

	for (i = 0; i < TABLE_N(texts); i++)
		if (span_is(document, texts[i].name)) {
			digest_of(span_of(texts[i].text), &digest);
			buf_add_str(b, digest_hex(&digest, hex));
		}
}

static void
fill_in(struct buf *b, const char *text)
{
	struct span rest = span_of(text), part;
	bool inside = false;

	for (; span_next(&rest, '@', &part); inside = !inside)
		if (inside)
			add_digest(b, part);
		else
			buf_add_span(b, part);
}

static void
test_lookup(void **state)
{
	const struct lookup_case *c = *state;
	struct buf expect = { 0 };
	struct family_world w;
	struct out out;
	uint64_t n = 0;

	family_world_open(&w);
	family_world_must(&w, texts, TABLE_N(texts));
	out_init(&out, -1);
	find(&w, c, false, &out, &n);
	fill_in(&expect, c->expect);
	assert_string_equal(buf_str(&out.buf), buf_str(&expect));
	assert_int_equal(n, c->n_found);
	buf_cleanup(&expect);
	out_cleanup(&out);
	family_world_close(&w);
}

/* Source bytes are part of the JSON where they are JSON, else a text. */
static void
test_json(void **state)
{
	static const struct lookup_case show = { .show = "RH-1" };
	struct family_world w;
	struct out out;
	uint64_t n = 0;

	(void)state;
	family_world_open(&w);
	family_world_must(&w, texts, TABLE_N(texts));
	out_init(&out, -1);
	find(&w, &show, true, &out, &n);
	assert_non_null(strstr(buf_str(&out.buf), "\"state\": \"fixed\""));
	assert_non_null(strstr(buf_str(&out.buf), "\"detail\": \"Word\""));
	assert_non_null(strstr(buf_str(&out.buf),
	    "\"record\": \"record RH-1 1714558509\\ntitle Curl race\\n"));
	out_cleanup(&out);
	family_world_close(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_lookup);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_json);
	return _cmocka_run_group_tests("lookup_advisory", tests, n, NULL, NULL);
}
