/* SPDX-License-Identifier: Apache-2.0 */
/* What db.c (statements) and db_open.c (opening, sealing) share. */
#ifndef BASE_DB_IMPL_H
#define BASE_DB_IMPL_H

#include <sqlite3.h>

#include "base/db.h"

struct db_stmt {
	struct db *db;
	sqlite3_stmt *handle; /* NULL: rc says why it could not be prepared */
	int rc;
	bool is_near; /* db_near() left it at the row of key `at` */
	int64_t at;
};

struct db {
	sqlite3 *handle;
	char *path; /* for messages */
	const struct db_schema *schema;
	struct db_stmt *queries; /* schema->n_queries, prepared lazily */
	enum db_mode mode;
	bool in_transaction;
	bool outside;     /* bytes that nobody has looked at */
	unsigned n_ticks; /* of the progress handler */
};

bool db_writes(const struct db *db); /* opened for that */
/* Says what SQLite's result code rc means for db's file; returns -1. */
int db_fail(struct db *db, int rc, struct err *e);
/*
 * Was reading refused since somebody was killed while they wrote? What they
 * left is taken back then, which who only reads cannot: true, read again.
 */
bool db_mend(struct db *db);
/* Runs fixed SQL that gives no rows, or whose rows do not matter. */
int db_exec(struct db *db, const char *sql, struct err *e);

#endif
