/* SPDX-License-Identifier: Apache-2.0 */
/* dpkginfo, rpminfo, rpmverifyfile: FORMATS §7.8, §11. */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/evaluation_impl.h"
#include "eval/object.h"

/* Of rpm's FILEFLAGS. */
#define RPMFILE_CONFIG 1u
#define RPMFILE_DOC 2u
#define RPMFILE_GHOST 64u
#define RPMFILE_LICENSE 128u
#define RPMFILE_README 256u

/* False if nothing can be said of packages of that kind. */
static bool
check_database(struct gather *g, enum package_kind kind)
{
	const struct system *s = g->ev->s;
	struct span why = s->collected_error[kind];

	switch (s->collected[kind]) {
	case COLLECTION_NONE:
		gather_flag(g, FLAG_NOT_COLLECTED,
		    "the image has no %s database", package_kind_name(kind));
		return false;
	case COLLECTION_ERROR:
		gather_flag(g, FLAG_ERROR, "%.*s", SPAN_ARG(why));
		return false;
	case COLLECTION_INCOMPLETE:
		gather_flag(g, FLAG_INCOMPLETE, "%.*s", SPAN_ARG(why));
		return true;
	case COLLECTION_COMPLETE:
		return true;
	}
	return false;
}

static int
consider(struct gather *g, size_t package, struct err *e)
{
	const struct item *item = item_package(g->ev, package);
	int fits = gather_fits(g, item, e);

	if (fits == 1)
		gather_add(g, item);
	return fits < 0 ? -1 : 0;
}

/* Literal names are looked up; duplicates go with the rest, later. */
static int
consider_names(struct gather *g, enum package_kind kind,
    const struct entity_values *names, struct err *e)
{
	size_t first, n, i, j;

	for (i = 0; i < names->n; i++) {
		n = system_find(g->ev->s, kind,
		    value_text(OVAL_STRING, names->v[i]), &first);
		for (j = 0; j < n; j++)
			if (consider(g, first + j, e) != 0)
				return -1;
	}
	return 0;
}

static int
consider_all(struct gather *g, enum package_kind kind, struct err *e)
{
	const struct system *s = g->ev->s;
	size_t i;

	for (i = 0; i < s->n_packages; i++)
		if (s->packages[i].kind == kind && consider(g, i, e) != 0)
			return -1;
	return 0;
}

int
collect_packages(struct gather *g, struct err *e)
{
	enum package_kind kind =
	    g->object->kind == OVAL_KIND_DPKGINFO ? PACKAGE_DPKG : PACKAGE_RPM;
	const struct oval_entity *name = object_entity(g->object, "name");
	struct entity_values names;

	if (!check_database(g, kind))
		return 0;
	if (name == NULL || name->operation != OVAL_EQUALS ||
	    name->datatype != OVAL_STRING ||
	    (name->has_var && name->var_check != OVAL_CHECK_AT_LEAST_ONE))
		return consider_all(g, kind, e);
	if (entity_values(g->ev, name, &names, e) != 0)
		return -1;
	if (names.flag == FLAG_COMPLETE)
		return consider_names(g, kind, &names, e);
	return consider_all(g, kind, e);
}

/* What rpm would verify; we do not, so each is asked off or not collected. */
static const struct {
	const char *entity;
	const char *behavior;
} verifications[] = {
	{ "size_differs", "nosize" },
	{ "mode_differs", "nomode" },
	{ "md5_differs", "nomd5" },
	{ "filedigest_differs", "nofiledigest" },
	{ "device_differs", "nordev" },
	{ "link_mismatch", "nolinkto" },
	{ "ownership_differs", "nouser" },
	{ "group_differs", "nogroup" },
	{ "mtime_differs", "nomtime" },
	{ "capabilities_differ", "nocaps" },
};

static void
add_verifications(struct item_builder *b, const struct oval_object *o)
{
	size_t i;

	for (i = 0; i < sizeof(verifications) / sizeof(*verifications); i++)
		if (object_behavior_is(o, verifications[i].behavior, false))
			item_add(b, verifications[i].entity,
			    SPAN_LIT("not performed"));
		else
			item_add_status(
			    b, verifications[i].entity, ITEM_NOT_COLLECTED);
}

static struct span
package_entity(const struct item *package, const char *name)
{
	size_t i;

	for (i = 0; i < package->n_entities; i++)
		if (span_is(package->entities[i].name, name))
			return package->entities[i].value;
	return SPAN_NONE;
}

static const struct item *
verified_file(struct gather *g, const struct package_file *f)
{
	static const char *const shared[] = { "name", "epoch", "version",
		"release", "arch" };
	const struct item *package = item_package(g->ev, f->package);
	struct item_builder *b = item_start(g->ev, OVAL_KIND_RPMVERIFYFILE);
	size_t i;

	for (i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		item_add(b, shared[i], package_entity(package, shared[i]));
	item_add(b, "filepath", f->path);
	item_add(b, "extended_name", package_entity(package, "extended_name"));
	add_verifications(b, g->object);
	item_add_bool(b, "configuration_file", f->flags & RPMFILE_CONFIG);
	item_add_bool(b, "documentation_file", f->flags & RPMFILE_DOC);
	item_add_bool(b, "ghost_file", f->flags & RPMFILE_GHOST);
	item_add_bool(b, "license_file", f->flags & RPMFILE_LICENSE);
	item_add_bool(b, "readme_file", f->flags & RPMFILE_README);
	return item_intern(b);
}

int
collect_verified_files(struct gather *g, struct err *e)
{
	const struct system *s = g->ev->s;
	const struct package_file *f;
	const struct item *item;
	uint32_t skipped = 0;
	size_t i;
	int fits;

	if (!check_database(g, PACKAGE_RPM))
		return 0;
	if (object_behavior_is(g->object, "noconfigfiles", false))
		skipped |= RPMFILE_CONFIG;
	if (object_behavior_is(g->object, "noghostfiles", false))
		skipped |= RPMFILE_GHOST;
	for (i = 0; i < s->n_package_files; i++) {
		f = &s->package_files[i];
		if ((f->flags & skipped) != 0 || f->package >= s->n_packages)
			continue;
		item = verified_file(g, f);
		fits = gather_fits(g, item, e);
		if (fits < 0)
			return -1;
		if (fits == 1)
			gather_add(g, item);
	}
	return 0;
}
