/* SPDX-License-Identifier: Apache-2.0 */
/* NVD's API 2.0 without HTTP: parameters in, records of the index out. */
#include "server/nvd_params.h"
#include "tests/unit/family_world.h"

#define CVE(id, published, modified, status, more)                         \
	"{\"cve\": {\"id\":\"" id "\",\"sourceIdentifier\":\"a@b\","       \
	"\"published\":\"" published ".500\",\"lastModified\":\"" modified \
	".000\",\"vulnStatus\":\"" status "\"" more "}}"
#define EN(text)                                                \
	",\"descriptions\":[{\"lang\":\"en\",\"value\":\"" text \
	"\"},{\"lang\":\"es\",\"value\":\"Un texto.\"}]"
#define CVSS(list, version, vector, severity)                   \
	"\"" list "\":[{\"source\":\"nvd@nist.gov\",\"type\":"  \
	"\"Primary\",\"cvssData\":{\"version\":\"" version      \
	"\",\"vectorString\":\"" vector "\",\"baseScore\":5.0," \
	"\"baseSeverity\":\"" severity "\"}}]"
#define CONFIG(vulnerable, cpe, bounds)                              \
	"{\"nodes\":[{\"operator\":\"OR\",\"negate\":false,"         \
	"\"cpeMatch\":[{\"vulnerable\":" vulnerable ",\"criteria\":" \
	"\"" cpe "\"" bounds ",\"matchCriteriaId\":\"AA-1\"}]}]}"
#define REF(url) ",\"references\":[{\"url\":\"" url "\",\"source\":\"a@b\"}]"
#define CWE(id)                                                      \
	",\"weaknesses\":[{\"source\":\"a@b\",\"type\":\"Primary\"," \
	"\"description\":[{\"lang\":\"en\",\"value\":\"" id "\"}]}]"

/* Feed and order of publication differ. */
#define ONE                                                                                                                  \
	CVE("CVE-2020-0001", "2020-03-01T10:00:00", "2024-05-02T00:00:00",                                                   \
	    "Analyzed",                                                                                                      \
	    EN("A heap overflow in Microsoft  Outlook, says Acme.") ",\"cisaExploitAdd\":\"2022-03-25\",\"metrics\":{" CVSS( \
		"cvssMetricV31", "3.1", "CVSS:3.1/AV:N/AC:L/PR:N",                                                           \
		"CRITICAL") "," CVSS("cvssMetricV2", "2.0", "AV:N/AC:L/Au:N",                                                \
		"HIGH") "}" CWE("CWE-122") ",\"configurations\":[" CONFIG("true",                                            \
		"cpe:2.3:a:acme:foo:*:*:*:*:*:*:*:*",                                                                        \
		",\"versionStartIncluding\":\"1.0\","                                                                        \
		"\"versionEndExcluding\":\"1.2\"") "]" REF("https:\\/\\/www.kb.cert.org\\/vuls\\/id\\/1"))
#define TWO                                                                                                                   \
	CVE("CVE-2019-9999", "2020-03-02T00:00:00", "2024-05-03T00:00:00",                                                    \
	    "Undergoing Analysis",                                                                                            \
	    EN("An overflow of Outlook by Microsoft circles.") ",\"cveTags\":[{\"tags\":[\"disputed\"]}],\"metrics\":{" CVSS( \
		"cvssMetricV30", "3.0", "CVSS:3.0/AV:L/AC:L/PR:N",                                                            \
		"LOW") "," CVSS("cvssMetricV40", "4.0", "CVSS:4.0/AV:N",                                                      \
		"MEDIUM") "}" CWE("NVD-CWE-noinfo") ",\"configurations\":[" CONFIG("true",                                    \
		"cpe:2.3:a:acme:foo:2.0:rc1:*:*:*:node.js:*:*",                                                               \
		"") "," CONFIG("false",                                                                                       \
		"cpe:2.3:o:acme:os\\\\/2:-:*:*:*:*:*:*:*", "") "]")
#define THREE                                                              \
	CVE("CVE-2020-0003", "2020-07-01T00:00:00", "2024-09-01T00:00:00", \
	    "Rejected", EN("Not used: cpe:2.3:h:zeta:omega."))
