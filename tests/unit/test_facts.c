/* SPDX-License-Identifier: Apache-2.0 */
/* Whole images, from recipes, in every form; and what is wrong with some. */
#include "tests/unit/facts_world.h"
#include "tests/unit/table.h"

#define STATUS_A                                                 \
	"f var/lib/dpkg/status Package: a\\nStatus: install ok " \
	"installed\\nArchitecture: amd64\\nVersion: 1-2\\n\\n"
#define STATUS_D_B                                                    \
	"f var/lib/dpkg/status.d/b Package: b\\nArchitecture: all\\n" \
	"Version: 2:3\\n"
#define UBUNTU "f etc/os-release ID=ubuntu\\nVERSION_ID=22.04\\n"
#define DEBIAN "f usr/lib/os-release ID=debian\\nVERSION_ID=12\\n"

struct facts_case {
	const char *name;
	const char *recipe;
	const char *wants; /* paths, blanks between; ~ before a pattern */
	const char *expect;
	enum store_form first; /* no form before it can hold it */
};

#define NOTHING "os: none\ndpkg: none\nrpm: none\napk: none\n"

/* All of one layer, so that an unpacked root can be compared. */
static const struct facts_case cases[] = {
	{ "dpkg", UBUNTU "\n" STATUS_A, "",
	    "os: ubuntu 22.04 jammy\ndpkg: complete\nrpm: none\napk: none\n"
	    "package: dpkg a amd64 0:1-2\n" },
	{ "status.d and status",
	    STATUS_A "\n" STATUS_D_B
		     "\nf var/lib/dpkg/status.d/b.md5sums 0  x\n",
	    "",
	    "os: none\ndpkg: complete\nrpm: none\napk: none\n"
	    "package: dpkg a amd64 0:1-2\npackage: dpkg b all 2:3\n" },
	{ "a database of rpm is a link: what lies beside it",
	    "l var/lib/rpm/rpmdb.sqlite ../../../opt/db\n"
	    "f opt/db x\nf opt/db-journal y\n",
	    "",
	    "os: none\ndpkg: none\nrpm: error: /var/lib/rpm/rpmdb.sqlite: a "
	    "transaction was not finished, a journal lies beside it\n"
	    "apk: none\n" },
	{ "dpkg was interrupted",
	    STATUS_A "\nf var/lib/dpkg/updates/tmp.i x\n"
		     "f var/lib/dpkg/updates/0001 Package: a\\n\n",
	    "",
	    "os: none\n"
	    "dpkg: incomplete: /var/lib/dpkg/updates/0001: dpkg was "
	    "interrupted, run `dpkg --configure -a` in the image\n"
	    "rpm: none\napk: none\npackage: dpkg a amd64 0:1-2\n" },
	{ "os-release is a link",
	    "l etc/os-release ../usr/lib/os-release\n" DEBIAN, "",
	    "os: debian 12 bookworm\ndpkg: none\nrpm: none\napk: none\n" },
	{ "os-release is an absolute link",
	    "l etc/os-release /usr/lib/os-release\n" DEBIAN, "",
	    "os: debian 12 bookworm\ndpkg: none\nrpm: none\napk: none\n" },
	{ "os-release is a link to nowhere",
	    "l etc/os-release /nowhere\n" DEBIAN, "",
	    "os: debian 12 bookworm\ndpkg: none\nrpm: none\napk: none\n" },
	{ "os-release is a link to a name that is not kept at first",
	    "l etc/os-release ../opt/vendor/release\n"
	    "f opt/vendor/release ID=debian\\nVERSION_ID=11\\n",
	    "", "os: debian 11 bullseye\ndpkg: none\nrpm: none\napk: none\n" },
	{ "links that lead to links",
	    "l etc/os-release ../x/release\nl x opt/y\nd opt/y\n"
	    "l opt/y/release z\nf opt/y/z ID=debian\\nVERSION_ID=11\\n",
	    "", "os: debian 11 bullseye\ndpkg: none\nrpm: none\napk: none\n" },
	{ "a link that goes down and up through another",
	    "l etc/os-release a/../release\nd z/q\nl etc/a ../z/q\n"
	    "f z/release ID=debian\\nVERSION_ID=11\\n",
	    "", "os: debian 11 bullseye\ndpkg: none\nrpm: none\napk: none\n" },
	{ "a hard link to a name that is not kept at first",
	    "f opt/release ID=debian\\nVERSION_ID=11\\n\n"
	    "h etc/os-release opt/release",
	    "", "os: debian 11 bullseye\ndpkg: none\nrpm: none\napk: none\n",
	    STORE_ROOTFS + 1 },
	{ "dpkg lies elsewhere",
	    "l var/lib/dpkg /data/dpkg\n"
	    "f data/dpkg/status Package: a\\nStatus: install ok "
	    "installed\\nArchitecture: amd64\\nVersion: 1-2\\n\\n\n"
	    "f data/dpkg/status.d/b Package: b\\nArchitecture: all\\n"
	    "Version: 2:3\\n\n",
	    "",
	    "os: none\ndpkg: complete\nrpm: none\napk: none\n"
	    "package: dpkg a amd64 0:1-2\npackage: dpkg b all 2:3\n" },
	{ "a link out of the root stays in it",
	    "l etc/os-release ../../../../../../etc/hostile\n"
	    "f etc/hostile ID=debian\\nVERSION_ID=12\\n",
	    "/etc/os-release",
	    "os: debian 12 bookworm\ndpkg: none\nrpm: none\napk: none\n"
	    "file: /etc/os-release present 24\n" },
	{ "a link to a file of the host is not followed there",
	    "l etc/x /etc/passwd\nl etc/y ../../../../../../../etc/passwd",
	    "/etc/x /etc/y",
	    NOTHING "file: /etc/x missing\nfile: /etc/y missing\n" },
	{ "a path that goes up is not looked for", "f etc/x y\nd etc/a",
	    "/etc/../etc/x /etc/a/../x /etc//./x",
	    NOTHING "file: /etc/../etc/x error: a path with \"..\"\n"
		    "file: /etc//./x present 1\n"
		    "file: /etc/a/../x error: a path with \"..\"\n" },
	{ "os-release is a folder", "d etc/os-release\n" DEBIAN, "",
	    NOTHING "problem: /etc/os-release: is no regular file\n" },
	{ "links in a circle", "l etc/os-release a\nl etc/a os-release\n", "",
	    NOTHING "problem: /etc/os-release: more than 40 symbolic links\n" },
	{ "the database's folder is a link",
	    "l var/lib/dpkg ../../usr/share/db\nf usr/share/db/status "
	    "Package: c\\nStatus: install ok installed\\nVersion: 5\\n\\n",
	    "",
	    "os: none\ndpkg: complete\nrpm: none\napk: none\n"
	    "package: dpkg c  0:5\n" },
	{ "no packages", "f var/lib/dpkg/status \n", "",
	    "os: none\ndpkg: complete\nrpm: none\napk: none\n" },
	{ "an empty root", "d etc", "", NOTHING },
	{ "a database that was cut",
	    "f var/lib/dpkg/status Package: a\\nStatus: install ok "
	    "installed\\nVer",
	    "",
	    "os: none\ndpkg: incomplete: /var/lib/dpkg/status: ends early, in "
	    "the middle of line 3\nrpm: none\napk: none\n" },
	{ "a database that is a folder", "d var/lib/dpkg/status", "",
	    "os: none\ndpkg: error: /var/lib/dpkg/status: is no regular "
	    "file\nrpm: none\napk: none\n" },
	{ "Berkeley DB", "f var/lib/rpm/Packages x", "",
	    "os: none\ndpkg: none\nrpm: error: /var/lib/rpm/Packages: is no "
	    "hash of Berkeley DB\napk: none\n" },
	{ "ndb",
	    "l var/lib/rpm ../../usr/lib/sysimage/rpm\n"
	    "f usr/lib/sysimage/rpm/Packages.db x",
	    "",
	    "os: none\ndpkg: none\nrpm: error: /var/lib/rpm/Packages.db: is "
	    "no ndb database of rpm\napk: none\n" },
	{ "apk", "f lib/apk/db/installed P:a\\nV:1-r0\\nA:x86_64\\n\\n", "",
	    "os: none\ndpkg: none\nrpm: none\napk: complete\n"
	    "package: apk a x86_64 1-r0\n" },
	{ "apk in both places",
	    "f lib/apk/db/installed P:a\\nV:1-r0\\n\\nP:b\\nV:2\\n\\n\n"
	    "f usr/lib/apk/db/installed P:b\\nV:2\\n\\nP:c\\nV:3\\n\\n",
	    "",
	    "os: none\ndpkg: none\nrpm: none\napk: complete\n"
	    "package: apk a  1-r0\npackage: apk b  2\npackage: apk c  3\n" },
	{ "apk, one folder a link to the other",
	    "l lib usr/lib\nf usr/lib/apk/db/installed P:b\\nV:2\\n\\n", "",
	    "os: none\ndpkg: none\nrpm: none\napk: complete\n"
	    "package: apk b  2\n" },
	{ "apk, cut", "f lib/apk/db/installed P:a\\nV:1-r0\\n", "",
	    "os: none\ndpkg: none\nrpm: none\napk: incomplete: "
	    "/lib/apk/db/installed: ends early, in the middle of a package in "
	    "line 3\n" },
	{ "content manifests and modules",
	    "f usr/share/buildinfo/content-sets.json {\"from_dnf_hint\":true,"
	    "\"content_sets\":[\"a\"]}\n"
	    "f root/buildinfo/content_manifests/x.json "
	    "{\"content_sets\":[\"b\",\"a\"]}\n"
	    "f root/buildinfo/content_manifests/README none\n"
	    "f etc/dnf/modules.d/z.module [z]\\nstream=2\\nstate=enabled\\n\n"
	    "f etc/dnf/modules.d/y.module [y]\\nstream=1\\nstate=\\n",
	    "",
	    NOTHING "repository: a\nrepository: b\nrepositories: hint\n"
		    "module: y:1\nmodule: z:2 enabled\n" },
	{ "a module that is none", "f etc/dnf/modules.d/y.module y", "",
	    NOTHING "problem: /etc/dnf/modules.d/y.module: line 1: not a value "
		    "of a module\n" },
	{ "status.d is a file",
	    "f var/lib/dpkg/status.d Package: b\\nVersion: 3\\n", "",
	    "os: none\ndpkg: complete\nrpm: none\napk: none\n"
	    "package: dpkg b  0:3\n" },
	{ "status of vcpkg",
	    "f vcpkg/installed/vcpkg/status Package: zlib\\nVersion: 1\\n"
	    "Port-Version: 1\\nStatus: install ok installed\\n\\n",
	    "", NOTHING },
	{ "an rpm database that is none", "f var/lib/rpm/rpmdb.sqlite hello",
	    "",
	    "os: none\ndpkg: none\nrpm: error: /var/lib/rpm/rpmdb.sqlite: is "
	    "no SQLite database\napk: none\n" },
	{ "a journal beside the database",
	    "f var/lib/rpm/rpmdb.sqlite x\nf var/lib/rpm/rpmdb.sqlite-journal "
	    "y",
	    "",
	    "os: none\ndpkg: none\nrpm: error: /var/lib/rpm/rpmdb.sqlite: a "
	    "transaction was not finished, a journal lies beside it\napk: "
	    "none\n" },
	{ "wanted files",
	    "f etc/a 123\nd etc/b\nl etc/c a\nl etc/d missing\nl l etc\n",
	    "/etc/a /etc/b /etc/c /etc/d /etc/e /l/a //etc/./a /etc/a/x",
	    NOTHING "file: //etc/./a present 3\nfile: /etc/a present 3\n"
		    "file: /etc/a/x missing\nfile: /etc/b folder\n"
		    "file: /etc/c present 3\nfile: /etc/d missing\n"
		    "file: /etc/e missing\nfile: /l/a present 3\n" },
	{ "patterns",
	    "f etc/a.conf 1\nf etc/b.conf 22\nf etc/sub/c.conf 333\n"
	    "f opt/d.conf 4444\nf etc/e 55555",
	    "~^/etc/[^/]*\\.conf$ ~^/opt/ /etc/b.conf",
	    NOTHING "file: /etc/a.conf present 1\nfile: /etc/b.conf present 2\n"
		    "file: /opt/d.conf present 4\n" },
	{ "a pattern that is no pattern", "f etc/a 1", "~^/etc/(",
	    NOTHING
	    "problem: files that content asks for: \"^/etc/(\" is no Perl "
	    "pattern (at byte 7)\n" },
	{ "the manifest of Ubuntu's OCI flavour", STATUS_A "\n" STATUS_D_B,
	    "./manifest",
	    "os: none\ndpkg: complete\nrpm: none\napk: none\n"
	    "package: dpkg a amd64 0:1-2\npackage: dpkg b all 2:3\n"
	    "file: ./manifest present a\t1-2|b\t2:3|\n" },
};

