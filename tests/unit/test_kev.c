/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/buf.h"
#include "content/kev.h"
#include "tests/unit/corpus.h"

#define CATALOG(count, entries)                                          \
	"{\"title\":\"t\",\"catalogVersion\":\"2025.02.24\","            \
	"\"dateReleased\":\"2025-02-24T17:02:19Z\",\"count\":" count "," \
	"\"vulnerabilities\":[" entries "]}"

static const struct kev_case {
	const char *name;
	const char *input;
	enum err_code code;
	const char *expect;
} cases[] = {
	{ "an entry",
	    CATALOG("1",
		"{\"cveID\":\"CVE-2025-43300\",\"vendorProject\":\"Apple\","
		"\"product\":\"iOS, iPadOS\",\"vulnerabilityName\":\"N\","
		"\"dateAdded\":\"2025-08-21\",\"shortDescription\":\"D\","
		"\"requiredAction\":\"A\",\"dueDate\":\"2025-09-11\","
		"\"knownRansomwareCampaignUse\":\"Known\",\"notes\":"
		"\"https:\\/\\/a\\/1 ; N\\/A ; https:\\/\\/b\\/?x;y \","
		"\"cwes\":[\"CWE-787\",\"CWE-20\"]}"),
	    ERR_NONE,
	    "CVE-2025-43300 at 110|Apple|iOS, iPadOS|N|2025-08-21|D|A|"
	    "2025-09-11|known|https://a/1\nN/A\nhttps://b/?x;y|"
	    "CWE-787\nCWE-20\n2025.02.24 2025-02-24T17:02:19Z\n" },
	{ "next to nothing is said",
	    "{\"vulnerabilities\":[{\"cveID\":\"CVE-2025-0001\"}]}", ERR_NONE,
	    "CVE-2025-0001 at 20|||||||||||\n \n" },
	{ "a word in small letters",
	    "{\"vulnerabilities\":[{\"cveID\":\"CVE-2025-0001\","
	    "\"knownRansomwareCampaignUse\":\"known \"}]}",
	    ERR_NONE, "CVE-2025-0001 at 20||||||||known|||\n \n" },
	{ "the same twice, a word that is new",
	    CATALOG("2",
		"{\"cveID\":\"CVE-2025-0001\"},{\"cveID\":\"CVE-2025-0001\","
		"\"knownRansomwareCampaignUse\":\"Perhaps\",\"cwes\":null}"),
	    ERR_NONE,
	    "CVE-2025-0001 at 110|||||||||||\n"
	    "CVE-2025-0001 at 136|||||||||||\n"
	    "2025.02.24 2025-02-24T17:02:19Z\n" },
	{ "empty", CATALOG("0", ""), ERR_FORMAT, "the catalog has no entry" },
	{ "an entry is missing", CATALOG("2", "{\"cveID\":\"CVE-2025-0001\"}"),
	    ERR_FORMAT, "the catalog says 2 entries and has 1" },
	{ "a count of words", CATALOG("\"all\"", ""), ERR_FORMAT,
	    "byte 94: the count \"all\" is no number" },
	{ "no CVE", CATALOG("1", "{\"cveID\":\"../x\"}"), ERR_FORMAT,
	    "byte 110: \"../x\" is not the number of a CVE" },
	{ "a text in place of an entry", CATALOG("1", "7"), ERR_FORMAT,
	    "byte 110: \"\" is not the number of a CVE" },
	{ "cwes is no array",
	    CATALOG("1", "{\"cveID\":\"CVE-2025-0001\",\"cwes\":\"CWE-1\"}"),
	    ERR_FORMAT, "byte 110: CVE-2025-0001: cwes is not an array" },
	{ "cwes of numbers",
	    CATALOG("1", "{\"cveID\":\"CVE-2025-0001\",\"cwes\":[1]}"),
	    ERR_FORMAT, "byte 110: CVE-2025-0001: cwes is not of text" },
	{ "ends early", "{\"vulnerabilities\":[{\"cveID\":", ERR_FORMAT,
	    "byte 29: the document ends early" },
};

static int
on_entry(void *ctx, const struct kev_entry *k, struct err *e)
{
	struct buf *b = ctx;
	const struct span texts[] = { k->vendor, k->product, k->name,
		k->date_added, k->description, k->required_action,
		k->due_date };
	size_t i;

	(void)e;
	buf_printf(b, "%.*s at %ju", SPAN_ARG(k->cve), (uintmax_t)k->offset);
	for (i = 0; i < TABLE_N(texts); i++)
		buf_printf(b, "|%.*s", SPAN_ARG(texts[i]));
	buf_printf(b, "|%s|%.*s|%.*s%s",
	    k->ransomware == KEV_RANSOMWARE_KNOWN ? "known" : "",
	    SPAN_ARG(k->notes), SPAN_ARG(k->cwes),
	    k->vendor.len == 0 ? "|\n" : "\n");
	assert_int_equal(k->raw.ptr[0], '{');
	assert_int_equal(k->raw.ptr[k->raw.len - 1], '}');
	return 0;
}

static void
test_kev(void **state)
{
	const struct kev_case *c = *state;
	struct buf got = { 0 };
	struct kev_sink sink = { &got, on_entry };
	struct kev_catalog catalog;
	struct arena arena = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	assert_int_equal(stream_open_span(&in, span_of(c->input), NULL, &e), 0);
	if (kev_read(in, &sink, &arena, &catalog, &e) == 0) {
		buf_printf(&got, "%.*s %.*s\n", SPAN_ARG(catalog.version),
		    SPAN_ARG(catalog.released));
	} else {
		buf_reset(&got);
		buf_add_str(&got, e.msg);
	}
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(e.code, c->code);
	stream_close(in);
	arena_cleanup(&arena);
	buf_cleanup(&got);
}

static int
count_entry(void *ctx, const struct kev_entry *k, struct err *e)
{
	unsigned *n = ctx;

	(void)e;
	assert_int_not_equal(k->name.len, 0);
	assert_int_equal(k->date_added.len, 10);
	(*n)++;
	return 0;
}

static void
test_corpus(void **state)
{
	unsigned n = 0;
	struct kev_sink sink = { &n, count_entry };
	struct kev_catalog catalog;
	struct arena arena = { 0 };
	struct err e = { 0 };
	struct stream *in = corpus_open("www.cisa.gov/sites/default/files/"
					"feeds/"
					"known_exploited_vulnerabilities.json");

	(void)state;
	if (kev_read(in, &sink, &arena, &catalog, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(n, 1401);
	assert_true(span_is(catalog.version, "2025.08.21"));
	stream_close(in);
	arena_cleanup(&arena);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_kev);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_corpus);
	return _cmocka_run_group_tests("kev", tests, n, NULL, NULL);
}
