/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/db_impl.h"
#include "base/mem.h"

#define DB_NEAR 8 /* keys: rows that are cheaper to step over than to look */

static void
die(const char *what, const char *detail)
{
	fprintf(stderr, "scapcache: %s: %s\n", what, detail);
	abort();
}

/* The columns that a constraint names, "table.column", or "". */
static const char *
constraint_of(struct db *db)
{
	const char *colon = strrchr(sqlite3_errmsg(db->handle), ':');

	return colon == NULL ? "" : colon;
}

static int
fail_system(struct db *db, struct err *e)
{
	int code = sqlite3_system_errno(db->handle);

	if (code == 0)
		return err_set(
		    e, ERR_SYSTEM, "%s: cannot be read or written", db->path);
	return err_set(e, ERR_SYSTEM, "%s: %s", db->path, strerror(code));
}

/* Ours are made from what the store keeps, or upstream offers. */
static const char *
remedy_of(const struct db *db)
{
	if (db->outside)
		return "";
	if (strcmp(db->schema->name, "catalog") == 0)
		return ": move it away, then `scapcache sync` makes a new one";
	if (strcmp(db->schema->name, "index") == 0)
		return ": remove it, then `scapcache sync` makes it anew";
	if (strcmp(db->schema->name, "results") == 0)
		return ": move it away, then `scapcache scan` makes a new one";
	return "";
}

int
db_fail(struct db *db, int rc, struct err *e)
{
	/* Damaged pages can make SQLite ask for more than there could be. */
	if (db->outside && (rc & 0xff) == SQLITE_NOMEM)
		return err_set(
		    e, ERR_FORMAT, "%s: the database is damaged", db->path);
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		die(db->path, sqlite3_errstr(rc));
		return -1;
	case SQLITE_FULL:
		return err_set(e, ERR_SYSTEM,
		    "%s: the disk is full: make room and start again",
		    db->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_SYSTEM,
		    "%s: in use by another process: try again later", db->path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return err_set(
		    e, ERR_SYSTEM, "%s: may not be written", db->path);
	case SQLITE_NOTADB:
		return err_set(e, ERR_FORMAT, "%s: not an SQLite database%s",
		    db->path, remedy_of(db));
	case SQLITE_CORRUPT:
		return err_set(e, ERR_FORMAT, "%s: the database is damaged%s",
		    db->path, remedy_of(db));
	case SQLITE_CONSTRAINT:
		return err_set(e, ERR_FORMAT,
		    "%s: a row breaks a rule of its table%s", db->path,
		    constraint_of(db));
	case SQLITE_TOOBIG:
		return err_set(
		    e, ERR_LIMIT, "%s: a value is too large", db->path);
	case SQLITE_INTERRUPT:
		return err_set(e, ERR_LIMIT,
		    "%s: reading takes too long: refused", db->path);
	case SQLITE_ERROR:
	case SQLITE_SCHEMA:
	case SQLITE_AUTH:
		return err_set(e, ERR_FORMAT,
		    "%s: the database lacks what is asked of it: make it anew",
		    db->path);
	default:
		return fail_system(db, e);
	}
}

int
db_exec(struct db *db, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : db_fail(db, rc, e);
}

bool
db_writes(const struct db *db)
{
	return db->mode == DB_WRITE || db->mode == DB_WRITE_SOON ||
	    db->mode == DB_BUILD;
}

int
db_begin(struct db *db, struct err *e)
{
	/* A writer that waits for its turn now need not give up later. */
	if (db_exec(db, db_writes(db) ? "BEGIN IMMEDIATE" : "BEGIN", e) != 0)
		return -1;
	db->in_transaction = true;
	return 0;
}

/* SQLite undoes a transaction by itself when the disk is full. */
static int
check_transaction(struct db *db, struct err *e)
{
	if (!db->in_transaction || sqlite3_get_autocommit(db->handle) == 0)
		return 0;
	return err_set(e, ERR_SYSTEM,
	    "%s: an earlier error has undone the changes", db->path);
}

int
db_commit(struct db *db, struct err *e)
{
	if (check_transaction(db, e) != 0 || db_exec(db, "COMMIT", e) != 0)
		return -1;
	db->in_transaction = false;
	return 0;
}

