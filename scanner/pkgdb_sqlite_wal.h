/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite's write-ahead log (sqlite.org/fileformat2.html §4), applied to a
 * database that is held in memory: a database out of an image is never
 * opened by path.
 */
#ifndef SCANNER_PKGDB_SQLITE_WAL_H
#define SCANNER_PKGDB_SQLITE_WAL_H

#include "base/buf.h"
#include "scanner/pkgdb.h"

/*
 * Brings db up to the last transaction that the log holds whole: frames count
 * as long as salts and checksums hold, up to the last one that ends a
 * transaction. As SQLite does, a log that is empty or does not begin with a
 * valid header is passed over. ERR_FORMAT if the log does not fit the
 * database, ERR_LIMIT if that grows over max bytes; db is then unchanged. l is
 * told what is looked at; NULL: nobody.
 */
int wal_apply(struct buf *db, struct span wal, size_t max,
    struct package_list *l, struct err *e);

#endif
