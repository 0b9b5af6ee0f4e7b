/* SPDX-License-Identifier: Apache-2.0 */
#include "content/osv_impl.h"
#include "content/release.h"

/* "22.04", "12" */
static bool
is_version(struct span s)
{
	size_t i;

	if (s.len == 0 || !span_is_digit(s.ptr[0]))
		return false;
	for (i = 0; i < s.len; i++)
		if (!span_is_digit(s.ptr[i]) && s.ptr[i] != '.')
			return false;
	return true;
}

/*
 * "22.04:LTS" "24.10" "Pro:18.04:LTS" "Pro:FIPS-updates:20.04:LTS"
 * "Pro:22.04:LTS:Realtime:Kernel" "Nvidia-BlueField:22.04:LTS". Which of the
 * two ESM pockets plain Pro means, only the package URL tells.
 */
static bool
place_ubuntu(struct span rest, struct arena *a, struct osv_place *out)
{
	struct span version = SPAN_NONE;
	struct span word;

	while (span_next(&rest, ':', &word)) {
		if (is_version(word) && version.len == 0)
			version = word;
		else if (span_is(word, "Nvidia-BlueField"))
			out->pocket = SPAN_LIT("bluefield");
		else if (!span_is(word, "LTS") && !span_is(word, "Kernel") &&
		    (!span_is(word, "Pro") || out->pocket.len == 0))
			out->pocket = arena_lower(a, word);
	}
	if (version.len == 0)
		return false;
	out->release = release_codename(out->distribution, version);
	if (out->release.len == 0)
		out->release = version;
	return true;
}

static bool
place_debian(struct span rest, struct arena *a, struct osv_place *out)
{
	(void)a;
	out->release = release_codename(out->distribution, rest);
	if (out->release.len == 0)
		out->release = rest;
	return true;
}

/* "v3.20" */
static bool
place_alpine(struct span rest, struct arena *a, struct osv_place *out)
{
	(void)a;
	out->release = span_has_prefix(rest, "v") ? span_from(rest, 1) : rest;
	return true;
}

/*
 * The tail of a CPE: "enterprise_linux:9::appstream" "rhel_eus:9.4::baseos".
 * Other products have numbers of their own.
 */
static bool
place_redhat(struct span rest, struct arena *a, struct osv_place *out)
{
	struct span product = SPAN_NONE;

	(void)a;
	if (!span_next(&rest, ':', &product) ||
	    !span_next(&rest, ':', &out->release) ||
	    !is_version(out->release) ||
	    !release_is_rhel(product, &out->pocket))
		return false;
	if (out->pocket.len == 0 && span_has_prefix(rest, ":"))
		out->pocket = span_from(rest, 1);
	return true;
}

/* "Leap 15.5", "Tumbleweed" */
static bool
place_opensuse(struct span rest, struct arena *a, struct osv_place *out)
{
	(void)a;
	if (span_is(rest, "Tumbleweed")) {
		out->distribution = SPAN_LIT("opensuse-tumbleweed");
		return true;
	}
	out->release = span_from(rest, span_find(rest, ' ') + 1);
	return span_has_prefix(rest, "Leap ") && is_version(out->release);
}

/*
 * Whose names are of what: Canonical, Debian and Alpine name source packages
 * (FORMATS §0, §2.3, §6.2), and so does Rocky Linux, whose build system puts
 * only packages of arch "src" into its OSV. AlmaLinux and Red Hat name every
 * binary package ("python-unversioned-command", "thunderbird-debuginfo").
 * (open)SUSE names the source package and lists the binaries beside it.
 */
static const struct ecosystem {
	const char *prefix;
	const char *distribution;
	bool is_source;
	/* NULL: what stands behind the prefix is the release. */
	bool (*place)(struct span rest, struct arena *a, struct osv_place *out);
} ecosystems[] = {
	{ "Ubuntu:", "ubuntu", true, place_ubuntu },
	{ "Debian:", "debian", true, place_debian },
	{ "Alpine:", "alpine", true, place_alpine },
	{ "AlmaLinux:", "almalinux", false, NULL },
	{ "Rocky Linux:", "rocky", true, NULL },
	{ "rocky-linux:", "rocky", true, NULL },
	{ "Red Hat:", "rhel", false, place_redhat },
	{ "openSUSE:", "opensuse-leap", true, place_opensuse },
};

static bool
place_known(struct span ecosystem, struct arena *a, struct osv_place *out)
{
	const struct ecosystem *x;
	struct span rest;
	size_t i;

	for (i = 0; i < sizeof(ecosystems) / sizeof(*ecosystems); i++) {
		x = &ecosystems[i];
		if (!span_has_prefix(ecosystem, x->prefix))
			continue;
		rest = span_from(ecosystem, span_find(ecosystem, ':') + 1);
		out->distribution = span_of(x->distribution);
		out->is_source = x->is_source;
		if (x->place != NULL)
			return x->place(rest, a, out);
		out->release = rest;
		return is_version(rest);
	}
	return false;
}

/* The package URL is more exact than the ecosystem. */
static void
refine(const struct purl *purl, struct osv_place *out)
{
	struct span arch = purl_get(purl, "arch");
	struct span release;
	struct span pocket;

	if (span_is(arch, "source") || span_is(arch, "src"))
		out->is_source = true;
	if (!span_is(out->distribution, "ubuntu") ||
	    !release_of_distro(purl_get(purl, "distro"), &release, &pocket))
		return;
	out->release = release;
	if (pocket.len > 0)
		out->pocket = pocket;
}

/*
 * An ecosystem that we do not know stands whole where the pocket does, so that
 * it is seen: of the document's distribution, and of no release.
 */
void
osv_place_of(struct span ecosystem, const struct purl *purl, struct arena *a,
    struct osv_place *out)
{
	*out = (struct osv_place){ .is_source = false };
	if (!place_known(ecosystem, a, out))
		*out = (struct osv_place){ .pocket = ecosystem };
	if (purl != NULL)
		refine(purl, out);
}
