/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each publisher's document says of a package, as `show` prints it. The
 * texts have the publishers' shapes, cut to what matters.
 */
#include "indexer/lookup.h"
#include "tests/unit/family_world.h"

#define ROOT                                                                \
	"<oval_definitions xmlns='" FAMILY_OVAL "' xmlns:ind='" FAMILY_OVAL \
	"#independent' xmlns:linux='" FAMILY_OVAL "#linux'>"
#define END "</oval_definitions>"
#define DEFINITION(class, id, metadata, criteria)                             \
	"<definition class='" class                                           \
	    "' id='oval:" id "' version='1'>"                                 \
	    "<metadata><title>t</title><description/>" metadata "</metadata>" \
	    "<criteria>" criteria "</criteria></definition>"
#define CVE(id) "<reference source='CVE' ref_id='" id "' ref_url='u'/>"
#define SEVERITY(s) "<advisory><severity>" s "</severity></advisory>"
#define CRITERION(n, comment) \
	"<criterion test_ref='oval:t:tst:" n "' comment=\"" comment "\"/>"
#define AND(x) "<criteria operator='AND'>" x "</criteria>"
#define OR(x) "<criteria operator='OR'>" x "</criteria>"
#define TEST(kind, n, attrs, object, states)                         \
	"<linux:" kind "info_test id='oval:t:tst:" n                 \
	"' version='1' check='at least one' comment='c' " attrs      \
	"><linux:object object_ref='oval:t:obj:" object "'/>" states \
	"</linux:" kind "info_test>"
#define WITH(n) "<linux:state state_ref='oval:t:ste:" n "'/>"
#define OBJECT(kind, n, name)                                          \
	"<linux:" kind "info_object id='oval:t:obj:" n                 \
	"' version='1'><linux:name>" name "</linux:name></linux:" kind \
	"info_object>"
#define STATE(kind, n, inner)                                                \
	"<linux:" kind "info_state id='oval:t:ste:" n "' version='1'>" inner \
	"</linux:" kind "info_state>"
#define BEFORE(v) "<linux:evr operation='less than'>" v "</linux:evr>"
#define REST(kind)                                                             \
	"<objects>" OBJECT(kind, "1", "libfoo1") OBJECT(kind, "2", "foo")      \
	    OBJECT(kind, "3", "t-release") "</objects><states>" STATE(         \
		kind, "1", BEFORE("0:1.2-1")) STATE(kind, "2", BEFORE("0:0"))  \
		STATE(kind, "3", "<linux:version>0</linux:version>") STATE(    \
		    kind, "4",                                                 \
		    "<linux:version>15</linux:version>") STATE(kind, "5",      \
		    BEFORE("0:1.3-1") "<linux:arch operation='pattern match'>" \
				      "(aarch64|x86_64)</linux:arch>")         \
		    STATE(kind, "6",                                           \
			"<linux:evr operation='greater than or "               \
			"equal'>0:2-1</linux:evr>") "</states>"

