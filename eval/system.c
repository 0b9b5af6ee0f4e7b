/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "eval/system.h"

const char *
package_kind_name(enum package_kind k)
{
	static const char *const names[N_PACKAGE_KINDS] = {
		[PACKAGE_DPKG] = "dpkg",
		[PACKAGE_RPM] = "rpm",
		[PACKAGE_APK] = "apk",
	};

	return names[k];
}

void
system_cleanup(struct system *s)
{
	arena_cleanup(&s->arena);
	*s = (struct system){ 0 };
}

void
want_list_cleanup(struct want_list *w)
{
	arena_cleanup(&w->arena);
	*w = (struct want_list){ 0 };
}

/* A package and where it stood in its database. */
struct placed {
	struct package package;
	uint32_t was;
};

static int
cmp_placed(const void *pa, const void *pb)
{
	const struct placed *a = pa;
	const struct placed *b = pb;
	int order;

	if (a->package.kind != b->package.kind)
		return a->package.kind < b->package.kind ? -1 : 1;
	order = span_cmp(a->package.name, b->package.name);
	if (order != 0)
		return order;
	return a->was < b->was ? -1 : a->was > b->was;
}

static int
cmp_package_file(const void *pa, const void *pb)
{
	const struct package_file *a = pa;
	const struct package_file *b = pb;
	int order = span_cmp(a->path, b->path);

	if (order != 0)
		return order;
	return a->package < b->package ? -1 : a->package > b->package;
}

static int
cmp_file(const void *pa, const void *pb)
{
	const struct file *a = pa;
	const struct file *b = pb;

	return span_cmp(a->path, b->path);
}

/* package_files name packages by index: they follow the new order. */
static void
sort_packages(struct system *s)
{
	struct placed *placed = xcalloc(s->n_packages, sizeof(*placed));
	uint32_t *now = xcalloc(s->n_packages, sizeof(*now));
	struct package_file *f;
	size_t i;

	for (i = 0; i < s->n_packages; i++)
		placed[i] = (struct placed){ s->packages[i], (uint32_t)i };
	if (s->n_packages > 0)
		qsort(placed, s->n_packages, sizeof(*placed), cmp_placed);
	for (i = 0; i < s->n_packages; i++) {
		s->packages[i] = placed[i].package;
		now[placed[i].was] = (uint32_t)i;
	}
	for (i = 0; i < s->n_package_files; i++) {
		f = &s->package_files[i];
		if (f->package < s->n_packages)
			f->package = now[f->package];
	}
	free(now);
	free(placed);
}

void
system_finish(struct system *s)
{
	sort_packages(s);
	if (s->n_package_files > 0)
		qsort(s->package_files, s->n_package_files,
		    sizeof(*s->package_files), cmp_package_file);
	if (s->n_files > 0)
		qsort(s->files, s->n_files, sizeof(*s->files), cmp_file);
}

/* Whether it stands before those of that kind and name. */
static bool
is_before(const struct package *p, enum package_kind kind, struct span name)
{
	return p->kind != kind ? p->kind < kind : span_cmp(p->name, name) < 0;
}

size_t
system_find(const struct system *s, enum package_kind kind, struct span name,
    size_t *first)
{
	size_t low = 0;
	size_t high = s->n_packages;
	size_t n = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (is_before(&s->packages[middle], kind, name))
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < s->n_packages && s->packages[low + n].kind == kind &&
	    span_eq(s->packages[low + n].name, name))
		n++;
	*first = low;
	return n;
}

const struct file *
system_file(const struct system *s, struct span path)
{
	struct file key = { .path = path };

	if (s->n_files == 0)
		return NULL;
	return bsearch(&key, s->files, s->n_files, sizeof(*s->files), cmp_file);
}
