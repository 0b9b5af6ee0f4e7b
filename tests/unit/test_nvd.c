/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "content/nvd.h"
#include "tests/unit/table.h"

struct nvd_case {
	const char *name;
	enum nvd_shape shape;
	const char *input;
	enum err_code code;
	const char *expect;
};

/* A 2.0 feed that announces n records. */
#define FEED(n, records)                                                 \
	"{\"resultsPerPage\":" n ",\"startIndex\":0,\"totalResults\":" n \
	",\"format\":\"NVD_CVE\",\"version\":\"2.0\","                   \
	"\"timestamp\":\"2025-02-25T01:00:00.000\","                     \
	"\"vulnerabilities\":[" records "]}"
#define CVE(members) "{\"cve\":{\"id\":\"CVE-2021-44228\"" members "}}"
#define HEADER_20 "NVD_CVE 2.0 2025-02-25T01:00:00.000\n"

#define FEED_11(n, items)                                                       \
	"{\"CVE_data_type\":\"CVE\",\"CVE_data_format\":\"MITRE\","             \
	"\"CVE_data_version\":\"4.0\",\"CVE_data_numberOfCVEs\":\"" n           \
	"\",\"CVE_data_timestamp\":\"2024-11-22T08:03Z\",\"CVE_Items\":[" items \
	"]}"
#define ITEM(cve, members)                                       \
	"{\"cve\":{\"CVE_data_meta\":{\"ID\":\"CVE-2003-0001\"," \
	"\"ASSIGNER\":\"cve@mitre.org\"}" cve "}" members "}"
#define HEADER_11 "CVE 4.0 2024-11-22T08:03Z\n"

