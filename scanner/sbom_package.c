/* SPDX-License-Identifier: Apache-2.0 */
/* Components, by their package URL. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "content/purl.h"
#include "scanner/pkgdb_apk.h"
#include "scanner/pkgdb_dpkg.h"
#include "scanner/pkgdb_rpm.h"
#include "scanner/sbom.h"

/* IDs of os-release that others name otherwise. */
static const struct alias {
	const char *name;
	const char *id;
} aliases[] = {
	{ "redhat", "rhel" },
	{ "red hat enterprise linux", "rhel" },
	{ "alma", "almalinux" },
	{ "amazon", "amzn" },
	{ "amazon linux", "amzn" },
	{ "oracle", "ol" },
	{ "opensuse.leap", "opensuse-leap" },
	{ "opensuse leap", "opensuse-leap" },
	{ "opensuse.tumbleweed", "opensuse-tumbleweed" },
	{ "suse linux enterprise server", "sles" },
	{ "debian gnu/linux", "debian" },
	{ "alpine linux", "alpine" },
	{ "cbl-mariner", "mariner" },
};

static void __attribute__((format(printf, 2, 3)))
problem(struct sbom *s, const char *fmt, ...)
{
	char text[ERR_MSG_SIZE + 128];
	va_list ap;

	if (s->n_problems++ >= SBOM_PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->problems[s->n_problems - 1] =
	    arena_span(s->list->arena, span_of(text));
}

void
sbom_problem(struct sbom *s, struct span text)
{
	problem(s, "%.*s", SPAN_ARG(span_first(text, ERR_MSG_SIZE)));
}

static struct span
id_of(struct span name, struct arena *a)
{
	size_t i;

	name = span_trim(name);
	for (i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (span_is_nocase(name, aliases[i].name))
			return span_of(aliases[i].id);
	return arena_lower(a, name);
}

/* Whoever says it: the first holds, and another one is a problem. */
static void
system_add(struct sbom *s, size_t by, struct span id, struct span release)
{
	struct arena *a = s->list->arena;

	id = id_of(id, &s->scratch);
	/* "2 (Karoo)"; Debian's and Amazon's IDs have no minor version. */
	release = span_first(release, span_find(release, ' '));
	if (span_is(id, "debian") ||
	    (span_is(id, "amzn") && !span_has_prefix(release, "2018")))
		release = span_first(release, span_find(release, '.'));
	if (s->system[by].len == 0) {
		s->system[by] = arena_span(a, id);
		s->release[by] = arena_span(a, release);
	} else if (!span_eq(s->system[by], id) ||
	    !span_eq(s->release[by], release)) {
		problem(s, "it is of several systems: %.*s %.*s and %.*s %.*s",
		    SPAN_ARG(s->system[by]), SPAN_ARG(s->release[by]),
		    SPAN_ARG(id), SPAN_ARG(release));
	}
}

/* "debian-12", "opensuse-leap-15.5", "jammy", or "3.20.3" of an Alpine. */
static void
distro_add(struct sbom *s, const struct purl *u)
{
	struct arena *a = &s->scratch;
	struct span distro = purl_get(u, "distro");
	size_t dash = span_rfind(distro, '-');
	struct span id = span_first(distro, dash);
	struct span release = span_from(distro, dash + 1);

	if (distro.len == 0)
		return;
	if (dash < distro.len && release.len > 0 &&
	    (span_is_digit(*release.ptr) || span_eq(id, u->namespace)))
		system_add(s, 1, id, release);
	else if (span_eq(id_of(distro, a), id_of(u->namespace, a)))
		system_add(s, 1, distro, SPAN_NONE);
	else
		system_add(s, 1, u->namespace, distro);
}

static int
repository_add(struct sbom *s, struct span id, struct err *e)
{
	if (id.len == 0 || !map_add(&s->seen_repositories, id, 0, NULL))
		return 0;
	if (s->n_repositories == SBOM_REPOSITORIES_MAX)
		return err_set(e, ERR_LIMIT, "more than %u repositories",
		    SBOM_REPOSITORIES_MAX);
	s->repositories = xgrow(s->repositories, &s->cap_repositories,
	    s->n_repositories + 1, sizeof(*s->repositories));
	s->repositories[s->n_repositories++] = arena_span(s->list->arena, id);
	return 0;
}

static bool
kind_of(struct span type, enum package_kind *kind)
{
	if (span_is(type, "deb"))
		*kind = PACKAGE_DPKG;
	else if (span_is(type, "rpm"))
		*kind = PACKAGE_RPM;
	else if (span_is(type, "apk"))
		*kind = PACKAGE_APK;
	else
		return false;
	return true;
}

/* The epoch stands in the version, in the qualifier, or in both. */
static int
version_text(const struct purl *u, struct buf *out, struct err *e)
{
	struct span epoch = purl_get(u, "epoch");
	size_t colon = span_find(u->version, ':');
	struct span own = span_first(u->version, colon);
	uint64_t number;

	if (u->version.len == 0)
		return err_set(e, ERR_FORMAT, "no version");
	if (epoch.len > 0 && !parse_uint(epoch, UINT32_MAX, &number))
		return err_set(e, ERR_FORMAT, "an epoch that is no number");
	if (colon < u->version.len && epoch.len > 0 && !span_eq(own, epoch))
		return err_set(e, ERR_FORMAT, "two epochs");
	if (colon == u->version.len && epoch.len > 0)
		buf_printf(out, "%.*s:", SPAN_ARG(epoch));
	buf_add_span(out, u->version);
	return 0;
}

static int
rpm_version_read(
    struct span text, struct arena *a, struct package *p, struct err *e)
{
	size_t colon = span_find(text, ':');
	struct buf evr = { 0 };
	struct span rest;
	uint64_t number;
	size_t dash;

	if (colon < text.len &&
	    !parse_uint(span_first(text, colon), UINT32_MAX, &number))
		return err_set(e, ERR_FORMAT, "an epoch that is no number");
	rest = span_from(text, colon == text.len ? 0 : colon + 1);
	dash = span_rfind(rest, '-');
	if (dash == 0 || dash + 1 >= rest.len)
		return err_set(e, ERR_FORMAT, "a version without a release");
	buf_printf(
	    &evr, "%s%.*s", colon == text.len ? "0:" : "", SPAN_ARG(text));
	p->evr = arena_span(a, buf_span(&evr));
	buf_cleanup(&evr);
	p->full_version = span_from(p->evr, p->evr.len - text.len);
	if (colon < text.len)
		p->epoch = span_first(p->evr, colon);
	rest = span_from(p->evr, p->evr.len - rest.len);
	p->version = span_first(rest, dash);
	p->release = span_from(rest, dash + 1);
	return 0;
}

static int
version_read(
    struct span text, struct arena *a, struct package *p, struct err *e)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] <= ' ')
			return err_set(e, ERR_FORMAT, "a blank in the version");
	switch (p->kind) {
	case PACKAGE_DPKG:
		return dpkg_version_read(text, a, p, e);
	case PACKAGE_RPM:
		return rpm_version_read(text, a, p, e);
	default:
		apk_version_read(text, a, p);
		return 0;
	}
}

