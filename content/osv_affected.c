/* SPDX-License-Identifier: Apache-2.0 */
#include "content/osv_impl.h"

/* Canonical's priorities, the least first. */
static const char *const priorities[] = { "untriaged", "negligible", "low",
	"medium", "high", "critical" };

static size_t
rank_of(struct span priority)
{
	size_t i;

	for (i = 0; i < sizeof(priorities) / sizeof(*priorities); i++)
		if (span_is_nocase(priority, priorities[i]))
			return i + 1;
	return 0;
}

struct span
osv_ubuntu_severity(const struct json_node *n)
{
	const struct json_node *item = advisory_first(n, "severity");

	for (; item != NULL; item = item->next)
		if (span_is(json_text(json_get(item, "type")), "Ubuntu"))
			return json_text(json_get(item, "score"));
	return SPAN_NONE;
}

/* 1.6.3 has it beside the package; a notice has it for each of its CVEs. */
static struct span
severity_of(const struct json_node *affected)
{
	struct span best = json_text(
	    json_path(affected, "ecosystem_specific.ubuntu_priority"));
	const struct json_node *item =
	    advisory_first(affected, "database_specific.cves_map.cves");
	struct span score;

	if (best.len == 0)
		best = osv_ubuntu_severity(affected);
	if (best.len > 0)
		return best;
	for (; item != NULL; item = item->next) {
		score = osv_ubuntu_severity(item);
		if (rank_of(score) > rank_of(best))
			best = score;
	}
	return best;
}

static int
add_all(struct advisory_build *b, struct advisory_package *p,
    const struct osv_fixes *fixes, struct err *e)
{
	size_t i;

	if (fixes->n_versions == 0)
		return advisory_build_package(b, p, e);
	for (i = 0; i < fixes->n_versions; i++) {
		p->version = fixes->versions[i];
		if (advisory_build_package(b, p, e) != 0)
			return -1;
	}
	return 0;
}

static int
add_named(struct advisory_build *b, struct advisory_package *p, struct err *e)
{
	if (!advisory_is_version(p->version))
		p->version = SPAN_NONE;
	return advisory_is_word(p->name) ? advisory_build_package(b, p, e) : 0;
}

/* {"binary_name": …, "binary_version": …}, or of old {name: version, …}. */
static int
add_binaries(struct advisory_build *b, struct advisory_package *p,
    const struct json_node *item, bool is_fix, struct err *e)
{
	const struct json_node *named = json_get(item, "binary_name");
	const struct json_node *member;

	if (named != NULL) {
		p->name = json_text(named);
		if (is_fix)
			p->version =
			    json_text(json_get(item, "binary_version"));
		return add_named(b, p, e);
	}
	if (item->type != JSON_OBJECT)
		return 0;
	for (member = item->child; member != NULL; member = member->next) {
		p->name = member->name;
		if (is_fix)
			p->version = json_text(member);
		if (add_named(b, p, e) != 0)
			return -1;
	}
	return 0;
}

/*
 * The binaries' versions are those of the version in the package URL, which
 * is the one at the time of writing where nothing is fixed.
 */
static bool
binaries_are_fix(const struct osv_fixes *fixes, const struct purl *purl)
{
	return fixes->n_versions == 1 &&
	    (purl == NULL || purl->version.len == 0 ||
		span_eq(purl->version, fixes->versions[0]));
}

/* Patches of a running kernel: the module is what has the fix. */
static bool
is_livepatch(const struct json_node *affected)
{
	return json_path(affected, "ecosystem_specific.module_name_regex") !=
	    NULL;
}

static int
add_statements(struct advisory_build *b, struct arena *a,
    const struct json_node *affected, const struct purl *purl, struct err *e)
{
	const struct json_node *item =
	    advisory_first(affected, "ecosystem_specific.binaries");
	struct osv_place place;
	struct osv_fixes fixes;
	struct advisory_package p;

	osv_place_of(json_text(json_path(affected, "package.ecosystem")), purl,
	    a, &place);
	osv_fixes_of(affected, a, &fixes);
	p = (struct advisory_package){ .state = fixes.state,
		.is_source = place.is_source,
		.distribution = place.distribution,
		.release = place.release,
		.name =
		    span_trim(json_text(json_path(affected, "package.name"))),
		.pocket = is_livepatch(affected) ? SPAN_LIT("livepatch")
						 : place.pocket,
		.severity = severity_of(affected),
		.detail = fixes.detail.len > 0
		    ? fixes.detail
		    : json_text(json_path(
			  affected, "ecosystem_specific.availability")) };
	if (advisory_is_word(p.name) && add_all(b, &p, &fixes, e) != 0)
		return -1;
	p.is_source = false;
	p.version = SPAN_NONE;
	for (; item != NULL; item = item->next)
		if (add_binaries(
			b, &p, item, binaries_are_fix(&fixes, purl), e) != 0)
			return -1;
	return 0;
}

int
osv_affected(struct advisory_build *b, struct arena *a,
    const struct json_node *affected, struct err *e)
{
	struct span text = json_text(json_path(affected, "package.purl"));
	struct purl purl;
	struct err unused;
	bool good;

	if (affected->type != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "affected is not of objects");
	good = purl_parse(text, a, &purl, &unused) == 0;
	return add_statements(b, a, affected, good ? &purl : NULL, e);
}