static const struct nvd_case cases[] = {
	{ "2.0: everything", NVD_SHAPE_20,
	    FEED("1",
		CVE(",\"sourceIdentifier\":\"a@b\","
		    "\"published\":\"2021-12-10T10:15:09.143\","
		    "\"lastModified\":\"2025-02-04T15:15:13Z\","
		    "\"vulnStatus\":\"Modified\",\"cveTags\":["
		    "{\"sourceIdentifier\":\"a@b\",\"tags\":[\"disputed\","
		    "\"unsupported-when-assigned\"]},{\"tags\":[\"x\"]}],"
		    "\"cisaExploitAdd\":\"2021-12-10\","
		    "\"cisaActionDue\":\"2021-12-24\","
		    "\"cisaRequiredAction\":\"Patch\","
		    "\"cisaVulnerabilityName\":\"Log4Shell\","
		    "\"descriptions\":[{\"lang\":\"en\",\"value\":\"JNDI\"},"
		    "{\"lang\":\"es\",\"value\":\"\\u00bfJNDI?\"}],"
		    "\"metrics\":{\"cvssMetricV40\":[{\"source\":\"c\","
		    "\"type\":\"Secondary\",\"cvssData\":{\"version\":\"4.0\","
		    "\"vectorString\":\"CVSS:4.0/AV:N\",\"baseScore\":9.3,"
		    "\"baseSeverity\":\"CRITICAL\"}}],"
		    "\"cvssMetricV2\":[{\"source\":\"nvd@nist.gov\","
		    "\"type\":\"Primary\",\"cvssData\":{\"version\":\"2.0\","
		    "\"vectorString\":\"AV:N\",\"baseScore\":9.3},"
		    "\"baseSeverity\":\"HIGH\",\"exploitabilityScore\":8.6,"
		    "\"impactScore\":10.0}],\"ssvcV203\":[{}]},"
		    "\"weaknesses\":[{\"source\":\"a@b\",\"type\":\"Primary\","
		    "\"description\":[{\"lang\":\"en\",\"value\":\"CWE-20\"},"
		    "{\"lang\":\"en\",\"value\":\"CWE-502\"}]}],"
		    "\"configurations\":[{\"operator\":\"AND\",\"nodes\":["
		    "{\"operator\":\"OR\",\"negate\":true,\"cpeMatch\":["
		    "{\"vulnerable\":true,\"criteria\":\"cpe:2.3:a:apache:log4j"
		    ":*:*:*:*:*:*:*:*\",\"versionStartIncluding\":\"2.0.1\","
		    "\"versionEndExcluding\":\"2.3.1\","
		    "\"matchCriteriaId\":\"03FA\"}]},"
		    "{\"operator\":\"OR\",\"cpeMatch\":[{\"vulnerable\":false,"
		    "\"criteria\":\"cpe:2.3:o:x\","
		    "\"versionStartExcluding\":\"1\","
		    "\"versionEndIncluding\":\"2\"}]}]},"
		    "{\"nodes\":[]}],"
		    "\"references\":[{\"url\":\"https://x\",\"source\":\"a@b\","
		    "\"tags\":[\"Patch\",\"Exploit\"]},{\"url\":\"y\"}]")),
	    ERR_NONE,
	    "CVE-2021-44228 1639131309143 1738682113000 Modified a@b\n"
	    " kev 2021-12-10 2021-12-24 Patch Log4Shell\n"
	    " tags disputed\nunsupported-when-assigned\nx\n"
	    " en JNDI\n es ¿JNDI?\n"
	    " cvss 4.0 c CVSS:4.0/AV:N 9.3 CRITICAL\n"
	    " cvss 2.0 nvd@nist.gov primary AV:N 9.3 HIGH 8.6 10.0\n"
	    " cwe CWE-20 a@b\n cwe CWE-502 a@b\n"
	    " reference https://x a@b Patch\nExploit\n reference y  \n"
	    " node 0 AND\n node 1 in 0 not OR\n node 2 in 0 OR\n node 3 OR\n"
	    " match 1 vulnerable cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:* "
	    "[2.0.1 2.3.1) 03FA\n"
	    " match 2 cpe:2.3:o:x (1 2] \n" HEADER_20 },
	{ "2.0: next to nothing", NVD_SHAPE_20, FEED("1", CVE("")), ERR_NONE,
	    "CVE-2021-44228 0 0  \n" HEADER_20 },
	{ "1.1: everything", NVD_SHAPE_11,
	    FEED_11("1",
		ITEM(",\"problemtype\":{\"problemtype_data\":[{\"description\":"
		     "[{\"lang\":\"en\",\"value\":\"CWE-200\"}]}]},"
		     "\"references\":{\"reference_data\":[{\"url\":\"u\","
		     "\"name\":\"n\",\"refsource\":\"MISC\",\"tags\":[]}]},"
		     "\"description\":{\"description_data\":[{\"lang\":\"en\","
		     "\"value\":\"frames\"}]}",
		    ",\"configurations\":{\"nodes\":[{\"operator\":\"AND\","
		    "\"children\":[{\"operator\":\"OR\",\"children\":[],"
		    "\"cpe_match\":[{\"vulnerable\":true,"
		    "\"cpe23Uri\":\"cpe:2.3:o:a\","
		    "\"versionEndIncluding\":\"4\"}]}],\"cpe_match\":[]},"
		    "{\"operator\":\"OR\",\"cpe_match\":[{\"vulnerable\":false,"
		    "\"cpe23Uri\":\"cpe:2.3:o:b\"}]}]},"
		    "\"impact\":{\"baseMetricV3\":{\"cvssV3\":{"
		    "\"version\":\"3.1\",\"vectorString\":\"CVSS:3.1/AV:N\","
		    "\"baseScore\":7.5,\"baseSeverity\":\"HIGH\"},"
		    "\"exploitabilityScore\":3.9,\"impactScore\":3.6},"
		    "\"baseMetricV2\":{\"cvssV2\":{\"version\":\"2.0\","
		    "\"vectorString\":\"AV:N\",\"baseScore\":5.0},"
		    "\"severity\":\"MEDIUM\"}},"
		    "\"publishedDate\":\"2003-01-17T05:00Z\","
		    "\"lastModifiedDate\":\"2019-04-30T14:27Z\"")),
	    ERR_NONE,
	    "CVE-2003-0001 1042779600000 1556634420000  cve@mitre.org\n"
	    " en frames\n"
	    " cvss 3.1 nvd@nist.gov primary CVSS:3.1/AV:N 7.5 HIGH 3.9 3.6\n"
	    " cvss 2.0 nvd@nist.gov primary AV:N 5.0 MEDIUM\n"
	    " cwe CWE-200 nvd@nist.gov\n reference u MISC \n"
	    " node 0 AND\n node 1 in 0 OR\n node 2 OR\n"
	    " match 1 vulnerable cpe:2.3:o:a [ 4] \n"
	    " match 2 cpe:2.3:o:b [ ] \n" HEADER_11 },
	{ "fewer records than announced", NVD_SHAPE_20, FEED("2", CVE("")),
	    ERR_FORMAT, "says that it has 2 records and has 1" },
	{ "more records than announced", NVD_SHAPE_11,
	    FEED_11("1", ITEM("", "") "," ITEM("", "")), ERR_FORMAT,
	    "says that it has 1 records and has 2" },
	{ "no records", NVD_SHAPE_20, FEED("0", ""), ERR_FORMAT,
	    "has no records in vulnerabilities" },
	{ "no array", NVD_SHAPE_20,
	    "{\"resultsPerPage\":0,\"format\":\"NVD_CVE\",\"version\":\"2.0\"}",
	    ERR_FORMAT, "has no records in vulnerabilities" },
	{ "records in no array", NVD_SHAPE_20, "{\"vulnerabilities\":{}}",
	    ERR_FORMAT, "byte 20: the records do not stand in an array" },
	{ "the other shape", NVD_SHAPE_11, FEED("1", CVE("")), ERR_FORMAT,
	    "not a feed of CVEs as NVD 1.1" },
	{ "a feed of CPE names", NVD_SHAPE_20,
	    "{\"resultsPerPage\":1,\"format\":\"NVD_CPE\",\"version\":\"2.0\","
	    "\"products\":[{}]}",
	    ERR_FORMAT, "not a feed of CVEs as NVD 2.0" },
	{ "no count", NVD_SHAPE_20,
	    "{\"format\":\"NVD_CVE\",\"version\":\"2.0\",\"vulnerabilities\":[" CVE(
		"") "]}",
	    ERR_FORMAT, "does not say resultsPerPage" },
	{ "count is no number", NVD_SHAPE_20, "{\"resultsPerPage\":-1}",
	    ERR_FORMAT, "byte 20: resultsPerPage is no number" },
	{ "no id", NVD_SHAPE_20, FEED("1", "\n{\"cve\":{}}"), ERR_FORMAT,
	    "line 2: \"\" is not a CVE id" },
	{ "no CVE id", NVD_SHAPE_20,
	    FEED("1", "\n{\"cve\":{\"id\":\"CVE-21-1\"}}"), ERR_FORMAT,
	    "line 2: \"CVE-21-1\" is not a CVE id" },
	{ "no date", NVD_SHAPE_20,
	    FEED("1", "\n" CVE(",\"published\":\"soon\"")), ERR_FORMAT,
	    "line 2: CVE-2021-44228: \"soon\" is no date" },
	{ "ends early", NVD_SHAPE_20, "{\"vulnerabilities\":[\n" CVE(""),
	    ERR_FORMAT, "line 2: the document ends early" },
	{ "invalid UTF-8", NVD_SHAPE_20,
	    FEED("1", "\n" CVE(",\"vulnStatus\":\"caf\xe9\"")), ERR_FORMAT,
	    "line 2: not valid JSON" },
};