#define IN " package in t "
static const char ubuntu[] = ROOT "<definitions>" DEFINITION("vulnerability",
    "u:def:1", CVE("CVE-2024-1") SEVERITY("High"),
    CRITERION("1", "foo" IN "was vulnerable but has been fixed (note: '1.2')."))
    DEFINITION("vulnerability", "u:def:2", CVE("CVE-2024-2"),
	CRITERION("2",
	    "foo" IN
	    "is affected and needs fixing.")) DEFINITION("vulnerability",
	"u:def:3", CVE("CVE-2024-3"),
	CRITERION("2",
	    "foo" IN
	    "is affected and may need fixing.")) DEFINITION("vulnerability",
	"u:def:4", CVE("CVE-2024-4"),
	CRITERION("2",
	    "foo" IN "is affected, but a decision has been made to "
	    "defer addressing it (note: '2021').")) DEFINITION("vulnerability",
	"u:def:5", CVE("CVE-2024-5"),
	CRITERION("2",
	    "foo: while related to the CVE in some way, a decision has "
	    "been made to ignore this issue.")) DEFINITION("vulnerability",
	"u:def:6", CVE("CVE-2024-6"),
	CRITERION("1",
	    "foo" IN "is affected. An update containing the fix has been "
	    "completed and is pending publication (note: '1.2')."))
	DEFINITION("vulnerability", "u:def:7", CVE("CVE-2024-7"),
	    CRITERION("1",
		"foo package in esm-apps/t, is related to the CVE in some "
		"way and has been fixed (note: '1.2').")) DEFINITION("vulnerability",
	    "u:def:8", CVE("CVE-2024-8"),
	    CRITERION("2",
		"foo" IN "has a vulnerability that is not known (status: "
		"'odd'). It is pending evaluation.")) DEFINITION("vulnerability",
	    "u:def:9",
	    "<reference source='Package' "
	    "ref_id='foo' ref_url='u'/>",
	    OR(CRITERION("1",
		"(CVE-2024-1) foo" IN
		"was vulnerable but has been fixed (note: '1.2').")
		    CRITERION("2",
			"(CVE-2024-2) foo" IN "is affected and needs fixing.")))
	    DEFINITION("patch", "u:def:10",
		"<reference source='USN' ref_id='USN-1-1' "
		"ref_url='u'/>" CVE("CVE-2024-1"),
		CRITERION("1",
		    "Long Term Release")) "</definitions><tests>" TEST("dpkg",
		"1", "", "1", WITH("1"))
		TEST("dpkg", "2", "", "1", "") "</tests>" REST("dpkg") END;

static const char redhat[] = ROOT "<definitions>" DEFINITION("patch",
    "com.redhat.rhsa:def:1",
    "<advisory><severity>Important</severity><cve impact='low'>CVE-2024-1"
    "</cve><cve>CVE-2024-2</cve></advisory>",
    OR(CRITERION("9", "T Linux must be installed") AND(CRITERION("8",
	"T Linux 9 is installed") CRITERION("7", "Module foo:1.2 is enabled")
	    OR(AND(CRITERION("5", "foo is earlier than 0:1.3-1") CRITERION("6",
		"foo is signed with the key")))))) DEFINITION("vulnerability",
    "com.redhat.cve:def:2",
    CVE("CVE-2024-3") "<advisory><affected><resolution state='Will not fix'><component>foo"
		      "</component></resolution><resolution state='Affected'><component>"
		      "m:1/bar</component></resolution></affected></advisory>",
    CRITERION("3", "foo is installed")) DEFINITION("vulnerability",
    "com.redhat.cve:def:3",
    CVE("CVE-2024-4") "<advisory><affected><resolution state='Fix deferred'><component>m:1/foo"
		      "</component></resolution><resolution state='Affected'><component>"
		      "foo</component></resolution></affected></advisory>",
    CRITERION("3", "foo is installed")) DEFINITION("vulnerability",
    "com.redhat.cve:def:4",
    CVE("CVE-2024-5") "<advisory><affected><resolution state='Out of support scope'><component>"
		      "other</component></resolution></affected></advisory>",
    CRITERION("3", "foo is installed")) DEFINITION("vulnerability",
    "com.redhat.unaffected:def:5", CVE("CVE-2024-6"),
    AND(CRITERION("3", "foo is installed")
	    CRITERION("4", "foo is not installed"))) DEFINITION("vulnerability",
    "com.redhat.cve:def:6", CVE("CVE-2024-7"),
    CRITERION("3", "foo is installed")) "</definitions><tests>" TEST("rpm", "3",
    "", "2", "") TEST("rpm", "4", "check_existence='none_exist'", "2", "")
    TEST("rpm", "5", "", "2", WITH("5")) TEST("rpm", "6", "", "2", WITH("7"))
	TEST("rpm", "7", "", "3", "") TEST("rpm", "8", "", "3", WITH("4")) TEST(
	    "rpm", "9", "", "3",
	    "") "</tests>"
		"<objects>" OBJECT("rpm", "2", "foo") OBJECT(
		    "rpm", "3", "t-release") "</objects><states>" STATE("rpm",
		    "4", "<linux:version>9</linux:version>") STATE("rpm", "5",
		    BEFORE("0:1.3-1") "<linux:arch operation='pattern match'>"
				      "aarch64|x86_64</linux:arch>")
		    STATE("rpm", "7",
			"<linux:signature_keyid>199e2f91fd431d51"
			"</linux:signature_keyid>") "</states>" END;

