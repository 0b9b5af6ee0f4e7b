/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "content/osv.h"
#include "tests/unit/advisory_print.h"
#include "tests/unit/image_make.h"
#include "tests/unit/table.h"

#define RECORD(members, affected) "{" members ",\"affected\":[" affected "]}"
/* A source package s. */
#define UBUNTU(eco, version, distro, rest)                                   \
	"{\"package\":{\"ecosystem\":\"Ubuntu:" eco "\",\"name\":\"s\","     \
	"\"purl\":\"pkg:deb/ubuntu/s@" version "?arch=source&distro=" distro \
	"\"}," rest "}"
#define BINARY(name, version) \
	"{\"binary_name\":\"" name "\",\"binary_version\":\"" version "\"}"
#define SPECIFIC(binaries, more) \
	",\"ecosystem_specific\":{\"binaries\":[" binaries "]" more "}"
#define SEVERITY(type, score) "{\"type\":\"" type "\",\"score\":\"" score "\"}"
#define RANGE(events) \
	"\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[" events "]}]"
#define FIXED(v) RANGE("{\"introduced\":\"0\"},{\"fixed\":\"" v "\"}")
#define OPEN RANGE("{\"introduced\":\"0\"}")
/* One package of one record. */
#define ONE(eco, rest)                                                   \
	"{\"id\":\"X\",\"affected\":[{\"package\":{\"ecosystem\":\"" eco \
	"\",\"name\":\"p\"}" rest "}]}"
#define ONE_RANGE(events) ONE("Debian:12", "," RANGE(events))
#define X ERR_NONE, "X at 0\n"