static bool
is_source_rpm(struct span s)
{
	return span_has_suffix(s, ".src.rpm") ||
	    span_has_suffix(s, ".nosrc.rpm");
}

/* "openssl", "openssl@1.2", or "openssl-1.2-3.src.rpm". */
static void
upstream_read(struct sbom *s, struct package *p, struct span upstream)
{
	struct arena *a = s->list->arena;
	size_t at = span_find(upstream, '@');

	if (is_source_rpm(upstream)) {
		rpm_source_set(p, arena_span(a, upstream));
		return;
	}
	p->source = arena_span(a, span_first(upstream, at));
	if (at < upstream.len)
		p->source_version = arena_span(a, span_from(upstream, at + 1));
}

static void
source_read(struct sbom *s, struct package *p, const struct purl *u,
    const struct sbom_component *c)
{
	struct arena *a = s->list->arena;
	struct span upstream = purl_get(u, "upstream");

	p->source = p->name;
	s->has_sources[p->kind] = s->has_sources[p->kind] || upstream.len > 0 ||
	    c->source.len > 0 || c->source_rpm.len > 0;
	if (upstream.len > 0)
		upstream_read(s, p, upstream);
	else if (is_source_rpm(c->source_rpm))
		rpm_source_set(p, arena_span(a, c->source_rpm));
	else if (c->source.len > 0)
		p->source = arena_span(a, c->source);
	if (p->source_version.len == 0 && c->source_version.len > 0)
		p->source_version = arena_span(a, c->source_version);
}

/*
 * The URL's name is in lower case; the component's own is as it is written.
 * dpkg's are in lower case, however written, as its own reader has them.
 */
