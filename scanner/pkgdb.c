/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mapped.h"
#include "base/mem.h"
#include "scanner/pkgdb.h"

/* Of a mapped database so much may be memory at a time. */
#define LOOKED_MAX ((size_t)4 * 1024 * 1024)

void
package_list_cleanup(struct package_list *l)
{
	free(l->packages);
	free(l->files);
	map_cleanup(&l->names);
	*l = (struct package_list){ 0 };
}

/* What asks for a name gets all that have it, again and again. */
static int
count_name(struct package_list *l, struct span name, struct err *e)
{
	uint32_t n;

	if (map_add(&l->names, name, 1, &n))
		return 0;
	if (n == PKGDB_OF_NAME_MAX)
		return err_set(e, ERR_LIMIT,
		    "more than %u packages called %.*s", PKGDB_OF_NAME_MAX,
		    SPAN_ARG(name));
	map_set(&l->names, name, n + 1);
	return 0;
}

int
package_list_add(struct package_list *l, const struct package *p, struct err *e)
{
	if (count_name(l, p->name, e) != 0)
		return -1;
	if (l->n_packages == PKGDB_PACKAGES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u packages", PKGDB_PACKAGES_MAX);
	if (l->arena->total > PKGDB_KEPT_MAX)
		return err_set(e, ERR_LIMIT,
		    "more than %zu MiB of packages and files",
		    PKGDB_KEPT_MAX >> 20);
	l->packages = xgrow(l->packages, &l->cap_packages, l->n_packages + 1,
	    sizeof(*l->packages));
	l->packages[l->n_packages++] = *p;
	return 0;
}

int
package_list_add_file(
    struct package_list *l, const struct package_file *f, struct err *e)
{
	if (l->n_files == PKGDB_FILES_MAX)
		return err_set(e, ERR_LIMIT,
		    "more than %u owned files asked for", PKGDB_FILES_MAX);
	l->files =
	    xgrow(l->files, &l->cap_files, l->n_files + 1, sizeof(*l->files));
	l->files[l->n_files++] = *f;
	return 0;
}

void
package_list_looked(struct package_list *l, size_t n)
{
	if (l == NULL || (l->n_looked += n) < LOOKED_MAX)
		return;
	mapped_rest(l->mapped);
	mapped_rest(l->mapped_log);
	l->n_looked = 0;
}

int
package_list_part(
    struct package_list *l, struct span *rest, struct span *part, struct err *e)
{
	size_t n = rest->len;

	*part = SPAN_NONE;
	if (n == 0)
		return 0;
	if (n > LOOKED_MAX) {
		n = LOOKED_MAX;
		while (n >= 2 &&
		    (rest->ptr[n - 1] != '\n' || rest->ptr[n - 2] != '\n'))
			n--;
		for (n = n < 2 ? LOOKED_MAX : n; n < rest->len &&
		     (rest->ptr[n - 1] != '\n' || rest->ptr[n - 2] != '\n');
		     n++)
			if (n > PKGDB_PART_MAX)
				return err_set(e, ERR_LIMIT,
				    "has more than %zu MiB of one package",
				    PKGDB_PART_MAX >> 20);
	}
	*part = span_first(*rest, n);
	*rest = span_from(*rest, n);
	package_list_looked(l, n);
	return 1;
}