#define OLD_ONE                                                            \
	CVE("CVE-2020-0001", "2020-03-01T10:00:00", "2021-01-01T00:00:00", \
	    "Received", EN("Old words."))
#define FEED(n, records)                                    \
	"{\"resultsPerPage\":" n ",\"format\":\"NVD_CVE\"," \
	"\"version\":\"2.0\",\"timestamp\":\"2024-10-0" n   \
	"T01:00:00.000\",\"vulnerabilities\":[" records "]}"
#define FEED_11                                                     \
	"{\"CVE_data_type\":\"CVE\",\"CVE_data_format\":\"MITRE\"," \
	"\"CVE_data_version\":\"4.0\",\"CVE_data_numberOfCVEs\":"   \
	"\"2\",\"CVE_data_timestamp\":\"2024-11-22T08:03Z\","       \
	"\"CVE_Items\":[" ITEM("CVE-2003-0001") "," ITEM("CVE-2020-0003") "]}"
#define ITEM(id)                                       \
	"{\"cve\":{\"CVE_data_meta\":{\"ID\":\"" id    \
	"\",\"ASSIGNER\":\"c@d\"}},\"publishedDate\":" \
	"\"2003-01-17T05:00Z\",\"lastModifiedDate\":\"2025-01-01T00:00Z\"}"
#define KEV                                                         \
	"{\"catalogVersion\":\"2024.10.01\",\"count\":1,"           \
	"\"vulnerabilities\":[{\"cveID\":\"CVE-2019-9999\","        \
	"\"vendorProject\":\"Acme\",\"product\":\"Foo\","           \
	"\"vulnerabilityName\":\"N\",\"dateAdded\":\"2024-02-03\"," \
	"\"shortDescription\":\"D\",\"requiredAction\":\"A\","      \
	"\"dueDate\":\"2024-03-01\",\"notes\":\"\"}]}"

static struct world {
	struct tmp tmp;
	struct index_reader index;
	struct nvd_list *list;
} world;

static void
build(const char *family, const struct family_text *texts, size_t n)
{
	struct family_world f;
	char to[192];

	family_world_open(&f);
	family_world_must(&f, texts, n);
	snprintf(to, sizeof(to), "%s/%s.sqlite", world.tmp.path, family);
	assert_int_equal(rename(f.path, to), 0);
	family_world_close(&f);
}

static int
open_world(void **state)
{
	static const struct family_text nvd[] = {
		{ "nvdcve-2.0-2020", DOCUMENT_NVD,
		    FEED("3", TWO "," THREE "," OLD_ONE) },
		{ "nvdcve-2.0-modified", DOCUMENT_NVD, FEED("1", ONE) },
		{ "nvdcve-1.1-2003", DOCUMENT_NVD_11, FEED_11 },
	};
	static const struct family_text other[] = {
		{ "kev", DOCUMENT_KEV, KEV },
	};
	struct err e = { 0 };

	(void)state;
	tmp_init(&world.tmp);
	build("nvd", nvd, TABLE_N(nvd));
	build("other", other, TABLE_N(other));
	if (index_open(&world.index, world.tmp.dirfd, world.tmp.path, &e) !=
		0 ||
	    nvd_list_read(&world.list, &world.index, &e) != 0)
		fail_msg("%s", e.msg);
	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	nvd_list_free(world.list);
	index_close(&world.index);
	tmp_cleanup(&world.tmp);
	return 0;
}

/* "a=b&c&d=e" as the server hands it over. */
static size_t
split(const char *query, struct request_param *params, size_t max)
{
	struct span rest = span_of(query), part;
	size_t n = 0, cut;

	while (rest.len > 0 && n < max && span_next(&rest, '&', &part)) {
		cut = span_find(part, '=');
		params[n].name = span_first(part, cut);
		params[n++].value = span_from(part, cut + 1);
	}
	return n;
}

static bool
ask(struct nvd_ask *a, const char *query, struct arena *arena)
{
	struct request_param params[16];

	return nvd_ask_read(
	    a, params, split(query, params, TABLE_N(params)), arena);
}