/* In every form the same facts, and the same digest. */
static void
test_forms(void **state)
{
	const struct facts_case *c = *state;
	struct digest first = { { 0 } };
	enum store_form form;

	for (form = c->first; form < N_STORE_FORMS; form++) {
		struct buf got = { 0 };
		struct err e = { 0 };
		struct facts f = { 0 };
		struct world w;

		world_init(&w, c->wants);
		/* One that tells nothing is detected as nothing. */
		if (form == STORE_TARBALL || form == STORE_TARBALL_GZ)
			w.transport = "tarball:";
		store_make(&w.tmp, c->recipe, form, STORE_SOUND);
		if (gather(&w, &f, NULL, &e) != 0)
			fail_msg("form %d: %s", (int)form, e.msg);
		print_facts(&f, c->wants, &got);
		assert_string_equal(buf_str(&got), c->expect);
		if (form == c->first)
			first = f.inventory_digest;
		assert_true(digest_eq(&f.inventory_digest, &first));
		facts_cleanup(&f);
		buf_cleanup(&got);
		world_cleanup(&w);
	}
}

struct spoil_case {
	const char *name;
	enum store_form form;
	enum store_spoil spoil;
	const char *expect; /* the problem, behind "layer N of N (…): " */
	const char *failed; /* of the whole image */
};

