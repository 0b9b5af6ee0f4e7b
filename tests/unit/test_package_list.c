/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of packages: what dpkg, rpm and apk print, whole and spoilt. */
#include <fcntl.h>
#include <stdio.h>

#include "base/file.h"
#include "scanner/pkgdb.h"
#include "scanner/sbom.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

struct list_case {
	const char *name;
	const char *os; /* of the request; NULL: none */
	const char *text;
	const char *expect; /* system; packages; problems */
};

#define L "the list of packages"
#define UBUNTU "ID=ubuntu\nVERSION_ID=\"24.04\"\n"
#define NO_SOURCES(n)                                                     \
	"! " L ": " n " packages do not say which source they were built" \
	" from\n"
#define NONE_OF(kind)                                                   \
	"! " L " says of no " kind " package which source it was built" \
	" from\n"
#define BAD(n) \
	"! " L ": line " n ": is no package as dpkg, rpm or apk list it\n"

static const struct list_case cases[] = {
	{ "dpkg", NULL,
	    UBUNTU "\n# packages\n"
		   "installed\tlibc6:amd64\t2.39-0ubuntu8\tamd64\tglibc\t2.39-"
		   "0ubuntu8\r\n"
		   "half-configured\ta\t1:2-3\tall\tb\t4\n"
		   "config-files\told\t1\tall\told\t1\n",
	    "ubuntu 24.04 noble\ndpkg a all 1:2-3 b 4 -\n"
	    "dpkg libc6 amd64 2.39-0ubuntu8 glibc 2.39-0ubuntu8 -\n" },
	{ "dpkg without sources", "ubuntu:24.04", "libc6:amd64\t2.39-0ubuntu8",
	    "ubuntu 24.04 noble\ndpkg libc6 amd64 2.39-0ubuntu8 libc6  -\n" //
	    NO_SOURCES("1") NONE_OF("dpkg") },
	{ "one of two without its source", "debian:12",
	    "installed\ta\t1\tall\ts\t1\na2\t1\n",
	    "debian 12 bookworm\ndpkg a all 1 s 1 -\ndpkg a2  1 a2  -\n" //
	    NO_SOURCES("1") },
	{ "a codename", "ubuntu:jammy", "installed\ta\t1\tall\ts\t1\n",
	    "ubuntu  jammy\ndpkg a all 1 s 1 -\n" },
	{ "rpm", NULL,
	    "ID=\"rhel\"\nVERSION_ID=\"9.2\"\n"
	    "openssl-libs\t1:3.0.7-6.el9\tx86_64\topenssl-3.0.7-6.el9.src.rpm"
	    "\t(none)\tRSA/SHA256, Thu 1 Jan, Key ID 199e2f91fd431d51\n"
	    "bash\t0:5.1.8-6.el9\tx86_64\tbash-5.1.8-6.el9.src.rpm\tm:1\t(none)"
	    "\ngpg-pubkey\t0:fd431d51-4ae0493b\t(none)\t(none)\t(none)\t(none)",
	    "rhel 9.2 \nrpm bash x86_64 5.1.8-6.el9 bash 5.1.8-6.el9 -\n"
	    "rpm gpg-pubkey (none) fd431d51-4ae0493b gpg-pubkey  -\n"
	    "rpm openssl-libs x86_64 1:3.0.7-6.el9 openssl 3.0.7-6.el9 "
	    "199e2f91fd431d51\n" },
	{ "rpm -qa", "rhel:9", "bash-5.1.8-6.el9.x86_64\n",
	    "rhel 9 \nrpm bash x86_64 5.1.8-6.el9 bash  -\n" //
	    NO_SOURCES("1") NONE_OF("rpm") },
	{ "apk", NULL,
	    "ID=alpine\nVERSION_ID=3.20.3\n"
	    "libssl3-3.3.2-r0 x86_64 {openssl} (Apache-2.0) [installed]\n",
	    "alpine 3.20.3 \napk libssl3 x86_64 3.3.2-r0 openssl 3.3.2-r0 "
	    "-\n" },
	{ "apk: offered, and not installed", "alpine:3.20",
	    "a-1-r0 x86_64 {a} (MIT) [installed]\n"
	    "b-1-r0 x86_64 {b} (MIT)\n",
	    "alpine 3.20 \napk a x86_64 1-r0 a 1-r0 -\n" BAD("2") },
	{ "two systems", "ubuntu:22.04", UBUNTU "installed\ta\t1\tall\ts\t1\n",
	    "ubuntu 24.04 noble\ndpkg a all 1 s 1 -\n! " L
	    ": it is of ubuntu 24.04, and its packages are of ubuntu "
	    "22.04\n" },
	{ "nothing that is known", "ubuntu:24.04",
	    "nothing at all\nwarning:\tx\ty\n", "none\n" BAD("1") BAD("2") },
	{ "an assignment behind the first package", "ubuntu:24.04",
	    "installed\ta\t1\tall\ts\t1\nID=debian\n",
	    "ubuntu 24.04 noble\ndpkg a all 1 s 1 -\n" BAD("2") },
	{ "nothing", NULL, "", "none\n" },
	{ "a system without packages", NULL, UBUNTU, "ubuntu 24.04 noble\n" },
};

static void
print(const struct facts *f, struct buf *out)
{
	const struct system *s = &f->system;
	size_t i;

	if (f->has_os_release)
		buf_printf(out, "%.*s %.*s %.*s\n", SPAN_ARG(f->os_id),
		    SPAN_ARG(f->os_version_id), SPAN_ARG(f->os_codename));
	else
		buf_add_str(out, "none\n");
	for (i = 0; i < s->n_packages; i++) {
		const struct package *p = &s->packages[i];

		buf_printf(out, "%s %.*s %.*s %.*s %.*s %.*s %.*s\n",
		    package_kind_name(p->kind), SPAN_ARG(p->name),
		    SPAN_ARG(p->arch), SPAN_ARG(p->full_version),
		    SPAN_ARG(p->source), SPAN_ARG(p->source_version),
		    SPAN_ARG(p->signature_keyid.len > 0 ? p->signature_keyid
							: SPAN_LIT("-")));
	}
	for (i = 0; i < f->n_problems; i++)
		buf_printf(out, "! %.*s\n", SPAN_ARG(f->problems[i]));
}

static void
test_read(void **state)
{
	const struct list_case *c = *state;
	struct want_list wants = { 0 };
	struct facts f = { 0 };
	struct target t = { .transport = TRANSPORT_LIST, .os = c->os };
	struct buf got = { 0 };
	struct buf path = { 0 };
	struct tmp tmp;
	struct err e;

	tmp_init(&tmp);
	assert_int_equal(
	    file_replace(tmp.dirfd, "list", span_of(c->text), &e), 0);
	buf_printf(&path, "%s/list", tmp.path);
	t.path = path.ptr;
	if (facts_gather(&f, &t, &wants, &e) != 0)
		fail_msg("%s", e.msg);
	print(&f, &got);
	assert_string_equal(buf_str(&got), c->expect);
	facts_cleanup(&f);
	buf_cleanup(&got);
	buf_cleanup(&path);
	tmp_cleanup(&tmp);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_read);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