static void
write_page(
    const struct nvd_result *result, size_t start, size_t n, struct buf *out)
{
	struct nvd_page page = { result, start, n };
	struct err e = { 0 };

	if (nvd_page_write(world.list, &world.index, &page, out, &e) != 0)
		fail_msg("%s", e.msg);
}

#define ID1 "CVE-2020-0001 "
#define ID2 "CVE-2019-9999 "
#define ID3 "CVE-2020-0003 "

static const struct query_case {
	const char *name;
	const char *query;
	const char *expect; /* ids in order */
} queries[] = {
	{ "all, by publication", "", ID1 ID2 ID3 },
	{ "one", "cveId=CVE-2019-9999", ID2 },
	{ "one, in small letters", "cveId=cve-2019-9999", ID2 },
	{ "one that is not there", "cveId=CVE-2019-9998", "" },
	{ "one of the 1.1 feeds", "cveId=CVE-2003-0001", "" },
	{ "several", "cveIds=CVE-2020-0003,CVE-2019-9999", ID2 ID3 },
	{ "one that does not fit", "cveId=CVE-2019-9999&hasCertNotes", "" },
	{ "not rejected", "noRejected", ID1 ID2 },
	{ "not rejected, of a client that says so", "noRejected=true",
	    ID1 ID2 },
	{ "name in other letters", "norejected", ID1 ID2 },
	{ "exploited, by record and by catalog", "hasKev", ID1 ID2 },
	{ "exploited since",
	    "kevStartDate=2022-03-25T00:00:00.000&"
	    "kevEndDate=2023-04-30T23:59:59.999Z",
	    ID1 },
	{ "exploited for long",
	    "kevStartDate=2022-01-01T00:00:00.000&"
	    "kevEndDate=2024-02-03T00:00:00.000",
	    ID1 ID2 },
	{ "published, both ends",
	    "pubStartDate=2020-03-01T10:00:00.500&"
	    "pubEndDate=2020-03-01T10:00:00.500",
	    ID1 },
	{ "published, not a millisecond later",
	    "pubStartDate=2020-03-01T10:00:00.501&"
	    "pubEndDate=2020-03-02T00:00:00.500",
	    ID2 },
	{ "published, with a zone",
	    "pubStartDate=2020-03-01T11:00:00.500+01:00&"
	    "pubEndDate=2020-03-01T11:00:00.500+01:00",
	    ID1 },
	{ "published, with a zone that was not encoded",
	    "pubStartDate=2020-03-01T11:00:00.500 01:00&"
	    "pubEndDate=2020-03-01T11:00:00.500 01:00",
	    ID1 },
	{ "published, with a zone as Java writes it",
	    "pubStartDate=2020-03-01T11:00:00.500+01&"
	    "pubEndDate=2020-03-01T10:00:01Z",
	    ID1 },
	{ "published, west of Greenwich",
	    "pubStartDate=2020-03-01T05:00:00.500-05:00&"
	    "pubEndDate=2020-03-01T05:00:00.500-05:00",
	    ID1 },
	{ "modified",
	    "lastModStartDate=2024-05-02T00:00:00&"
	    "lastModEndDate=2024-05-03T00:00:00",
	    ID1 ID2 },
	{ "modified, 120 days",
	    "lastModStartDate=2024-05-03T00:00:00.001&"
	    "lastModEndDate=2024-08-31T00:00:00.001",
	    "" },
	{ "severity 2", "cvssV2Severity=HIGH", ID1 },
	{ "severity 3", "cvssV3Severity=critical", ID1 },
	{ "severity 3.0", "cvssV3Severity=LOW", ID2 },
	{ "severity 4", "cvssV4Severity=MEDIUM", ID2 },
	{ "severity that no record has", "cvssV4Severity=HIGH", "" },
	{ "vector, a part of it", "cvssV3Metrics=PR:N", ID1 ID2 },
	{ "vector, in another order", "cvssV3Metrics=PR:N/AV:N", ID1 },
	{ "vector of one version", "cvssV3Metrics=CVSS:3.0/AC:L", ID2 },
	{ "vector 2", "cvssV2Metrics=AV:N/AC:L/Au:N", ID1 },
	{ "vector 4", "cvssV4Metrics=AV:N", ID2 },
	{ "vector that none has", "cvssV4Metrics=AV:P", "" },
	{ "weakness", "cweId=CWE-122", ID1 },
	{ "weakness whose number it begins", "cweId=CWE-12", "" },
	{ "no weakness", "cweId=NVD-CWE-noinfo", ID2 },
	{ "tag", "cveTag=disputed", ID2 },
	{ "tag that none has", "cveTag=exclusively-hosted-service", "" },
	{ "source", "sourceIdentifier=a@b", ID1 ID2 ID3 },
	{ "source that none is", "sourceIdentifier=nobody@b", "" },
	{ "status", "vulnStatuses=UndergoingAnalysis,rejected", ID2 ID3 },
	{ "words in any order", "keywordSearch=outlook microsoft", ID1 ID2 },
	{ "beginning of a word", "keywordSearch=Circle", ID2 },
	{ "end of a word", "keywordSearch=ircles", "" },
	{ "not all of the words", "keywordSearch=Outlook Windows", "" },
	{ "words of older records", "keywordSearch=old words", "" },
	{ "words of others than English", "keywordSearch=texto", "" },
	{ "names of products are no description", "keywordSearch=foo", "" },
	{ "phrase", "keywordSearch=microsoft outlook&keywordExactMatch", ID1 },
	{ "phrase with what is no word",
	    "keywordSearch=Outlook, says&keywordExactMatch", ID1 },
	{ "half a word is no phrase",
	    "keywordSearch=crosoft Outlook&keywordExactMatch", "" },
	{ "phrase that ends in a word's middle",
	    "keywordSearch=Microsoft circle&keywordExactMatch", "" },
	{ "notes of CERT", "hasCertNotes", ID1 },
	{ "alerts", "hasCertAlerts", "" },
	{ "OVAL", "hasOval", "" },
	{ "product and version", "cpeName=cpe:2.3:a:acme:foo:1.1:*:*:*:*:*:*:*",
	    ID1 },
	{ "in capitals, and left out what is not said",
	    "cpeName=cpe:2.3:a:Acme:Foo:1.0", ID1 },
	{ "version that is fixed", "cpeName=cpe:2.3:a:acme:foo:1.2", "" },
	{ "version as text", "cpeName=cpe:2.3:a:acme:foo:2.0", ID2 },
	{ "another update", "cpeName=cpe:2.3:a:acme:foo:2.0:rc2", "" },
	{ "another part", "cpeName=cpe:2.3:o:acme:foo:1.1", "" },
	{ "another product", "cpeName=cpe:2.3:a:acme:fo:1.1", "" },
	{ "what criteria leave open covers a name",
	    "cpeName=cpe:2.3:a:acme:foo:1.1:*:*:*:*:python:*:*", ID1 },
	{ "environment", "cpeName=cpe:2.3:o:acme:os\\/2:-", ID2 },
	{ "environment is not vulnerable",
	    "cpeName=cpe:2.3:o:acme:os\\/2:-&isVulnerable", "" },
	{ "vulnerable", "cpeName=cpe:2.3:a:acme:foo:1.1&isVulnerable", ID1 },
	{ "match string", "virtualMatchString=cpe:2.3:a:acme:foo", ID1 ID2 },
	{ "of all applications", "virtualMatchString=cpe:2.3:a", ID1 ID2 },
	{ "of all hardware, which a description names",
	    "virtualMatchString=cpe:2.3:h", "" },
	{ "of whatever there is", "virtualMatchString=cpe:2.3:*", ID1 ID2 },
	{ "of a vendor", "virtualMatchString=cpe:2.3:*:acme", ID1 ID2 },
	{ "of half a vendor", "virtualMatchString=cpe:2.3:*:acm", "" },
	{ "with a wildcard", "virtualMatchString=cpe:2.3:a:ac?e:f*", ID1 ID2 },
	{ "of whatever has software to go with",
	    "virtualMatchString=cpe:2.3:*:*:*:*:*:*:*:*:node.js", ID2 },
	{ "with a version", "virtualMatchString=cpe:2.3:a:acme:foo:1.1", ID1 },
	{ "versions from",
	    "virtualMatchString=cpe:2.3:a:acme:foo&versionStart=1.2&"
	    "versionStartType=including",
	    ID2 },
	{ "versions up to",
	    "virtualMatchString=cpe:2.3:a:acme:foo&versionEnd=1.0&"
	    "versionEndType=including",
	    ID1 },
	{ "versions before",
	    "virtualMatchString=cpe:2.3:a:acme:foo&versionEnd=1.0&"
	    "versionEndType=excluding",
	    "" },
	{ "versions between",
	    "virtualMatchString=cpe:2.3:a:acme:foo&versionStart=1.1.9&"
	    "versionStartType=excluding&versionEnd=3&"
	    "versionEndType=excluding",
	    ID1 ID2 },
	{ "a name and a match string: the name",
	    "virtualMatchString=cpe:2.3:a:x:y&"
	    "cpeName=cpe:2.3:a:acme:foo:1.1",
	    ID1 },
	{ "all of it at once",
	    "cweId=CWE-122&keywordSearch=heap&noRejected&hasKev&"
	    "cvssV3Severity=CRITICAL&cpeName=cpe:2.3:a:acme:foo:1.1",
	    ID1 },
};

