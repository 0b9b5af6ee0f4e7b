/* SPDX-License-Identifier: Apache-2.0 */
/* Bills of materials of each kind, whole and spoilt. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scanner/sbom.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

struct sbom_case {
	const char *name;
	const char *text;
	const char *wants; /* paths, blanks between; = before an owned one */
	/* system; packages; files; problems */
	const char *expect;
};

#define CDX(components) \
	"{\"bomFormat\": \"CycloneDX\", \"components\": [" components "]}"
#define OS(id, version)                                          \
	"{\"type\": \"operating-system\", \"name\": \"" id "\"," \
	" \"version\": \"" version "\"}"
#define PURL(purl) "{\"type\": \"library\", \"purl\": \"" purl "\"}"
#define WITH(purl, property, value)                                        \
	"{\"purl\": \"" purl "\", \"properties\": [{\"name\": \"" property \
	"\", \"value\": \"" value "\"}]}"
#define SPDX(packages)                                             \
	"{\"spdxVersion\": \"SPDX-2.3\", \"packages\": [" packages \
	"], \"files\": [{}]}"
#define REF(purl)                                                     \
	"\"externalRefs\": [{\"referenceType\": \"cpe23Type\", "      \
	"\"referenceLocator\": \"x\"}, {\"referenceType\": \"purl\"," \
	" \"referenceLocator\": \"" purl "\"}]"
#define A_DEB "pkg:deb/debian/a@1:2-3?arch=amd64&upstream=s%401"
#define A_OUT "dpkg a amd64 1:2-3 s 1 -\n"

