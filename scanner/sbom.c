/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "content/release.h"
#include "scanner/inventory.h"
#include "scanner/sbom_input.h"

static bool
has(struct span text, const char *what)
{
	return memmem(text.ptr, text.len, what, strlen(what)) != NULL;
}

enum sbom_format
sbom_format_of(struct span head)
{
	struct span text = span_trim(head);

	if (span_has_prefix(text, "\xef\xbb\xbf"))
		text = span_from(text, 3);
	if (text.len == 0)
		return SBOM_NONE;
	if (span_has_prefix(text, "SPDXVersion:"))
		return SBOM_SPDX_TEXT;
	if (*text.ptr != '{')
		return SBOM_NONE;
	if (has(text, "\"bomFormat\"") || has(text, "cyclonedx.org/schema"))
		return SBOM_CYCLONEDX;
	if (has(text, "\"spdxVersion\"") || has(text, "\"SPDXRef-DOCUMENT\""))
		return SBOM_SPDX;
	return SBOM_NONE;
}

static void
problem_add(struct facts *f, struct span *all, struct span text)
{
	all[f->n_problems++] = arena_span(&f->system.arena, text);
}

/* What it is, for people. */
static const char *
what(const struct facts *f)
{
	return f->transport == TRANSPORT_LIST ? "the list of packages"
					      : "the bill of materials";
}

/* Without any source every package would stand for its own. */
static void
source_problems(const struct sbom *s, struct facts *f, struct span *all)
{
	struct buf b = { 0 };
	enum package_kind k;

	for (k = 0; k < N_PACKAGE_KINDS; k++) {
		if (s->n_of_kind[k] == 0 || s->has_sources[k])
			continue;
		buf_reset(&b);
		buf_printf(&b,
		    "%s says of no %s package which source "
		    "it was built from",
		    what(f), package_kind_name(k));
		problem_add(f, all, buf_span(&b));
	}
	buf_cleanup(&b);
}

static void
problems_take(struct facts *f, const struct sbom *s, const struct err *failed)
{
	struct span *all = arena_array(&f->system.arena,
	    SBOM_PROBLEMS_MAX + N_PACKAGE_KINDS + 2, sizeof(*all));
	struct buf b = { 0 };
	size_t i;

	f->problems = all;
	if (failed->code != ERR_NONE) {
		buf_printf(&b, "%s: %s", what(f), failed->msg);
		problem_add(f, all, buf_span(&b));
	}
	for (i = 0; i < s->n_problems && i < SBOM_PROBLEMS_MAX; i++) {
		buf_reset(&b);
		buf_printf(&b, "%s: %.*s", what(f), SPAN_ARG(s->problems[i]));
		problem_add(f, all, buf_span(&b));
	}
	if (s->n_problems > SBOM_PROBLEMS_MAX) {
		buf_reset(&b);
		buf_printf(
		    &b, "%s: %zu problems in all", what(f), s->n_problems);
		problem_add(f, all, buf_span(&b));
	}
	source_problems(s, f, all);
	buf_cleanup(&b);
}

/* A codename, as Canonical's URLs have it, or a number. */
static void
release_take(struct facts *f, struct span release)
{
	struct span codename = SPAN_NONE;
	struct span pocket;

	if (release.len > 0 && span_is_digit(*release.ptr)) {
		f->os_version_id = release;
		f->os_codename = release_codename(f->os_id, release);
	} else if (release_of_distro(release, &codename, &pocket)) {
		f->os_codename = codename;
	} else {
		f->os_codename = release;
	}
}

static void
system_take(struct facts *f, struct sbom *s)
{
	struct arena *a = &f->system.arena;
	size_t by = s->system[0].len > 0 ? 0 : 1;
	struct buf name = { 0 };

	f->os_id = s->system[by];
	f->has_os_release = f->os_id.len > 0;
	release_take(f, s->release[by]);
	if (f->os_version_id.len == 0 && s->release[0].len == 0 &&
	    s->release[1].len > 0)
		release_take(f, s->release[1]);
	if (s->codename.len > 0)
		f->os_codename = s->codename;
	f->os_cpe = s->cpe;
	buf_printf(
	    &name, "%.*s %.*s", SPAN_ARG(f->os_id), SPAN_ARG(s->release[by]));
	f->os_name =
	    s->title.len > 0 ? s->title : arena_span(a, buf_span(&name));
	buf_cleanup(&name);
}