static const char suse[] = ROOT "<definitions>" DEFINITION("vulnerability",
    "s:def:1",
    "<advisory><severity>Low</severity><cve impact='moderate'>"
    "CVE-2024-1 at SUSE</cve></advisory>" CVE("Mitre CVE-2024-1")
	CVE("SUSE CVE-2024-1") CVE("SUSE-SU-2024:1"),
    OR(AND(OR(CRITERION("4", "T Server 15 SP1 is installed")
	    CRITERION("4", "T Desktop 15 SP1 is installed"))
	    OR(CRITERION("1", "foo-1.2-1 is installed"))) AND(CRITERION("4",
	"T Server 15 SP2 is installed") CRITERION("3", "foo is not affected"))))
    DEFINITION("vulnerability", "s:def:2", CVE("SUSE CVE-2024-2"),
	AND(CRITERION("2", "foo is affected") CRITERION("6",
	    "kernel livepatch is newer"))) "</definitions><tests>" TEST("rpm",
	"1", "", "2", WITH("1")) TEST("rpm", "2", "", "2", "")
	TEST("rpm", "3", "", "2", WITH("3"))
	    TEST("rpm", "4", "", "3", WITH("4"))
		TEST("rpm", "6", "", "2", WITH("6")) "</tests>" REST("rpm") END;

/* All releases in one document; Oracle's architectures. */
static const char oracle[] = ROOT "<definitions>" DEFINITION("patch", "o:def:1",
    CVE("CVE-2024-1"),
    AND(CRITERION("4", "T Linux 8 is installed")
	    AND(CRITERION("4", "T Linux arch is x86_64")
		    CRITERION("1", "foo is earlier than 0:1.2-1"))))
    DEFINITION("patch", "o:def:2", "",
	AND(CRITERION("4", "T Linux 9 is installed") CRITERION("1",
	    "foo is earlier than 0:1.2-1"))) "</definitions><tests>" TEST("rpm",
	"1", "", "2", WITH("1"))
	TEST("rpm", "4", "", "3", WITH("4")) "</tests>" REST("rpm") END;

static const char debian[] = ROOT "<definitions>" DEFINITION("vulnerability",
    "d:def:308370225544215691963860905694509241784", CVE("CVE-2024-1"),
    CRITERION("2", "foo DPKG is earlier than 0")) DEFINITION("vulnerability",
    "d:def:2", CVE("CVE-2024-2"),
    CRITERION("1",
	"foo DPKG is earlier than 1.2-1")) "</definitions><tests>" TEST("dpkg",
    "1", "", "2", WITH("1"))
    TEST("dpkg", "2", "", "2", WITH("2")) "</tests>" REST("dpkg") END;

static const char notices[] =
    "{\"7000-1\":{\"id\":\"7000-1\",\"title\":\"Foo\",\"cves\":["
    "\"CVE-2024-1\",\"https://launchpad.net/bugs/1\"],\"timestamp\":1714558509,"
    "\"releases\":{\"t\":{\"sources\":{\"foo\":{\"version\":\"1.2\"}},"
    "\"binaries\":{\"libfoo1\":{\"version\":\"1.2-1\"}}}}},"
    "\"7001-1\":{\"id\":\"7001-1\",\"title\":\"Foo regression\",\"cves\":[],"
    "\"timestamp\":1714558509,\"releases\":{\"t\":{\"sources\":{\"foo\":{"
    "\"version\":\"1.3\"}}}}}}";

static const char secdb[] =
    "{\"distroversion\":\"v3.20\",\"reponame\":\"main\",\"packages\":[{\"pkg\":"
    "{\"name\":\"foo\",\"secfixes\":{\"1.2-r1\":[\"CVE-2024-9\",\"XSA-1\"],"
    "\"0\":[\"CVE-2024-10\"]}}}]}";