static const struct sbom_case cases[] = {
	{ "CycloneDX", CDX(OS("debian", "12.5") "," PURL(A_DEB)), "",
	    "debian 12 bookworm\n" A_OUT },
	{ "of Syft: a distribution's own properties",
	    CDX("{\"type\": \"operating-system\", \"name\": \"Alpine Linux\", "
		"\"version\": \"x\", \"properties\": [{\"name\": "
		"\"syft:distro:id\", \"value\": \"alpine\"}, {\"name\": "
		"\"syft:distro:versionID\", \"value\": \"3.20.3\"}]}," WITH(
		    "pkg:apk/alpine/libssl3@3.3.2-r0?arch=x86_64",
		    "syft:metadata:originPackage", "openssl")),
	    "",
	    "alpine 3.20.3 \napk libssl3 x86_64 3.3.2-r0 openssl 3.3.2-r0 "
	    "-\n" },
	{ "of Trivy: epoch and source apart",
	    CDX(OS("redhat", "8.9") ","
				    "{\"purl\": "
				    "\"pkg:rpm/redhat/"
				    "b@1.1-2.el8?arch=x86_64&epoch=1&distro="
				    "redhat-8.9\", \"properties\": [{\"name\": "
				    "\"aquasecurity:trivy:SrcName\", "
				    "\"value\": \"b-src\"}, {\"name\": "
				    "\"aquasecurity:trivy:SrcVersion\", "
				    "\"value\": \"1.1\"}, {\"name\": "
				    "\"aquasecurity:trivy:SrcRelease\", "
				    "\"value\": \"2.el8\"}, {\"name\": "
				    "\"aquasecurity:trivy:SrcEpoch\", "
				    "\"value\": \"1\"}]}"),
	    "", "rhel 8.9 \nrpm b x86_64 1:1.1-2.el8 b-src 1:1.1-2.el8 -\n" },
	{ "the system by its packages",
	    CDX(PURL("pkg:rpm/suse/"
		     "a@1-2?arch=x86_64&distro=sles-15.5&upstream="
		     "s-1-2.src.rpm&rpmmod=m:1")),
	    "", "sles 15.5 \nrpm a x86_64 1-2 s 1-2 -\n" },
	{ "a key of rpm",
	    CDX(OS("rhel", "9.4") "," WITH("pkg:rpm/redhat/gpg-pubkey@a-b",
		"scapcache:package:signature_keyid",
		"(none)") "," PURL("pkg:rpm/redhat/c@1-2?upstream=c-1-2.src."
				   "rpm")),
	    "",
	    "rhel 9.4 \nrpm c (none) 1-2 c 1-2 -\nrpm gpg-pubkey (none) a-b "
	    "gpg-pubkey  (none)\n" },
	{ "a codename", CDX(PURL("pkg:deb/ubuntu/a@1?distro=jammy&upstream=b")),
	    "", "ubuntu  jammy\ndpkg a  1 b  -\n" },
	{ "our own: what was not read of the image",
	    CDX("{\"type\": \"operating-system\", \"name\": \"debian\", "
		"\"version\": \"12\", \"properties\": [{\"name\": "
		"\"scapcache:problem\", \"value\": \"layer 2 ends early\"}]"
		"}," PURL(A_DEB)),
	    "",
	    "debian 12 bookworm\n" A_OUT
	    "problem: the bill of materials: layer 2 ends early\n" },
	{ "a codename of Debian",
	    CDX(PURL("pkg:deb/debian/a@1?distro=bookworm&upstream=b")), "",
	    "debian  bookworm\ndpkg a  1 b  -\n" },
	{ "a system without a release",
	    CDX(PURL("pkg:rpm/redhat/"
		     "a@1-1?distro=rhel&upstream=a-1-1.src.rpm")),
	    "", "rhel  \nrpm a (none) 1-1 a 1-1 -\n" },
	{ "a package twice",
	    CDX(OS("debian", "12") "," PURL(A_DEB) "," PURL(A_DEB)), "",
	    "debian 12 bookworm\n" A_OUT },
	{ "components in components",
	    CDX(OS("debian", "12") ",{\"components\": [" PURL(A_DEB) "]}"), "",
	    "debian 12 bookworm\n" A_OUT "others: 1\n" },
	{ "what others install",
	    CDX(OS("debian", "12") "," PURL(A_DEB) "," PURL(
		"pkg:npm/a@1") "," PURL("nonsense") ",{}"),
	    "", "debian 12 bookworm\n" A_OUT "others: 3\n" },
	{ "a source is not installed",
	    CDX(OS("debian", "12") "," PURL(A_DEB) "," PURL(
		"pkg:deb/debian/s@1?arch=source")),
	    "", "debian 12 bookworm\n" A_OUT "others: 1\n" },
	{ "capitals in a name",
	    CDX(OS("debian", "12") ",{\"name\": \"LibA\", \"purl\": "
				   "\"pkg:deb/debian/liba@1?upstream=s\"}"),
	    "", "debian 12 bookworm\ndpkg liba  1 s  -\n" },
	{ "capitals in a name of rpm",
	    CDX(OS("rhel", "9") ",{\"name\": \"LibA\", \"purl\": "
				"\"pkg:rpm/redhat/liba@1-1?upstream="
				"s-1-1.src.rpm\"}"),
	    "", "rhel 9 \nrpm LibA (none) 1-1 s 1-1 -\n" },
	{ "slashes before the type",
	    CDX(OS("debian", "12") "," PURL(
		"pkg://deb/debian/a@1:2-3?arch=amd64&upstream=s%401")),
	    "", "debian 12 bookworm\n" A_OUT },
	{ "no source of any",
	    CDX(OS("debian", "12") "," PURL("pkg:deb/debian/a@1")), "",
	    "debian 12 bookworm\ndpkg a  1 a  -\n"
	    "problem: the bill of materials says of no dpkg package which "
	    "source it was built from\n" },
	{ "no system", CDX(PURL("pkg:deb/debian/a@1?upstream=b")), "",
	    "none\ndpkg a  1 b  -\n" },
	{ "no components", "{\"bomFormat\": \"CycloneDX\"}", "", "none\n" },
	{ "no package of a system", CDX(PURL("pkg:npm/a@1")), "",
	    "none\nothers: 1\n" },
	{ "two systems",
	    CDX(OS("debian", "12") "," OS("debian", "11") "," PURL(A_DEB)), "",
	    "debian 12 bookworm\n" A_OUT
	    "problem: the bill of materials: it is of several systems: debian "
	    "12 and debian 11\n" },
	{ "packages of another system",
	    CDX(OS("debian", "12") "," PURL(
		"pkg:apk/alpine/a@1?distro=alpine-3.20.3&upstream=b")),
	    "",
	    "debian 12 bookworm\napk a  1 b 1 -\n"
	    "problem: the bill of materials: it is of debian, and its "
	    "packages are of alpine\n" },
	{ "packages of another release",
	    CDX(OS("debian", "12") "," PURL(
		"pkg:deb/debian/a@1?distro=debian-11&upstream=b")),
	    "",
	    "debian 12 bookworm\ndpkg a  1 b  -\n"
	    "problem: the bill of materials: it is of debian 12, and its "
	    "packages are of debian 11\n" },
	{ "packages of another codename",
	    CDX(OS("ubuntu", "22.04") "," PURL(
		"pkg:deb/ubuntu/a@1?distro=focal&upstream=b")),
	    "",
	    "ubuntu 22.04 jammy\ndpkg a  1 b  -\n"
	    "problem: the bill of materials: it is of ubuntu 22.04, and its "
	    "packages are of ubuntu focal\n" },
	{ "packages of the same release, by its codename",
	    CDX(OS("ubuntu", "22.04") "," PURL(
		"pkg:deb/ubuntu/a@1?distro=jammy&upstream=b")),
	    "", "ubuntu 22.04 jammy\ndpkg a  1 b  -\n" },
	{ "packages of the same release, its major one",
	    CDX(OS("rhel", "9.4") "," PURL(
		"pkg:rpm/redhat/a@1-1?distro=rhel-9&upstream=b-1-1.src.rpm")),
	    "", "rhel 9.4 \nrpm a (none) 1-1 b 1-1 -\n" },
	{ "no version",
	    CDX(OS("debian", "12") "," PURL(A_DEB) "," PURL(
		"pkg:deb/debian/b")),
	    "",
	    "debian 12 bookworm\n" A_OUT
	    "problem: the bill of materials: pkg:deb/debian/b: no version\n" },
	{ "a version without a release",
	    CDX(OS("rhel", "9") "," PURL("pkg:rpm/redhat/b@1")), "",
	    "rhel 9 \n"
	    "problem: the bill of materials: pkg:rpm/redhat/b@1: a version "
	    "without a release\n" },
	{ "two epochs",
	    CDX(OS("rhel", "9") "," PURL("pkg:rpm/redhat/b@1:1-1?epoch=2")), "",
	    "rhel 9 \n"
	    "problem: the bill of materials: pkg:rpm/redhat/b@1:1-1?epoch=2: "
	    "two epochs\n" },
	{ "a URL that is none",
	    CDX(OS("debian", "12") "," PURL(A_DEB) "," PURL("pkg:deb/")), "",
	    "debian 12 bookworm\n" A_OUT
	    "problem: the bill of materials: \"pkg:deb/\" is no package URL: "
	    "no name\n" },
	{ "SPDX",
	    SPDX(
		"{\"name\": \"debian\", \"versionInfo\": \"12.5\", "
		"\"primaryPackagePurpose\": \"OPERATING-SYSTEM\"}, "
		"{\"name\": \"a\", " REF(
		    A_DEB) "}, {\"name\": \"b\", "
			   "\"sourceInfo\": \"built package from: s 7\", " REF(
			       "pkg:deb/debian/b@2") "}, {\"name\": \"image\"}"),
	    "", "debian 12 bookworm\n" A_OUT "dpkg b  2 s 7 -\nothers: 1\n" },
	{ "SPDX, tags and values",
	    "SPDXVersion: SPDX-2.3\nDocumentComment: <text>a\nPackageName: "
	    "no\n</text>\n\n# debian\nPackageName: debian\nPackageVersion: "
	    "12.5\nPrimaryPackagePurpose: OPERATING-SYSTEM\n\nPackageName: "
	    "a\r\nExternalRef: SECURITY cpe23Type x\nExternalRef:  "
	    "PACKAGE-MANAGER purl " A_DEB "\r\n\nPackageName: x\nFileName: "
	    "/y",
	    "", "debian 12 bookworm\n" A_OUT "others: 1\n" },
	{ "SPDX, cut in a text",
	    "SPDXVersion: SPDX-2.3\nPackageName: a\nExternalRef: "
	    "PACKAGE-MANAGER purl " A_DEB
	    "\nPackageName: b\nPackageComment: <text>x",
	    "",
	    "none\ndpkg: incomplete: ends early, in a text\n" A_OUT
	    "others: 1\n"
	    "problem: the bill of materials: ends early, in a text\n" },
	{ "SPDX, no tag",
	    "SPDXVersion: SPDX-2.3\nPackageName: a\nExternalRef: "
	    "PACKAGE-MANAGER purl " A_DEB "\nPackageName: b\nhello\n",
	    "",
	    "none\ndpkg: incomplete: line 5: not a tag and its value\n" A_OUT
	    "problem: the bill of materials: line 5: not a tag and its "
	    "value\n" },
	{ "files of Ubuntu",
	    CDX(OS("ubuntu", "22.04") "," PURL(
		"pkg:deb/ubuntu/a@1?upstream=b")),
	    "/etc/lsb-release /etc/os-release /etc/passwd =/etc/redhat-release",
	    "ubuntu 22.04 jammy\ndpkg a  1 b  -\n"
	    "file: /etc/lsb-release DISTRIB_ID=Ubuntu|DISTRIB_RELEASE=22.04|"
	    "DISTRIB_CODENAME=jammy|\n"
	    "file: /etc/os-release ID=ubuntu|VERSION_ID=\"22.04\"|"
	    "VERSION_CODENAME=jammy|\n" },
	{ "owner of the release file",
	    CDX(OS("rhel", "9.4") "," PURL("pkg:rpm/redhat/a@1-1?upstream=b-1-1.src.rpm") "," PURL(
		"pkg:rpm/redhat/redhat-release@9-1")),
	    "/etc/passwd =/etc/redhat-release =/etc/passwd",
	    "rhel 9.4 \nrpm a (none) 1-1 b 1-1 -\nrpm redhat-release (none) "
	    "9-1 redhat-release  -\nowner: /etc/redhat-release "
	    "redhat-release\n" },
};

