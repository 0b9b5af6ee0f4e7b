/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/lookup.h"
#include "tests/unit/family_world.h"

#define DEFINITION(id, cve, words)                                        \
	"<definition class='vulnerability' id='oval:t:def:" id            \
	"' version='1'><metadata><title>" cve " on T - medium</title>"    \
	"<description>" words "</description><affected family='unix'>"    \
	"<platform>T 1</platform></affected><reference source='CVE' "     \
	"ref_id='" cve "' ref_url='https://example.org/" cve "'/>"        \
	"<advisory><severity>Medium</severity></advisory></metadata>"     \
	"<criteria><criterion comment='foo package in t was vulnerable' " \
	"test_ref='oval:t:tst:1'/></criteria></definition>"
#define OVAL                                                                                         \
	"<oval_definitions xmlns='" FAMILY_OVAL "' xmlns:linux='" FAMILY_OVAL                        \
	"#linux'><definitions>" DEFINITION(                                                          \
	    "9", "CVE-2024-0009", "Old.") DEFINITION("10", "CVE-2024-0010",                          \
	    "A heap overflow.") "</definitions><tests><linux:dpkginfo_test id='oval:t:tst:1' "       \
				"version='1' check='all' comment='c'><linux:object "                 \
				"object_ref='oval:t:obj:1'/></linux:dpkginfo_test></tests><objects>" \
				"<linux:dpkginfo_object id='oval:t:obj:1' version='1'><linux:name>"  \
				"foo</linux:name></linux:dpkginfo_object></objects>"                 \
				"</oval_definitions>"
#define NOTICES                                                               \
	"{\"7000-1\":{\"id\":\"7000-1\",\"title\":\"Foo heap flaw\","         \
	"\"cves\":[\"CVE-2024-0010\"],\"timestamp\":1714558509,\"releases\":" \
	"{\"t\":{\"sources\":{\"foo\":{\"version\":\"1.2\"}}}}}}"
#define RECORD(id, day, words)                                            \
	"{\"cve\":{\"id\":\"" id "\",\"sourceIdentifier\":\"a@b\","       \
	"\"published\":\"2024-05-01T00:00:00.000\",\"lastModified\":"     \
	"\"2024-05-" day "T00:00:00.000\",\"vulnStatus\":\"Analyzed\","   \
	"\"descriptions\":[{\"lang\":\"en\",\"value\":\"" words "\"}],"   \
	"\"metrics\":{\"cvssMetricV31\":[{\"source\":\"a@b\",\"type\":"   \
	"\"Primary\",\"cvssData\":{\"version\":\"3.1\",\"vectorString\":" \
	"\"CVSS:3.1/AV:N\",\"baseScore\":9.8,\"baseSeverity\":"           \
	"\"CRITICAL\"}}]}}}"
#define FEED(record)                                                                                    \
	"{\"resultsPerPage\":1,\"startIndex\":0,\"totalResults\":1,\"format\":\"NVD_CVE\",\"version\":" \
	"\"2.0\",\"vulnerabilities\":[" record "]}"
#define SECDB_RECORD                                            \
	"{\"pkg\":{\"name\":\"foo\",\"secfixes\":{\"1.2-r1\":[" \
	"\"CVE-2024-0011\",\"CVE-2024-0012\"],\"0\":["          \
	"\"CVE-2024-0013\"]}}}"
#define SECDB                                                 \
	"{\"distroversion\":\"v3.20\",\"reponame\":\"main\"," \
	"\"packages\":[" SECDB_RECORD "]}"
#define NEW_RECORD RECORD("CVE-2024-0010", "03", "Heap\\u001b[31m flaw.")

struct world {
	struct tmp tmp;
	struct index_reader index;
};

static void
build(struct world *w, const char *family, const struct family_text *texts,
    size_t n)
{
	struct family_world f;
	char to[192];

	family_world_open(&f);
	family_world_must(&f, texts, n);
	snprintf(to, sizeof(to), "%s/%s.sqlite", w->tmp.path, family);
	assert_int_equal(rename(f.path, to), 0);
	family_world_close(&f);
}

static int
open_world(void **state)
{
	static const struct family_text ubuntu[] = {
		{ "t.cve", DOCUMENT_OVAL, OVAL },
		{ "usn-db", DOCUMENT_USN, NOTICES },
	};
	static const struct family_text other[] = {
		{ "alpine", DOCUMENT_SECDB, SECDB, NULL, "alpine", "3.20" },
	};
	static const struct family_text nvd[] = {
		{ "nvd-2024", DOCUMENT_NVD,
		    FEED(RECORD("CVE-2024-0010", "02", "Older heap words.")) },
		{ "nvd-modified", DOCUMENT_NVD, FEED(NEW_RECORD) },
	};
	struct world *w = calloc(1, sizeof(*w));
	struct err e = { 0 };

	tmp_init(&w->tmp);
	build(w, "ubuntu", ubuntu, 2);
	build(w, "nvd", nvd, 2);
	build(w, "other", other, 1);
	if (index_open(&w->index, w->tmp.dirfd, w->tmp.path, &e) != 0)
		fail_msg("%s", e.msg);
	*state = w;
	return 0;
}