static const struct family_text documents[] = {
	{ "u.oval", DOCUMENT_OVAL, ubuntu, NULL, "ubuntu", "t" },
	{ "usn", DOCUMENT_USN, notices, NULL, "ubuntu", "" },
	{ "r.oval", DOCUMENT_OVAL, redhat, NULL, "rhel", "9" },
	{ "s.oval", DOCUMENT_OVAL, suse, NULL, "sles", "15" },
	{ "o.oval", DOCUMENT_OVAL, oracle, NULL, "ol", "" },
	{ "d.oval", DOCUMENT_OVAL, debian, NULL, "debian", "t" },
	{ "secdb", DOCUMENT_SECDB, secdb, NULL, "alpine", "3.20" },
};

static struct tmp the_tmp;
static struct index_reader the_index;

#define LIST "  cves        "
#define NEXT "              "

static const struct package_case {
	const char *name;
	const char *id;
	const char *document;
	uint64_t n;
	const char *expect;
} cases[] = {
	{ "Ubuntu's states, by source package", "ubuntu/t/foo", NULL, 12,
	    LIST
	    "CVE-2024-8 unknown foo source u.oval oval:u:def:8\n" NEXT
	    "CVE-2024-7 fixed 0:1.2-1 foo source esm-apps not-affected u.oval "
	    "oval:u:def:7\n" NEXT
	    "CVE-2024-6 affected 0:1.2-1 foo source pending u.oval "
	    "oval:u:def:6\n" NEXT
	    "CVE-2024-5 will not fix foo source ignored u.oval "
	    "oval:u:def:5\n" NEXT
	    "CVE-2024-4 deferred foo source u.oval oval:u:def:4\n" NEXT
	    "CVE-2024-3 needs triage foo source u.oval oval:u:def:3\n" NEXT
	    "CVE-2024-2 affected foo source u.oval oval:u:def:2\n" NEXT
	    "CVE-2024-2 affected foo source u.oval oval:u:def:9\n" NEXT
	    "CVE-2024-1 fixed 0:1.2-1 foo source High u.oval "
	    "oval:u:def:1\n" NEXT
	    "CVE-2024-1 fixed 0:1.2-1 foo source u.oval oval:u:def:9\n" NEXT
	    "CVE-2024-1 fixed 1.2 foo source usn USN-7000-1\n" NEXT
	    "fixed 1.3 foo source usn USN-7001-1\n" },
	{ "by binary package: the notice, too", "ubuntu/t/libfoo1", "u.oval",
	    11, NULL },
	{ "a notice's binary package", "ubuntu/t/libfoo1", "usn", 1,
	    LIST "CVE-2024-1 fixed 1.2-1 libfoo1 binary usn USN-7000-1\n" },
	{ "Red Hat's resolutions, module, architectures", "rhel/9/foo", NULL, 7,
	    LIST
	    "CVE-2024-7 affected foo binary r.oval "
	    "oval:com.redhat.cve:def:6\n" NEXT
	    "CVE-2024-6 not affected foo binary r.oval "
	    "oval:com.redhat.unaffected:def:5\n" NEXT
	    "CVE-2024-5 end of life foo binary Out of support scope r.oval "
	    "oval:com.redhat.cve:def:4\n" NEXT
	    "CVE-2024-4 unknown foo binary r.oval "
	    "oval:com.redhat.cve:def:3\n" NEXT
	    "CVE-2024-3 will not fix foo binary Will not fix r.oval "
	    "oval:com.redhat.cve:def:2\n" NEXT
	    "CVE-2024-2 fixed 0:1.3-1 foo binary foo:1.2 aarch64 x86_64 "
	    "Important T Linux 9 r.oval oval:com.redhat.rhsa:def:1\n" NEXT
	    "CVE-2024-1 fixed 0:1.3-1 foo binary foo:1.2 aarch64 x86_64 low "
	    "T Linux 9 r.oval oval:com.redhat.rhsa:def:1\n" },
	{ "what a release package is compared with is no fix",
	    "rhel/9/t-release", NULL, 0, "" },
	{ "SUSE's products, not affected", "sles/15/foo", NULL, 3,
	    LIST
	    "CVE-2024-2 affected foo binary s.oval oval:s:def:2\n" NEXT
	    "CVE-2024-1 fixed 0:1.2-1 foo binary moderate T Server 15 SP1, T Desktop "
	    "15 SP1 s.oval oval:s:def:1\n" NEXT
	    "CVE-2024-1 not affected foo binary moderate T Server 15 SP2 s.oval "
	    "oval:s:def:1\n" },
	{ "one release of several", "ol/8/foo", NULL, 1,
	    LIST "CVE-2024-1 fixed 0:1.2-1 foo binary x86_64 T Linux 8 o.oval "
		 "oval:o:def:1\n" },
	{ "a definition without a CVE", "ol/9/foo", NULL, 1,
	    LIST "fixed 0:1.2-1 foo binary T Linux 9 o.oval "
		 "oval:o:def:2\n" },
	{ "Debian's earlier than 0 is not known", "debian/t/foo", NULL, 2,
	    LIST "CVE-2024-2 fixed 0:1.2-1 foo source d.oval "
		 "oval:d:def:2\n" NEXT
		 "CVE-2024-1 unknown foo source earlier than 0 d.oval "
		 "oval:d:def:308370225544215691963860905694509241784\n" },
	{ "advisories", "alpine/3.20/foo", NULL, 3,
	    LIST "XSA-1 fixed 1.2-r1 foo source main secdb foo\n" NEXT
		 "CVE-2024-10 not affected foo source main secdb foo\n" NEXT
		 "CVE-2024-9 fixed 1.2-r1 foo source main secdb foo\n" },
	{ "another release", "ubuntu/u/foo", NULL, 0, "" },
	{ "another distribution", "fedora/t/foo", NULL, 0, "" },
	{ "no such package", "ubuntu/t/bar", NULL, 0, "" },
	{ "a name that is no word", "ubuntu/t/++", NULL, 0, "" },
	{ "one document", "ubuntu/t/foo", "usn", 2,
	    LIST "CVE-2024-1 fixed 1.2 foo source usn USN-7000-1\n" NEXT
		 "fixed 1.3 foo source usn USN-7001-1\n" },
};

