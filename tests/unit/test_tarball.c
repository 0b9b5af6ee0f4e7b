/* SPDX-License-Identifier: Apache-2.0 */
/* Archives of which only reading shows whether they are a root. */
#include "scanner/image_source.h"
#include "tests/unit/image_store.h"
#include "tests/unit/table.h"

#define STATUS                                                   \
	"f var/lib/dpkg/status Package: a\\nStatus: install ok " \
	"installed\\nArchitecture: amd64\\nVersion: 1-2\\n\\n"
#define UBUNTU "f etc/os-release ID=ubuntu\\nVERSION_ID=22.04\\n"
/* More than is looked at first. */
#define LONG "~"
#define LONG_SIZE (SOURCE_HEAD_MAX + 4096)

struct tarball_case {
	const char *name;
	const char *recipe; /* LONG: a file's text */
	enum store_form form;
	enum store_spoil spoil;
	const char *expect; /* transport, packages, problems */
	const char *failed;
};

#define BEGINS "begins as a root file system, and there is "
#define SAY " in it: say tarball: or docker-archive:"

static const struct tarball_case cases[] = {
	{ "a root", UBUNTU "\n" STATUS, STORE_TARBALL, STORE_SOUND,
	    "tarball 1 package" },
	{ "a packed root", UBUNTU "\n" STATUS, STORE_TARBALL_GZ, STORE_SOUND,
	    "tarball 1 package" },
	{ "a root without packages", "d usr/bin", STORE_TARBALL, STORE_SOUND,
	    "tarball 0 package" },
	{ "a root that begins with another name",
	    "f .dockerenv \n" UBUNTU "\n" STATUS, STORE_TARBALL, STORE_SOUND,
	    "tarball 1 package" },
	{ "a root of a long file", "f bin/a " LONG "\n" UBUNTU "\n" STATUS,
	    STORE_TARBALL, STORE_SOUND, "tarball 1 package" },
	{ "a root whose first file is longer than what is looked at",
	    "f x " LONG "\n" UBUNTU "\n" STATUS, STORE_TARBALL, STORE_SOUND,
	    NULL, "manifest.json: not there" },
	{ "an image", UBUNTU "\n" STATUS, STORE_DOCKER, STORE_SOUND,
	    "docker-archive 1 package" },
	{ "a packed image", UBUNTU "\n" STATUS, STORE_DOCKER_GZ, STORE_SOUND,
	    "docker-archive 1 package" },
	{ "a layout", UBUNTU "\n" STATUS, STORE_OCI_ARCHIVE_GZ, STORE_SOUND,
	    "oci-archive 1 package" },
	{ "an image that begins as a root",
	    UBUNTU "\n" STATUS "\nf manifest.json []", STORE_TARBALL,
	    STORE_SOUND, NULL, "manifest.json: there is no image in it" },
	{ "an image that begins as a long root",
	    UBUNTU "\n" STATUS "\nf usr/a " LONG "\nf ./manifest.json []",
	    STORE_TARBALL, STORE_SOUND,
	    "tarball 1 package " BEGINS "manifest.json" SAY },
	{ "a layout that begins as a long root",
	    UBUNTU "\n" STATUS "\nf usr/a " LONG "\nf oci-layout {}",
	    STORE_TARBALL, STORE_SOUND,
	    "tarball 1 package " BEGINS "oci-layout" SAY },
	{ "a root that is cut", UBUNTU "\n" STATUS "\nf usr/a " LONG,
	    STORE_TARBALL, STORE_ARCHIVE_CUT,
	    "tarball 1 package layer 1 of 1 (tarball): ends early, behind entry 3 "
	    "of its tar" },
};

static void
add_long(const char *recipe, struct buf *out)
{
	size_t i;

	for (; *recipe != '\0'; recipe++) {
		if (*recipe != *LONG)
			buf_add_char(out, *recipe);
		for (i = 0; *recipe == *LONG && i < LONG_SIZE; i++)
			buf_add_char(out, 'x');
	}
}

static void
print(const struct facts *f, struct buf *out)
{
	size_t i;

	buf_printf(out, "%s %zu package", transport_name(f->transport),
	    f->system.n_packages);
	for (i = 0; i < f->n_problems; i++)
		buf_printf(out, " %.*s", SPAN_ARG(f->problems[i]));
}

static void
test_guess(void **state)
{
	const struct tarball_case *c = *state;
	const struct want_list none = { 0 };
	struct target t = { .transport = TRANSPORT_DOCKER_ARCHIVE,
		.is_guess = true };
	struct buf recipe = { 0 };
	struct buf got = { 0 };
	struct err e = { 0 };
	struct facts f;
	struct tmp tmp;
	char path[128];

	tmp_init(&tmp);
	snprintf(path, sizeof(path), "%s/image", tmp.path);
	t.path = t.text = path;
	add_long(c->recipe, &recipe);
	store_make(&tmp, buf_str(&recipe), c->form, c->spoil);
	if (facts_gather(&f, &t, &none, &e) == 0) {
		print(&f, &got);
		assert_string_equal(buf_str(&got), c->expect);
		facts_cleanup(&f);
	} else if (c->failed == NULL || strstr(e.msg, c->failed) == NULL) {
		fail_msg("%s", e.msg);
	}
	buf_cleanup(&got);
	buf_cleanup(&recipe);
	tmp_cleanup(&tmp);
}

/* Its digest is that of the layer, as an image of it would have it. */
static void
test_digest(void **state)
{
	const struct want_list none = { 0 };
	struct span recipe = SPAN_LIT(UBUNTU);
	char hex[DIGEST_HEX_SIZE];
	struct arena a = { 0 };
	struct buf tar = { 0 };
	struct err e = { 0 };
	struct target t;
	struct facts f;
	struct tmp tmp;
	char path[128];

	(void)state;
	tmp_init(&tmp);
	snprintf(path, sizeof(path), "%s/image", tmp.path);
	store_make(&tmp, UBUNTU, STORE_TARBALL_GZ, STORE_SOUND);
	assert_true(make_layer(&recipe, &tar));
	make_hex(buf_span(&tar), hex);
	assert_int_equal(target_parse(&t, path, &a, &e), 0);
	assert_int_equal(facts_gather(&f, &t, &none, &e), 0);
	assert_int_equal(f.n_layers, 1);
	if (f.layers == NULL)
		abort();
	assert_true(span_has_prefix(f.layers[0].digest, "sha256:"));
	assert_true(span_is(span_from(f.layers[0].digest, 7), hex));
	facts_cleanup(&f);
	buf_cleanup(&tar);
	arena_cleanup(&a);
	tmp_cleanup(&tmp);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 1] = {
		cmocka_unit_test(test_digest),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, cases, test_guess);
	return cmocka_run_group_tests_name("tarball", tests, NULL, NULL);
}
