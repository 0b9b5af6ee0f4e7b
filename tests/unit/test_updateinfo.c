/* SPDX-License-Identifier: Apache-2.0 */
#include "content/updateinfo.h"
#include "tests/unit/advisory_print.h"

/* One update that names a CVE: what stands in its list of packages. */
#define PACKAGES(xml)                                                 \
	"<updates><update type=\"security\"><id>A-1</id><references>" \
	"<reference type=\"cve\" id=\"CVE-2020-1\"/></references>"    \
	"<pkglist><collection>" xml                                   \
	"</collection></pkglist></update></updates>"
#define SAYS "A-1 at 9 about=CVE-2020-1\n"

/* What stands in an update without packages. */
#define UPDATE(xml) "<updates><update><id>A-1</id>" xml "</update></updates>"

#define OF_TYPE(type)                                                    \
	"<update type=\"" type "\"><id>A-1</id><pkglist><collection>"    \
	"<package name=\"a\" version=\"1\" release=\"2\"/></collection>" \
	"</pkglist></update>"

static const struct advisory_case cases[] = {
	{ "Amazon Linux",
	    "<?xml version=\"1.0\" ?>\n<updates>\n"
	    "<update author=\"l@example.com\" from=\"l@example.com\" "
	    "status=\"final\" type=\"security\" version=\"1.4\">\n"
	    "<id>ALAS2023-2023-001</id>\n"
	    "<title>Amazon Linux 2023 - ALAS2023-2023-001: Important "
	    "priority package update for vim</title>\n"
	    "<issued date=\"2023-02-17 20:41:00\" />"
	    "<updated date=\"2023-02-22 21:17\" />\n"
	    "<severity>Important</severity>\n"
	    "<description>A &lt;flaw&gt;.\n</description>\n"
	    "<references><reference href=\"http://x\" id=\"CVE-2022-3134\" "
	    "title=\"\" type=\"cve\"/>"
	    "<reference id=\"CVE-2022-3234\" type=\"CVE\"/>"
	    "<reference id=\"ALAS2023-2023-001\" type=\"self\"/>"
	    "</references>\n"
	    "<pkglist><collection short=\"amazon-linux-2023\">"
	    "<name>Amazon Linux 2023</name>\n"
	    "<package arch=\"aarch64\" epoch=\"2\" name=\"vim-common\" "
	    "release=\"1.amzn2023\" version=\"9.0.475\">"
	    "<filename>Packages/vim-common.rpm</filename></package>\n"
	    "<package arch=\"noarch\" epoch=\"2\" name=\"vim-data\" "
	    "release=\"1.amzn2023\" version=\"9.0.475\"/>\n"
	    "<package arch=\"x86_64\" epoch=\"2\" name=\"vim-common\" "
	    "release=\"1.amzn2023\" version=\"9.0.475\"/>\n"
	    "</collection></pkglist>\n</update>\n</updates>\n",
	    ERR_NONE,
	    "ALAS2023-2023-001 at 33 title=Amazon Linux 2023 - "
	    "ALAS2023-2023-001: Important priority package update for vim "
	    "summary=A <flaw>. severity=Important published=1676666460 "
	    "modified=1677100620 about=CVE-2022-3134 about=CVE-2022-3234\n"
	    "  package vim-common: fixed version=2:9.0.475-1.amzn2023 "
	    "arch=aarch64 x86_64\n"
	    "  package vim-data: fixed version=2:9.0.475-1.amzn2023 "
	    "arch=noarch\n" },
	{ "two updates",
	    "<updates><update><id>A-1</id></update>\n"
	    "<update><id>A-2</id></update></updates>",
	    ERR_NONE, "A-1 at 9\nA-2 at 39\n" },
	{ "epochs",
	    PACKAGES(
		"<package name=\"a\" epoch=\"0\" version=\"1\" release=\"2\"/>"
		"<package name=\"b\" version=\"1\" release=\"2\"/>"
		"<package name=\"c\" epoch=\"\" version=\"1\" release=\"2\"/>"),
	    ERR_NONE,
	    SAYS "  package a: fixed version=0:1-2\n"
		 "  package b: fixed version=1-2\n"
		 "  package c: fixed version=1-2\n" },
	{ "versions that are none",
	    PACKAGES(
		"<package name=\"a\" epoch=\"x\" version=\"1\" release=\"2\"/>"
		"<package name=\"b\" version=\"1\"/>"
		"<package name=\"c\" release=\"1\"/>"
		"<package name=\"d\" version=\"1 2\" release=\"1\"/>"
		"<package name=\"e\" epoch=\"-1\" version=\"1\" "
		"release=\"1\"/>"),
	    ERR_NONE,
	    SAYS "  package a: unknown\n  package b: unknown\n"
		 "  package c: unknown\n  package d: unknown\n"
		 "  package e: unknown\n" },
	{ "names that are none",
	    PACKAGES("<package version=\"1\" release=\"2\"/>"
		     "<package name=\"a b\" version=\"1\" release=\"2\"/>"
		     "<package name=\"c\" arch=\"x y\" version=\"1\" "
		     "release=\"2\"/>"),
	    ERR_NONE, SAYS "  package c: fixed version=1-2\n" },
	{ "architectures",
	    PACKAGES("<package name=\"a\" version=\"1\" release=\"2\" "
		     "arch=\"i686\"/>"
		     "<package name=\"a\" version=\"1\" release=\"3\" "
		     "arch=\"x86_64\"/>"
		     "<package name=\"a\" version=\"1\" release=\"2\" "
		     "arch=\"i686\"/>"
		     "<package name=\"a\" version=\"1\" release=\"2\" "
		     "arch=\"x86\"/>"
		     "<package name=\"b\" version=\"1\" release=\"2\" "
		     "arch=\"x86\"/>"
		     "<package name=\"b\" version=\"1\" release=\"2\"/>"
		     "<package name=\"b\" version=\"1\" release=\"2\" "
		     "arch=\"x86_64\"/>"),
	    ERR_NONE,
	    SAYS "  package a: fixed version=1-2 arch=i686 x86\n"
		 "  package a: fixed version=1-3 arch=x86_64\n"
		 "  package b: fixed version=1-2\n" },
	{ "modules",
	    PACKAGES("<module name=\"nodejs\" stream=\"18\" version=\"1\"/>"
		     "<package name=\"npm\" version=\"1\" release=\"2\"/>"
		     "</collection><collection>"
		     "<package name=\"npm\" version=\"1\" release=\"2\"/>"),
	    ERR_NONE,
	    SAYS "  package npm: fixed version=1-2 module=nodejs:18\n"
		 "  package npm: fixed version=1-2\n" },
	{ "no matter of security states nothing",
	    "<updates>" OF_TYPE("bugfix") OF_TYPE("Enhancement")
		OF_TYPE("newpackage") "</updates>",
	    ERR_NONE, "A-1 at 9\nA-1 at 139\nA-1 at 274\n" },
	{ "types of other words may be of security",
	    "<updates>" OF_TYPE("Security") OF_TYPE("") "</updates>", ERR_NONE,
	    "A-1 at 9\n  package a: fixed version=1-2\n"
	    "A-1 at 141\n  package a: fixed version=1-2\n" },
	{ "versions that are none",
	    PACKAGES("<package name=\"a\" version=\"&lt;1\" release=\"2\"/>"
		     "<package name=\"b\" version=\"none\" release=\"x\"/>"
		     "<package name=\"c\" version=\"0\" release=\"0.1\"/>"),
	    ERR_NONE,
	    SAYS "  package a: unknown\n  package b: unknown\n"
		 "  package c: fixed version=0-0.1\n" },
	{ "retracted",
	    "<updates><update status=\"retracted\" type=\"security\">"
	    "<id>A-1</id><pkglist><collection><package name=\"a\" "
	    "version=\"1\" release=\"2\"/></collection></pkglist>"
	    "</update></updates>",
	    ERR_NONE, "A-1 at 9 withdrawn\n" },
	{ "dates",
	    "<updates>"
	    "<update><id>A-1</id><issued date=\"2023-02-17\"/></update>"
	    "<update><id>A-2</id><issued date=\"2023-02-17T20:41:00Z\"/>"
	    "<updated date=\"\"/></update>"
	    "<update><id>A-3</id><issued date=\"2023-02-17 20:4x\"/>"
	    "<updated date=\"soon\"/></update>"
	    "<update><id>A-4</id><issued/></update></updates>",
	    ERR_NONE,
	    "A-1 at 9 published=1676592000\n"
	    "A-2 at 65 published=1676666460\n"
	    "A-3 at 149\nA-4 at 233\n" },
	{ "references that are none",
	    UPDATE("<references><reference type=\"cve\"/>"
		   "<reference type=\"cve\" id=\"CVE\"/>"
		   "<reference type=\"bugzilla\" id=\"CVE-1\"/>"
		   "<reference id=\"CVE-2\"/>"
		   "<reference type=\"cve\" id=\" CVE-3 \"/>"
		   "<reference type=\"cve\" id=\"CVE-3\"/></references>"),
	    ERR_NONE, "A-1 at 9 about=CVE-1 about=CVE-2 about=CVE-3\n" },
	{ "several references in one",
	    UPDATE("<references><reference type=\"cve\" "
		   "id=\"CVE-1, CVE-2\"/></references>"),
	    ERR_NONE, "A-1 at 9 about=CVE-1 about=CVE-2\n" },
	{ "what is not known is passed over",
	    UPDATE("<x><id>B</id></x><rights>r</rights><release/>"), ERR_NONE,
	    "A-1 at 9\n" },
	{ "no update", "<updates/>", ERR_FORMAT, "the document has no update" },
	{ "another document", "<otherdata/>", ERR_FORMAT,
	    "line 1: the document is <otherdata>, not <updates>" },
	{ "no id", "<updates>\n<update></update></updates>", ERR_FORMAT,
	    "line 2: an update without an id" },
	{ "an id that is none", UPDATE("<id>A 1</id>"), ERR_FORMAT,
	    "line 1: \"A 1\" is not the id of an update" },
	{ "DOCTYPE", "<!DOCTYPE updates [<!ENTITY a \"b\">]>\n<updates/>",
	    ERR_FORMAT, "line 1: DOCTYPE is refused" },
	{ "ends early", "<updates><update>\n<id>A-1", ERR_FORMAT,
	    "line 2: the document ends early" },
	{ "empty", "", ERR_FORMAT, "the document is empty" },
};

