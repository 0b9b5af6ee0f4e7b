/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/facts.h"
#include "tests/unit/image_store.h"
#include "tests/unit/table.h"

struct target_case {
	const char *name;
	enum store_form form; /* of the image at @ */
	const char *text;     /* @: the image's path */
	const char *expect;   /* transport, path, tag */
	enum err_code code;
};

#define HAVE                                                                      \
	"there are rootfs: dir: oci: oci-archive: docker-archive: docker: sbom: " \
	"tarball: list:"

static const struct target_case cases[] = {
	{ "a folder", STORE_ROOTFS, "@", "rootfs @ -", 0 },
	{ "a folder with a layout", STORE_OCI, "@", "oci @ -", 0 },
	{ "a folder of skopeo", STORE_DIR, "@", "dir @ -", 0 },
	{ "a file with a layout", STORE_OCI_ARCHIVE, "@", "oci-archive @ -",
	    0 },
	{ "a packed file with a layout", STORE_OCI_ARCHIVE_GZ, "@",
	    "oci-archive @ -", 0 },
	{ "a file of docker", STORE_DOCKER, "@", "docker-archive @ -", 0 },
	{ "a file of docker, manifest first", STORE_DOCKER_REVERSE, "@",
	    "docker-archive @ -", 0 },
	{ "a packed file of docker", STORE_DOCKER_GZ, "@", "docker-archive @ -",
	    0 },
	{ "a file that is both", STORE_DOCKER_25, "@", "docker-archive @ -",
	    0 },
	{ "a tar of a root", STORE_TARBALL, "@", "tarball @ -", 0 },
	{ "a packed tar of a root", STORE_TARBALL_GZ, "@", "tarball @ -", 0 },
	{ "tarball:", STORE_TARBALL, "tarball:@", "tarball @ -", 0 },
	{ "tarball: has no tag", STORE_TARBALL, "tarball:@:v1",
	    "@:v1: there is no such image", ERR_MISSING },
	{ "tarball: on standard input", STORE_ROOTFS, "tarball:-",
	    "tarball - -", 0 },
	{ "rootfs:", STORE_OCI, "rootfs:@", "rootfs @ -", 0 },
	{ "oci:", STORE_OCI, "oci:@", "oci @ -", 0 },
	{ "oci: with a tag", STORE_OCI, "oci:@:v1", "oci @ v1", 0 },
	{ "oci: with a tag that has colons", STORE_OCI, "oci:@:host:5000/a:v1",
	    "oci @ host:5000/a:v1", 0 },
	{ "oci-archive: with a tag", STORE_OCI_ARCHIVE, "oci-archive:@:v1",
	    "oci-archive @ v1", 0 },
	{ "docker-archive: with a name", STORE_DOCKER, "docker-archive:@:a:b",
	    "docker-archive @ a:b", 0 },
	{ "a path with a colon", STORE_ROOTFS, "oci:@/a:b", "oci @/a:b -", 0 },
	{ "a path with a colon and a tag", STORE_ROOTFS, "oci:@/a:b:c",
	    "oci @/a:b c", 0 },
	{ "a bare path with a colon", STORE_ROOTFS, "@/a:b", "rootfs @/a:b -",
	    0 },
	{ "nothing there", STORE_ROOTFS, "@/nothing",
	    "@/nothing: there is no such image", ERR_MISSING },
	{ "nothing there, with a transport", STORE_ROOTFS, "dir:@/nothing",
	    "@/nothing: there is no such image", ERR_MISSING },
	{ "nothing there, with a tag", STORE_ROOTFS, "oci:/nothing/there:v1",
	    "/nothing/there:v1: there is no such image", ERR_MISSING },
	{ "an empty path", STORE_ROOTFS, "oci:", ": there is no such image",
	    ERR_MISSING },
	{ "no transport that anybody has", STORE_ROOTFS, "foo:bar",
	    "foo:bar: there is no such image here; one of a registry is "
	    "docker://foo:bar",
	    ERR_MISSING },
	{ "a registry", STORE_ROOTFS, "docker://alpine:3.20",
	    "docker docker.io/library/alpine:3.20 3.20", 0 },
	{ "a registry's image without a tag", STORE_ROOTFS,
	    "docker://localhost:5000/a/b",
	    "docker localhost:5000/a/b:latest "
	    "latest",
	    0 },
	{ "a registry without slashes", STORE_ROOTFS, "docker:alpine",
	    "docker:alpine: an image of a registry is docker://HOST/NAME[:TAG]",
	    ERR_FORMAT },
	{ "a daemon", STORE_ROOTFS, "docker-daemon:alpine:3.20",
	    "docker-daemon:alpine:3.20: images of docker-daemon: are not built "
	    "yet; " HAVE,
	    ERR_FORMAT },
	{ "standard input", STORE_ROOTFS, "-", "docker-archive - -", 0 },
	{ "standard input with a transport", STORE_ROOTFS, "oci-archive:-",
	    "oci-archive - -", 0 },
	{ "a bill of materials", STORE_ROOTFS, "@/sbom", "sbom @/sbom -", 0 },
	{ "a bill of materials, named", STORE_ROOTFS, "sbom:@/sbom",
	    "sbom @/sbom -", 0 },
	{ "a bill of materials on standard input", STORE_ROOTFS, "sbom:-",
	    "sbom - -", 0 },
	{ "a bill of materials that is not there", STORE_ROOTFS, "sbom:@/nope",
	    "@/nope: there is no such image", ERR_MISSING },
	{ "JSON of another kind", STORE_ROOTFS, "@/json",
	    "@/json: looks like a bill of materials, and is none that we "
	    "read: CycloneDX in JSON, SPDX in JSON or tag-value",
	    ERR_FORMAT },
	{ "a file that is no tar", STORE_ROOTFS, "@/text",
	    "@/text: is not a tar but text; if it is a list of packages, say "
	    "list:, and over HTTP Content-Type: text/plain",
	    ERR_FORMAT },
	{ "a tar that is no image", STORE_ROOTFS, "@/tar",
	    "@/tar: is a tar without manifest.json and oci-layout, so no saved "
	    "image, and without os-release and packages; if it is a root file "
	    "system, say tarball:",
	    ERR_FORMAT },
};

