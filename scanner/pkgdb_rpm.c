/* SPDX-License-Identifier: Apache-2.0 */
#include "base/db.h"
#include "scanner/bytes.h"
#include "scanner/pkgdb_rpm.h"
#include "scanner/pkgdb_sqlite_wal.h"

#define SQLITE_MAGIC "SQLite format 3"
#define SQLITE_HEADER_SIZE ((size_t)100)
/* Bytes that say whether there is a log; 1: there is none. */
#define SQLITE_WRITE_VERSION 18
#define SQLITE_READ_VERSION 19
#define SQLITE_PAGE_SIZE 16 /* 1: 65536 */
#define SQLITE_N_PAGES 28

/* A view of that name could keep us busy for ever. */
static int
check_table(struct db *db, struct err *e)
{
	struct db_stmt *s = db_prepare(db,
	    "SELECT type, sql LIKE 'create table%' FROM sqlite_schema "
	    "WHERE name = 'Packages' COLLATE NOCASE",
	    e);
	int rc;

	if (s == NULL)
		return -1;
	rc = db_step(s, e);
	if (rc == 1 && span_is(db_text(s, 0), "table") && db_int(s, 1) == 1)
		rc = 0;
	else if (rc != -1)
		rc = err_set(e, ERR_FORMAT,
		    "has no table Packages: it is no database of rpm");
	db_finalize(s);
	return rc;
}

/* 1: some header is malformed, *e tells of the first. */
static int
rows_read(
    struct db *db, struct package_list *l, struct wanted *w, struct err *e)
{
	struct db_stmt *s =
	    db_prepare(db, "SELECT hnum, blob FROM Packages", e);
	struct err why;
	bool all = true;
	int rc = -1;

	while (s != NULL && (rc = db_step(s, &why)) == 1) {
		long long hnum = db_int(s, 0);

		if (rpm_package_read(l, db_blob(s, 1), w, &why) == 0)
			continue;
		if (why.code == ERR_LIMIT) {
			rc = -1;
			break;
		}
		if (all) {
			*e = why;
			err_context(e, "package %lld", hnum);
		}
		all = false;
	}
	if (s != NULL && rc == -1)
		*e = why;
	db_finalize(s);
	return rc == -1 ? -1 : all ? 0 : 1;
}

/*
 * sqlite.org/fileformat2.html §1.3. SQLite itself fills up a last page that is
 * short with zeros.
 */
static int
check_head(const struct buf *db, struct err *e)
{
	struct span head = buf_span(db);
	size_t page_size;

	if (head.len < SQLITE_HEADER_SIZE ||
	    !span_has_prefix(head, SQLITE_MAGIC))
		return err_set(e, ERR_FORMAT, "is no SQLite database");
	page_size = bytes_be16(head, SQLITE_PAGE_SIZE);
	if (page_size == 1)
		page_size = 65536;
	if (page_size == 0 || head.len % page_size != 0 ||
	    bytes_be32(head, SQLITE_N_PAGES) > head.len / page_size)
		return err_set(e, ERR_FORMAT,
		    "ends early: %zu bytes are only a part of it", head.len);
	return 0;
}

int
rpm_sqlite_read(struct package_list *l, struct buf *db, struct span wal,
    struct wanted *w, struct err *e)
{
	size_t n_packages = l->n_packages;
	size_t n_files = l->n_files;
	struct db *handle = NULL;
	int rc = -1;

	if (wal_apply(db, wal, PKGDB_SIZE_MAX, e) != 0 ||
	    check_head(db, e) != 0)
		goto out;
	db->ptr[SQLITE_WRITE_VERSION] = 1;
	db->ptr[SQLITE_READ_VERSION] = 1;
	if (db_open_memory(&handle, buf_span(db), e) != 0 ||
	    check_table(handle, e) != 0)
		goto out;
	rc = rows_read(handle, l, w, e);
out:
	db_close(handle);
	if (rc == -1) {
		l->n_packages = n_packages;
		l->n_files = n_files;
	}
	return rc;
}
