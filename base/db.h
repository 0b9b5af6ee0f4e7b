/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite behind named queries. The SQL lives in schema/<name>/: numbered
 * migrations and queries*.sql, embedded at build as SCHEMA_<NAME> and
 * QUERY_<NAME>_<QUERY>. A query is prepared when it is first used and stays
 * prepared; binding a name that a query does not have is our mistake.
 * A struct db belongs to one thread.
 */
#ifndef BASE_DB_H
#define BASE_DB_H

#include "base/err.h"
#include "base/span.h"

struct db;
struct db_stmt; /* owned by its db; one use of a query at a time */

struct db_schema {
	const char *name;
	const char *const *migrations; /* user_version n: the first n ran */
	size_t n_migrations;
	const char *const *queries;
	size_t n_queries;
};

enum db_mode {
	DB_READ = 1,       /* must exist, at this schema's version */
	DB_READ_IMMUTABLE, /* as DB_READ; the file never changes again */
	DB_READ_SOON,      /* as DB_READ; waits a second for a writer; of a
			      DB_WRITE_SOON file in a folder that cannot be
			      written to, too */
	DB_WRITE,          /* made and migrated as needed; synced */
	DB_WRITE_SOON,     /* as DB_WRITE, and synced now and then: a power
			      cut takes what was written last with it, and
			      harms nothing */
	DB_BUILD,          /* as DB_WRITE for a file that nobody else has open:
			      rollback journal beside it, not synced until
			      db_seal() */
};

/*
 * ERR_MISSING if a file to read is not there, ERR_FORMAT if it is no database
 * or of another version (the message names both).
 */
int db_open(struct db **out, const char *path, const struct db_schema *schema,
    enum db_mode mode, struct err *e);
/*
 * A private database over bytes that stay with the caller, read-only: for
 * databases out of images. schema is an empty one; see db_prepare().
 */
int db_open_memory(struct db **out, struct span bytes, struct err *e);
void db_close(struct db *db); /* NULL is fine */

/* Prepares every query of the schema: for tests. */
int db_check(struct db *db, struct err *e);
/* DB_BUILD only: no journal or WAL is left, the file is synced, mode 0444. */
int db_seal(struct db *db, struct err *e);

int db_begin(struct db *db, struct err *e);
int db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db); /* nothing open: nothing happens */
/* A point inside a transaction to go back to; they nest. */
int db_savepoint(struct db *db, struct err *e);
int db_release(struct db *db, struct err *e);
void db_rollback_to(struct db *db); /* back to the savepoint, and drops it */

/* The query, reset and unbound. Aborts if the SQL itself is wrong. */
struct db_stmt *db_query(struct db *db, unsigned query);
/*
 * SQL that is fixed text in the caller's source, for databases that are not
 * ours; NULL and *e if the database does not fit it.
 */
struct db_stmt *db_prepare(struct db *db, const char *sql, struct err *e);
void db_finalize(struct db_stmt *s); /* of db_prepare() only */

/* Bytes are copied by none of these: they must live until the last step. */
void db_bind_int(struct db_stmt *s, const char *name, int64_t v);
void db_bind_real(struct db_stmt *s, const char *name, double v);
void db_bind_text(struct db_stmt *s, const char *name, struct span v);
void db_bind_blob(struct db_stmt *s, const char *name, struct span v);
/* ptr NULL binds SQL NULL in text and blob alike. */

/* 1: a row; 0: no more; -1: failed. */
int db_step(struct db_stmt *s, struct err *e);
/* Steps to the end and resets. */
int db_run(struct db_stmt *s, struct err *e);
void db_reset(struct db_stmt *s);

/* Columns count from 0; bytes live until the next step or reset. */
int64_t db_int(struct db_stmt *s, int column);
double db_real(struct db_stmt *s, int column);
struct span db_text(struct db_stmt *s, int column);
struct span db_blob(struct db_stmt *s, int column);
bool db_is_null(struct db_stmt *s, int column);

/*
 * The row of a key, of a query "... WHERE key >= :key ORDER BY key" whose
 * first column is the key: where the row that it stood at last is a few before,
 * it steps on, which is quicker than to look anew. 1: *row; 0: it is not
 * there; -1. db_near_done() once it is read, whatever came.
 */
int db_near(struct db *db, unsigned query, int64_t key, struct db_stmt **row,
    struct err *e);
void db_near_done(struct db_stmt *row);

int64_t db_last_id(struct db *db);
/* Rows changed since the database was opened. */
int64_t db_total_changes(struct db *db);

#endif