static void
print_number(struct buf *b, struct nvd_number n)
{
	if (n.known)
		buf_printf(b, " %.1f", n.value);
}

static void
print_lists(struct buf *b, const struct nvd_cve *c)
{
	size_t i;

	for (i = 0; i < c->n_descriptions; i++)
		buf_printf(b, " %.*s %.*s\n", SPAN_ARG(c->descriptions[i].lang),
		    SPAN_ARG(c->descriptions[i].value));
	for (i = 0; i < c->n_metrics; i++) {
		const struct nvd_metric *m = &c->metrics[i];

		buf_printf(b, " cvss %.*s %.*s%s %.*s", SPAN_ARG(m->version),
		    SPAN_ARG(m->source), m->is_primary ? " primary" : "",
		    SPAN_ARG(m->vector));
		print_number(b, m->score);
		buf_printf(b, " %.*s", SPAN_ARG(m->severity));
		print_number(b, m->exploitability);
		print_number(b, m->impact);
		buf_add_char(b, '\n');
	}
	for (i = 0; i < c->n_weaknesses; i++)
		buf_printf(b, " cwe %.*s %.*s\n",
		    SPAN_ARG(c->weaknesses[i].value),
		    SPAN_ARG(c->weaknesses[i].source));
	for (i = 0; i < c->n_references; i++)
		buf_printf(b, " reference %.*s %.*s %.*s\n",
		    SPAN_ARG(c->references[i].url),
		    SPAN_ARG(c->references[i].source),
		    SPAN_ARG(c->references[i].tags));
}