static void
packages_take(struct facts *f, struct package_list *l, const struct sbom *s,
    const struct err *failed)
{
	struct system *sys = &f->system;
	enum package_kind k;

	for (k = 0; k < N_PACKAGE_KINDS; k++) {
		if (s->n_of_kind[k] > 0)
			sys->collected[k] = failed->code == ERR_NONE
			    ? COLLECTION_COMPLETE
			    : COLLECTION_INCOMPLETE;
		if (sys->collected[k] == COLLECTION_INCOMPLETE)
			sys->collected_error[k] =
			    arena_span(&sys->arena, span_of(failed->msg));
	}
	sys->n_packages = l->n_packages;
	sys->packages =
	    arena_array(&sys->arena, l->n_packages, sizeof(*sys->packages));
	if (l->n_packages > 0)
		memcpy(sys->packages, l->packages,
		    l->n_packages * sizeof(*sys->packages));
	sys->n_package_files = l->n_files;
	sys->package_files =
	    arena_array(&sys->arena, l->n_files, sizeof(*sys->package_files));
	if (l->n_files > 0)
		memcpy(sys->package_files, l->files,
		    l->n_files * sizeof(*sys->package_files));
	f->n_repositories = s->n_repositories;
	f->repositories = arena_array(
	    &sys->arena, s->n_repositories, sizeof(*f->repositories));
	if (s->n_repositories > 0)
		memcpy(f->repositories, s->repositories,
		    s->n_repositories * sizeof(*f->repositories));
}

/* "9" is "9.4", too, and "22.04" is "jammy". */
static bool
releases_fit(struct span id, struct span a, struct span b)
{
	struct span names[2] = { release_codename(id, a),
		release_codename(id, b) };
	struct span pocket;

	if (release_covers(a, b) || release_covers(b, a))
		return true;
	if (names[0].len > 0 && release_of_distro(b, &b, &pocket))
		return span_eq(names[0], b);
	return names[1].len > 0 && release_of_distro(a, &a, &pocket) &&
	    span_eq(names[1], a);
}

/* The two that say which system it is must say the same. */
static void
system_check(struct sbom *s)
{
	bool same = span_eq(s->system[0], s->system[1]);
	struct buf b = { 0 };

	if (s->system[0].len == 0 || s->system[1].len == 0 ||
	    (same && releases_fit(s->system[0], s->release[0], s->release[1])))
		return;
	buf_printf(&b, "it is of %.*s", SPAN_ARG(s->system[0]));
	if (same)
		buf_printf(&b, " %.*s", SPAN_ARG(s->release[0]));
	buf_printf(
	    &b, ", and its packages are of %.*s", SPAN_ARG(s->system[1]));
	if (same)
		buf_printf(&b, " %.*s", SPAN_ARG(s->release[1]));
	sbom_problem(s, buf_span(&b));
	buf_cleanup(&b);
}

int
sbom_gather(struct facts *f, const struct target *t,
    const struct want_list *wants, struct err *e)
{
	const struct want_list none = { 0 };
	struct package_list l = { .arena = &f->system.arena };
	struct sbom s = { .list = &l };
	struct err failed = { 0 };
	struct sbom_input in;
	bool is_list = t->transport == TRANSPORT_LIST;
	int rc = sbom_input_open(&in, t->path, e);

	if (rc == 0 && in.format == SBOM_NONE && !is_list)
		rc = err_set(e, ERR_FORMAT,
		    "is no bill of materials that we read: CycloneDX in JSON, "
		    "SPDX in JSON or tag-value");
	if (rc == 0) {
		f->transport = t->transport;
		if (is_list)
			(void)sbom_list_read(
			    &s, in.stream, span_of(t->os), &failed);
		else
			(void)sbom_read(&s, in.stream, in.format, &failed);
		system_check(&s);
		system_take(f, &s);
		sbom_make_files(f, &l, wants);
		packages_take(f, &l, &s, &failed);
		problems_take(f, &s, &failed);
		f->n_not_judged = s.n_others;
		system_finish(&f->system);
		/* No pattern and no owner was looked for. */
		inventory_asked(f, &none);
		inventory_digest(f, &f->inventory_digest);
	} else {
		err_context(e, "%s", t->path);
	}
	sbom_input_close(&in);
	sbom_cleanup(&s);
	package_list_cleanup(&l);
	return rc;
}