static const struct spoil_case spoil_cases[] = {
	{ "oci: layer cut", STORE_OCI, STORE_LAYER_CUT, "ends early", NULL },
	{ "oci: layer changed", STORE_OCI, STORE_LAYER_CHANGED, "", NULL },
	{ "oci: layer missing", STORE_OCI, STORE_LAYER_MISSING, "not there",
	    NULL },
	{ "oci: wrong diff id", STORE_OCI, STORE_WRONG_DIFF_ID,
	    "its unpacked bytes do not have the digest that the configuration "
	    "says",
	    NULL },
	{ "zstd: layer cut", STORE_OCI_ZSTD, STORE_LAYER_CUT, "ends early",
	    NULL },
	{ "dir: layer missing", STORE_DIR, STORE_LAYER_MISSING, "not there",
	    NULL },
	{ "docker: layer cut", STORE_DOCKER, STORE_LAYER_CUT, "ends early",
	    NULL },
	{ "docker: layer changed", STORE_DOCKER, STORE_LAYER_CHANGED,
	    "its unpacked bytes do not have the digest that the configuration "
	    "says",
	    NULL },
	{ "docker: layer missing", STORE_DOCKER, STORE_LAYER_MISSING,
	    "not there", NULL },
	{ "docker 25: layer changed", STORE_DOCKER_25, STORE_LAYER_CHANGED,
	    "its bytes do not have the digest that the manifest says", NULL },
	{ "docker, packed: layer cut", STORE_DOCKER_GZ, STORE_LAYER_CUT,
	    "ends early", NULL },
	{ "docker, packed: layer changed", STORE_DOCKER_GZ, STORE_LAYER_CHANGED,
	    "its unpacked bytes do not have the digest that the configuration "
	    "says",
	    NULL },
	{ "oci, packed: layer missing", STORE_OCI_ARCHIVE_GZ,
	    STORE_LAYER_MISSING, "not there", NULL },
	{ "oci: no configuration", STORE_OCI, STORE_CONFIG_MISSING,
	    "the configuration cannot be read: blobs/sha256/", NULL },
	{ "docker: no configuration", STORE_DOCKER, STORE_CONFIG_MISSING,
	    "the configuration cannot be read: ", NULL },
	{ "oci: a diff id too few", STORE_OCI, STORE_DIFF_ID_TOO_FEW,
	    "the configuration speaks of 1 layers, the manifest of 2", NULL },
	{ "docker: archive cut, manifest first", STORE_DOCKER_REVERSE,
	    STORE_ARCHIVE_CUT, "ends early", NULL },
	{ "docker: archive cut, manifest last", STORE_DOCKER, STORE_ARCHIVE_CUT,
	    NULL, "ends early, behind entry" },
	{ "docker, packed: archive cut", STORE_DOCKER_GZ, STORE_ARCHIVE_CUT,
	    NULL, "ends early, behind entry" },
	{ "oci: manifest changed", STORE_OCI, STORE_WRONG_MANIFEST, NULL,
	    "its bytes do not have the digest that it is named by" },
};

