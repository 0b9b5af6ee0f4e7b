/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's databases out of bytes in memory (ARCHITECTURE §3), in each of its
 * back ends: SQLite (never by path, committed frames of its log applied by
 * us), ndb and Berkeley DB's hash. Headers are parsed by us.
 */
#ifndef SCANNER_PKGDB_RPM_H
#define SCANNER_PKGDB_RPM_H

#include "scanner/pkgdb.h"
#include "scanner/rpm_header.h"
#include "scanner/wanted.h"

/* Limits of outside input. */
#define RPM_BLOB_MAX ((size_t)16 * 1024 * 1024) /* bytes of a header */

/*
 * Each adds the packages of a database and the files in them whose owner is
 * wanted. 0: all of it was read; 1: all but what is malformed, *e tells of the
 * first; -1: nothing can be said, and nothing was added.
 *
 * db is changed: the log is applied to it.
 */
int rpm_sqlite_read(struct package_list *l, struct buf *db, struct span wal,
    struct wanted *w, struct err *e);
/* Packages.db; each package carries a checksum. */
int rpm_ndb_read(
    struct package_list *l, struct span db, struct wanted *w, struct err *e);
/* Packages, in either byte order. */
int rpm_bdb_read(
    struct package_list *l, struct span db, struct wanted *w, struct err *e);

/* One header, as it stands in any of rpm's databases. */
int rpm_package_read(
    struct package_list *l, struct span blob, struct wanted *w, struct err *e);

/*
 * The source of p, out of "name-version-release.src.rpm", which p borrows; p's
 * own name where there is none.
 */
void rpm_source_set(struct package *p, struct span file);

/* For the readers: the headers of one database, one after the other. */
struct rpm_rows {
	struct package_list *list;
	struct wanted *wanted;
	size_t n_packages; /* of list, at the start */
	size_t n_files;
	struct err bad; /* of the first that is malformed; code 0: none is */
};

void
rpm_rows_start(struct rpm_rows *r, struct package_list *l, struct wanted *w);
/* A header; number is the package's in the database. -1: only a limit. */
int rpm_rows_add(
    struct rpm_rows *r, long long number, struct span blob, struct err *e);
/* Something is malformed; number 0: it is no package. */
void rpm_rows_bad(struct rpm_rows *r, long long number, const struct err *why);
/* What the reader returns; rc -1: it failed, with *e. */
int rpm_rows_end(struct rpm_rows *r, int rc, struct err *e);

#endif
