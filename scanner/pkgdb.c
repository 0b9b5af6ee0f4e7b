/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/pkgdb.h"

void
package_list_cleanup(struct package_list *l)
{
	free(l->packages);
	free(l->files);
	*l = (struct package_list){ 0 };
}

int
package_list_add(struct package_list *l, const struct package *p, struct err *e)
{
	if (l->n_packages == PKGDB_PACKAGES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u packages", PKGDB_PACKAGES_MAX);
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
