/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content asks files which release it judges. A bill of materials says that
 * itself, so these few are made up of what it says; all others remain not
 * collected, and so do patterns and the owners of other files.
 */
#include <string.h>

#include "base/buf.h"
#include "scanner/sbom.h"

#define RELEASE_OWNED "/etc/redhat-release"

static void
os_release_make(const struct facts *f, struct buf *b)
{
	buf_printf(b, "ID=%.*s\n", SPAN_ARG(f->os_id));
	if (f->os_version_id.len > 0)
		buf_printf(
		    b, "VERSION_ID=\"%.*s\"\n", SPAN_ARG(f->os_version_id));
	if (f->os_codename.len > 0)
		buf_printf(
		    b, "VERSION_CODENAME=%.*s\n", SPAN_ARG(f->os_codename));
}

static void
lsb_release_make(const struct facts *f, struct buf *b)
{
	if (!span_is(f->os_id, "ubuntu") || f->os_codename.len == 0)
		return;
	buf_add_str(b, "DISTRIB_ID=Ubuntu\n");
	if (f->os_version_id.len > 0)
		buf_printf(
		    b, "DISTRIB_RELEASE=%.*s\n", SPAN_ARG(f->os_version_id));
	buf_printf(b, "DISTRIB_CODENAME=%.*s\n", SPAN_ARG(f->os_codename));
}

/* Only its major version is known; what asks wants a minor one, too. */
static void
debian_version_make(const struct facts *f, struct buf *b)
{
	if (span_is(f->os_id, "debian") && f->os_version_id.len > 0)
		buf_printf(b, "%.*s.0\n", SPAN_ARG(f->os_version_id));
}

static const struct made {
	const char *path;
	void (*make)(const struct facts *f, struct buf *b);
} made[] = {
	{ "/etc/debian_version", debian_version_make },
	{ "/etc/lsb-release", lsb_release_make },
	{ "/etc/os-release", os_release_make },
	{ "/usr/lib/os-release", os_release_make },
};

#define N_MADE (sizeof(made) / sizeof(*made))

/* What owns RELEASE_OWNED in Red Hat's family. */
static const char *const release_packages[] = { "redhat-release",
	"redhat-release-server", "redhat-release-client",
	"redhat-release-workstation", "redhat-release-computenode",
	"centos-release", "centos-linux-release", "centos-stream-release",
	"rocky-release", "almalinux-release" };

static bool
is_release_package(const struct package *p)
{
	size_t i;

	for (i = 0; i < sizeof(release_packages) / sizeof(*release_packages);
	     i++)
		if (p->kind == PACKAGE_RPM &&
		    span_is(p->name, release_packages[i]))
			return true;
	return false;
}

static void
file_make(struct facts *f, const struct made *m)
{
	struct system *s = &f->system;
	struct buf b = { 0 };

	m->make(f, &b);
	if (b.len > 0)
		s->files[s->n_files++] = (struct file){
			.path = span_of(m->path),
			.status = FILE_PRESENT,
			.mode = 0644,
			.size_bytes = b.len,
			.text = arena_span(&s->arena, buf_span(&b)),
		};
	buf_cleanup(&b);
}

static bool
is_wanted(const struct want_list *wants, const char *path, bool is_owner)
{
	size_t i;

	for (i = 0; i < wants->n; i++)
		if (!wants->wants[i].is_pattern &&
		    wants->wants[i].is_owner == is_owner &&
		    span_is(wants->wants[i].path, path))
			return true;
	return false;
}

/* 1: the owner is known, and stands in l. */
static void
owner_make(struct facts *f, struct package_list *l)
{
	struct system *s = &f->system;
	struct want *asked;
	struct err e;
	uint32_t i;

	for (i = 0; i < l->n_packages; i++) {
		struct package_file file = { .package = i,
			.path = SPAN_LIT(RELEASE_OWNED) };

		if (!is_release_package(&l->packages[i]) ||
		    package_list_add_file(l, &file, &e) != 0)
			continue;
		asked = arena_array(&s->arena, 1, sizeof(*asked));
		asked->is_owner = true;
		asked->path = SPAN_LIT(RELEASE_OWNED);
		s->asked = asked;
		s->n_asked = 1;
		return;
	}
}

void
sbom_make_files(
    struct facts *f, struct package_list *l, const struct want_list *wants)
{
	struct system *s = &f->system;
	size_t i;

	s->has_asked = true;
	s->files = arena_array(&s->arena, N_MADE, sizeof(*s->files));
	for (i = 0; f->has_os_release && i < N_MADE; i++)
		if (is_wanted(wants, made[i].path, false))
			file_make(f, &made[i]);
	if (is_wanted(wants, RELEASE_OWNED, true))
		owner_make(f, l);
}