/* Never complete: a part of the image is not known. */
static void
check_unknown(const struct facts *f, const struct spoil_case *c)
{
	struct span p;
	size_t i;

	assert_int_equal(f->n_problems, 1);
	if (f->problems == NULL)
		abort();
	p = f->problems[0];
	if (span_has_prefix(p, "layer ")) {
		assert_true(span_has_prefix(span_from(p, 7), " of 2 ("));
		p = span_from(p, span_find(p, ')') + 3);
	}
	if (!span_has_prefix(p, c->expect))
		fail_msg("%.*s", SPAN_ARG(f->problems[0]));
	for (i = 0; i < N_PACKAGE_KINDS; i++)
		assert_true(f->system.collected[i] == COLLECTION_ERROR ||
		    f->system.collected[i] == COLLECTION_INCOMPLETE);
	assert_int_equal(f->system.files[0].status, FILE_ERROR);
}

static void
test_spoilt(void **state)
{
	const struct spoil_case *c = *state;
	struct err e = { 0 };
	struct facts f = { 0 };
	struct world w;
	int rc;

	world_init(&w, "/etc/nothing");
	store_make(&w.tmp, UBUNTU "\n" STATUS_A "\n--\nf etc/b 1\nf etc/c 2",
	    c->form, c->spoil);
	rc = gather(&w, &f, NULL, &e);
	if (c->failed != NULL) {
		assert_int_equal(rc, -1);
		assert_int_equal(e.code,
		    c->spoil == STORE_ARCHIVE_CUT ? ERR_FORMAT : ERR_UNTRUSTED);
		assert_non_null(strstr(e.msg, c->failed));
	} else {
		assert_string_equal(e.msg, "");
		assert_int_equal(rc, 0);
		check_unknown(&f, c);
		facts_cleanup(&f);
	}
	world_cleanup(&w);
}