static void
print_packages(const struct system *s, struct buf *out)
{
	enum package_kind k;
	size_t i;

	for (k = 0; k < N_PACKAGE_KINDS; k++)
		if (s->collected[k] == COLLECTION_INCOMPLETE)
			buf_printf(out, "%s: incomplete: %.*s\n",
			    package_kind_name(k),
			    SPAN_ARG(s->collected_error[k]));
	for (i = 0; i < s->n_packages; i++) {
		const struct package *p = &s->packages[i];

		buf_printf(out, "%s %.*s %.*s %.*s %.*s %.*s ",
		    package_kind_name(p->kind), SPAN_ARG(p->name),
		    SPAN_ARG(p->arch), SPAN_ARG(p->full_version),
		    SPAN_ARG(p->source), SPAN_ARG(p->source_version));
		buf_add_span(out,
		    p->signature_keyid.len > 0 ? p->signature_keyid
					       : SPAN_LIT("-"));
		buf_add_char(out, '\n');
	}
}

static void
print_facts(const struct facts *f, struct buf *out)
{
	const struct system *s = &f->system;
	size_t i, k;

	if (f->has_os_release)
		buf_printf(out, "%.*s %.*s %.*s\n", SPAN_ARG(f->os_id),
		    SPAN_ARG(f->os_version_id), SPAN_ARG(f->os_codename));
	else
		buf_add_str(out, "none\n");
	print_packages(s, out);
	for (i = 0; i < s->n_files; i++) {
		buf_printf(out, "file: %.*s ", SPAN_ARG(s->files[i].path));
		for (k = 0; k < s->files[i].text.len; k++)
			buf_add_char(out,
			    s->files[i].text.ptr[k] == '\n'
				? '|'
				: s->files[i].text.ptr[k]);
		buf_add_char(out, '\n');
	}
	for (i = 0; i < s->n_package_files; i++)
		buf_printf(out, "owner: %.*s %.*s\n",
		    SPAN_ARG(s->package_files[i].path),
		    SPAN_ARG(s->packages[s->package_files[i].package].name));
	if (f->n_not_judged > 0)
		buf_printf(out, "others: %zu\n", f->n_not_judged);
	for (i = 0; i < f->n_problems; i++)
		buf_printf(out, "problem: %.*s\n", SPAN_ARG(f->problems[i]));
}

