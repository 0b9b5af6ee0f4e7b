/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/buf.h"
#include "scanner/os_release.h"
#include "tests/unit/table.h"

struct os_release_case {
	const char *name;
	const char *text;
	const char *expect; /* id|version_id|codename|name|cpe */
};

static const struct os_release_case cases[] = {
	{ "plain words", "ID=ubuntu\nVERSION_ID=22.04\n",
	    "ubuntu|22.04|jammy||" },
	{ "quotes",
	    "ID=\"rhel\"\nVERSION_ID='9.4'\n"
	    "CPE_NAME=\"cpe:/o:redhat:enterprise_linux:9::baseos\"\n",
	    "rhel|9.4|||cpe:/o:redhat:enterprise_linux:9::baseos" },
	{ "a codename that is said",
	    "ID=ubuntu\nVERSION_ID=20.04\nVERSION_CODENAME=other\n"
	    "UBUNTU_CODENAME=third\n",
	    "ubuntu|20.04|other||" },
	{ "Ubuntu's own key", "ID=mint\nUBUNTU_CODENAME=noble\n",
	    "mint||noble||" },
	{ "Debian from its number", "ID=debian\nVERSION_ID=\"12\"\n",
	    "debian|12|bookworm||" },
	{ "a number that nobody knows", "ID=ubuntu\nVERSION_ID=99.04\n",
	    "ubuntu|99.04|||" },
	{ "another's number is no codename", "ID=fedora\nVERSION_ID=12\n",
	    "fedora|12|||" },
	{ "names", "NAME=Short\nPRETTY_NAME=\"Long \\\"name\\\" \\$5\"\n",
	    "linux|||Long \"name\" $5|" },
	{ "the short name, if there is no other", "NAME=\"Some Linux\"\n",
	    "linux|||Some Linux|" },
	{ "escapes in single quotes are none", "NAME='a\\b'\n",
	    "linux|||a\\b|" },
	{ "other escapes in double quotes stay", "NAME=\"a\\nb\"\n",
	    "linux|||a\\nb|" },
	{ "a quote in the middle", "NAME=a\"b c\"'d e'f\n",
	    "linux|||ab cd ef|" },
	{ "comments and noise", "# ID=x\n\nnonsense\n=y\n ID=debian \n",
	    "debian||||" },
	{ "the last holds", "ID=a\nID=b\n", "b||||" },
	{ "what follows a blank does not count", "ID=a b\n", "a||||" },
	{ "a quote without its end", "ID=\"a\nVERSION_ID=1\n", "a|1|||" },
	{ "a backslash at the end", "ID=a\\", "a\\||||" },
	{ "Windows' line ends", "ID=debian\r\nVERSION_ID=11\r\n",
	    "debian|11|bullseye||" },
	{ "nothing", "", "linux||||" },
	{ "longer keys are other keys", "IDX=a\nXID=b\n", "linux||||" },
};

static void
test_read(void **state)
{
	const struct os_release_case *c = *state;
	struct arena a = { 0 };
	struct os_release o;
	struct buf got = { 0 };

	os_release_read(&o, span_of(c->text), &a);
	buf_printf(&got, "%.*s|%.*s|%.*s|%.*s|%.*s", SPAN_ARG(o.id),
	    SPAN_ARG(o.version_id), SPAN_ARG(o.codename), SPAN_ARG(o.name),
	    SPAN_ARG(o.cpe));
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_read);
	return cmocka_run_group_tests_name("os-release", tests, NULL, NULL);
}