static struct span
name_of(enum package_kind kind, const struct sbom_component *c,
    const struct purl *u, struct sbom *s)
{
	struct arena *a = s->list->arena;
	struct span own = arena_lower(&s->scratch, c->name);
	struct span name = arena_lower(&s->scratch, u->name);

	if (kind == PACKAGE_DPKG)
		return arena_span(a, name);
	return arena_span(a, span_eq(own, name) ? c->name : u->name);
}

static int
package_read(struct sbom *s, struct package *p, const struct purl *u,
    const struct sbom_component *c, struct err *e)
{
	struct arena *a = s->list->arena;
	struct span arch = purl_get(u, "arch");
	struct span module = purl_get(u, "rpmmod");
	struct buf version = { 0 };
	int rc = version_text(u, &version, e);

	if (rc == 0)
		rc = version_read(buf_span(&version), a, p, e);
	buf_cleanup(&version);
	if (rc != 0)
		return -1;
	p->name = name_of(p->kind, c, u, s);
	if (arch.len == 0 && p->kind == PACKAGE_RPM)
		arch = SPAN_LIT("(none)");
	p->arch = arena_span(a, arch);
	if (p->kind != PACKAGE_RPM) {
		source_read(s, p, u, c);
		return 0;
	}
	p->modularity = arena_span(a, module.len > 0 ? module : c->modularity);
	p->signature_keyid = arena_span(a, c->signature_keyid);
	source_read(s, p, u, c);
	return 0;
}

static int
package_add(struct sbom *s, const struct package *p, struct err *e)
{
	struct buf key = { 0 };
	bool is_new;

	buf_printf(&key, "%d%.*s\n%.*s\n%.*s", (int)p->kind, SPAN_ARG(p->name),
	    SPAN_ARG(p->full_version), SPAN_ARG(p->arch));
	is_new = map_add(&s->seen, buf_span(&key), 0, NULL);
	buf_cleanup(&key);
	s->n_of_kind[p->kind] += is_new;
	return is_new ? package_list_add(s->list, p, e) : 0;
}

/* "pkg:deb/…"; slashes before the type count for nothing. */
static bool
is_of_system(struct span purl)
{
	struct span rest = span_from(purl, sizeof("pkg:") - 1);

	if (!span_is_nocase(span_first(purl, sizeof("pkg:") - 1), "pkg:"))
		return false;
	while (rest.len > 0 && *rest.ptr == '/')
		rest = span_from(rest, 1);
	rest = span_first(rest, sizeof("deb/") - 1);
	return span_is_nocase(rest, "deb/") || span_is_nocase(rest, "rpm/") ||
	    span_is_nocase(rest, "apk/");
}

/* A URL of a package of the system that is malformed is one lost. */
static int
purl_add(struct sbom *s, const struct sbom_component *c, struct err *e)
{
	struct package p = { .kind = N_PACKAGE_KINDS };
	struct span arch;
	struct purl u;
	struct err why;
	int rc;

	if (purl_parse(c->purl, &s->scratch, &u, &why) != 0) {
		problem(s, "%s", why.msg);
		return 0;
	}
	arch = purl_get(&u, "arch");
	if (!kind_of(u.type, &p.kind) || span_is(arch, "source") ||
	    span_is(arch, "src")) {
		s->n_others++;
		return 0;
	}
	if (package_read(s, &p, &u, c, &why) != 0) {
		problem(
		    s, "%.*s: %s", SPAN_ARG(span_first(c->purl, 200)), why.msg);
		return 0;
	}
	distro_add(s, &u);
	rc = repository_add(s, purl_get(&u, "repository_id"), e);
	if (rc == 0)
		rc = package_add(s, &p, e);
	return rc;
}

int
sbom_add(struct sbom *s, const struct sbom_component *c, struct err *e)
{
	if (s->n_components++ == SBOM_COMPONENTS_MAX)
		return err_set(e, ERR_LIMIT, "more than %u components",
		    SBOM_COMPONENTS_MAX);
	arena_reset(&s->scratch);
	if (c->is_system) {
		system_add(s, 0, c->name, c->version);
		s->title = arena_span(s->list->arena, c->title);
		s->cpe = arena_span(s->list->arena, c->cpe);
		s->codename = arena_span(s->list->arena, c->codename);
		return 0;
	}
	if (is_of_system(c->purl))
		return purl_add(s, c, e);
	s->n_others++;
	return 0;
}

void
sbom_cleanup(struct sbom *s)
{
	map_cleanup(&s->seen);
	map_cleanup(&s->seen_repositories);
	arena_cleanup(&s->scratch);
	free(s->repositories);
	*s = (struct sbom){ .n_components = 0 };
}