static void
test_updateinfo(void **state)
{
	advisory_check(*state, updateinfo_read);
}

static int
on_advisory(void *ctx, const struct advisory *a, struct err *e)
{
	(void)ctx;
	(void)a;
	(void)e;
	return 0;
}

static void
test_too_many_architectures(void **state)
{
	const struct advisory_sink sink = { NULL, on_advisory };
	struct advisory_about about = { 0 };
	struct arena a = { 0 };
	struct stream *in = NULL;
	struct buf b = { 0 };
	struct err e = { 0 };
	int i;

	(void)state;
	buf_add_str(&b, "<updates><update><pkglist><collection>\n");
	for (i = 0; i < 60; i++)
		buf_printf(&b,
		    "<package name=\"a\" version=\"1\" release=\"1\" "
		    "arch=\"x%04d\"/>\n",
		    i);
	assert_int_equal(stream_open_span(&in, buf_span(&b), NULL, &e), 0);
	assert_int_equal(updateinfo_read(in, &sink, &a, &about, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "line 44: a: too many architectures");
	stream_close(in);
	arena_cleanup(&a);
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_updateinfo);
	tests[n++] =
	    (struct CMUnitTest)cmocka_unit_test(test_too_many_architectures);
	return _cmocka_run_group_tests("updateinfo", tests, n, NULL, NULL);
}
