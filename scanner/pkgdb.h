/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the readers of package databases fill: pkgdb_dpkg.h, pkgdb_rpm.h.
 * Everything they keep is copied into the arena, so the bytes of a database
 * may go once it is read.
 */
#ifndef SCANNER_PKGDB_H
#define SCANNER_PKGDB_H

#include "base/err.h"
#include "base/map.h"
#include "eval/system.h"

/* Limits of outside input. */
#define PKGDB_PACKAGES_MAX 50000u                 /* packages of one image */
#define PKGDB_OF_NAME_MAX 256u                    /* of them, of one name */
#define PKGDB_FILES_MAX 200000u                   /* owned files asked for */
#define PKGDB_SIZE_MAX ((size_t)48 * 1024 * 1024) /* bytes of a database */
#define PKGDB_TEXT_MAX ((size_t)16 * 1024 * 1024) /* of one that is text */

struct package_list {
	struct arena *arena; /* the caller's */
	struct package *packages;
	size_t n_packages;
	size_t cap_packages;
	struct package_file *files;
	size_t n_files;
	size_t cap_files;
	struct map names; /* of packages, to how many have them */
};

void package_list_cleanup(struct package_list *l);
/* ERR_LIMIT when there are too many. */
int package_list_add(
    struct package_list *l, const struct package *p, struct err *e);
int package_list_add_file(
    struct package_list *l, const struct package_file *f, struct err *e);

#endif
