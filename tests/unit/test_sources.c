/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "syncd/sources.h"
#include "tests/unit/tmp.h"

#define CANONICAL "security-metadata.canonical.com/oval/"
#define REDHAT "security.access.redhat.com/data/oval/v2/"
#define NVD "nvd.nist.gov/feeds/json/cve/2.0/"

struct match_case {
	const char *name;
	const char *path;
	const char *expect; /* source role name release flavour [marks] */
};

static const struct match_case matches[] = {
	{ "Ubuntu, CVEs", CANONICAL "com.ubuntu.focal.cve.oval.xml.bz2",
	    "ubuntu-oval document com.ubuntu.focal.cve.oval focal cve" },
	{ "Ubuntu, notices", CANONICAL "com.ubuntu.noble.usn.oval.xml.bz2",
	    "ubuntu-oval document com.ubuntu.noble.usn.oval noble usn" },
	{ "Ubuntu, by package is not taken",
	    CANONICAL "com.ubuntu.jammy.pkg.oval.xml.bz2", "none" },
	{ "Ubuntu, for image manifests is not taken",
	    CANONICAL "oci.com.ubuntu.jammy.cve.oval.xml.bz2", "none" },
	{ "Ubuntu, of a service is not taken",
	    CANONICAL "com.ubuntu.fips-updates_jammy.cve.oval.xml.bz2",
	    "none" },
	{ "Ubuntu, unpacked is not taken",
	    CANONICAL "com.ubuntu.focal.cve.oval.xml", "none" },
	{ "Ubuntu, in another folder",
	    CANONICAL "old/com.ubuntu.focal.cve.oval.xml.bz2", "none" },
	{ "Ubuntu, from another host",
	    "example.org/oval/com.ubuntu.focal.cve.oval.xml.bz2", "none" },
	{ "notices", "usn.ubuntu.com/usn-db/database-all.json.bz2",
	    "ubuntu-usn document database-all - -" },
	{ "notices of supported releases",
	    "usn.ubuntu.com/usn-db/database.json.bz2",
	    "ubuntu-usn document database - - fallback" },
	{ "Red Hat", REDHAT "RHEL8/rhel-8.oval.xml.bz2",
	    "redhat-oval document rhel-8.oval 8 rhel-8" },
	{ "Red Hat, unfixed",
	    REDHAT "RHEL9/rhel-9-including-unpatched.oval.xml.bz2",
	    "redhat-oval document rhel-9-including-unpatched.oval 9 "
	    "rhel-9-including-unpatched" },
	{ "Red Hat, with dots", REDHAT "RHEL9/rhel-9.2-eus.oval.xml.bz2",
	    "redhat-oval document rhel-9.2-eus.oval 9 rhel-9.2-eus" },
	{ "Red Hat, manifest", REDHAT "PULP_MANIFEST",
	    "redhat-oval index PULP_MANIFEST - -" },
	{ "Red Hat, other index", REDHAT "feed.json", "none" },
	{ "a stream cannot climb", REDHAT "RHEL8/../x.oval.xml.bz2", "none" },
	{ "a stream does not start with a dot", REDHAT "RHEL8/.x.oval.xml.bz2",
	    "none" },
	{ "NVD, a year", NVD "nvdcve-2.0-2017.json.gz",
	    "nvd document nvdcve-2.0-2017 - 2017" },
	{ "NVD, the last days", NVD "nvdcve-2.0-modified.json.gz",
	    "nvd document nvdcve-2.0-modified - modified rolling" },
	{ "NVD, .meta", NVD "nvdcve-2.0-2017.meta",
	    "nvd index nvdcve-2.0-2017.meta - -" },
	{ "NVD, no year", NVD "nvdcve-2.0-20171.json.gz", "none" },
	{ "NVD, .meta of no year", NVD "nvdcve-2.0-x.meta", "none" },
	{ "NVD, zip is not taken", NVD "nvdcve-2.0-2017.json.zip", "none" },
	{ "NVD, archive",
	    "nvd.nist.gov/feeds/json/cve/1.1/nvdcve-1.1-2003.json.gz",
	    "nvd-1.1 document nvdcve-1.1-2003 - 2003" },
	{ "NVD, archive under the wrong folder", NVD "nvdcve-1.1-2003.json.gz",
	    "none" },
	{ "nothing", "", "none" },
};

static const char *
or_dash(struct span s, char text[128])
{
	snprintf(text, 128, "%.*s", SPAN_ARG(s));
	return s.len == 0 ? "-" : text;
}

static void
test_match(void **state)
{
	const struct match_case *c = *state;
	char name[128], release[128], flavour[128], got[512] = "none";
	struct source_file f;

	if (source_match_any(span_of(c->path), &f))
		snprintf(got, sizeof(got), "%s %s %s %s %s%s%s", f.source->name,
		    f.role == SOURCE_INDEX ? "index" : "document",
		    or_dash(f.name, name), or_dash(f.release, release),
		    or_dash(f.flavour, flavour), f.rolling ? " rolling" : "",
		    f.fallback ? " fallback" : "");
	assert_string_equal(got, c->expect);
}

struct names_case {
	const char *name;
	const char *source;
	const char *config;
	const char *expect; /* base names, a blank behind each */
};