static const struct advisory_case cases[] = {
	{ "1.6.3: a CVE, fixed, with binaries and a priority",
	    " " RECORD(
		"\"id\":\"UBUNTU-CVE-2024-1\",\"details\":\"d\",\"aliases\":[],"
		"\"related\":[\"CVE-2024-1\"],"
		"\"severity\":[" SEVERITY("CVSS_V3",
		    "CVSS:3.1/x") "],"
				  "\"published\":\"1970-01-01T00:00:07Z\","
				  "\"modified\":\"1970-01-01T00:00:08Z\"",
		UBUNTU("22.04:LTS", "3.9", "jammy",
		    FIXED("3.9") ",\"versions\":[\"3.8\"]" SPECIFIC(
			BINARY("b", "1:3.9") ",{\"binary_name\":\"c\"}",
			",\"availability\":\"free\","
			"\"ubuntu_priority\":\"medium\""))) "\n",
	    ERR_NONE,
	    "UBUNTU-CVE-2024-1 at 1 summary=d severity=medium published=7"
	    " modified=8 about=CVE-2024-1\n"
	    "  source s: fixed version=3.9 of=ubuntu release=jammy"
	    " severity=medium detail=free\n"
	    "  package b: fixed version=1:3.9 of=ubuntu release=jammy"
	    " severity=medium detail=free\n"
	    "  package c: fixed of=ubuntu release=jammy severity=medium"
	    " detail=free\n" },
	{ "1.7.0: the severity of the record, no fix: no version",
	    RECORD("\"id\":\"UBUNTU-CVE-2026-2\",\"upstream\":[\"CVE-2026-2\"],"
		   "\"related\":[\"USN-1-1\"],"
		   "\"severity\":[" SEVERITY("Ubuntu", "low") "]",
		UBUNTU("Pro:18.04:LTS", "2", "esm-infra/bionic",
		    OPEN SPECIFIC(BINARY("b", "2"), ""))),
	    ERR_NONE,
	    "UBUNTU-CVE-2026-2 at 0 severity=low about=CVE-2026-2\n"
	    "  source s: affected of=ubuntu release=bionic pocket=esm-infra\n"
	    "  package b: affected of=ubuntu release=bionic"
	    " pocket=esm-infra\n" },
	{ "a notice: its CVEs, the highest of their severities",
	    RECORD("\"id\":\"USN-1-1\",\"summary\":\"t\",\"upstream\":["
		   "\"UBUNTU-CVE-2024-1\",\"UBUNTU-CVE-2024-2\"]",
		UBUNTU("24.10", "1", "oracular",
		    FIXED(
			"1") ",\"database_specific\":{\"cves_map\":{"
			     "\"cves\":[{\"severity\":[" SEVERITY("Ubuntu",
				 "low") "]},{\"severity\":[" SEVERITY("CVSS_V3",
				 "c") "," SEVERITY("Ubuntu",
				 "high") "]},{\"severity\":[" SEVERITY("Ubuntu",
				 "medium") "]}]}}")),
	    ERR_NONE,
	    "USN-1-1 at 0 title=t severity=high about=CVE-2024-1"
	    " about=CVE-2024-2\n"
	    "  source s: fixed version=1 of=ubuntu release=oracular"
	    " severity=high\n" },
	{ "livepatch",
	    RECORD("\"id\":\"LSN-1-1\"",
		UBUNTU("Pro:20.04:LTS", "5", "focal",
		    FIXED("5") SPECIFIC("",
			",\"availability\":\"a\","
			"\"module_name_regex\":\"l.*\""))),
	    ERR_NONE,
	    "LSN-1-1 at 0\n"
	    "  source s: fixed version=5 of=ubuntu release=focal"
	    " pocket=livepatch detail=a\n" },
	{ "withdrawn: no statements",
	    RECORD("\"id\":\"UBUNTU-CVE-2024-1\",\"withdrawn\":"
		   "\"2024-01-01T00:00:00Z\"",
		UBUNTU("24.10", "1", "oracular", OPEN)),
	    ERR_NONE, "UBUNTU-CVE-2024-1 at 0 withdrawn about=CVE-2024-1\n" },
	{ "withdrawn is null", "{\"id\":\"X\",\"withdrawn\":null}", X },
	{ "withdrawn is no time", "{\"id\":\"X\",\"withdrawn\":true}", X },
	{ "no statements at all", "{\"id\":\"X\",\"affected\":null}", X },
	{ "two pockets of one release",
	    RECORD("\"id\":\"X\"",
		UBUNTU("20.04:LTS", "1", "focal", FIXED("1")) "," UBUNTU(
		    "Pro:20.04:LTS", "2", "esm-apps/focal", FIXED("2"))),
	    X "  source s: fixed version=1 of=ubuntu release=focal\n"
	      "  source s: fixed version=2 of=ubuntu release=focal"
	      " pocket=esm-apps\n" },
	{ "binaries of another version than the fix",
	    RECORD("\"id\":\"X\"",
		UBUNTU("20.04:LTS", "7", "focal",
		    FIXED("1") SPECIFIC(BINARY("b", "7"), ""))),
	    X "  source s: fixed version=1 of=ubuntu release=focal\n"
	      "  package b: fixed of=ubuntu release=focal\n" },
	{ "binaries as they were of old",
	    ONE("Ubuntu:22.04:LTS",
		"," FIXED(
		    "1:2") ",\"ecosystem_specific\":{\"binaries\":[{\"b\":\"2\","
			   "\"c\":\"3\"},7]}"),
	    X "  source p: fixed version=1:2 of=ubuntu release=jammy\n"
	      "  package b: fixed version=2 of=ubuntu release=jammy\n"
	      "  package c: fixed version=3 of=ubuntu release=jammy\n" },

	/* Places. */
	{ "a pocket that only the ecosystem tells",
	    ONE("Ubuntu:Pro:FIPS-updates:20.04:LTS", ""),
	    X
	    "  source p: affected of=ubuntu release=focal pocket=fips-updates\n" },
	{ "Pro, and no word of which", ONE("Ubuntu:Pro:16.04:LTS", ""),
	    X "  source p: affected of=ubuntu release=xenial pocket=pro\n" },
	{ "realtime", ONE("Ubuntu:Pro:22.04:LTS:Realtime:Kernel", ""),
	    X
	    "  source p: affected of=ubuntu release=jammy pocket=realtime\n" },
	{ "BlueField", ONE("Ubuntu:Nvidia-BlueField:22.04:LTS", ""),
	    X
	    "  source p: affected of=ubuntu release=jammy pocket=bluefield\n" },
	{ "a release of the future", ONE("Ubuntu:31.04", ""),
	    X "  source p: affected of=ubuntu release=31.04\n" },
	{ "Debian", ONE("Debian:12", "," FIXED("1")),
	    X "  source p: fixed version=1 of=debian release=bookworm\n" },
	{ "Alpine", ONE("Alpine:v3.20", ""),
	    X "  source p: affected of=alpine release=3.20\n" },
	{ "AlmaLinux names binaries", ONE("AlmaLinux:9", "," FIXED("1-2")),
	    X "  package p: fixed version=1-2 of=almalinux release=9\n" },
	{ "Rocky Linux names sources", ONE("Rocky Linux:8", "," FIXED("1")),
	    X "  source p: fixed version=1 of=rocky release=8\n" },
	{ "Red Hat", ONE("Red Hat:enterprise_linux:9::appstream", ""),
	    X "  package p: affected of=rhel release=9 pocket=appstream\n" },
	{ "Red Hat, EUS", ONE("Red Hat:rhel_eus:9.4::baseos", ""),
	    X "  package p: affected of=rhel release=9.4 pocket=eus\n" },
	{ "Red Hat, another product", ONE("Red Hat:openshift:4.14::el8", ""),
	    X "  package p: affected pocket=Red Hat:openshift:4.14::el8\n" },
	{ "Leap", ONE("openSUSE:Leap 15.5", ""),
	    X "  source p: affected of=opensuse-leap release=15.5\n" },
	{ "Tumbleweed", ONE("openSUSE:Tumbleweed", ""),
	    X "  source p: affected of=opensuse-tumbleweed\n" },
	{ "an ecosystem that we do not know", ONE("npm", "," FIXED("1")),
	    X "  package p: fixed version=1 pocket=npm\n" },
	{ "no release where there should be one", ONE("AlmaLinux:x", ""),
	    X "  package p: affected pocket=AlmaLinux:x\n" },

	/* Ranges. */
	{ "no ranges", ONE("Debian:12", ",\"versions\":[\"1\"]"),
	    X "  source p: affected of=debian release=bookworm\n" },
	{ "two fixes of two ranges",
	    ONE_RANGE("{\"introduced\":\"0\"},{\"fixed\":\"1\"},"
		      "{\"introduced\":\"2\"},{\"fixed\":\"3\"}"),
	    X "  source p: fixed version=1 of=debian release=bookworm\n"
	      "  source p: fixed version=3 of=debian release=bookworm\n" },
	{ "fixed, and open again",
	    ONE_RANGE("{\"introduced\":\"0\"},{\"fixed\":\"1\"},"
		      "{\"introduced\":\"2\"}"),
	    X "  source p: affected of=debian release=bookworm\n" },
	{ "one range with and one without a fix",
	    ONE("Debian:12",
		",\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":["
		"{\"introduced\":\"0\"},{\"fixed\":\"1\"}]},"
		"{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":"
		"\"5\"}]}]"),
	    X "  source p: affected of=debian release=bookworm\n" },
	{ "last affected",
	    ONE_RANGE("{\"introduced\":\"0\"},{\"last_affected\":\"1.2\"}"),
	    X "  source p: affected of=debian release=bookworm"
	      " detail=last affected: 1.2\n" },
	{ "a limit",
	    ONE_RANGE("{\"introduced\":\"0\"},{\"fixed\":\"3\"},"
		      "{\"limit\":\"9\"}"),
	    X
	    "  source p: affected of=debian release=bookworm detail=limited to: 9\n" },
	{ "no limit",
	    ONE_RANGE("{\"introduced\":\"0\"},{\"fixed\":\"3\"},"
		      "{\"limit\":\"*\"}"),
	    X "  source p: fixed version=3 of=debian release=bookworm\n" },
	{ "commits are passed over",
	    ONE("Debian:12",
		",\"ranges\":[{\"type\":\"GIT\",\"events\":[{\"introduced\":"
		"\"0\"},{\"fixed\":\"abc\"}]},{\"type\":\"ECOSYSTEM\","
		"\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1\"}]}]"),
	    X "  source p: fixed version=1 of=debian release=bookworm\n" },
	{ "commits only",
	    ONE("Debian:12",
		",\"ranges\":[{\"type\":\"GIT\",\"events\":[{\"introduced\":"
		"\"0\"},{\"fixed\":\"abc\"}]}]"),
	    X "  source p: affected of=debian release=bookworm\n" },
	{ "a range of another type",
	    ONE("Debian:12",
		",\"ranges\":[{\"type\":\"MOON\",\"events\":[{\"introduced\":"
		"\"0\"},{\"fixed\":\"1\"}]}]"),
	    X "  source p: affected of=debian release=bookworm"
	      " detail=a range that is not known\n" },
	{ "a fix without a beginning", ONE_RANGE("{\"fixed\":\"1\"}"),
	    X "  source p: affected of=debian release=bookworm"
	      " detail=a range without a beginning\n" },
	{ "fixed in nothing",
	    ONE_RANGE("{\"introduced\":\"0\"},"
		      "{\"fixed\":\"0\"}"),
	    X "  source p: affected of=debian release=bookworm"
	      " detail=fixed in what is no version: 0\n" },
	{ "fixed below an epoch",
	    ONE_RANGE("{\"introduced\":\"0\"},{\"fixed\":\"<1:0\"}"),
	    X "  source p: affected of=debian release=bookworm"
	      " detail=fixed in what is no version: <1:0\n" },
	{ "fixed in a word",
	    ONE_RANGE("{\"introduced\":\"0\"},{\"fixed\":\"none\"}"),
	    X "  source p: affected of=debian release=bookworm"
	      " detail=fixed in what is no version: none\n" },
	{ "a beginning behind the last end has none",
	    ONE_RANGE("{\"fixed\":\"5\"},{\"introduced\":\"7\"}"),
	    X "  source p: affected of=debian release=bookworm\n" },
	{ "beginnings and ends apart",
	    ONE_RANGE("{\"introduced\":\"0\"},{\"introduced\":\"7\"},"
		      "{\"fixed\":\"1\"},{\"fixed\":\"5\"}"),
	    X "  source p: affected of=debian release=bookworm"
	      " detail=two beginnings with one end\n" },
	{ "from the beginning, said behind the end",
	    ONE_RANGE("{\"fixed\":\"5\"},{\"introduced\":\"0\"}"),
	    X "  source p: fixed version=5 of=debian release=bookworm\n" },
	{ "fixed in a list", ONE_RANGE("{\"introduced\":\"0\"},{\"fixed\":[]}"),
	    X "  source p: affected of=debian release=bookworm"
	      " detail=an event without a version\n" },
	{ "an event of null",
	    ONE_RANGE("{\"introduced\":\"0\",\"fixed\":null},"
		      "{\"fixed\":\"1\"}"),
	    X "  source p: fixed version=1 of=debian release=bookworm\n" },

	/* Refused. */
	{ "no id", "{\"affected\":[]}", ERR_FORMAT,
	    "no OSV record: it has no id" },
	{ "no object", "[]", ERR_FORMAT, "no OSV record: it has no id" },
	{ "affected is no array", "{\"id\":\"X\",\"affected\":{}}", ERR_FORMAT,
	    "X: affected is not an array" },
	{ "X: affected is not of objects", "{\"id\":\"X\",\"affected\":[1]}",
	    ERR_FORMAT, "X: affected is not of objects" },
	{ "no JSON", "{\"id\":\"X\"", ERR_FORMAT,
	    "byte 9: the document ends early" },
};

static void
test_osv(void **state)
{
	advisory_check(*state, osv_read);
}

static const struct archive_case {
	const char *name;
	const char *recipe; /* of image_make.h */
	const char *expect;
} archives[] = {
	{ "an archive, with more than records",
	    "d osv\nf osv/README x\nf osv/a.json  {\"id\":\"A\"}\n"
	    "f osv/b.json {\"id\":\"B\"}\n",
	    "A at 2049\nB at 3072\n" },
	{ "an archive with a record that is none",
	    "f osv/a.json {\"id\":\"A\"}\nf osv/b.json {\"id\":7,\n",
	    "osv/b.json: byte 8: the document ends early" },
	{ "an archive without a record", "f osv/README x\n",
	    "the archive has no record" },
};

static void
test_archive(void **state)
{
	const struct archive_case *c = *state;
	struct advisory_printer p = { 0 };
	const struct advisory_sink sink = { &p, advisory_print };
	struct advisory_about about = { 0 };
	struct span recipe = span_of(c->recipe);
	struct buf tar = { 0 };
	struct arena a = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	make_layer(&recipe, &tar);
	p.text = buf_span(&tar);
	assert_int_equal(stream_open_span(&in, p.text, NULL, &e), 0);
	if (osv_read(in, &sink, &a, &about, &e) != 0) {
		assert_int_equal(e.code, ERR_FORMAT);
		buf_reset(&p.out);
		buf_add_str(&p.out, e.msg);
	}
	assert_string_equal(buf_str(&p.out), c->expect);
	stream_close(in);
	buf_cleanup(&p.out);
	buf_cleanup(&tar);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(archives)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_osv);
	TABLE_ADD(tests, &n, archives, test_archive);
	return _cmocka_run_group_tests("osv", tests, n, NULL, NULL);
}