static void
test_package(void **state)
{
	const struct package_case *c = *state;
	struct buf expect = { 0 };
	struct out out;
	struct lookup l = { &the_index, &out, c->document, false, false, 0 };
	struct err e = { 0 };
	uint64_t n = 0;

	out_init(&out, -1);
	if (lookup_show(&l, span_of(c->id), &n, &e) != 0)
		fail_msg("%s", e.msg);
	if (c->n > 0)
		buf_printf(&expect, "package %s\n", c->id);
	if (c->expect != NULL) {
		buf_add_str(&expect, c->expect);
		assert_string_equal(buf_str(&out.buf), buf_str(&expect));
	}
	assert_int_equal(n, c->n);
	out_cleanup(&out);
	buf_cleanup(&expect);
}

/* Programs get every field, and the place of the record's bytes. */
static void
test_json(void **state)
{
	const char *record = strstr(debian,
	    "<definition class='vulnerability' "
	    "id='oval:d:def:2'");
	struct buf expect = { 0 };
	struct out out;
	struct lookup l = { &the_index, &out, NULL, true, false, 0 };
	char hex[DIGEST_HEX_SIZE];
	struct digest digest;
	struct err e = { 0 };
	uint64_t n = 0;

	(void)state;
	out_init(&out, -1);
	if (lookup_show(&l, SPAN_LIT("debian/t/foo"), &n, &e) != 0)
		fail_msg("%s", e.msg);
	digest_of(span_of(debian), &digest);
	buf_printf(&expect,
	    "[\n  {\n    \"kind\": \"package\",\n    \"id\": "
	    "\"debian/t/foo\",\n    \"cves\": [\n      {\n"
	    "        \"cve\": \"CVE-2024-2\",\n"
	    "        \"state\": \"fixed\",\n"
	    "        \"version\": \"0:1.2-1\",\n"
	    "        \"name\": \"foo\",\n"
	    "        \"type\": \"source\",\n"
	    "        \"module\": \"\",\n        \"pocket\": \"\",\n"
	    "        \"arch\": \"\",\n        \"severity\": \"\",\n"
	    "        \"detail\": \"\",\n        \"product\": \"\",\n"
	    "        \"document\": \"d.oval\",\n"
	    "        \"record\": \"oval:d:def:2\",\n"
	    "        \"path\": \"d.oval\",\n"
	    "        \"sha256\": \"%s\",\n"
	    "        \"offset\": %zu\n      },",
	    digest_hex(&digest, hex), (size_t)(record - debian));
	if (!span_has_prefix(buf_span(&out.buf), buf_str(&expect)))
		fail_msg("%s is not the beginning of %s", buf_str(&expect),
		    buf_str(&out.buf));
	out_cleanup(&out);
	buf_cleanup(&expect);
}

