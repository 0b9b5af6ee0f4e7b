/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "content/openvex.h"
#include "tests/unit/advisory_print.h"
#include "tests/unit/image_make.h"

#define HEADER(id) "\"@id\":\"https://x.org/vex/" id "\",\"author\":\"C\""
#define DOCUMENT(statements) \
	"{" HEADER("CVE-2024-1") ",\"statements\":[" statements "]}"
#define STATEMENT(members, products)                            \
	"{\"vulnerability\":{\"name\":\"CVE-2024-1\"}," members \
	",\"products\":[" products "]}"
#define STATUS(s) "\"status\":\"" s "\""
#define DEB(text) "{\"@id\":\"pkg:deb/ubuntu/" text "\"}"
#define SOURCE DEB("s@1?arch=source&distro=jammy")
/* One statement of one status, with words; about a source package. */
#define SAYS(status, member, words) \
	DOCUMENT(                   \
	    STATEMENT(STATUS(status) ",\"" member "\":\"" words "\"", SOURCE))
#define RECORD "CVE-2024-1 at 0\n"
#define S(state) "  source s: " state " cve=CVE-2024-1 of=ubuntu release=jammy"

static const struct advisory_case cases[] = {
	{ "2025: a header of its own, binaries by their order",
	    " {\"metadata\":{" HEADER(
		"USN-1-1") ",\"timestamp\":\"1970-01-01T00:00:09.5\"},\"statements\":[{"
			   "\"vulnerability\":{\"name\":\"USN-1-1\",\"description\":\"d\","
			   "\"aliases\":[\"CVE-2024-1\",\"https://x.org/CVE-2024-3\","
			   "\"CVE-2024-2\"]},\"timestamp\":\"1970-01-01 00:00:07.02\","
			   "\"products\":[" DEB("s@2?arch=source&distro=esm-apps/bionic") "," DEB("b@2?arch=amd64") "," DEB("b@2?arch=arm64") "," DEB(
			       "b@2?arch=amd64") "," DEB("c@2?arch=all") "," DEB("s@3?arch=source&distro=jammy") "," DEB("c@3?arch=all") "],\"status\":\"fixed\",\"status_notes\":\"n\"}]}\n",
	    ERR_NONE,
	    "USN-1-1 at 1 summary=d published=7 modified=9 about=CVE-2024-1"
	    " about=CVE-2024-2\n"
	    "  source s: fixed of=ubuntu release=bionic pocket=esm-apps\n"
	    "  package b: fixed of=ubuntu release=bionic pocket=esm-apps"
	    " arch=amd64 arm64\n"
	    "  package c: fixed of=ubuntu release=bionic pocket=esm-apps"
	    " arch=all\n"
	    "  source s: fixed of=ubuntu release=jammy\n"
	    "  package c: fixed of=ubuntu release=jammy arch=all\n" },
	{ "2026: distro on every package URL",
	    DOCUMENT(STATEMENT(
		STATUS(
		    "not_affected") ",\"justification\":\"vulnerable_code_not_present\","
				    "\"impact_statement\":\"no longer supported\"",
		DEB("b@1?arch=i386&distro=esm-infra-legacy/trusty") "," DEB(
		    "b@1?arch=i386&distro=trusty"))),
	    ERR_NONE,
	    RECORD
	    "  package b: not affected cve=CVE-2024-1 of=ubuntu"
	    " release=trusty pocket=esm-infra-legacy arch=i386"
	    " detail=vulnerable_code_not_present\n"
	    "  package b: not affected cve=CVE-2024-1 of=ubuntu"
	    " release=trusty arch=i386 detail=vulnerable_code_not_present\n" },
	{ "no statements", DOCUMENT(""), ERR_NONE, RECORD },
	{ "a statement without products",
	    DOCUMENT("{\"status\":\"fixed\",\"vulnerability\":{}}"), ERR_NONE,
	    RECORD },
	{ "a flaw that is a name, products that are texts",
	    DOCUMENT("{\"status\":\"affected\",\"vulnerability\":\"CVE-2024-9\""
		     ",\"products\":[\"pkg:deb/ubuntu/b?distro=jammy\"]}"),
	    ERR_NONE,
	    "CVE-2024-1 at 0 about=CVE-2024-9\n"
	    "  package b: affected cve=CVE-2024-9 of=ubuntu release=jammy\n" },

	{ "a flaw of another name is not this one",
	    DOCUMENT("{\"vulnerability\":{\"name\":\"GHSA-a1-b\"}," STATUS(
		"not_affected") ",\"products\":[" SOURCE
				"]}," STATEMENT(STATUS("affected"), SOURCE)),
	    ERR_NONE,
	    "CVE-2024-1 at 0 about=GHSA-a1-b\n"
	    "  source s: not affected cve=GHSA-a1-b of=ubuntu release=jammy\n" S(
		"affected") "\n" },
	{ "another name of one CVE",
	    DOCUMENT("{\"vulnerability\":{\"name\":\"GHSA-a1-b\","
		     "\"aliases\":[\"CVE-2024-1\",\"CVE-2024-1\"]}," STATUS(
			 "not_affected") ",\"products\":[" SOURCE "]}"),
	    ERR_NONE,
	    "CVE-2024-1 at 0 about=GHSA-a1-b\n" S("not affected") "\n" },
	{ "a flaw without a name is not known to be clean",
	    DOCUMENT("{\"vulnerability\":{}," STATUS(
		"not_affected") ",\"products\":[" SOURCE
				"]},{\"vulnerability\":{\"name\":7}," STATUS(
				    "fixed") ",\"products\":[" SOURCE "]}"),
	    ERR_NONE,
	    RECORD "  source s: unknown of=ubuntu release=jammy\n"
		   "  source s: unknown of=ubuntu release=jammy\n" },
	{ "a name with blanks",
	    DOCUMENT("{\"vulnerability\":{\"name\":\" CVE-2024-1\\n\"}," STATUS(
		"affected") ",\"products\":[" SOURCE "]}"),
	    ERR_NONE, RECORD S("affected") "\n" },
	{ "a part of a product is not all of it",
	    DOCUMENT(STATEMENT(STATUS("not_affected"),
		"{\"@id\":\"pkg:deb/ubuntu/s@1?arch=source&distro=jammy\","
		"\"subcomponents\":[{\"@id\":\"pkg:deb/ubuntu/t\"}]}")),
	    ERR_NONE, RECORD S("unknown") "\n" },

	/* States. */
	{ "needs fixing",
	    SAYS("affected", "action_statement", "It needs fixing."), ERR_NONE,
	    RECORD S("affected") " detail=It needs fixing.\n" },
	{ "decided to not fix",
	    SAYS("affected", "action_statement",
		"understood, but the Ubuntu Security Team decided to not fix"
		" it. CVE Notes: end of life"),
	    ERR_NONE,
	    RECORD S(
		"will not fix") " detail=understood, but the Ubuntu Security Team decided to not"
				" fix it.\n" },
	{ "no longer supported",
	    SAYS("affected", "action_statement",
		"This package is No Longer Supported."),
	    ERR_NONE,
	    RECORD S(
		"end of life") " detail=This package is No Longer Supported.\n" },
	{ "deferred, as affected",
	    SAYS("affected", "action_statement", "the fix is deferred"),
	    ERR_NONE, RECORD S("deferred") " detail=the fix is deferred\n" },
	{ "deferred, as under investigation",
	    SAYS("under_investigation", "status_notes",
		"The vulnerability is known but remediation is deferred."),
	    ERR_NONE,
	    RECORD S("deferred") " detail=The vulnerability is known but"
				 " remediation is deferred.\n" },
	{ "to be evaluated",
	    SAYS("under_investigation", "status_notes",
		"is not known and needs to be evaluated."),
	    ERR_NONE,
	    RECORD S(
		"needs triage") " detail=is not known and needs to be evaluated.\n" },
	{ "anyone's notes decide nothing",
	    SAYS("affected", "action_statement",
		"needs fixing. CVE notes: upstream will not fix it"),
	    ERR_NONE, RECORD S("affected") " detail=needs fixing.\n" },
	{ "a priority",
	    SAYS("affected", "status_notes",
		"Ubuntu Security Team classified this CVE as of Medium"
		" priority."),
	    ERR_NONE,
	    "CVE-2024-1 at 0 severity=Medium\n" S(
		"affected") " severity=Medium detail=Ubuntu Security Team classified this CVE"
			    " as of Medium priority.\n" },
	{ "a status that we do not know",
	    SAYS("exploding", "status_notes", "n"), ERR_NONE,
	    RECORD S("unknown") " detail=exploding\n" },
	{ "no status", DOCUMENT(STATEMENT("\"a\":1", SOURCE)), ERR_NONE,
	    RECORD S("unknown") "\n" },

	/* Products that say too little. */
	{ "a binary without release is not fixed everywhere",
	    DOCUMENT(STATEMENT(STATUS("fixed"), DEB("b@1?arch=amd64"))),
	    ERR_NONE,
	    RECORD "  package b: unknown cve=CVE-2024-1 of=ubuntu"
		   " arch=amd64\n" },
	{ "a release that is none",
	    DOCUMENT(STATEMENT(
		STATUS("not_affected"), DEB("b@1?arch=all&distro=esm-infra/"))),
	    ERR_NONE,
	    RECORD "  package b: unknown cve=CVE-2024-1 of=ubuntu"
		   " arch=all\n" },
	{ "what is no package URL cuts the order",
	    DOCUMENT(STATEMENT(STATUS("fixed"),
		SOURCE ",{\"@id\":\"urn:x\"}," DEB("b@1?arch=all"))),
	    ERR_NONE,
	    RECORD S(
		"fixed") "\n"
			 "  package b: unknown cve=CVE-2024-1 of=ubuntu arch=all\n" },
	{ "a source without release does, too",
	    DOCUMENT(STATEMENT(STATUS("fixed"),
		SOURCE "," DEB("t@1?arch=source") "," DEB("b@1?arch=all"))),
	    ERR_NONE,
	    RECORD S(
		"fixed") "\n"
			 "  source t: unknown cve=CVE-2024-1 of=ubuntu\n"
			 "  package b: unknown cve=CVE-2024-1 of=ubuntu arch=all\n" },
	{ "another maker's package",
	    DOCUMENT(STATEMENT(STATUS("affected"),
		SOURCE ",{\"@id\":\"x\",\"identifiers\":{\"purl\":"
		       "\"pkg:npm/curl@1\"}}")),
	    ERR_NONE,
	    RECORD S(
		"affected") "\n"
			    "  package curl: affected cve=CVE-2024-1 of=npm\n" },
	{ "all architectures and one stay apart",
	    DOCUMENT(STATEMENT(STATUS("affected"),
		DEB("b?distro=jammy") "," DEB("b?distro=jammy&arch=i386"))),
	    ERR_NONE,
	    RECORD
	    "  package b: affected cve=CVE-2024-1 of=ubuntu release=jammy\n"
	    "  package b: affected cve=CVE-2024-1 of=ubuntu release=jammy"
	    " arch=i386\n" },

	/* Refused. */
	{ "no statements member", "{" HEADER("x") "}", ERR_FORMAT,
	    "no OpenVEX document: it has no statements" },
	{ "no id", "{\"statements\":[]}", ERR_FORMAT,
	    "no OpenVEX document: it has no @id" },
	{ "statements is no array", "{" HEADER("x") ",\"statements\":{}}",
	    ERR_FORMAT, "x: statements is not an array" },
	{ "a statement is no object", DOCUMENT("7"), ERR_FORMAT,
	    "CVE-2024-1: a statement is not an object" },
	{ "products is no array", DOCUMENT("{\"products\":{}}"), ERR_FORMAT,
	    "CVE-2024-1: products is not an array" },
	{ "aliases is no array",
	    DOCUMENT("{\"vulnerability\":{\"aliases\":7}}"), ERR_FORMAT,
	    "CVE-2024-1: aliases is not an array" },
	{ "no JSON", "{", ERR_FORMAT, "byte 1: the document ends early" },
};

static void
test_openvex(void **state)
{
	advisory_check(*state, openvex_read);
}

/* The name of the file where the document has none of its own. */
static void
test_archive(void **state)
{
	struct span recipe =
	    SPAN_LIT("d vex\nf vex/README x\n"
		     "f vex/CVE-2024-7.json {\"statements\":[]}\n");
	struct buf tar = { 0 };
	struct advisory_printer p = { 0 };
	const struct advisory_sink sink = { &p, advisory_print };
	struct advisory_about about = { 0 };
	struct arena a = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	(void)state;
	make_layer(&recipe, &tar);
	p.text = buf_span(&tar);
	assert_int_equal(stream_open_span(&in, p.text, NULL, &e), 0);
	assert_int_equal(openvex_read(in, &sink, &a, &about, &e), 0);
	assert_string_equal(buf_str(&p.out), "CVE-2024-7 at 2048\n");
	stream_close(in);
	buf_cleanup(&p.out);
	buf_cleanup(&tar);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_openvex);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_archive);
	return _cmocka_run_group_tests("openvex", tests, n, NULL, NULL);
}