static void
test_query(void **state)
{
	const struct query_case *c = *state;
	struct nvd_result result = { 0 };
	struct arena arena = { 0 };
	struct buf page = { 0 }, got = { 0 };
	struct err e = { 0 };
	struct nvd_ask a;
	const char *at;

	if (!ask(&a, c->query, &arena))
		fail_msg("%s", a.message);
	if (nvd_query_run(world.list, &world.index, &a.question, &result, &e) !=
	    0)
		fail_msg("%s", e.msg);
	write_page(&result, 0, a.n, &page);
	for (at = buf_str(&page); (at = strstr(at, "\"id\":\"")) != NULL; at++)
		buf_printf(&got, "%.13s ", at + 6);
	assert_string_equal(buf_str(&got), c->expect);
	nvd_result_cleanup(&result);
	arena_cleanup(&arena);
	buf_cleanup(&page);
	buf_cleanup(&got);
}

static const struct refusal_case {
	const char *name;
	const char *query;
	const char *expect; /* begins with it */
} refusals[] = {
	{ "unknown", "cveid2=x", "Invalid parameter: " },
	{ "twice", "noRejected&noRejected",
	    "Invalid noRejected parameter: it is there twice." },
	{ "no CVE", "cveId=CVE-BAD", "Invalid cveId parameter: " },
	{ "no CVE among several", "cveIds=CVE-2020-0001,",
	    "Invalid cveIds parameter: " },
	{ "one and several", "cveId=CVE-2020-0001&cveIds=CVE-2020-0001",
	    "Invalid cveIds parameter: it cannot be combined with cveId." },
	{ "a flag that is not set", "hasKev=false",
	    "Invalid hasKev parameter: it has no value." },
	{ "half a name", "cpeName=cpe:2.3:a:acme:foo",
	    "Invalid cpeName parameter: " },
	{ "an old name", "cpeName=cpe:/a:acme:foo:1.0",
	    "Invalid cpeName parameter: " },
	{ "a name with fourteen parts",
	    "cpeName=cpe:2.3:a:acme:foo:1:*:*:*:*:*:*:*:*",
	    "Invalid cpeName parameter: " },
	{ "a name with a blank", "cpeName=cpe:2.3:a:ac me:foo:1",
	    "Invalid cpeName parameter: " },
	{ "a match string that is none", "virtualMatchString=acme",
	    "Invalid virtualMatchString parameter: " },
	{ "vulnerable what?", "isVulnerable",
	    "Invalid isVulnerable parameter: cpeName is required with it." },
	{ "vulnerable match string",
	    "isVulnerable&cpeName=cpe:2.3:a:b:c:d&"
	    "virtualMatchString=cpe:2.3:a:b:c",
	    "Invalid isVulnerable parameter: it cannot be combined with "
	    "virtualMatchString." },
	{ "version without a type",
	    "virtualMatchString=cpe:2.3:a:b:c&versionStart=1",
	    "Invalid versionStart parameter: versionStartType is required" },
	{ "version without a match string",
	    "versionEnd=1&versionEndType=including",
	    "Invalid versionEnd parameter: virtualMatchString is required" },
	{ "version of another kind",
	    "virtualMatchString=cpe:2.3:a:b:c&versionStart=1&"
	    "versionStartType=from",
	    "Invalid versionStartType parameter: one of including, "
	    "excluding is expected." },
	{ "two versions",
	    "virtualMatchString=cpe:2.3:a:b:c:1&versionStart=1&"
	    "versionStartType=including",
	    "Invalid virtualMatchString parameter: it cannot have a version" },
	{ "severity of another version", "cvssV2Severity=CRITICAL",
	    "Invalid cvssV2Severity parameter: one of LOW, MEDIUM, HIGH is" },
	{ "no severity", "cvssV3Severity=NONE",
	    "Invalid cvssV3Severity parameter: " },
	{ "severities of two versions", "cvssV2Severity=LOW&cvssV3Severity=LOW",
	    "Invalid cvssV2Severity parameter: it cannot be combined with "
	    "cvssV3Severity." },
	{ "vectors of two versions", "cvssV3Metrics=AV:N&cvssV4Metrics=AV:N",
	    "Invalid cvssV3Metrics parameter: it cannot be combined with "
	    "cvssV4Metrics." },
	{ "no vector", "cvssV3Metrics=high",
	    "Invalid cvssV3Metrics parameter: " },
	{ "an empty vector",
	    "cvssV3Metrics=", "Invalid cvssV3Metrics parameter: " },
	{ "no weakness", "cweId=79", "Invalid cweId parameter: " },
	{ "no tag", "cveTag=other", "Invalid cveTag parameter: one of " },
	{ "exact what?", "keywordExactMatch",
	    "Invalid keywordExactMatch parameter: keywordSearch is required" },
	{ "common words only", "keywordSearch=of the b",
	    "Invalid keywordSearch parameter: " },
	{ "no words", "keywordSearch= ", "Invalid keywordSearch parameter: " },
	{ "a start without an end", "lastModStartDate=2024-01-01T00:00:00",
	    "Invalid lastModStartDate parameter: lastModEndDate is required" },
	{ "an end without a start", "pubEndDate=2024-01-01T00:00:00",
	    "Invalid pubEndDate parameter: pubStartDate is required" },
	{ "an end before the start",
	    "kevStartDate=2024-01-02T00:00:00&kevEndDate=2024-01-01T00:00:00",
	    "Invalid kevEndDate parameter: it is before kevStartDate." },
	{ "a millisecond more than 120 days",
	    "pubStartDate=2024-05-03T00:00:00.000&"
	    "pubEndDate=2024-08-31T00:00:00.001",
	    "Invalid pubEndDate parameter: the range is longer than 120 " },
	{ "a day without time", "pubStartDate=2024-05-03&pubEndDate=2024-05-04",
	    "Invalid pubStartDate parameter: a date like " },
	{ "no day",
	    "pubStartDate=2024-02-30T00:00:00&pubEndDate=2024-03-04T00:00:00",
	    "Invalid pubStartDate parameter: a date like " },
	{ "a page too large", "resultsPerPage=2001",
	    "resultsPerPage parameter cannot exceed 2000." },
	{ "a page of nothing", "resultsPerPage=0",
	    "Invalid resultsPerPage parameter: a number from 1 to 2000 " },
	{ "below the beginning", "startIndex=-1",
	    "Invalid startIndex parameter: " },
	{ "status with a blank", "vulnStatuses=Undergoing Analysis",
	    "Invalid vulnStatuses parameter: " },
};