static void
add_files(const struct tmp *t)
{
	struct span recipe = SPAN_LIT("f etc/a 1");
	struct buf tar = { 0 };

	assert_true(make_layer(&recipe, &tar));
	store_write(t, "image/a:b/c", SPAN_LIT(""));
	store_write(t, "image/sbom", SPAN_LIT(" {\"bomFormat\": \"x\"}"));
	store_write(t, "image/json", SPAN_LIT("{\"a\": \"x\"}"));
	store_write(t, "image/text", SPAN_LIT("hello\n"));
	store_write(t, "image/tar", buf_span(&tar));
	buf_cleanup(&tar);
}

/* text with the path of the image for each @. */
static void
expand(const struct tmp *t, const char *text, struct buf *out)
{
	for (; *text != '\0'; text++)
		if (*text == '@')
			buf_printf(out, "%s/image", t->path);
		else
			buf_add_char(out, *text);
}

static void
test_parse(void **state)
{
	const struct target_case *c = *state;
	struct buf text = { 0 };
	struct buf expect = { 0 };
	struct buf got = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };
	struct target t;
	struct tmp tmp;

	tmp_init(&tmp);
	store_make(&tmp, "f etc/os-release ID=a", c->form, STORE_SOUND);
	if (c->form == STORE_ROOTFS)
		add_files(&tmp);
	expand(&tmp, c->text, &text);
	expand(&tmp, c->expect, &expect);
	if (target_parse(&t, buf_str(&text), &a, &e) == 0) {
		buf_printf(&got, "%s %s %s", transport_name(t.transport),
		    t.path, t.tag == NULL ? "-" : t.tag);
		assert_string_equal(t.text, buf_str(&text));
	} else {
		buf_add_str(&got, e.msg);
	}
	assert_string_equal(buf_str(&got), buf_str(&expect));
	assert_int_equal(e.code, c->code);
	buf_cleanup(&got);
	buf_cleanup(&expect);
	buf_cleanup(&text);
	arena_cleanup(&a);
	tmp_cleanup(&tmp);
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(transport_name(TRANSPORT_NONE), "none");
	assert_string_equal(transport_name(TRANSPORT_ROOTFS), "rootfs");
	assert_string_equal(transport_name(TRANSPORT_DIR), "dir");
	assert_string_equal(transport_name(TRANSPORT_OCI), "oci");
	assert_string_equal(
	    transport_name(TRANSPORT_OCI_ARCHIVE), "oci-archive");
	assert_string_equal(
	    transport_name(TRANSPORT_DOCKER_ARCHIVE), "docker-archive");
	assert_string_equal(transport_name(TRANSPORT_TARBALL), "tarball");
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1] = {
		cmocka_unit_test(test_names),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, cases, test_parse);
	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
