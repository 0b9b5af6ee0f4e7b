/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/listing_case.h"

#define HEX8 "01234567"
#define HEX HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8
/* One <data> of type updateinfo. */
#define DATA(xml) "<repomd>\n<data type=\"updateinfo\">" xml "</data></repomd>"
#define PLACE "<location href=\"repodata/u.xml.gz\"/>"

static const struct listing_case cases[] = {
	{ "mirrors", LISTING_MIRRORS,
	    "https://cdn.example.com/al2023/core/guids/0a/x86_64/\r\n\n"
	    "# a comment\n  http://mirror.example.com/x?y=1",
	    ERR_NONE,
	    "https://cdn.example.com/al2023/core/guids/0a/x86_64/\n"
	    "http://mirror.example.com/x?y=1\n" },
	{ "no mirror", LISTING_MIRRORS, "\n#\n", ERR_FORMAT,
	    "no mirror is listed" },
	{ "an empty file", LISTING_MIRRORS, "", ERR_FORMAT,
	    "no mirror is listed" },
	{ "another protocol", LISTING_MIRRORS,
	    "https://a\nfile:///etc/passwd\n", ERR_FORMAT,
	    "line 2: \"file:///etc/passwd\" is not a mirror's URL" },
	{ "no host", LISTING_MIRRORS, "https://\n", ERR_FORMAT,
	    "line 1: \"https://\" is not a mirror's URL" },
	{ "no host but a path", LISTING_MIRRORS, "http:///x\n", ERR_FORMAT,
	    "line 1: \"http:///x\" is not a mirror's URL" },
	{ "a blank inside", LISTING_MIRRORS, "https://a b\n", ERR_FORMAT,
	    "line 1: \"https://a b\" is not a mirror's URL" },
	{ "not ASCII", LISTING_MIRRORS, "https://\xc3\xa4\n", ERR_FORMAT,
	    "line 1: \"https://\xc3\xa4\" is not a mirror's URL" },
	{ "a page instead", LISTING_MIRRORS, "<html>\n", ERR_FORMAT,
	    "line 1: \"<html>\" is not a mirror's URL" },

	{ "repomd", LISTING_REPOMD,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<repomd xmlns=\"http://linux.duke.edu/metadata/repo\">\n"
	    "<revision>1</revision>\n"
	    "<data type=\"primary\"><checksum type=\"sha256\">x</checksum>"
	    "<location href=\"../p\"/><size>x</size></data>\n"
	    "<data type=\"updateinfo\">\n"
	    "<checksum type=\"sha256\">" HEX "</checksum>\n"
	    "<open-checksum type=\"sha256\">x</open-checksum>\n"
	    "<location href=\"repodata/u.xml.gz\"/>\n"
	    "<timestamp>1</timestamp><size>4096</size>\n"
	    "<open-size>9</open-size></data>\n"
	    "<data type=\"updateinfo_zck\"><location href=\"z\"/></data>"
	    "</repomd>\n",
	    ERR_NONE, "repodata/u.xml.gz " HEX " 4096\n" },
	{ "another kind of digest", LISTING_REPOMD,
	    DATA(PLACE "<checksum type=\"sha\">4097f7e2</checksum>"), ERR_NONE,
	    "repodata/u.xml.gz\n" },
	{ "a digest of no kind", LISTING_REPOMD,
	    DATA(PLACE "<checksum>" HEX "</checksum>"), ERR_NONE,
	    "repodata/u.xml.gz\n" },
	{ "no updateinfo", LISTING_REPOMD,
	    "<repomd><data type=\"primary\"/><data/></repomd>", ERR_FORMAT,
	    "no updateinfo is listed" },
	{ "updateinfo twice", LISTING_REPOMD,
	    "<repomd><data type=\"updateinfo\">" PLACE "</data>\n"
	    "<data type=\"updateinfo\">" PLACE "</data></repomd>",
	    ERR_FORMAT, "line 2: updateinfo is listed twice" },
	{ "no location", LISTING_REPOMD, DATA(""), ERR_FORMAT,
	    "line 2: updateinfo has no location" },
	{ "a location without a path", LISTING_REPOMD, DATA("<location/>"),
	    ERR_FORMAT, "line 2: the path \"\" is not safe" },
	{ "a path that leads out", LISTING_REPOMD,
	    DATA("<location href=\"../../etc/passwd\"/>"), ERR_FORMAT,
	    "line 2: the path \"../../etc/passwd\" is not safe" },
	{ "a path elsewhere", LISTING_REPOMD,
	    DATA("<location href=\"https://a/b\"/>"), ERR_FORMAT,
	    "line 2: the path \"https://a/b\" is not safe" },
	{ "no SHA-256", LISTING_REPOMD,
	    DATA(PLACE "<checksum type=\"sha256\">0a</checksum>"), ERR_FORMAT,
	    "line 2: \"0a\" is not a SHA-256" },
	{ "no size", LISTING_REPOMD, DATA(PLACE "<size>-1</size>"), ERR_FORMAT,
	    "line 2: \"-1\" is not a size" },
	{ "another document", LISTING_REPOMD, "<updates/>", ERR_FORMAT,
	    "line 1: the document is <updates>, not <repomd>" },
	{ "DOCTYPE", LISTING_REPOMD, "<!DOCTYPE a>\n<repomd/>", ERR_FORMAT,
	    "line 1: DOCTYPE is refused" },
	{ "ends early", LISTING_REPOMD, "<repomd>\n<data", ERR_FORMAT,
	    "line 2: the document ends early" },
	{ "nothing", LISTING_REPOMD, "", ERR_FORMAT, "the document is empty" },
};

static void
check_url_len(size_t len, enum err_code code)
{
	struct buf b = { 0 };
	struct buf got = { 0 };
	const struct listing_sink sink = { &got, listing_on_entry };
	struct err e = { 0 };

	buf_add_str(&b, "http://");
	while (b.len < len)
		buf_add_char(&b, 'a');
	assert_int_equal(listing_read(buf_span(&b), LISTING_MIRRORS, &sink, &e),
	    code == ERR_NONE ? 0 : -1);
	assert_int_equal(e.code, code);
	assert_int_equal(got.len, code == ERR_NONE ? len + 1 : 0);
	buf_cleanup(&b);
	buf_cleanup(&got);
}

static void
test_url_len(void **state)
{
	(void)state;
	check_url_len(LISTING_PATH_MAX, ERR_NONE);
	check_url_len(LISTING_PATH_MAX + 1, ERR_FORMAT);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, listing_case_test);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_url_len);
	return _cmocka_run_group_tests("listing_repomd", tests, n, NULL, NULL);
}