static int
close_world(void **state)
{
	struct world *w = *state;

	index_close(&w->index);
	tmp_cleanup(&w->tmp);
	free(w);
	return 0;
}

static struct world *the_world;

static const struct lookup_case {
	const char *name;
	bool show;
	const char *what;
	const char *document;
	bool raw;
	uint64_t limit;
	uint64_t n_found;
	const char *expect;
	enum lookup_kind kind;
	uint64_t offset;
} cases[] = {
	{ "newest first, head before body", false, "heap", NULL, false, 50, 3,
	    "USN-7000-1     usn-db        Foo heap flaw\n"
	    "oval:t:def:10  t.cve         CVE-2024-0010 on T - medium\n"
	    "CVE-2024-0010  nvd-modified  Heap\\x1b[31m flaw.\n" },
	{ "all words", false, "heap overflow", NULL, false, 50, 1,
	    "oval:t:def:10  t.cve  CVE-2024-0010 on T - medium\n" },
	{ "package", false, "foo medium", NULL, false, 50, 2,
	    "oval:t:def:10  t.cve  CVE-2024-0010 on T - medium\n"
	    "oval:t:def:9   t.cve  CVE-2024-0009 on T - medium\n" },
	{ "id", false, "cve-2024-0009", NULL, false, 50, 1,
	    "oval:t:def:9  t.cve  CVE-2024-0009 on T - medium\n" },
	{ "beginning of a word", false, "overf*", NULL, false, 50, 1,
	    "oval:t:def:10  t.cve  CVE-2024-0010 on T - medium\n" },
	{ "words of an older record are not shown", false, "older", NULL, false,
	    50, 0, "" },
	{ "one document", false, "heap", "usn-db", false, 50, 1,
	    "USN-7000-1  usn-db  Foo heap flaw\n" },
	{ "limit", false, "heap", NULL, false, 1, 3,
	    "USN-7000-1  usn-db  Foo heap flaw\n" },
	{ "the second of them", false, "heap", NULL, false, 1, 3,
	    "oval:t:def:10  t.cve  CVE-2024-0010 on T - medium\n", LOOKUP_ANY,
	    1 },
	{ "after the last one", false, "heap", NULL, false, 50, 3, "",
	    LOOKUP_ANY, 3 },
	{ "one kind", false, "heap", NULL, false, 50, 1,
	    "CVE-2024-0010  nvd-modified  Heap\\x1b[31m flaw.\n", LOOKUP_CVE },
	{ "a kind that has none", false, "heap", NULL, false, 50, 0, "",
	    LOOKUP_PRODUCT },
	{ "own records of a kind", true, "CVE-2024-0010", NULL, false, 0, 0, "",
	    LOOKUP_DEFINITION },
	{ "definition", true, "oval:t:def:9", NULL, false, 0, 1,
	    "definition oval:t:def:9\n"
	    "  title       CVE-2024-0009 on T - medium\n"
	    "  class       vulnerability\n"
	    "  version     1\n"
	    "  severity    Medium\n"
	    "  description Old.\n"
	    "  platforms   T 1\n"
	    "  references  CVE-2024-0009 CVE https://example.org/CVE-2024-0009\n"
	    "  criteria    foo package in t was vulnerable\n"
	    "  document    t.cve\n"
	    "  path        t.cve\n"
	    "  sha256      @OVAL@\n"
	    "  offset      161\n"
	    "  length      469\n" },
	{ "advisory, by the package that is its id", true, "foo", "alpine",
	    false, 0, 1,
	    "advisory foo\n"
	    "  aliases     CVE-2024-0011\n"
	    "              CVE-2024-0012\n"
	    "              CVE-2024-0013\n"
	    "  packages    alpine 3.20 main source foo fixed 1.2-r1 CVE-2024-0011\n"
	    "              alpine 3.20 main source foo fixed 1.2-r1 CVE-2024-0012\n"
	    "              alpine 3.20 main source foo not affected CVE-2024-0013\n"
	    "  document    alpine\n"
	    "  path        alpine\n"
	    "  sha256      @SECDB@\n"
	    "  offset      55\n" },
	{ "advisory, by a CVE: what it says of that one", true, "cve-2024-0012",
	    NULL, false, 0, 1,
	    "advisory foo\n"
	    "  aliases     CVE-2024-0011\n"
	    "              CVE-2024-0012\n"
	    "              CVE-2024-0013\n"
	    "  packages    alpine 3.20 main source foo fixed 1.2-r1 CVE-2024-0012\n"
	    "  document    alpine\n"
	    "  path        alpine\n"
	    "  sha256      @SECDB@\n"
	    "  offset      55\n" },
	{ "source bytes of an advisory", true, "CVE-2024-0013", NULL, true, 0,
	    1, SECDB_RECORD },
	{ "words of an advisory", false, "cve-2024-0013", NULL, false, 50, 1,
	    "foo  alpine  \n" },
	{ "nothing", true, "CVE-1999-0001", NULL, false, 0, 0, "" },
	{ "no id at all", true, "heap", NULL, false, 0, 0, "" },
	{ "source bytes of a definition", true, "oval:t:def:9", NULL, true, 0,
	    1, DEFINITION("9", "CVE-2024-0009", "Old.") },
	{ "source bytes of the newest record", true, "cve-2024-0010", NULL,
	    true, 0, 3, NEW_RECORD },
	{ "source bytes of a chosen record", true, "CVE-2024-0010", "nvd-2024",
	    true, 0, 1, RECORD("CVE-2024-0010", "02", "Older heap words.") },
	{ "source bytes of what names it", true, "CVE-2024-0009", NULL, true, 0,
	    1, DEFINITION("9", "CVE-2024-0009", "Old.") },
};

