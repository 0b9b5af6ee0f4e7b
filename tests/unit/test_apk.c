/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/buf.h"
#include "scanner/pkgdb_apk.h"
#include "tests/unit/table.h"

#define MUSL "C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\no:musl\n\n"

struct apk_case {
	const char *name;
	const char *first;  /* lib/apk/db/installed */
	const char *second; /* usr/lib/apk/db/installed; NULL: none */
	/* name arch version|release full source source_version */
	const char *expect;
	const char *failed;
};

#define MUSL_OUT "musl x86_64 1.2.5|r0 1.2.5-r0 musl 1.2.5-r0\n"

static const struct apk_case cases[] = {
	{ "one package", MUSL, NULL, MUSL_OUT, NULL },
	{ "empty", "", NULL, "", NULL },
	{ "blank lines", "\n\n" MUSL "\n\n", NULL, MUSL_OUT, NULL },
	{ "origin is the source",
	    "P:libcrypto3\nV:3.3.2-r0\nA:x86_64\no:openssl\n\n", NULL,
	    "libcrypto3 x86_64 3.3.2|r0 3.3.2-r0 openssl 3.3.2-r0\n", NULL },
	{ "no origin", "P:a\nV:1\nA:noarch\n\n", NULL, "a noarch 1| 1 a 1\n",
	    NULL },
	{ "keys of either case are two keys",
	    "P:a\nV:1\np:so:liba.so=1\nv:2\nO:x\na:0:0:755\n\n", NULL,
	    "a  1| 1 a 1\n", NULL },
	{ "files", "P:a\nV:1\nF:etc\nM:0:0:1777\nR:x\na:0:0:755\nZ:Q1x=\n\n",
	    NULL, "a  1| 1 a 1\n", NULL },
	{ "in both places: once", MUSL, MUSL "P:b\nV:2-r1\n\n",
	    MUSL_OUT "b  2|r1 2-r1 b 2-r1\n", NULL },
	{ "another version in the other place: both", MUSL,
	    "P:musl\nV:1.2.4-r0\nA:x86_64\n\n",
	    MUSL_OUT "musl x86_64 1.2.4|r0 1.2.4-r0 musl 1.2.4-r0\n", NULL },
	{ "a virtual package", "P:.build-deps\nV:20240101.101010\nA:noarch\n\n",
	    NULL,
	    ".build-deps noarch 20240101.101010| 20240101.101010 .build-deps "
	    "20240101.101010\n",
	    NULL },
	{ "cut in a line", MUSL "P:b\nV:2", NULL, MUSL_OUT,
	    "ends early, in the middle of line 8" },
	{ "cut between lines", MUSL "P:b\nV:2\n", NULL, MUSL_OUT,
	    "ends early, in the middle of a package in line 9" },
	{ "no name", MUSL "V:2\n\n", NULL, MUSL_OUT,
	    "line 8: a package without a name" },
	{ "no version", MUSL "P:b\n\n", NULL, MUSL_OUT,
	    "line 8: a package without a version" },
	{ "an empty version", "P:b\nV:\n\n", NULL, "",
	    "line 3: a package without a version" },
	{ "a blank in a name", "P:b c\nV:1\n\n", NULL, "",
	    "line 3: a package without a name" },
	{ "a second name", "P:b\nP:c\nV:1\n\n", NULL, "",
	    "line 2: a second P:" },
	{ "no field", MUSL "hello\n\n", NULL, MUSL_OUT,
	    "line 7: not a field of a package" },
	{ "dpkg's", "Package: a\nVersion: 1\n\n", NULL, "",
	    "line 1: not a field of a package" },
	{ "carriage returns", "P:b\r\nV:1\r\n\r\n", NULL, "",
	    "line 3: not a field of a package" },
};

static void
print(const struct package_list *l, struct buf *out)
{
	size_t i;

	for (i = 0; i < l->n_packages; i++) {
		const struct package *p = &l->packages[i];

		assert_true(span_eq(p->evr, p->full_version));
		buf_printf(out, "%.*s %.*s %.*s|%.*s %.*s %.*s %.*s\n",
		    SPAN_ARG(p->name), SPAN_ARG(p->arch), SPAN_ARG(p->version),
		    SPAN_ARG(p->release), SPAN_ARG(p->full_version),
		    SPAN_ARG(p->source), SPAN_ARG(p->source_version));
	}
}

static void
test_read(void **state)
{
	const struct apk_case *c = *state;
	struct arena a = { 0 };
	struct package_list list = { .arena = &a };
	struct apk_reader r = { .list = &list };
	struct buf got = { 0 };
	struct err e = { 0 };
	int rc;

	rc = apk_read(&r, span_of(c->first), &e);
	if (rc == 0 && c->second != NULL)
		rc = apk_read(&r, span_of(c->second), &e);
	print(&list, &got);
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(rc, c->failed == NULL ? 0 : -1);
	assert_string_equal(e.msg, c->failed == NULL ? "" : c->failed);
	assert_int_equal(e.code, c->failed == NULL ? ERR_NONE : ERR_FORMAT);
	buf_cleanup(&got);
	apk_reader_cleanup(&r);
	package_list_cleanup(&list);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_read);
	return cmocka_run_group_tests_name("apk", tests, NULL, NULL);
}