struct platform_case {
	const char *name;
	enum store_form form;
	const char *platform;
	const char *failed;
};

static const struct platform_case platform_cases[] = {
	{ "oci, the right one", STORE_OCI, "linux/amd64", NULL },
	{ "oci, another", STORE_OCI, "linux/arm64",
	    "is for linux/amd64, not for linux/arm64" },
	{ "docker, another", STORE_DOCKER, "windows/amd64",
	    "is for linux/amd64, not for windows/amd64" },
	{ "a prefix is no platform", STORE_OCI, "linux/amd",
	    "is for linux/amd64, not for linux/amd" },
};

static void
test_platform(void **state)
{
	const struct platform_case *c = *state;
	struct err e = { 0 };
	struct facts f = { 0 };
	struct world w;
	int rc;

	world_init(&w, "");
	store_make(&w.tmp, UBUNTU "\n" STATUS_A, c->form, STORE_SOUND);
	rc = gather(&w, &f, c->platform, &e);
	assert_int_equal(rc, c->failed == NULL ? 0 : -1);
	if (c->failed != NULL) {
		assert_int_equal(e.code, ERR_MISSING);
		assert_non_null(strstr(e.msg, c->failed));
	} else {
		assert_true(span_is(f.architecture, "amd64"));
		assert_int_equal(f.n_layers, 1);
		if (f.layers == NULL)
			abort();
		assert_true(span_has_prefix(f.layers[0].digest, "sha256:"));
		assert_true(span_has_prefix(f.image_digest, "sha256:"));
		facts_cleanup(&f);
	}
	world_cleanup(&w);
}