static void
test_refusal(void **state)
{
	const struct refusal_case *c = *state;
	struct arena arena = { 0 };
	struct nvd_ask a;

	assert_false(ask(&a, c->query, &arena));
	a.message[strnlen(c->expect, NVD_MESSAGE_SIZE - 1)] = '\0';
	assert_string_equal(a.message, c->expect);
	arena_cleanup(&arena);
}

static const struct order_case {
	const char *a;
	const char *b;
	int order;
} orders[] = {
	{ "1.0", "1.0", 0 },
	{ "1.0", "1.0.0", 0 },
	{ "1.9", "1.10", -1 },
	{ "1.0", "1.0.1", -1 },
	{ "1.0-rc1", "1.0", -1 },
	{ "1.0beta2", "1.0", -1 },
	{ "3.7.0a1", "3.7.0", -1 },
	{ "1.0.2", "1.0.2a", -1 },
	{ "0.9.8za", "0.9.8zh", -1 },
	{ "0.9.8z", "0.9.8za", -1 },
	{ "1.0.a", "1.0.1", -1 },
	{ "2021-01-02", "2021.1.10", -1 },
	{ "1\\+2", "1.2", 0 },
	{ "RC1", "rc1", 0 },
	{ "00012", "12", 0 },
	{ "", "0", 0 },
	{ "", "1", -1 },
};

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