struct world {
	struct tmp tmp;
	struct arena arena;
	struct want_list wants;
	struct target target;
	char path[128];
};

static void
world_init(struct world *w, const char *text, const char *wants)
{
	struct span rest = span_of(wants);
	struct span path;
	struct err e;

	*w = (struct world){ .target = { .transport = TRANSPORT_SBOM } };
	tmp_init(&w->tmp);
	snprintf(w->path, sizeof(w->path), "%s/bill", w->tmp.path);
	assert_int_equal(
	    file_replace(w->tmp.dirfd, "bill", span_of(text), &e), 0);
	w->target.path = w->path;
	w->wants.wants = arena_array(&w->arena, 8, sizeof(struct want));
	while (span_next(&rest, ' ', &path))
		if (path.len > 0)
			w->wants.wants[w->wants.n++] = (struct want){
				.is_owner = *path.ptr == '=',
				.path = span_from(path, *path.ptr == '='),
			};
}

static void
world_cleanup(struct world *w)
{
	tmp_cleanup(&w->tmp);
	arena_cleanup(&w->arena);
}

static void
test_read(void **state)
{
	const struct sbom_case *c = *state;
	struct buf got = { 0 };
	struct facts f = { 0 };
	struct err e = { 0 };
	struct world w;

	world_init(&w, c->text, c->wants);
	if (sbom_gather(&f, &w.target, &w.wants, &e) != 0)
		fail_msg("%s", e.msg);
	print_facts(&f, &got);
	assert_string_equal(buf_str(&got), c->expect);
	/* What was not asked for is not there: whatever asks, is unknown. */
	assert_true(f.system.has_asked);
	facts_cleanup(&f);
	buf_cleanup(&got);
	world_cleanup(&w);
}

