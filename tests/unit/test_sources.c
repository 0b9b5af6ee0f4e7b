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
#define CSAF "security.access.redhat.com/data/csaf/v2/"
#define SUSE "ftp.suse.com/pub/projects/security/oval/"
#define NVD "nvd.nist.gov/feeds/json/cve/2.0/"

struct match_case {
	const char *name;
	const char *path;
	/* source role name distribution release flavour [marks] */
	const char *expect;
};

static const struct match_case matches[] = {
	{ "Ubuntu, CVEs", CANONICAL "com.ubuntu.focal.cve.oval.xml.bz2",
	    "ubuntu-oval document com.ubuntu.focal.cve.oval ubuntu focal cve" },
	{ "Ubuntu, notices", CANONICAL "com.ubuntu.noble.usn.oval.xml.bz2",
	    "ubuntu-oval document com.ubuntu.noble.usn.oval ubuntu noble usn" },
	{ "Ubuntu, by package", CANONICAL "com.ubuntu.jammy.pkg.oval.xml.bz2",
	    "ubuntu-oval document com.ubuntu.jammy.pkg.oval ubuntu jammy pkg" },
	{ "Ubuntu, for image manifests",
	    CANONICAL "oci.com.ubuntu.jammy.cve.oval.xml.bz2",
	    "ubuntu-oval-oci document oci.com.ubuntu.jammy.cve.oval ubuntu "
	    "jammy oci.cve" },
	{ "Ubuntu, of a service",
	    CANONICAL "com.ubuntu.fips-updates_jammy.cve.oval.xml.bz2",
	    "ubuntu-oval document com.ubuntu.fips-updates_jammy.cve.oval "
	    "ubuntu jammy fips-updates.cve" },
	{ "Ubuntu, of a service for image manifests",
	    CANONICAL "oci.com.ubuntu.fips-updates_jammy.pkg.oval.xml.bz2",
	    "ubuntu-oval-oci document oci.com.ubuntu.fips-updates_jammy.pkg"
	    ".oval ubuntu jammy oci.fips-updates.pkg" },
	{ "Ubuntu, no flavour", CANONICAL "com.ubuntu.jammy.dsa.oval.xml.bz2",
	    "none" },
	{ "Ubuntu, OSV", "security-metadata.canonical.com/osv/osv-all.tar.xz",
	    "ubuntu-osv document ubuntu-osv ubuntu - -" },
	{ "Ubuntu, unpacked is not taken",
	    CANONICAL "com.ubuntu.focal.cve.oval.xml", "none" },
	{ "Ubuntu, in another folder",
	    CANONICAL "old/com.ubuntu.focal.cve.oval.xml.bz2", "none" },
	{ "Ubuntu, from another host",
	    "example.org/oval/com.ubuntu.focal.cve.oval.xml.bz2", "none" },
	{ "notices", "usn.ubuntu.com/usn-db/database-all.json.bz2",
	    "ubuntu-usn document database-all ubuntu - -" },
	{ "notices of supported releases",
	    "usn.ubuntu.com/usn-db/database.json.bz2",
	    "ubuntu-usn document database ubuntu - - second" },
	{ "Red Hat", REDHAT "RHEL8/rhel-8.oval.xml.bz2",
	    "redhat-oval document rhel-8.oval rhel 8 rhel-8" },
	{ "Red Hat, unfixed",
	    REDHAT "RHEL9/rhel-9-including-unpatched.oval.xml.bz2",
	    "redhat-oval document rhel-9-including-unpatched.oval rhel 9 "
	    "rhel-9-including-unpatched" },
	{ "Red Hat, with dots", REDHAT "RHEL9/rhel-9.2-eus.oval.xml.bz2",
	    "redhat-oval document rhel-9.2-eus.oval rhel 9 rhel-9.2-eus" },
	{ "Red Hat, manifest", REDHAT "PULP_MANIFEST",
	    "redhat-oval listing PULP_MANIFEST - - -" },
	{ "Red Hat, other index", REDHAT "feed.json",
	    "redhat-oval mirror feed - - -" },
	{ "CSAF, archive", CSAF "vex/csaf_vex_2024-08-04.tar.zst",
	    "redhat-vex document redhat-vex rhel - -" },
	{ "CSAF, archive of no day", CSAF "vex/csaf_vex_2024-8-4.tar.zst",
	    "none" },
	{ "CSAF, archive of the newer layout",
	    CSAF "vex-feed/vex-archive.tar.zst",
	    "redhat-vex-feed document redhat-vex-feed rhel - -" },
	{ "CSAF, a document", CSAF "vex/2023/cve-2023-6212.json",
	    "redhat-vex document redhat-vex/cve-2023-6212 rhel - -" },
	{ "CSAF, an advisory", CSAF "advisories/2023/rhsa-2023_7435.json",
	    "redhat-advisories document redhat-advisories/rhsa-2023_7435 rhel "
	    "- -" },
	{ "CSAF, changes", CSAF "vex/changes.csv",
	    "redhat-vex listing changes - - -" },
	{ "CSAF, deletions", CSAF "vex/deletions.csv",
	    "redhat-vex document redhat-vex/deletions rhel - -" },
	{ "SUSE, Leap", SUSE "opensuse.leap.15.3.xml.gz",
	    "suse-oval document opensuse.leap.15.3 opensuse-leap 15.3 -" },
	{ "SUSE, enterprise with a service pack",
	    SUSE "suse.linux.enterprise.15-sp4-affected.xml.gz",
	    "suse-oval document suse.linux.enterprise.15-sp4-affected sles "
	    "15-sp4 affected" },
	{ "SUSE, other product", SUSE "suse.linux.enterprise.server.12.xml.gz",
	    "suse-oval document suse.linux.enterprise.server.12 suse - "
	    "suse.linux.enterprise.server.12" },
	{ "Alpine", "secdb.alpinelinux.org/v3.16/community.json",
	    "alpine-secdb document alpine-v3.16-community alpine 3.16 "
	    "community" },
	{ "Alpine, edge", "secdb.alpinelinux.org/edge/main.json",
	    "alpine-secdb document alpine-edge-main alpine edge main" },
	{ "Amazon, repository",
	    "cdn.amazonlinux.com/al2023/core/guids/ab12/x86_64/repodata/"
	    "ab-updateinfo.xml.gz",
	    "amazon document amazon-2023-x86_64 amzn 2023 x86_64" },
	{ "Photon",
	    "packages.broadcom.com/artifactory/photon/photon_cve_metadata/"
	    "cve_data_photon5.0.json",
	    "photon document photon-5.0 photon 5.0 -" },
	{ "a stream cannot climb", REDHAT "RHEL8/../x.oval.xml.bz2", "none" },
	{ "a stream does not start with a dot", REDHAT "RHEL8/.x.oval.xml.bz2",
	    "none" },
	{ "NVD, a year", NVD "nvdcve-2.0-2017.json.gz",
	    "nvd document nvdcve-2.0-2017 - - 2017" },
	{ "NVD, the last days", NVD "nvdcve-2.0-modified.json.gz",
	    "nvd document nvdcve-2.0-modified - - modified rolling" },
	{ "NVD, .meta", NVD "nvdcve-2.0-2017.meta",
	    "nvd meta nvdcve-2.0-2017.meta - - -" },
	{ "NVD, no year", NVD "nvdcve-2.0-20171.json.gz", "none" },
	{ "NVD, .meta of no year", NVD "nvdcve-2.0-x.meta", "none" },
	{ "NVD, zip is not taken", NVD "nvdcve-2.0-2017.json.zip", "none" },
	{ "NVD, archive",
	    "nvd.nist.gov/feeds/json/cve/1.1/nvdcve-1.1-2003.json.gz",
	    "nvd-1.1 document nvdcve-1.1-2003 - - 2003" },
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
	static const char *const roles[] = { "", "document", "meta", "listing",
		"mirror" };
	const struct match_case *c = *state;
	char name[128], distribution[128], release[128], flavour[128];
	char got[1024] = "none";
	struct arena a = { 0 };
	struct source_file f;

	if (source_match_any(span_of(c->path), &a, &f))
		snprintf(got, sizeof(got), "%s %s %s %s %s %s%s%s",
		    f.source->name, roles[f.role], or_dash(f.name, name),
		    or_dash(f.distribution, distribution),
		    or_dash(f.release, release), or_dash(f.flavour, flavour),
		    f.rolling ? " rolling" : "",
		    f.kind->second ? " second" : "");
	arena_cleanup(&a);
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
	{ "a manifest names them", "redhat-oval", "",
	    "PULP_MANIFEST feed.json " },
	{ "products", "suse-oval",
	    "[source.suse-oval]\nreleases = opensuse.leap.15.6\n",
	    "opensuse.leap.15.6.xml.gz " },
	{ "releases in folders", "alpine-secdb",
	    "[source.alpine-secdb]\nreleases = 3.20 edge\n",
	    "main.json community.json main.json community.json " },
	{ "versions", "scap-content",
	    "[source.scap-content]\nreleases = 0.1.79\n",
	    "scap-security-guide-0.1.79.zip " },
};