static void
test_order(void **state)
{
	const struct order_case *c = *state;

	assert_int_equal(
	    sign(nvd_version_cmp(span_of(c->a), span_of(c->b))), c->order);
	assert_int_equal(
	    sign(nvd_version_cmp(span_of(c->b), span_of(c->a))), -c->order);
}

/* A page has the publisher's own bytes. */
static void
test_bytes(void **state)
{
	struct nvd_result result = { 0 };
	struct buf page = { 0 };
	struct err e = { 0 };
	struct nvd_question q = { 0 };

	(void)state;
	assert_int_equal(
	    nvd_query_run(world.list, &world.index, &q, &result, &e), 0);
	write_page(&result, 0, 2, &page);
	assert_string_equal(buf_str(&page), ONE "," TWO);
	buf_reset(&page);
	write_page(&result, 2, 2000, &page);
	assert_string_equal(buf_str(&page), THREE);
	buf_reset(&page);
	write_page(&result, 3, 1, &page);
	assert_int_equal(page.len, 0);
	nvd_result_cleanup(&result);
	buf_cleanup(&page);
}

static void
test_list(void **state)
{
	(void)state;
	assert_int_equal(world.list->n, 3);
	/* CVE-2003-0001; a 2.0 feed has the other one. */
	assert_int_equal(world.list->n_left_out, 1);
	/* Not of the 1.1 feed, which is newer. */
	assert_true(span_is(world.list->timestamp, "2024-10-03T01:00:00.000"));
}

