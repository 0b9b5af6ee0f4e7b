/* SPDX-License-Identifier: Apache-2.0 */
/* A database of things, of two versions, that the tests of base/db.h open. */
#ifndef TESTS_UNIT_DB_THINGS_H
#define TESTS_UNIT_DB_THINGS_H

#include <stdio.h>

#include "base/db.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

static const char *const migrations[] = {
	"CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
	" data BLOB, size REAL) STRICT;",
	"CREATE TABLE more (a INTEGER);"
	"INSERT INTO more VALUES (1), (2), (3);",
};

enum { ADD, GET, COUNT, BIG, NEAR, THIN };

static const char *const queries[] = {
	"INSERT INTO thing (name, data, size) VALUES (:name, :data, :size)",
	"SELECT id, data, size FROM thing WHERE name = :name",
	"SELECT count(*) FROM thing",
	"INSERT INTO more SELECT a.a FROM more a, more b, more c, more d,"
	" more e, more f",
	"SELECT id, name FROM thing WHERE id >= :key ORDER BY id",
	"DELETE FROM thing WHERE id % 3 = 0",
};

static const struct db_schema schema = { "test", migrations, 2, queries, 6 };
static const struct db_schema older = { "test", migrations, 1, queries, 3 };

static inline struct db *
must_open(const char *path, const struct db_schema *s, enum db_mode mode)
{
	struct db *db = NULL;
	struct err e = { 0 };

	if (db_open(&db, path, s, mode, &e) != 0)
		fail_msg("%s", e.msg);
	return db;
}

static inline void
must_add(struct db *db, const char *name)
{
	struct db_stmt *s = db_query(db, ADD);
	struct err e = { 0 };

	db_bind_text(s, "name", span_of(name));
	db_bind_blob(s, ":data", SPAN_LIT("a\0b"));
	db_bind_real(s, "size", 1.5);
	if (db_run(s, &e) != 0)
		fail_msg("%s", e.msg);
}

static inline int64_t
count(struct db *db)
{
	struct db_stmt *s = db_query(db, COUNT);
	struct err e;
	int64_t n;

	assert_int_equal(db_step(s, &e), 1);
	n = db_int(s, 0);
	assert_int_equal(db_step(s, &e), 0);
	return n;
}

static inline const char *
path_in(const struct tmp *t, const char *name, char path[128])
{
	snprintf(path, 128, "%s/%s", t->path, name);
	return path;
}

#endif
