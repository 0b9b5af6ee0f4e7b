/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs of installed packages, and what content/purl.h makes of them. */
#include "content/purl.h"
#include "scanner/package_purl.h"
#include "tests/unit/table.h"

struct purl_case {
	const char *name;
	const char *os; /* "id version"; NULL: no os-release */
	struct package package;
	const char *expect;
};

#define S(text)                          \
	{                                \
		(text), sizeof(text) - 1 \
	}

static const struct purl_case cases[] = {
	{ "deb", "debian 11",
	    { .kind = PACKAGE_DPKG,
		.name = S("openssl"),
		.arch = S("amd64"),
		.full_version = S("1.1.1n-0+deb11u3"),
		.source = S("openssl") },
	    "pkg:deb/debian/openssl@1.1.1n-0%2Bdeb11u3?arch=amd64&distro="
	    "debian-11" },
	{ "deb: epoch, source, its version", "ubuntu 22.04",
	    { .kind = PACKAGE_DPKG,
		.name = S("libstdc++6"),
		.arch = S("amd64"),
		.full_version = S("1:2.3~rc1-4"),
		.source = S("gcc-12"),
		.source_version = S("2.3~rc1-4+b1") },
	    "pkg:deb/ubuntu/libstdc%2B%2B6@1:2.3~rc1-4?arch=amd64&distro="
	    "ubuntu-22.04&upstream=gcc-12%402.3~rc1-4%2Bb1" },
	{ "deb: capitals", "debian 12",
	    { .kind = PACKAGE_DPKG,
		.name = S("LibA+"),
		.arch = S("all"),
		.full_version = S("1A"),
		.source = S("LibA+") },
	    "pkg:deb/debian/liba%2B@1A?arch=all&distro=debian-12" },
	{ "no os-release", NULL,
	    { .kind = PACKAGE_DPKG,
		.name = S("a"),
		.full_version = S("1"),
		.source = S("a") },
	    "pkg:deb/a@1" },
	{ "no version of the system", "debian ",
	    { .kind = PACKAGE_DPKG,
		.name = S("a"),
		.full_version = S("1"),
		.source = S("a") },
	    "pkg:deb/debian/a@1?distro=debian" },
	{ "rpm", "rhel 8.9",
	    { .kind = PACKAGE_RPM,
		.name = S("openssl-libs"),
		.arch = S("x86_64"),
		.epoch = S("1"),
		.version = S("1.1.1k"),
		.release = S("9.el8_7"),
		.full_version = S("1:1.1.1k-9.el8_7"),
		.source = S("openssl"),
		.source_version = S("1.1.1k-9.el8_7") },
	    "pkg:rpm/redhat/openssl-libs@1.1.1k-9.el8_7?arch=x86_64&distro="
	    "rhel-8.9&epoch=1&upstream=openssl-1.1.1k-9.el8_7.src.rpm" },
	{ "rpm: a module, and capitals", "fedora 39",
	    { .kind = PACKAGE_RPM,
		.name = S("ImageMagick"),
		.arch = S("x86_64"),
		.version = S("1^a"),
		.release = S("1"),
		.full_version = S("1^a-1"),
		.source = S("ImageMagick"),
		.modularity = S("im:7:1:a") },
	    "pkg:rpm/fedora/ImageMagick@1%5Ea-1?arch=x86_64&distro=fedora-39&"
	    "rpmmod=im:7:1:a" },
	{ "rpm: a key", "opensuse-leap 15.5",
	    { .kind = PACKAGE_RPM,
		.name = S("gpg-pubkey"),
		.arch = S("(none)"),
		.version = S("39db7c82"),
		.release = S("5f68629b"),
		.full_version = S("39db7c82-5f68629b"),
		.source = S("gpg-pubkey") },
	    "pkg:rpm/opensuse/gpg-pubkey@39db7c82-5f68629b?distro="
	    "opensuse-leap-15.5" },
	{ "apk", "alpine 3.20.3",
	    { .kind = PACKAGE_APK,
		.name = S("libcrypto3"),
		.arch = S("x86_64"),
		.full_version = S("3.3.2-r0"),
		.source = S("openssl"),
		.source_version = S("3.3.2-r0") },
	    "pkg:apk/alpine/libcrypto3@3.3.2-r0?arch=x86_64&distro="
	    "alpine-3.20.3&upstream=openssl" },
	{ "apk: bytes that are no URL's", "wolfi 20230201",
	    { .kind = PACKAGE_APK,
		.name = S("so:a/b?#%\xc3\xa9"),
		.full_version = S("1 2"),
		.source = S("so:a/b?#%\xc3\xa9") },
	    "pkg:apk/wolfi/so:a%2Fb%3F%23%25%C3%A9@1%202?distro=wolfi-20230201" },
};

static void
check_parsed(const struct package *p, struct span text)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	struct purl u;
	struct buf version = { 0 };

	if (purl_parse(text, &a, &u, &e) != 0)
		fail_msg("%s", e.msg);
	assert_true(span_eq(arena_lower(&a, u.name), arena_lower(&a, p->name)));
	if (p->kind == PACKAGE_RPM)
		buf_printf(&version, "%.*s-%.*s", SPAN_ARG(p->version),
		    SPAN_ARG(p->release));
	else
		buf_add_span(&version, p->full_version);
	assert_true(span_eq(u.version, buf_span(&version)));
	if (p->kind == PACKAGE_RPM)
		assert_true(span_eq(purl_get(&u, "epoch"), p->epoch));
	buf_cleanup(&version);
	arena_cleanup(&a);
}

static void
test_purl(void **state)
{
	const struct purl_case *c = *state;
	struct span os = span_of(c->os == NULL ? "" : c->os);
	struct facts f = { .has_os_release = c->os != NULL,
		.os_id = span_first(os, span_find(os, ' ')),
		.os_version_id = span_from(os, span_find(os, ' ') + 1) };
	struct buf got = { 0 };

	package_purl(&f, &c->package, &got);
	assert_string_equal(buf_str(&got), c->expect);
	check_parsed(&c->package, buf_span(&got));
	buf_cleanup(&got);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_purl);
	return cmocka_run_group_tests_name("package URLs", tests, NULL, NULL);
}