static void
print_configurations(struct buf *b, const struct nvd_cve *c)
{
	size_t i;

	for (i = 0; i < c->n_nodes; i++) {
		const struct nvd_node *n = &c->nodes[i];

		buf_printf(b, " node %zu", i);
		if (n->parent != NVD_NO_PARENT)
			buf_printf(b, " in %u", n->parent);
		buf_printf(b, "%s %s\n", n->negate ? " not" : "",
		    n->is_and ? "AND" : "OR");
	}
	for (i = 0; i < c->n_matches; i++) {
		const struct nvd_match *m = &c->matches[i];

		buf_printf(b, " match %u %s%.*s %c%.*s %.*s%c %.*s\n", m->node,
		    m->vulnerable ? "vulnerable " : "", SPAN_ARG(m->cpe),
		    m->start_excluding ? '(' : '[', SPAN_ARG(m->version_start),
		    SPAN_ARG(m->version_end), m->end_excluding ? ')' : ']',
		    SPAN_ARG(m->id));
	}
}

static void
print_cve(struct buf *b, const struct nvd_cve *c)
{
	buf_printf(b, "%.*s %jd %jd %.*s %.*s\n", SPAN_ARG(c->id),
	    (intmax_t)c->published, (intmax_t)c->modified, SPAN_ARG(c->status),
	    SPAN_ARG(c->assigner));
	if (c->kev.exploit_add.len > 0)
		buf_printf(b, " kev %.*s %.*s %.*s %.*s\n",
		    SPAN_ARG(c->kev.exploit_add), SPAN_ARG(c->kev.action_due),
		    SPAN_ARG(c->kev.required_action), SPAN_ARG(c->kev.name));
	if (c->tags.len > 0)
		buf_printf(b, " tags %.*s\n", SPAN_ARG(c->tags));
	print_lists(b, c);
	print_configurations(b, c);
}

struct out {
	struct buf text;
	const struct nvd_case *c;
};

/* Read again from its own bytes, which stand where it says, it is the same. */
static int
on_cve(void *ctx, const struct nvd_cve *cve, struct err *e)
{
	struct out *out = ctx;
	struct buf want = { 0 };
	struct buf got = { 0 };
	struct arena arena = { 0 };
	struct nvd_cve again;

	assert_memory_equal(
	    cve->raw.ptr, out->c->input + cve->offset, cve->raw.len);
	if (nvd_read_record(cve->raw, out->c->shape, &arena, &again, e) != 0)
		return -1;
	print_cve(&want, cve);
	print_cve(&got, &again);
	assert_string_equal(buf_str(&got), buf_str(&want));
	print_cve(&out->text, cve);
	buf_cleanup(&want);
	buf_cleanup(&got);
	arena_cleanup(&arena);
	return 0;
}

