/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's SQLite database, out of bytes in memory (ARCHITECTURE §3): never by
 * path, committed frames of its log applied by us, headers parsed by us.
 */
#ifndef SCANNER_PKGDB_RPM_H
#define SCANNER_PKGDB_RPM_H

#include "scanner/pkgdb.h"
#include "scanner/rpm_header.h"
#include "scanner/wanted.h"

/*
 * Adds the packages of a database and the files in them whose owner is wanted.
 * db is changed: the log is applied to it. 0: all of it was read; 1: all but
 * headers that are malformed, *e tells of the first; -1: nothing can be said,
 * and nothing was added.
 */
int rpm_sqlite_read(struct package_list *l, struct buf *db, struct span wal,
    struct wanted *w, struct err *e);

/* One header, as it stands in any of rpm's databases. */
int rpm_package_read(
    struct package_list *l, struct span blob, struct wanted *w, struct err *e);

#endif