static const struct names_case names[] = {
	{ "a word and a flavour each", "ubuntu-oval",
	    "[source.ubuntu-oval]\nreleases = focal, noble\n",
	    "com.ubuntu.focal.cve.oval.xml.bz2 "
	    "com.ubuntu.focal.usn.oval.xml.bz2 "
	    "com.ubuntu.noble.cve.oval.xml.bz2 "
	    "com.ubuntu.noble.usn.oval.xml.bz2 " },
	{ "one flavour", "ubuntu-oval",
	    "[source.ubuntu-oval]\nreleases = jammy\nflavours = usn\n",
	    "com.ubuntu.jammy.usn.oval.xml.bz2 " },
	{ "years, and the last days", "nvd",
	    "[source.nvd]\nfirst_year = 2024\n",
	    "nvdcve-2.0-2024.json.gz nvdcve-2.0-2025.json.gz "
	    "nvdcve-2.0-2026.json.gz nvdcve-2.0-modified.json.gz "
	    "nvdcve-2.0-recent.json.gz " },
	{ "one name", "ubuntu-usn", "", "database-all.json.bz2 " },
	{ "a manifest names them", "redhat-oval", "", "" },
};

static int
add_name(void *ctx, struct span path, struct err *e)
{
	struct source_file f;

	(void)e;
	/* Whatever is asked for must be known again when it comes. */
	assert_true(source_match_any(path, &f));
	buf_add_span(ctx, span_from(path, span_rfind(path, '/') + 1));
	buf_add_char(ctx, ' ');
	return 0;
}

static struct config *
config_of(struct tmp *t, const char *text)
{
	struct config *config = NULL;
	struct err e = { 0 };
	char path[128];

	snprintf(path, sizeof(path), "%s/x.conf", t->path);
	assert_int_equal(
	    file_replace(t->dirfd, "x.conf", span_of(text), &e), 0);
	assert_int_equal(config_open(&config, path, source_names_all(), &e), 0);
	return config;
}

static void
test_names(void **state)
{
	const struct names_case *c = *state;
	struct source_names n;
	struct config *config;
	struct buf got = { 0 };
	struct err e = { 0 };
	struct tmp t;

	tmp_init(&t);
	config = config_of(&t, c->config);
	n = source_names_of(source_find(span_of(c->source)), config, 2026);
	assert_int_equal(source_each_name(&n, add_name, &got, &e), 0);
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	config_close(config);
	tmp_cleanup(&t);
}

struct wants_case {
	const char *name;
	const char *config;
	const char *flavour;
	bool expect;
};

static const struct wants_case wants[] = {
	{ "by default a release", "", "rhel-9", true },
	{ "by default with what is not fixed", "", "rhel-8-including-unpatched",
	    true },
	{ "by default no extended support", "", "rhel-9.2-eus", false },
	{ "by default no layered product", "", "openshift-4", false },
	{ "a configured pattern",
	    "[source.redhat-oval]\nstreams = openshift-*\n", "openshift-4",
	    true },
	{ "and nothing else", "[source.redhat-oval]\nstreams = openshift-*\n",
	    "rhel-9", false },
};

static void
test_wants(void **state)
{
	const struct wants_case *c = *state;
	struct source_names n;
	struct config *config;
	struct tmp t;

	tmp_init(&t);
	config = config_of(&t, c->config);
	n = source_names_of(source_find(SPAN_LIT("redhat-oval")), config, 2026);
	assert_int_equal(source_wants(&n, span_of(c->flavour)), c->expect);
	config_close(config);
	tmp_cleanup(&t);
}

static void
test_paths(void **state)
{
	const struct source *redhat = source_find(SPAN_LIT("redhat-oval"));
	struct arena a = { 0 };
	struct span meta;

	(void)state;
	meta = source_meta_path(SPAN_LIT(NVD "nvdcve-2.0-2002.json.gz"), &a);
	assert_true(span_is(meta, NVD "nvdcve-2.0-2002.meta"));
	assert_true(span_is(
	    source_meta_document(meta, &a), NVD "nvdcve-2.0-2002.json.gz"));
	assert_true(
	    span_is(source_manifest_path(redhat, &a), REDHAT "PULP_MANIFEST"));
	arena_cleanup(&a);
}

/* Every row is whole, and no two can be mistaken for each other. */
static void
test_table(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < n_sources; i++) {
		const struct source *s = &sources[i];

		assert_ptr_equal(source_find(span_of(s->name)), s);
		assert_non_null(s->title);
		assert_non_null(s->family);
		assert_string_not_equal(document_format_name(s->format), "");
		assert_true(s->size_max > 0);
		assert_true(s->base[0] == '/');
		assert_true(span_has_suffix(span_of(s->base), "/"));
		assert_null(strchr(s->host, '/'));
		assert_true(
		    s->choice != SOURCE_CHOICE_WORDS || s->words_key != NULL);
		for (k = 0; k < i; k++)
			assert_string_not_equal(sources[k].name, s->name);
	}
	assert_null(source_find(SPAN_LIT("nosuch")));
}

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

int
main(void)
{
	struct CMUnitTest
	    tests[N_OF(matches) + N_OF(names) + N_OF(wants) + 2] = { 0 };
	size_t n = 0, i;

	for (i = 0; i < N_OF(matches); i++)
		tests[n++] = (struct CMUnitTest){ matches[i].name, test_match,
			NULL, NULL, (void *)(uintptr_t)&matches[i] };
	for (i = 0; i < N_OF(names); i++)
		tests[n++] = (struct CMUnitTest){ names[i].name, test_names,
			NULL, NULL, (void *)(uintptr_t)&names[i] };
	for (i = 0; i < N_OF(wants); i++)
		tests[n++] = (struct CMUnitTest){ wants[i].name, test_wants,
			NULL, NULL, (void *)(uintptr_t)&wants[i] };
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_paths);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_table);
	return cmocka_run_group_tests_name("sources", tests, NULL, NULL);
}