static void
run(const struct lookup_case *c, bool as_json, struct out *out, uint64_t *n)
{
	struct lookup l = { .index = &the_world->index,
		.out = out,
		.document = c->document,
		.as_json = as_json,
		.raw = c->raw,
		.kind = c->kind,
		.offset = c->offset,
		.limit = c->limit };
	struct err e = { 0 };
	int rc = c->show ? lookup_show(&l, span_of(c->what), n, &e)
			 : lookup_search(&l, span_of(c->what), n, &e);

	if (rc != 0)
		fail_msg("%s", e.msg);
}

/* The expected text with the digest of a file in its place. */
static void
fill_in(struct buf *b, const char *text)
{
	static const struct {
		const char *mark;
		struct span file;
	} files[] = {
		{ "@OVAL@", { OVAL, sizeof(OVAL) - 1 } },
		{ "@SECDB@", { SECDB, sizeof(SECDB) - 1 } },
	};
	char hex[DIGEST_HEX_SIZE];
	struct digest digest;
	const char *at;
	size_t i;

	for (i = 0; i < TABLE_N(files); i++) {
		at = strstr(text, files[i].mark);
		if (at == NULL)
			continue;
		digest_of(files[i].file, &digest);
		buf_add(b, text, (size_t)(at - text));
		buf_add_str(b, digest_hex(&digest, hex));
		text = at + strlen(files[i].mark);
	}
	buf_add_str(b, text);
}

static void
test_lookup(void **state)
{
	const struct lookup_case *c = *state;
	struct buf expect = { 0 };
	struct out out;
	uint64_t n = 0;

	out_init(&out, -1);
	run(c, false, &out, &n);
	fill_in(&expect, c->expect);
	assert_string_equal(buf_str(&out.buf), buf_str(&expect));
	assert_int_equal(n, c->n_found);
	out_cleanup(&out);
	buf_cleanup(&expect);
}

/* The place that "definition" prints is where the bytes are. */
static void
test_place(void **state)
{
	static const char definition[] =
	    DEFINITION("9", "CVE-2024-0009", "Old.");

	(void)state;
	assert_int_equal(sizeof(definition) - 1, 469);
	assert_memory_equal(&OVAL[161], definition, 469);
}

/* All that is known of a CVE: record, notice, definition, each traced. */
static void
test_show_cve(void **state)
{
	static const struct lookup_case c = { .show = true,
		.what = "CVE-2024-0010" };
	static const char *const parts[] = {
		"cve CVE-2024-0010\n  status      Analyzed\n",
		"  description Heap\\x1b[31m flaw.\n",
		"  cvss        3.1 9.8 CRITICAL CVSS:3.1/AV:N a@b Primary\n",
		"  in          nvd-2024\n              nvd-modified\n",
		"              nvd-modified\n  document    nvd-modified\n",
		"\nnotice USN-7000-1\n",
		"  packages    t source foo 1.2\n  document    usn-db\n",
		"\ndefinition oval:t:def:10\n",
	};
	struct out out;
	uint64_t n = 0;
	size_t i;

	(void)state;
	out_init(&out, -1);
	run(&c, false, &out, &n);
	assert_int_equal(n, 3);
	for (i = 0; i < TABLE_N(parts); i++)
		if (strstr(buf_str(&out.buf), parts[i]) == NULL)
			fail_msg(
			    "%s is not in %s", parts[i], buf_str(&out.buf));
	out_cleanup(&out);
}

