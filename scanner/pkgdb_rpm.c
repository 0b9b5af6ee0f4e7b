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
/* Bytes that are looked at beside a header: a page or two. */
#define ROW_COST ((size_t)8192)

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

void
rpm_rows_start(struct rpm_rows *r, struct package_list *l, struct wanted *w)
{
	*r = (struct rpm_rows){ .list = l,
		.wanted = w,
		.n_packages = l->n_packages,
		.n_files = l->n_files };
}

void
rpm_rows_bad(struct rpm_rows *r, long long number, const struct err *why)
{
	if (r->bad.code != ERR_NONE)
		return;
	r->bad = *why;
	if (number != 0)
		err_context(&r->bad, "package %lld", number);
}

int
rpm_rows_add(
    struct rpm_rows *r, long long number, struct span blob, struct err *e)
{
	struct err why;

	package_list_looked(r->list, blob.len + ROW_COST);
	if (rpm_package_read(r->list, blob, r->wanted, &why) == 0)
		return 0;
	if (why.code == ERR_LIMIT) {
		*e = why;
		return -1;
	}
	rpm_rows_bad(r, number, &why);
	return 0;
}

int
rpm_rows_end(struct rpm_rows *r, int rc, struct err *e)
{
	if (rc == -1) {
		r->list->n_packages = r->n_packages;
		r->list->n_files = r->n_files;
		return -1;
	}
	if (r->bad.code == ERR_NONE)
		return 0;
	*e = r->bad;
	return 1;
}

static int
rows_read(struct rpm_rows *r, struct db *db, struct err *e)
{
	struct db_stmt *s =
	    db_prepare(db, "SELECT hnum, blob FROM Packages", e);
	int rc = -1;

	while (s != NULL && (rc = db_step(s, e)) == 1)
		if (rpm_rows_add(r, db_int(s, 0), db_blob(s, 1), e) != 0) {
			rc = -1;
			break;
		}
	db_finalize(s);
	return rc;
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
	struct rpm_rows rows;
	struct db *handle = NULL;
	int rc = -1;

	rpm_rows_start(&rows, l, w);
	if (wal_apply(db, wal, PKGDB_SIZE_MAX, l, e) != 0 ||
	    check_head(db, e) != 0)
		goto out;
	db->ptr[SQLITE_WRITE_VERSION] = 1;
	db->ptr[SQLITE_READ_VERSION] = 1;
	if (db_open_memory(&handle, buf_span(db), e) != 0 ||
	    check_table(handle, e) != 0)
		goto out;
	rc = rows_read(&rows, handle, e);
out:
	db_close(handle);
	return rpm_rows_end(&rows, rc, e);
}