/* Wherever it is cut, it is never whole. */
static void
test_cut(void **state)
{
	static const char whole[] = CDX(
	    OS("debian", "12") "," PURL(A_DEB) "," PURL("pkg:deb/debian/b@1"));
	char text[sizeof(whole)];
	size_t n;

	(void)state;
	for (n = 14; n < sizeof(whole) - 1; n++) {
		struct facts f = { 0 };
		struct err e = { 0 };
		struct world w;

		memcpy(text, whole, n);
		text[n] = '\0';
		world_init(&w, text, "");
		assert_int_equal(sbom_gather(&f, &w.target, &w.wants, &e), 0);
		assert_true(f.n_problems > 0);
		assert_int_not_equal(
		    f.system.collected[PACKAGE_DPKG], COLLECTION_COMPLETE);
		facts_cleanup(&f);
		world_cleanup(&w);
	}
}

static void
test_refused(void **state)
{
	static const char *const texts[] = { "", "hello", "{}", "[1]",
		"{\"SPDX\": 1}", "<bom/>" };
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_N(texts); i++) {
		struct facts f = { 0 };
		struct err e = { 0 };
		struct world w;

		world_init(&w, texts[i], "");
		assert_int_equal(sbom_gather(&f, &w.target, &w.wants, &e), -1);
		assert_int_equal(e.code, ERR_FORMAT);
		facts_cleanup(&f);
		world_cleanup(&w);
	}
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 2] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_refused),
	};
	size_t n = 2;

	TABLE_ADD(tests, &n, cases, test_read);
	return cmocka_run_group_tests_name(
	    "bills of materials", tests, NULL, NULL);
}