/* As older versions of docker save it: a layer may be a link to another. */
static void
test_linked_layers(void **state)
{
	struct span recipe = SPAN_LIT(UBUNTU);
	char diff[DIGEST_HEX_SIZE];
	struct buf layer = { 0 };
	struct buf config = { 0 };
	struct buf tar = { 0 };
	struct facts f = { 0 };
	struct err e = { 0 };
	struct archive *a;
	struct world w;

	(void)state;
	world_init(&w, "");
	assert_true(make_layer(&recipe, &layer));
	make_hex(buf_span(&layer), diff);
	buf_printf(&config,
	    "{\"rootfs\":{\"diff_ids\":[\"sha256:%s\",\"sha256:%s\"]}}", diff,
	    diff);
	a = make_tar_open(&tar);
	make_other(a, 'l', "b/layer.tar", "../a/layer.tar");
	make_file(a, "manifest.json",
	    SPAN_LIT("[{\"Config\":\"c.json\",\"Layers\":[\"a/layer.tar\","
		     "\"b/layer.tar\"]}]"));
	make_file(a, "a/layer.tar", buf_span(&layer));
	make_file(a, "c.json", buf_span(&config));
	make_tar_close(a);
	store_write(&w.tmp, "image", buf_span(&tar));
	assert_int_equal(gather(&w, &f, NULL, &e), 0);
	assert_int_equal(f.n_problems, 0);
	assert_int_equal(f.n_layers, 2);
	assert_true(span_is(f.os_id, "ubuntu"));
	facts_cleanup(&f);
	buf_cleanup(&tar);
	buf_cleanup(&config);
	buf_cleanup(&layer);
	world_cleanup(&w);
}

/* Links make many names of one file, and each would be a text of its own. */
static void
test_many_large_texts(void **state)
{
	enum store_form form;

	(void)state;
	for (form = STORE_OCI; form < N_STORE_FORMS; form++) {
		struct buf recipe = { 0 };
		struct buf got = { 0 };
		struct err e = { 0 };
		struct facts f = { 0 };
		struct world w;
		size_t i;

		buf_add_str(&recipe, UBUNTU "\nf etc/a ");
		for (i = 0; i < 5 * 1024 * 1024; i++)
			buf_add_char(&recipe, 'x');
		buf_add_str(&recipe, "\nh etc/b etc/a\n");
		world_init(&w, "/etc/a /etc/b");
		store_make(&w.tmp, buf_str(&recipe), form, STORE_SOUND);
		if (gather(&w, &f, NULL, &e) != 0)
			fail_msg("form %d: %s", (int)form, e.msg);
		for (i = 0; i < f.system.n_files; i++)
			if (span_is(f.system.files[i].path, "/etc/b"))
				print_file(&f.system.files[i], &got);
		assert_string_equal(buf_str(&got),
		    "file: /etc/b error: too large: the files that content asks "
		    "for are more than is kept\n");
		facts_cleanup(&f);
		buf_cleanup(&got);
		buf_cleanup(&recipe);
		world_cleanup(&w);
	}
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(spoil_cases) +
	    TABLE_N(platform_cases) + 2] = {
		cmocka_unit_test(test_linked_layers),
		cmocka_unit_test(test_many_large_texts),
	};
	size_t n = 2;

	TABLE_ADD(tests, &n, cases, test_forms);
	TABLE_ADD(tests, &n, spoil_cases, test_spoilt);
	TABLE_ADD(tests, &n, platform_cases, test_platform);
	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
