/* SPDX-License-Identifier: Apache-2.0 */
#include "content/release.h"
#include "tests/unit/table.h"

struct codename_case {
	const char *name;
	const char *distribution;
	const char *version;
	const char *expect;
};

static const struct codename_case codenames[] = {
	{ "Ubuntu", "ubuntu", "22.04", "jammy" },
	{ "Ubuntu, interim", "ubuntu", "24.10", "oracular" },
	{ "Debian", "debian", "12", "bookworm" },
	{ "another's number", "ubuntu", "12", "" },
	{ "a release of the future", "ubuntu", "31.04", "" },
	{ "no codenames", "alpine", "3.20", "" },
	{ "no version", "ubuntu", "", "" },
};

static void
test_codename(void **state)
{
	const struct codename_case *c = *state;
	struct span got =
	    release_codename(span_of(c->distribution), span_of(c->version));

	assert_true(span_is(got, c->expect));
}

struct distro_case {
	const char *name;
	const char *distro;
	const char *release; /* NULL: it is none */
	const char *pocket;
};

static const struct distro_case distros[] = {
	{ "a release", "jammy", "jammy", "" },
	{ "a pocket of it", "esm-infra/focal", "focal", "esm-infra" },
	{ "a pocket with a slash", "ubuntu/pro/focal", "focal", "ubuntu/pro" },
	{ "nothing", "", NULL, NULL },
	{ "a pocket of nothing", "esm-apps/", NULL, NULL },
	{ "a number", "22.04", NULL, NULL },
	{ "in capitals", "Jammy", NULL, NULL },
};

static void
test_distro(void **state)
{
	const struct distro_case *c = *state;
	struct span release;
	struct span pocket;

	assert_int_equal(
	    release_of_distro(span_of(c->distro), &release, &pocket),
	    c->release != NULL);
	if (c->release != NULL) {
		assert_true(span_is(release, c->release));
		assert_true(span_is(pocket, c->pocket));
	}
}

struct rhel_case {
	const char *name;
	const char *product;
	const char *pocket; /* NULL: it is none */
};

static const struct rhel_case rhels[] = {
	{ "RHEL", "enterprise_linux", "" },
	{ "RHEL, another name", "rhel", "" },
	{ "a stream", "rhel_eus", "eus" },
	{ "extras", "rhel_extras_sap", "extras_sap" },
	{ "a stream since 10", "enterprise_linux_eus", "eus" },
	{ "another product since 10", "enterprise_linux_nvidia", NULL },
	{ "versions of its own", "rhel_software_collections", NULL },
	{ "another product", "openshift", NULL },
	{ "nothing", "", NULL },
};

static void
test_rhel(void **state)
{
	const struct rhel_case *c = *state;
	struct span pocket;

	assert_int_equal(
	    release_is_rhel(span_of(c->product), &pocket), c->pocket != NULL);
	if (c->pocket != NULL)
		assert_true(span_is(pocket, c->pocket));
}

struct covers_case {
	const char *name;
	const char *stated;
	const char *asked;
	bool expect;
};

static const struct covers_case covers[] = {
	{ "the same", "9", "9", true },
	{ "a minor release", "9", "9.2", true },
	{ "nothing", "", "9.2", true },
	{ "a longer number", "9", "91", false },
	{ "the major release of another's minor", "9.2", "9", false },
	{ "another minor release", "9.2", "9.20", false },
	{ "a codename", "jammy", "noble", false },
	{ "asked for none", "9", "", false },
};

static void
test_covers(void **state)
{
	const struct covers_case *c = *state;

	assert_int_equal(
	    release_covers(span_of(c->stated), span_of(c->asked)), c->expect);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(codenames) + TABLE_N(distros) +
	    TABLE_N(rhels) + TABLE_N(covers)];
	size_t n = 0;

	TABLE_ADD(tests, &n, codenames, test_codename);
	TABLE_ADD(tests, &n, distros, test_distro);
	TABLE_ADD(tests, &n, rhels, test_rhel);
	TABLE_ADD(tests, &n, covers, test_covers);
	return _cmocka_run_group_tests("release", tests, n, NULL, NULL);
}
