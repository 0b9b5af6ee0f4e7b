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
#define PKGDB_PACKAGES_MAX 50000u                  /* packages of one image */
#define PKGDB_OF_NAME_MAX 256u                     /* of them, of one name */
#define PKGDB_FILES_MAX 200000u                    /* owned files asked for */
#define PKGDB_SIZE_MAX ((size_t)256 * 1024 * 1024) /* bytes of a database */
#define PKGDB_PART_MAX ((size_t)8 * 1024 * 1024)   /* bytes of a stanza */
#define PKGDB_KEPT_MAX ((size_t)32 * 1024 * 1024)  /* bytes, with files */

struct package_list {
	struct arena *arena; /* the caller's */
	struct package *packages;
	size_t n_packages;
	size_t cap_packages;
	struct package_file *files;
	size_t n_files;
	size_t cap_files;
	struct map names; /* of packages, to how many have them */
	/* The database that is being read, and its log, where they are mapped
	 * (base/mapped.h). */
	struct span mapped, mapped_log;
	size_t n_looked; /* bytes of it that were looked at */
};

void package_list_cleanup(struct package_list *l);
/* ERR_LIMIT when there are too many. */
int package_list_add(
    struct package_list *l, const struct package *p, struct err *e);
int package_list_add_file(
    struct package_list *l, const struct package_file *f, struct err *e);
/*
 * So much of the database was looked at, and what was may leave our memory. l
 * may be NULL.
 */
void package_list_looked(struct package_list *l, size_t n);
/*
 * Cuts stanzas that end with an empty line off *rest, some at a time. 1: *part
 * has some; 0: there are no more; -1: one is larger than PKGDB_PART_MAX.
 */
int package_list_part(struct package_list *l, struct span *rest,
    struct span *part, struct err *e);

#endif
