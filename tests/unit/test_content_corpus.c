/* SPDX-License-Identifier: Apache-2.0 */
/* Every document of the corpus is read, and has what it should have. */
#include <string.h>

#include "content/nvd.h"
#include "content/oval.h"
#include "content/usn.h"
#include "tests/unit/corpus.h"

struct oval_case {
	const char *path;
	size_t counts[5]; /* definitions, tests, objects, states, variables */
};

static const struct oval_case ovals[] = {
	{ CORPUS_UBUNTU "com.ubuntu.xenial.cve.oval.xml.bz2",
	    { 18656, 6111, 1976, 3963, 1022 } },
	{ CORPUS_UBUNTU "com.ubuntu.focal.cve.oval.xml.bz2",
	    { 8480, 3907, 1628, 2297, 802 } },
	{ CORPUS_UBUNTU "com.ubuntu.noble.usn.oval.xml.bz2",
	    { 237, 460, 460, 460, 336 } },
	{ CORPUS_UBUNTU "oci.com.ubuntu.jammy.cve.oval.xml.bz2",
	    { 1, 2, 2, 2, 2 } },
	{ CORPUS_UBUNTU "oci.com.ubuntu.jammy.pkg.oval.xml.bz2",
	    { 2, 2, 2, 2, 2 } },
	{ CORPUS_UBUNTU "oci.com.ubuntu.jammy.usn.oval.xml.bz2",
	    { 1, 1, 1, 1, 1 } },
	{ CORPUS_UBUNTU "oci.com.ubuntu.fips-updates_jammy.cve.oval.xml.bz2",
	    { 1, 2, 2, 2, 2 } },
	{ CORPUS_UBUNTU "oci.com.ubuntu.fips-updates_jammy.pkg.oval.xml.bz2",
	    { 2, 2, 2, 2, 2 } },
	{ CORPUS_REDHAT "RHEL8/rhel-8.oval.xml.bz2",
	    { 169, 3914, 1336, 746, 1 } },
	{ CORPUS_REDHAT "RHEL9/rhel-9-including-unpatched.oval.xml.bz2",
	    { 4, 19, 8, 4, 1 } },
	{ CORPUS_REDHAT "RHEL9/jboss-ws-5-including-unpatched.oval.xml.bz2",
	    { 1, 4, 2, 3, 0 } },
	{ CORPUS_SUSE "opensuse.leap.15.2.xml.gz", { 1, 3, 2, 3, 0 } },
	{ CORPUS_SUSE "opensuse.leap.15.3.xml.gz",
	    { 9138, 18330, 4460, 3266, 0 } },
	{ CORPUS_SUSE "opensuse.tumbleweed.xml.gz", { 1, 7, 7, 2, 0 } },
	{ CORPUS_SUSE "suse.linux.enterprise.15-affected.xml.gz",
	    { 2, 2, 2, 2, 0 } },
	{ "linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2",
	    { 2, 24, 12, 10, 0 } },
	{ "security.almalinux.org/oval/org.almalinux.alsa-9.xml.bz2",
	    { 2, 21, 11, 10, 0 } },
	{ "www.debian.org/security/oval/oval-definitions-bullseye.xml.bz2",
	    { 4, 6, 4, 5, 0 } },
};

static int
on_definition(void *ctx, const struct oval_definition *d, struct err *e)
{
	(void)e;
	((size_t *)ctx)[0]++;
	assert_memory_equal(d->raw.ptr, "<definition ", 12);
	assert_int_equal(d->raw.ptr[d->raw.len - 1], '>');
	assert_true(d->class != OVAL_CLASS_NONE);
	return 0;
}

static int
on_test(void *ctx, const struct oval_test *t, struct err *e)
{
	(void)e;
	((size_t *)ctx)[1]++;
	assert_true(t->kind != OVAL_KIND_OTHER);
	return 0;
}

static int
on_object(void *ctx, const struct oval_object *o, struct err *e)
{
	(void)e;
	((size_t *)ctx)[2]++;
	assert_true(o->kind != OVAL_KIND_OTHER);
	return 0;
}