static void
test_nvd(void **state)
{
	const struct nvd_case *c = *state;
	struct out out = { .c = c };
	struct nvd_sink sink = { &out, on_cve };
	struct nvd_header header;
	struct arena arena = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	assert_int_equal(stream_open_span(&in, span_of(c->input), NULL, &e), 0);
	if (nvd_read(in, c->shape, &sink, &arena, &header, &e) == 0) {
		buf_printf(&out.text, "%.*s %.*s %.*s\n",
		    SPAN_ARG(header.format), SPAN_ARG(header.version),
		    SPAN_ARG(header.timestamp));
	} else {
		buf_reset(&out.text);
		buf_add_str(&out.text, e.msg);
	}
	assert_string_equal(buf_str(&out.text), c->expect);
	assert_int_equal(e.code, c->code);
	stream_close(in);
	arena_cleanup(&arena);
	buf_cleanup(&out.text);
}

/* One node deeper than the limit. */
static void
test_nesting(void **state)
{
	struct nvd_cve cve;
	struct arena arena = { 0 };
	struct buf text = { 0 };
	struct err e = { 0 };
	int i;

	(void)state;
	buf_add_str(&text,
	    "{\"cve\":{\"CVE_data_meta\":{\"ID\":\"CVE-2003-0001\"}},"
	    "\"configurations\":{\"nodes\":[");
	for (i = 0; i < NVD_NODE_DEPTH_MAX; i++)
		buf_add_str(&text, "{\"children\":[");
	buf_add_str(&text, "{\"children\":[{}]}");
	for (i = 0; i < NVD_NODE_DEPTH_MAX; i++)
		buf_add_str(&text, "]}");
	buf_add_str(&text, "]}}");
	assert_int_equal(
	    nvd_read_record(buf_span(&text), NVD_SHAPE_11, &arena, &cve, &e),
	    -1);
	assert_string_equal(
	    e.msg, "CVE-2003-0001: configurations nested deeper than 16");
	assert_int_equal(e.code, ERR_LIMIT);
	buf_cleanup(&text);
	arena_cleanup(&arena);
}

static void
test_ids(void **state)
{
	static const char *const good[] = { "CVE-1999-0001", "CVE-2021-44228",
		"CVE-2024-1234567" };
	static const char *const bad[] = { "", "CVE-", "CVE-2021-", "CVE-2021",
		"CVE-2021-123", "cve-2021-1234", "CVE-20211-1234",
		"CVE-2021-1234 ", "CVE-2021-12a4", "CAN-2021-1234",
		"CVE-2021--1234" };
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_N(good); i++)
		assert_true(nvd_is_cve(span_of(good[i])));
	for (i = 0; i < TABLE_N(bad); i++)
		assert_false(nvd_is_cve(span_of(bad[i])));
}

static void
test_product(void **state)
{
	static const struct {
		const char *cpe, *expect;
	} rows[] = {
		{ "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*", "apache log4j" },
		{ "cpe:2.3:a:a\\:b:c\\/d\\\\:1", "a:b c/d\\" },
		{ "cpe:2.3:o:linux:linux_kernel", "linux linux_kernel" },
		{ "cpe:2.3:o:linux", "none" },
		{ "cpe:2.3:o::x:1", "none" },
		{ "cpe:/a:apache:log4j", "none" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_N(rows); i++) {
		struct arena arena = { 0 };
		struct buf got = { 0 };
		struct span vendor;
		struct span product;

		if (nvd_cpe_product(
			span_of(rows[i].cpe), &arena, &vendor, &product))
			buf_printf(&got, "%.*s %.*s", SPAN_ARG(vendor),
			    SPAN_ARG(product));
		else
			buf_add_str(&got, "none");
		assert_string_equal(buf_str(&got), rows[i].expect);
		buf_cleanup(&got);
		arena_cleanup(&arena);
	}
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 3] = {
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_product),
	};
	size_t n = 3;

	TABLE_ADD(tests, &n, cases, test_nvd);
	return _cmocka_run_group_tests("nvd", tests, n, NULL, NULL);
}