static void
test_kinds(void **state)
{
	enum lookup_kind k, back;

	(void)state;
	for (k = LOOKUP_ANY; k < N_LOOKUP_KINDS; k++) {
		back = N_LOOKUP_KINDS;
		assert_true(
		    lookup_kind_parse(span_of(lookup_kind_name(k)), &back));
		assert_int_equal(back, k);
	}
	assert_false(lookup_kind_parse(SPAN_LIT("cves"), &back));
}

static void
test_json(void **state)
{
	static const struct lookup_case search = { .what = "heap overflow",
		.limit = 5 };
	static const struct lookup_case show = { .show = true,
		.what = "USN-7000-1" };
	struct digest digest;
	struct buf expect = { 0 };
	char hex[DIGEST_HEX_SIZE];
	struct out out;
	uint64_t n = 0;

	(void)state;
	digest_of(SPAN_LIT(OVAL), &digest);
	out_init(&out, -1);
	run(&search, true, &out, &n);
	buf_printf(&expect,
	    "{\n  \"generation\": 0,\n  \"found\": 1,\n"
	    "  \"offset\": 0,\n  \"records\": [\n    {\n"
	    "      \"kind\": \"definition\",\n"
	    "      \"id\": \"oval:t:def:10\",\n"
	    "      \"document\": \"t.cve\",\n      \"sha256\": \"%s\",\n"
	    "      \"title\": \"CVE-2024-0010 on T - medium\"\n    }\n"
	    "  ]\n}\n",
	    digest_hex(&digest, hex));
	assert_string_equal(buf_str(&out.buf), buf_str(&expect));
	out_cleanup(&out);
	out_init(&out, -1);
	run(&show, true, &out, &n);
	assert_non_null(strstr(
	    buf_str(&out.buf), "\"published\": \"2024-05-01T10:15:09Z\""));
	assert_non_null(strstr(buf_str(&out.buf), "\"offset\": 10"));
	out_cleanup(&out);
	buf_cleanup(&expect);
}

static void
test_tree(void **state)
{
	static const struct lookup_case show = { .show = true,
		.what = "oval:t:def:9" };
	static const char tree[] =
	    "    \"tree\": [\n      {\n        \"depth\": 0,\n"
	    "        \"operator\": \"AND\",\n        \"negate\": false,\n"
	    "        \"comment\": \"\",\n        \"ref\": \"\"\n      },\n"
	    "      {\n        \"depth\": 1,\n        \"operator\": \"\",\n"
	    "        \"negate\": false,\n"
	    "        \"comment\": \"foo package in t was vulnerable\",\n"
	    "        \"ref\": \"oval:t:tst:1\"\n      }\n    ],\n";
	struct out out;
	uint64_t n = 0;

	(void)state;
	out_init(&out, -1);
	run(&show, true, &out, &n);
	if (strstr(buf_str(&out.buf), tree) == NULL)
		fail_msg("%s", buf_str(&out.buf));
	out_cleanup(&out);
}

static const struct error_case {
	const char *name;
	bool show;
	const char *what;
	bool raw;
	const char *expect;
} errors[] = {
	{ "no word", false, "the of", false,
	    "there is no word in \"the of\" to search for: single letters and the "
	    "commonest words are passed over" },
};

static void
test_error(void **state)
{
	const struct error_case *c = *state;
	struct lookup l = { .index = &the_world->index, .raw = c->raw };
	struct err e = { 0 };
	struct out out;
	uint64_t n;

	out_init(&out, -1);
	l.out = &out;
	assert_int_equal(c->show ? lookup_show(&l, span_of(c->what), &n, &e)
				 : lookup_search(&l, span_of(c->what), &n, &e),
	    -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_string_equal(e.msg, c->expect);
	out_cleanup(&out);
}

static int
setup(void **state)
{
	void *w = NULL;

	(void)state;
	open_world(&w);
	the_world = w;
	return 0;
}

static int
teardown(void **state)
{
	void *w = the_world;

	(void)state;
	return close_world(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(errors) + 5] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_lookup);
	TABLE_ADD(tests, &n, errors, test_error);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_place);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_show_cve);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_json);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_tree);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_kinds);
	return _cmocka_run_group_tests("lookup", tests, n, setup, teardown);
}
