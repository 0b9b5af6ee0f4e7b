/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "content/errata.h"
#include "tests/unit/advisory_print.h"

#define DOCUMENT(errata) "{\"schema_version\":\"1.0\",\"data\":[" errata "]}"
#define ERRATUM(type, packages, references)        \
	"{\"id\":\"ALSA-2022:1\",\"type\":\"" type \
	"\",\"packages\":[" packages "],\"references\":[" references "]}"
#define ONE(packages) DOCUMENT(ERRATUM("security", packages, ""))
#define PACKAGE(name, epoch, version, release, arch, more)                  \
	"{\"name\":\"" name "\",\"epoch\":" epoch ",\"version\":\"" version \
	"\",\"release\":\"" release "\",\"arch\":\"" arch "\"" more "}"
#define MODULE(tag) ",\"module\":\"" tag "\""
#define RECORD ERR_NONE, "ALSA-2022:1 at 32\n"

static const struct advisory_case cases[] = {
	{ "an erratum",
	    DOCUMENT(
		"\n{\"id\":\"ALSA-2022:1\",\"issued_date\":1572983623,"
		"\"updated_date\":1651142818,\"severity\":\"Moderate\","
		"\"title\":\"t\",\"description\":\"d\",\"type\":"
		"\"security\",\"packages\":[" PACKAGE(
		    "a", "\"0\"", "1", "2.el8", "x86_64", "") "," PACKAGE("b",
		    "\"3\"", "1", "2.el8", "noarch",
		    "") "," PACKAGE("a", "\"0\"", "1", "2.el8", "i686",
		    "") "," PACKAGE("a", "\"0\"", "1", "2.el8", "src",
		    "") "],\"modules\":[],\"references\":[{\"id\":\"CVE-2019-1\","
			"\"type\":\"cve\"},{\"id\":\"ALSA-2022:1\",\"type\":"
			"\"self\"},{\"id\":\"CVE-2019-1\"},{}]}\n"),
	    ERR_NONE,
	    "ALSA-2022:1 at 33 title=t summary=d severity=Moderate"
	    " published=1572983623 modified=1651142818 about=CVE-2019-1\n"
	    "  package a: fixed version=0:1-2.el8 arch=x86_64 i686\n"
	    "  package b: fixed version=3:1-2.el8 arch=noarch\n"
	    "  source a: fixed version=0:1-2.el8\n" },
	{ "a module and its stream",
	    ONE(PACKAGE("a", "\"0\"", "1", "2.module_el8.5.0+2632+14ced695",
		"x86_64", MODULE("mariadb:10.3:805:c5:x86_64")) "," PACKAGE("a",
		"\"0\"", "1", "2.module_el8.5.0+2632+14ced695", "x86_64",
		MODULE("mariadb:10.5:805:c5:x86_64"))),
	    RECORD
	    "  package a: fixed version=0:1-2.module_el8.5.0+2632+14ced695"
	    " arch=x86_64 module=mariadb:10.3\n"
	    "  package a: fixed version=0:1-2.module_el8.5.0+2632+14ced695"
	    " arch=x86_64 module=mariadb:10.5\n" },
	{ "a tag of a module that it is not of",
	    ONE(PACKAGE("a", "0", "1", "2.el8", "x86_64",
		MODULE("mariadb:10.3:805:c5:x86_64"))),
	    RECORD "  package a: fixed version=0:1-2.el8 arch=x86_64\n" },
	{ "a tag that says too little",
	    ONE(PACKAGE("a", "0", "1", "2.module+el8", "s390x",
		MODULE("mariadb")) "," PACKAGE("b", "0", "1", "2.module+el8",
		"s390x", MODULE("x:1"))),
	    RECORD "  package a: fixed version=0:1-2.module+el8 arch=s390x\n"
		   "  package b: fixed version=0:1-2.module+el8 arch=s390x"
		   " module=x:1\n" },
	{ "two versions",
	    ONE(PACKAGE("a", "null", "1", "2", "i686", "") "," PACKAGE(
		"a", "null", "1", "3", "i686", "")),
	    RECORD "  package a: fixed version=1-2 arch=i686\n"
		   "  package a: fixed version=1-3 arch=i686\n" },
	{ "one without arch is of all",
	    ONE(PACKAGE("a", "null", "1", "2", "i686", "") "," PACKAGE("a",
		"null", "1", "2", "",
		"") "," PACKAGE("a", "null", "1", "2", "s390x", "")),
	    RECORD "  package a: fixed version=1-2\n" },
	{ "versions that are none are not fixed",
	    ONE(PACKAGE("a", "\"x\"", "1", "2", "i686", "") "," PACKAGE(
		"b", "0", "", "2", "i686", "") "," PACKAGE("c", "0", "1", " ",
		"i686", "") ",{\"name\":\"d\"}"),
	    RECORD "  package a: unknown arch=i686\n"
		   "  package b: unknown arch=i686\n"
		   "  package c: unknown arch=i686\n"
		   "  package d: unknown\n" },
	{ "packages without a name", ONE("{},7,{\"name\":\"a b\"}"), RECORD },
	{ "a bug fix states nothing",
	    DOCUMENT(
		ERRATUM("bugfix", PACKAGE("a", "0", "1", "2", "i686", ""), "")),
	    RECORD },
	{ "a type in capitals",
	    DOCUMENT(ERRATUM(
		"Security", PACKAGE("a", "0", "1", "2", "i686", ""), "")),
	    RECORD "  package a: fixed version=0:1-2 arch=i686\n" },
	{ "versions with a sign are not fixed",
	    ONE(PACKAGE("a", "0", "<1", "2", "i686", "")),
	    RECORD "  package a: unknown arch=i686\n" },
	{ "two CVEs in one reference",
	    DOCUMENT(
		ERRATUM("bugfix", "", "{\"id\":\"CVE-2020-1, CVE-2020-2\"}")),
	    ERR_NONE, "ALSA-2022:1 at 32 about=CVE-2020-1 about=CVE-2020-2\n" },
	{ "a bug fix of a CVE",
	    DOCUMENT(ERRATUM("bugfix", PACKAGE("a", "0", "1", "2", "i686", ""),
		"{\"id\":\"CVE-2020-1\"}")),
	    ERR_NONE,
	    "ALSA-2022:1 at 32 about=CVE-2020-1\n"
	    "  package a: fixed version=0:1-2 arch=i686\n" },
	{ "two errata, members left out",
	    DOCUMENT("{\"id\":\"ALBA-1\",\"packages\":null},{\"id\":\"ALSA-2\""
		     ",\"type\":\"security\",\"issued_date\":\"x\"}"),
	    ERR_NONE, "ALBA-1 at 32\nALSA-2 at 64\n" },

	/* Refused. */
	{ "no errata", DOCUMENT(""), ERR_FORMAT,
	    "the document has no erratum" },
	{ "another document", "{\"id\":\"ALSA-1\"}", ERR_FORMAT,
	    "the document has no erratum" },
	{ "no id", DOCUMENT("{\"type\":\"security\"}"), ERR_FORMAT,
	    "byte 32: an erratum without an id" },
	{ "packages is no array", DOCUMENT("{\"id\":\"A-1\",\"packages\":{}}"),
	    ERR_FORMAT, "byte 32: A-1: packages is not an array" },
	{ "references is no array",
	    DOCUMENT("{\"id\":\"A-1\",\"references\":7}"), ERR_FORMAT,
	    "byte 32: A-1: references is not an array" },
	{ "ends early", "{\"data\":[{\"id\":", ERR_FORMAT,
	    "byte 15: the document ends early" },
};

static void
test_errata(void **state)
{
	advisory_check(*state, errata_read);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_errata);
	return _cmocka_run_group_tests("errata", tests, n, NULL, NULL);
}
