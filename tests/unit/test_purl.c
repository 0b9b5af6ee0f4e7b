/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "content/purl.h"
#include "tests/unit/table.h"

struct purl_case {
	const char *name;
	const char *input;
	const char *expect; /* type|namespace|name|version|subpath|k=v … */
};

static const struct purl_case cases[] = {
	{ "Ubuntu, source",
	    "pkg:deb/ubuntu/rabbitmq-server@3.9.27-0ubuntu0.1?arch=source&"
	    "distro=jammy",
	    "deb|ubuntu|rabbitmq-server|3.9.27-0ubuntu0.1||"
	    "arch=source distro=jammy" },
	{ "a pocket in distro",
	    "pkg:deb/ubuntu/linux-aws@4.15.0-1176.189?arch=source&"
	    "distro=esm-infra/bionic",
	    "deb|ubuntu|linux-aws|4.15.0-1176.189||"
	    "arch=source distro=esm-infra/bionic" },
	{ "the same, with percent signs",
	    "pkg:deb/ubuntu/g%2B%2b@4%3A1.0%7Ex?distro=esm-infra%2Fbionic",
	    "deb|ubuntu|g++|4:1.0~x||distro=esm-infra/bionic" },
	{ "a plus stays", "pkg:deb/debian/libstdc++6@12.2.0+dfsg",
	    "deb|debian|libstdc++6|12.2.0+dfsg||" },
	{ "rpm", "pkg:rpm/redhat/openssl@1.1.1k-12.el8_9?arch=src&epoch=1",
	    "rpm|redhat|openssl|1.1.1k-12.el8_9||arch=src epoch=1" },
	{ "rpm without version", "pkg:rpm/redhat/openssl?arch=src",
	    "rpm|redhat|openssl|||arch=src" },
	{ "an image by digest",
	    "pkg:oci/ubi8@sha256:00ff?repository_url=registry.example/ubi8",
	    "oci||ubi8|sha256:00ff||repository_url=registry.example/ubi8" },
	{ "namespace of several parts", "pkg:golang/github.com/x/y@v1#/cmd/z/",
	    "golang|github.com/x|y|v1|cmd/z|" },
	{ "an @ in the namespace", "pkg:npm/@scope/name",
	    "npm|@scope|name|||" },
	{ "and a version", "pkg:npm/%40scope/name@1.0",
	    "npm|@scope|name|1.0||" },
	{ "slashes behind the scheme", "PKG://Generic//x/", "generic||x|||" },
	{ "keys in lower case, empty values dropped",
	    "pkg:rpm/x?ARCH=src&epoch=&&a=1=2", "rpm||x|||arch=src a=1=2" },
	{ "an empty version", "pkg:deb/ubuntu/curl@", "deb|ubuntu|curl|||" },

	{ "empty", "", "\"\" is no package URL: it does not begin with pkg:" },
	{ "another URL", "https://example.org/",
	    "\"https://example.org/\" is no package URL: it does not begin "
	    "with pkg:" },
	{ "no type", "pkg:/x", "\"pkg:/x\" is no package URL: no name" },
	{ "no name", "pkg:deb", "\"pkg:deb\" is no package URL: no name" },
	{ "only a version", "pkg:deb/@1",
	    "\"pkg:deb/@1\" is no package URL: no name" },
	{ "a type of other letters", "pkg:d_b/x",
	    "\"pkg:d_b/x\" is no package URL: no type" },
	{ "half a percent sign", "pkg:deb/x%4",
	    "\"pkg:deb/x%4\" is no package URL: a percent sign without hex" },
	{ "a percent sign of no hex", "pkg:deb/x@%zz",
	    "\"pkg:deb/x@%zz\" is no package URL: a percent sign without "
	    "hex" },
	{ "a zero byte", "pkg:deb/x%00y",
	    "\"pkg:deb/x%00y\" is no package URL: characters that none has" },
	{ "no UTF-8", "pkg:deb/x%ff",
	    "\"pkg:deb/x%ff\" is no package URL: characters that none has" },
	{ "a qualifier twice", "pkg:deb/x?distro=a&Distro=b",
	    "\"pkg:deb/x?distro=a&Distro=b\" is no package URL: one "
	    "qualifier twice" },
	{ "a qualifier of no name", "pkg:deb/x?=b",
	    "\"pkg:deb/x?=b\" is no package URL: a qualifier without a "
	    "name" },
};

static void
print_purl(struct buf *b, const struct purl *p)
{
	size_t i;

	buf_printf(b, "%.*s|%.*s|%.*s|%.*s|%.*s|", SPAN_ARG(p->type),
	    SPAN_ARG(p->namespace), SPAN_ARG(p->name), SPAN_ARG(p->version),
	    SPAN_ARG(p->subpath));
	for (i = 0; i < p->n_qualifiers; i++)
		buf_printf(b, "%s%.*s=%.*s", i == 0 ? "" : " ",
		    SPAN_ARG(p->qualifiers[i].key),
		    SPAN_ARG(p->qualifiers[i].value));
}

static void
test_purl(void **state)
{
	const struct purl_case *c = *state;
	struct arena a = { 0 };
	struct buf got = { 0 };
	struct purl p;
	struct err e = { 0 };

	if (purl_parse(span_of(c->input), &a, &p, &e) == 0)
		print_purl(&got, &p);
	else
		buf_add_str(&got, e.msg);
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	arena_cleanup(&a);
}

static void
test_get(void **state)
{
	struct arena a = { 0 };
	struct purl p;
	struct err e;

	(void)state;
	assert_int_equal(
	    purl_parse(SPAN_LIT("pkg:deb/x?Distro=jammy"), &a, &p, &e), 0);
	assert_true(span_is(purl_get(&p, "distro"), "jammy"));
	assert_int_equal(purl_get(&p, "arch").len, 0);
	arena_cleanup(&a);
}

static void
test_limits(void **state)
{
	struct arena a = { 0 };
	struct buf b = { 0 };
	struct purl p;
	struct err e = { 0 };
	unsigned i;

	(void)state;
	buf_add_str(&b, "pkg:deb/x?");
	for (i = 0; i < PURL_QUALIFIERS_MAX; i++)
		buf_printf(&b, "a%u=1&", i);
	assert_int_equal(purl_parse(buf_span(&b), &a, &p, &e), 0);
	buf_add_str(&b, "more=1");
	assert_int_equal(purl_parse(buf_span(&b), &a, &p, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	buf_reserve(&b, PURL_SIZE_MAX);
	memset(b.ptr + b.len, 'x', PURL_SIZE_MAX);
	b.len = PURL_SIZE_MAX + 1;
	assert_int_equal(purl_parse(buf_span(&b), &a, &p, &e), -1);
	assert_string_equal(e.msg, "a package URL is longer than 8192 bytes");
	buf_cleanup(&b);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 2];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_purl);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_get);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_limits);
	return _cmocka_run_group_tests("purl", tests, n, NULL, NULL);
}