static const struct names_case {
	const char *name;
	const char *words;
	const char *document;
	uint64_t offset;
	uint64_t limit;
	const char *expect; /* ids, or the error's text */
	uint64_t n;
} names_cases[] = {
	{ "packages by name", "foo", NULL, 0, 9,
	    "alpine/3.20/foo debian/t/foo ol/any/foo rhel/9/foo sles/15/foo ubuntu/t/foo ubuntu/t/libfoo1 ",
	    7 },
	{ "packages by a part", "ibfo", NULL, 0, 9, "ubuntu/t/libfoo1 ", 1 },
	{ "packages of a distribution", "UBUNTU foo", NULL, 0, 9,
	    "ubuntu/t/foo ubuntu/t/libfoo1 ", 2 },
	{ "packages of a release", "rhel 9 foo", NULL, 0, 9, "rhel/9/foo ", 1 },
	{ "a page of packages", "foo", NULL, 1, 2, "debian/t/foo ol/any/foo ",
	    7 },
	{ "packages of a document", "foo", "usn", 0, 9,
	    "ubuntu/t/foo ubuntu/t/libfoo1 ", 2 },
	{ "no packages", "foo none", NULL, 0, 9, "", 0 },
	{ "too short for packages", "f", NULL, 0, 9,
	    "say at least 2 letters of a package's name", 0 },
};

static void
test_names(void **state)
{
	static const char id[] = "\"id\": \"";
	const struct names_case *c = *state;
	struct buf ids = { 0 };
	struct err e = { 0 };
	struct out out;
	struct lookup l = { .index = &the_index,
		.out = &out,
		.document = c->document,
		.as_json = true,
		.offset = c->offset,
		.limit = c->limit };
	uint64_t n = 0;
	const char *at;
	int rc;

	out_init(&out, -1);
	rc = lookup_packages(&l, span_of(c->words), &n, &e);
	assert_int_equal(rc, e.code == ERR_NONE ? 0 : -1);
	for (at = buf_str(&out.buf); (at = strstr(at, id)) != NULL; at++)
		buf_printf(&ids, "%.*s ", (int)strcspn(at + strlen(id), "\""),
		    at + strlen(id));
	assert_string_equal(
	    e.code == ERR_NONE ? buf_str(&ids) : e.msg, c->expect);
	assert_int_equal(n, c->n);
	buf_cleanup(&ids);
	out_cleanup(&out);
}

static int
setup(void **state)
{
	struct family_world f;
	struct err e = { 0 };
	char to[192];

	(void)state;
	tmp_init(&the_tmp);
	family_world_open(&f);
	family_world_must(&f, documents, TABLE_N(documents));
	snprintf(to, sizeof(to), "%s/all.sqlite", the_tmp.path);
	assert_int_equal(rename(f.path, to), 0);
	family_world_close(&f);
	if (index_open(&the_index, the_tmp.dirfd, the_tmp.path, &e) != 0)
		fail_msg("%s", e.msg);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	index_close(&the_index);
	tmp_cleanup(&the_tmp);
	return 0;
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(names_cases) + 1] = {
		cmocka_unit_test(test_json),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, cases, test_package);
	TABLE_ADD(tests, &n, names_cases, test_names);
	return _cmocka_run_group_tests(
	    "lookup package", tests, n, setup, teardown);
}