static void
test_stop_words(void **state)
{
	struct nvd_result result = { 0 };
	struct nvd_question q = { .keywords = SPAN_LIT("of the") };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
	    nvd_query_run(world.list, &world.index, &q, &result, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
}

/* The same question, however it was written, has the same key. */
static void
test_key(void **state)
{
	struct arena arena = { 0 };
	struct nvd_ask a, b;

	(void)state;
	assert_true(ask(&a, "cweId=CWE-79&noRejected&startIndex=2000", &arena));
	assert_true(
	    ask(&b, "norejected&resultsPerPage=5&cweId=CWE-79", &arena));
	assert_true(span_eq(a.key, b.key));
	assert_int_equal(a.start, 2000);
	assert_int_equal(a.n, 2000);
	assert_int_equal(b.n, 5);
	assert_true(ask(&b, "cweId=CWE-7&noRejected", &arena));
	assert_false(span_eq(a.key, b.key));
	arena_cleanup(&arena);
}

/* A generation without NVD's feeds has no CVE. */
static void
test_nothing(void **state)
{
	struct index_reader none = { 0 };
	struct nvd_result result = { 0 };
	struct nvd_question q = { .has_kev = true };
	struct nvd_list *l = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(nvd_list_read(&l, &none, &e), 0);
	assert_int_equal(nvd_query_run(l, &none, &q, &result, &e), 0);
	assert_int_equal(result.n, 0);
	nvd_result_cleanup(&result);
	nvd_list_free(l);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_stop_words),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_nothing),
	};
	struct CMUnitTest tests[TABLE_N(queries) + TABLE_N(refusals) +
	    TABLE_N(orders) + TABLE_N(others)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, queries, test_query);
	TABLE_ADD(tests, &n, refusals, test_refusal);
	TABLE_ADD(tests, &n, orders, test_order);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests(
	    "nvd_query", tests, n + TABLE_N(others), open_world, close_world);
}