void
db_rollback(struct db *db)
{
	db->in_transaction = false;
	if (sqlite3_get_autocommit(db->handle) == 0)
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

/* Savepoints of one name nest; the last one is meant. */
int
db_savepoint(struct db *db, struct err *e)
{
	if (check_transaction(db, e) != 0)
		return -1;
	return db_exec(db, "SAVEPOINT here", e);
}

int
db_release(struct db *db, struct err *e)
{
	if (check_transaction(db, e) != 0)
		return -1;
	return db_exec(db, "RELEASE here", e);
}

void
db_rollback_to(struct db *db)
{
	if (sqlite3_get_autocommit(db->handle) == 0)
		sqlite3_exec(db->handle, "ROLLBACK TO here; RELEASE here", NULL,
		    NULL, NULL);
}

/* A file without our tables is damaged; anything else wrong is our SQL. */
static bool
is_foreign(struct db *db, int rc)
{
	return rc != SQLITE_ERROR ||
	    strncmp(sqlite3_errmsg(db->handle), "no such ", 8) == 0;
}

struct db_stmt *
db_query(struct db *db, unsigned query)
{
	struct db_stmt *s;

	if (query >= db->schema->n_queries)
		die(db->schema->name, "a query that it does not have");
	s = &db->queries[query];
	s->db = db;
	if (s->handle == NULL) {
		s->rc =
		    sqlite3_prepare_v3(db->handle, db->schema->queries[query],
			-1, SQLITE_PREPARE_PERSISTENT, &s->handle, NULL);
		if (s->rc != SQLITE_OK && !is_foreign(db, s->rc))
			die(db->schema->name, sqlite3_errmsg(db->handle));
		return s;
	}
	s->is_near = false;
	sqlite3_reset(s->handle);
	sqlite3_clear_bindings(s->handle);
	return s;
}

int
db_check(struct db *db, struct err *e)
{
	unsigned i;

	for (i = 0; i < db->schema->n_queries; i++)
		if (db_query(db, i)->rc != SQLITE_OK)
			return err_set(e, ERR_FORMAT, "%s: query %u: %s",
			    db->schema->name, i, sqlite3_errmsg(db->handle));
	return 0;
}

struct db_stmt *
db_prepare(struct db *db, const char *sql, struct err *e)
{
	struct db_stmt *s = xcalloc(1, sizeof(*s));
	int rc = sqlite3_prepare_v2(db->handle, sql, -1, &s->handle, NULL);

	s->db = db;
	if (rc == SQLITE_OK)
		return s;
	db_fail(db, rc, e);
	free(s);
	return NULL;
}

void
db_finalize(struct db_stmt *s)
{
	if (s == NULL)
		return;
	sqlite3_finalize(s->handle);
	free(s);
}

/* The number of parameter :name; 0 if the query could not be prepared. */
static int
parameter(struct db_stmt *s, const char *name)
{
	int n, i;

	if (s->handle == NULL)
		return 0;
	if (name[0] == ':')
		name++;
	n = sqlite3_bind_parameter_count(s->handle);
	for (i = 1; i <= n; i++) {
		const char *have = sqlite3_bind_parameter_name(s->handle, i);

		if (have != NULL && strcmp(have + 1, name) == 0)
			return i;
	}
	die("a query has no such parameter", name);
	return 0;
}

static void
bound(struct db_stmt *s, const char *name, int rc)
{
	if (rc == SQLITE_TOOBIG)
		s->rc = rc;
	else if (rc != SQLITE_OK && s->handle != NULL)
		die(name, sqlite3_errstr(rc));
}

void
db_bind_int(struct db_stmt *s, const char *name, int64_t v)
{
	bound(s, name, sqlite3_bind_int64(s->handle, parameter(s, name), v));
}

void
db_bind_real(struct db_stmt *s, const char *name, double v)
{
	bound(s, name, sqlite3_bind_double(s->handle, parameter(s, name), v));
}

void
db_bind_text(struct db_stmt *s, const char *name, struct span v)
{
	bound(s, name,
	    sqlite3_bind_text64(s->handle, parameter(s, name), v.ptr, v.len,
		SQLITE_STATIC, SQLITE_UTF8));
}

void
db_bind_blob(struct db_stmt *s, const char *name, struct span v)
{
	bound(s, name,
	    sqlite3_bind_blob64(
		s->handle, parameter(s, name), v.ptr, v.len, SQLITE_STATIC));
}

int
db_step(struct db_stmt *s, struct err *e)
{
	int rc = s->rc;

	if (check_transaction(s->db, e) != 0)
		return -1;
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s->handle);
	if (rc == SQLITE_READONLY && s->rc == SQLITE_OK && db_mend(s->db)) {
		sqlite3_reset(s->handle);
		rc = sqlite3_step(s->handle);
	}
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE) {
		sqlite3_reset(s->handle);
		return 0;
	}
	db_fail(s->db, rc, e);
	db_reset(s);
	return -1;
}

int
db_run(struct db_stmt *s, struct err *e)
{
	int rc;

	while ((rc = db_step(s, e)) == 1)
		;
	return rc;
}

void
db_reset(struct db_stmt *s)
{
	if (s->handle == NULL)
		return;
	s->rc = SQLITE_OK;
	s->is_near = false;
	sqlite3_reset(s->handle);
}

int64_t
db_int(struct db_stmt *s, int column)
{
	return sqlite3_column_int64(s->handle, column);
}

double
db_real(struct db_stmt *s, int column)
{
	return sqlite3_column_double(s->handle, column);
}

struct span
db_text(struct db_stmt *s, int column)
{
	const void *ptr = sqlite3_column_text(s->handle, column);

	return span_make(ptr, (size_t)sqlite3_column_bytes(s->handle, column));
}

struct span
db_blob(struct db_stmt *s, int column)
{
	const void *ptr = sqlite3_column_blob(s->handle, column);

	return span_make(ptr, (size_t)sqlite3_column_bytes(s->handle, column));
}

bool
db_is_null(struct db_stmt *s, int column)
{
	return sqlite3_column_type(s->handle, column) == SQLITE_NULL;
}

int
db_near(struct db *db, unsigned query, int64_t key, struct db_stmt **row,
    struct err *e)
{
	struct db_stmt *s = &db->queries[query];
	int rc = 1;

	*row = s;
	if (!s->is_near || key < s->at || key - s->at > DB_NEAR) {
		db_bind_int(db_query(db, query), "key", key);
		rc = db_step(s, e);
		s->at = rc == 1 ? db_int(s, 0) : 0;
	}
	while (rc == 1 && s->at < key) {
		rc = db_step(s, e);
		s->at = rc == 1 ? db_int(s, 0) : 0;
	}
	s->is_near = rc == 1;
	return rc == 1 ? s->at == key : rc;
}

/* What nobody writes to may stay open. */
void
db_near_done(struct db_stmt *row)
{
	if (row->db->mode != DB_READ_IMMUTABLE)
		db_reset(row);
}

int64_t
db_last_id(struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t
db_total_changes(struct db *db)
{
	return sqlite3_total_changes64(db->handle);
}
