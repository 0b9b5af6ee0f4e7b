/* SPDX-License-Identifier: Apache-2.0 */
#include "content/release.h"

static const struct release {
	const char *distribution;
	const char *version;
	const char *codename;
} releases[] = {
	{ "ubuntu", "12.04", "precise" },
	{ "ubuntu", "14.04", "trusty" },
	{ "ubuntu", "14.10", "utopic" },
	{ "ubuntu", "15.04", "vivid" },
	{ "ubuntu", "15.10", "wily" },
	{ "ubuntu", "16.04", "xenial" },
	{ "ubuntu", "16.10", "yakkety" },
	{ "ubuntu", "17.04", "zesty" },
	{ "ubuntu", "17.10", "artful" },
	{ "ubuntu", "18.04", "bionic" },
	{ "ubuntu", "18.10", "cosmic" },
	{ "ubuntu", "19.04", "disco" },
	{ "ubuntu", "19.10", "eoan" },
	{ "ubuntu", "20.04", "focal" },
	{ "ubuntu", "20.10", "groovy" },
	{ "ubuntu", "21.04", "hirsute" },
	{ "ubuntu", "21.10", "impish" },
	{ "ubuntu", "22.04", "jammy" },
	{ "ubuntu", "22.10", "kinetic" },
	{ "ubuntu", "23.04", "lunar" },
	{ "ubuntu", "23.10", "mantic" },
	{ "ubuntu", "24.04", "noble" },
	{ "ubuntu", "24.10", "oracular" },
	{ "ubuntu", "25.04", "plucky" },
	{ "ubuntu", "25.10", "questing" },
	{ "ubuntu", "26.04", "resolute" },
	{ "debian", "7", "wheezy" },
	{ "debian", "8", "jessie" },
	{ "debian", "9", "stretch" },
	{ "debian", "10", "buster" },
	{ "debian", "11", "bullseye" },
	{ "debian", "12", "bookworm" },
	{ "debian", "13", "trixie" },
	{ "debian", "14", "forky" },
};

struct span
release_codename(struct span distribution, struct span version)
{
	size_t i;

	for (i = 0; i < sizeof(releases) / sizeof(*releases); i++)
		if (span_is(distribution, releases[i].distribution) &&
		    span_is(version, releases[i].version))
			return span_of(releases[i].codename);
	return SPAN_NONE;
}

bool
release_of_distro(struct span distro, struct span *release, struct span *pocket)
{
	size_t slash = span_rfind(distro, '/');
	struct span name = distro;
	size_t i;

	*pocket = SPAN_LIT("");
	if (slash < distro.len) {
		name = span_from(distro, slash + 1);
		*pocket = span_first(distro, slash);
	}
	for (i = 0; i < name.len; i++)
		if (name.ptr[i] < 'a' || name.ptr[i] > 'z')
			return false;
	*release = name;
	return name.len > 0;
}

/* Their versions are their own, not those of RHEL. */
static const char *const own_versions[] = { "rhel_dotnet", "rhel_sam",
	"rhel_satellite_client", "rhel_satellite_tools",
	"rhel_software_collections" };

static bool
is_one_of(struct span s, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (span_is(s, words[i]))
			return true;
	return false;
}

bool
release_is_rhel(struct span product, struct span *pocket)
{
	static const char *const streams[] = { "eus", "aus", "tus", "e4s",
		"els" };

	*pocket = SPAN_LIT("");
	if (span_is(product, "enterprise_linux") || span_is(product, "rhel"))
		return true;
	if (span_has_prefix(product, "enterprise_linux_")) {
		*pocket = span_from(product, sizeof("enterprise_linux_") - 1);
		return is_one_of(*pocket, streams, 5);
	}
	if (!span_has_prefix(product, "rhel_"))
		return false;
	*pocket = span_from(product, sizeof("rhel_") - 1);
	return !is_one_of(product, own_versions,
	    sizeof(own_versions) / sizeof(*own_versions));
}

bool
release_covers(struct span stated, struct span asked)
{
	return stated.len == 0 || span_eq(stated, asked) ||
	    (stated.len < asked.len && asked.ptr[stated.len] == '.' &&
		span_eq(span_first(asked, stated.len), stated));
}