static int
add_name(void *ctx, struct span path, struct err *e)
{
	struct arena a = { 0 };
	struct source_file f;

	(void)e;
	/* Whatever is asked for must be known again when it comes. */
	assert_true(source_match_any(path, &a, &f));
	arena_cleanup(&a);
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
	    "[source.redhat-oval]\nreleases = openshift-*\n", "openshift-4",
	    true },
	{ "and nothing else", "[source.redhat-oval]\nreleases = openshift-*\n",
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
	assert_true(span_is(
	    source_path(redhat, span_of(source_listing(redhat)->pattern), &a),
	    REDHAT "PULP_MANIFEST"));
	arena_cleanup(&a);
}

/* Each document of a source has a name that no other source gives. */
static void
check_paths(const struct source *s)
{
	const struct source_path *p;

	for (p = s->paths; p->pattern != NULL; p++) {
		assert_int_not_equal(p->role, SOURCE_OTHER);
		assert_true(p->pattern[0] != '/');
		if (p->role == SOURCE_DOCUMENT)
			assert_non_null(document_format_name(p->format));
		else if (p->role == SOURCE_LISTING)
			assert_int_not_equal(p->listing, LISTING_NONE);
		else
			assert_null(p->document);
		/* What is asked for by name has slots that words can fill. */
		if (p->asked && strstr(p->pattern, "{feed}") == NULL &&
		    strchr(p->pattern, '{') != NULL)
			assert_non_null(s->releases);
	}
	assert_true(p < s->paths + SOURCE_PATHS_MAX);
	assert_true(p > s->paths);
}

static void
test_table(void **state)
{
	const char *const *all = source_names_all();
	size_t i, k;

	(void)state;
	for (i = 0; i < n_sources; i++) {
		const struct source *s = &sources[i];

		assert_string_equal(all[i], s->name);
		assert_non_null(s->title);
		assert_non_null(s->family);
		assert_non_null(s->host);
		assert_non_null(s->licence);
		assert_true(
		    s->base[0] == '/' && s->base[strlen(s->base) - 1] == '/');
		assert_true(s->size_max > 0);
		check_paths(s);
		for (k = 0; k < i; k++)
			assert_string_not_equal(s->name, sources[k].name);
	}
	assert_null(all[n_sources]);
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