static int
on_state(void *ctx, const struct oval_state *s, struct err *e)
{
	(void)e;
	((size_t *)ctx)[3]++;
	assert_true(s->kind != OVAL_KIND_OTHER);
	return 0;
}

static int
on_variable(void *ctx, const struct oval_variable *v, struct err *e)
{
	(void)e;
	((size_t *)ctx)[4]++;
	assert_true(v->type != OVAL_VARIABLE_EXTERNAL);
	return 0;
}

static void
test_oval(void **state)
{
	const struct oval_case *c = *state;
	size_t counts[5] = { 0 };
	const struct oval_sink sink = { counts, NULL, on_definition, on_test,
		on_object, on_state, on_variable };
	struct stream *in = corpus_open(c->path);
	struct err e = { 0 };

	if (oval_read(in, &sink, &e) != 0)
		fail_msg("%s", e.msg);
	assert_memory_equal(counts, c->counts, sizeof(counts));
	stream_close(in);
}

struct nvd_case {
	const char *path;
	enum nvd_shape shape;
	size_t n;
};

static const struct nvd_case nvds[] = {
	{ CORPUS_NVD "2.0/nvdcve-2.0-2002.json.gz", NVD_SHAPE_20, 6770 },
	{ CORPUS_NVD "2.0/nvdcve-2.0-2008.json.gz", NVD_SHAPE_20, 7176 },
	{ CORPUS_NVD "2.0/nvdcve-2.0-2014.json.gz", NVD_SHAPE_20, 8982 },
	{ CORPUS_NVD "2.0/nvdcve-2.0-2015.json.gz", NVD_SHAPE_20, 8748 },
	{ CORPUS_NVD "2.0/nvdcve-2.0-2016.json.gz", NVD_SHAPE_20, 10555 },
	{ CORPUS_NVD "2.0/nvdcve-2.0-2017.json.gz", NVD_SHAPE_20, 17014 },
	{ CORPUS_NVD "2.0/nvdcve-2.0-modified.json.gz", NVD_SHAPE_20, 2146 },
	{ CORPUS_NVD "2.0/nvdcve-2.0-recent.json.gz", NVD_SHAPE_20, 762 },
	{ CORPUS_NVD "1.1/nvdcve-1.1-2003.json.gz", NVD_SHAPE_11, 1553 },
	{ CORPUS_NVD "1.1/nvdcve-1.1-2010.json.gz", NVD_SHAPE_11, 5217 },
};

static int
on_cve(void *ctx, const struct nvd_cve *cve, struct err *e)
{
	(void)e;
	++*(size_t *)ctx;
	assert_true(nvd_is_cve(cve->id));
	assert_true(cve->published != 0 && cve->n_descriptions > 0);
	assert_int_equal(cve->raw.ptr[0], '{');
	return 0;
}

static void
test_nvd(void **state)
{
	const struct nvd_case *c = *state;
	size_t n = 0;
	struct nvd_sink sink = { &n, on_cve };
	struct nvd_header header;
	struct arena arena = { 0 };
	struct stream *in = corpus_open(c->path);
	struct err e = { 0 };

	if (nvd_read(in, c->shape, &sink, &arena, &header, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(n, c->n);
	stream_close(in);
	arena_cleanup(&arena);
}

static int
on_notice(void *ctx, const struct usn_notice *n, struct err *e)
{
	(void)e;
	++*(size_t *)ctx;
	assert_true(n->n_releases > 0 && n->releases[0].n_binaries > 0);
	return 0;
}

static void
test_usn(void **state)
{
	size_t n = 0;
	struct usn_sink sink = { &n, on_notice };
	struct stream *in;
	struct err e = { 0 };

	(void)state;
	in = corpus_open("usn.ubuntu.com/usn-db/database-all.json.bz2");
	if (usn_read(in, &sink, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(n, 3);
	stream_close(in);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(ovals) + TABLE_N(nvds) + 1] = {
		cmocka_unit_test(test_usn),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, ovals, test_oval);
	TABLE_ADD(tests, &n, nvds, test_nvd);
	return _cmocka_run_group_tests("content corpus", tests, n, NULL, NULL);
}
