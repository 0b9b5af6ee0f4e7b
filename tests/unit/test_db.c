/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "base/db.h"
#include "tests/unit/db_things.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

/* Each key's row, or none, whatever was asked for before. */
static void
assert_near(struct db *db)
{
	static const int keys[] = { 1, 2, 2, 5, 4, 6, 7, 9, 29, 30, 31, 28, 0,
		1, 8, 17, 3, -1, 26 };
	struct db_stmt *row;
	struct err e;
	char name[12];
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		bool is_there = keys[i] > 0 && keys[i] < 30 && keys[i] % 3 != 0;

		assert_int_equal(
		    db_near(db, NEAR, keys[i], &row, &e), is_there);
		snprintf(name, sizeof(name), "%d", keys[i]);
		if (is_there)
			assert_true(span_is(db_text(row, 1), name));
		db_near_done(row);
		if (i % 5 == 4)
			db_query(db, NEAR); /* somebody else's */
	}
}

static void
test_near(void **state)
{
	struct tmp t;
	struct db *db;
	struct err e;
	char path[128];
	char name[12];
	int i;

	(void)state;
	tmp_init(&t);
	db = must_open(path_in(&t, "near.sqlite", path), &schema, DB_BUILD);
	for (i = 1; i <= 30; i++) {
		snprintf(name, sizeof(name), "%d", i);
		must_add(db, name);
	}
	assert_int_equal(db_run(db_query(db, THIN), &e), 0);
	assert_near(db);
	assert_int_equal(db_seal(db, &e), 0);
	db_close(db);
	db = must_open(path, &schema, DB_READ_IMMUTABLE);
	assert_near(db);
	db_close(db);
	tmp_cleanup(&t);
}

static void
test_rows(void **state)
{
	struct db_stmt *s;
	struct err e = { 0 };
	struct tmp t;
	struct db *db;
	char path[128];

	(void)state;
	tmp_init(&t);
	db = must_open(path_in(&t, "x", path), &schema, DB_WRITE);
	must_add(db, "one");
	must_add(db, "two");
	assert_int_equal(db_last_id(db), 2);
	s = db_query(db, GET);
	db_bind_text(s, "name", SPAN_LIT("two"));
	assert_int_equal(db_step(s, &e), 1);
	assert_int_equal(db_int(s, 0), 2);
	assert_true(span_eq(db_blob(s, 1), SPAN_LIT("a\0b")));
	assert_false(db_is_null(s, 1));
	assert_true(db_real(s, 2) > 1.4 && db_real(s, 2) < 1.6);
	assert_int_equal(db_step(s, &e), 0);
	/* Nothing of the last use is left. */
	s = db_query(db, GET);
	assert_int_equal(db_step(s, &e), 0);
	s = db_query(db, ADD);
	db_bind_text(s, "name", SPAN_LIT("three"));
	db_bind_blob(s, "data", SPAN_NONE);
	assert_int_equal(db_run(s, &e), 0);
	s = db_query(db, GET);
	db_bind_text(s, "name", SPAN_LIT("three"));
	assert_int_equal(db_step(s, &e), 1);
	assert_true(db_is_null(s, 1));
	assert_true(db_is_null(s, 2));
	db_reset(s);
	assert_int_equal(count(db), 3);
	db_close(db);
	db_close(NULL);
	tmp_cleanup(&t);
}

static int
count_name(void *ctx, const char *name, struct err *e)
{
	int *n = ctx;

	(void)name;
	(void)e;
	(*n)++;
	return 0;
}

static void
test_transactions(void **state)
{
	struct err e = { 0 };
	struct tmp t;
	struct db *db;
	char path[128];
	int n = 0;

	(void)state;
	tmp_init(&t);
	db = must_open(path_in(&t, "x", path), &schema, DB_WRITE);
	assert_int_equal(db_begin(db, &e), 0);
	must_add(db, "gone");
	db_rollback(db);
	db_rollback(db);
	assert_int_equal(count(db), 0);
	assert_int_equal(db_begin(db, &e), 0);
	must_add(db, "one");
	assert_int_equal(db_savepoint(db, &e), 0);
	must_add(db, "two");
	assert_int_equal(db_savepoint(db, &e), 0);
	must_add(db, "three");
	db_rollback_to(db);
	assert_int_equal(count(db), 2);
	assert_int_equal(db_release(db, &e), 0);
	assert_int_equal(db_savepoint(db, &e), 0);
	must_add(db, "four");
	db_rollback_to(db);
	assert_int_equal(db_commit(db, &e), 0);
	assert_int_equal(count(db), 2);
	db_close(db);
	/* Who may only read need not write anything beside it. */
	db = must_open(path, &schema, DB_READ);
	assert_int_equal(count(db), 2);
	assert_int_equal(file_list(AT_FDCWD, t.path, count_name, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(db_check(db, &e), 0);
	db_close(db);
	tmp_cleanup(&t);
}

static void
test_migrates(void **state)
{
	struct err e = { 0 };
	struct tmp t;
	struct db *db = NULL;
	char path[128], text[512];

	(void)state;
	tmp_init(&t);
	db_close(must_open(path_in(&t, "x", path), &older, DB_WRITE));
	assert_int_equal(db_open(&db, path, &schema, DB_READ, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	snprintf(text, sizeof(text),
	    "%s: is version 1 of the test database, this program needs 2: "
	    "bring it up to date with `scapcache sync` or `scapcache init`",
	    path);
	assert_string_equal(e.msg, text);
	db = must_open(path, &older, DB_WRITE);
	must_add(db, "kept");
	db_close(db);
	db = must_open(path, &schema, DB_WRITE);
	assert_int_equal(count(db), 1);
	assert_int_equal(db_check(db, &e), 0);
	db_close(db);
	db = NULL;
	assert_int_equal(db_open(&db, path, &older, DB_WRITE, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	snprintf(text, sizeof(text),
	    "%s: is version 2 of the test database, this program needs 1: "
	    "use a newer scapcache",
	    path);
	assert_string_equal(e.msg, text);
	tmp_cleanup(&t);
}

static void
test_bad_files(void **state)
{
	static const enum db_mode modes[] = { DB_READ, DB_READ_IMMUTABLE };
	struct err e = { 0 };
	struct tmp t;
	struct db *db = NULL;
	char path[128], text[256];
	size_t i;

	(void)state;
	tmp_init(&t);
	for (i = 0; i < TABLE_N(modes); i++) {
		path_in(&t, "none", path);
		assert_int_equal(db_open(&db, path, &schema, modes[i], &e), -1);
		assert_int_equal(e.code, ERR_MISSING);
		snprintf(text, sizeof(text), "%s: not there", path);
		assert_string_equal(e.msg, text);
		assert_int_equal(file_replace(t.dirfd, "text",
				     SPAN_LIT("some text that is no "
					      "database"),
				     &e),
		    0);
		path_in(&t, "text", path);
		assert_int_equal(db_open(&db, path, &schema, modes[i], &e), -1);
		assert_int_equal(e.code, ERR_FORMAT);
		snprintf(
		    text, sizeof(text), "%s: not an SQLite database", path);
		assert_string_equal(e.msg, text);
	}
	path_in(&t, "no/folder", path);
	assert_int_equal(db_open(&db, path, &schema, DB_WRITE, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	snprintf(text, sizeof(text), "%s: its folder is not there", path);
	assert_string_equal(e.msg, text);
	tmp_cleanup(&t);
}

/* Odd names are names, neither URIs nor options. */
static void
test_names(void **state)
{
	static const char *const names[] = { "a?mode=memory", "b#c", "100%41",
		"file:x" };
	struct err e = { 0 };
	struct tmp t;
	char path[128];
	size_t i;

	(void)state;
	tmp_init(&t);
	for (i = 0; i < TABLE_N(names); i++) {
		struct db *db =
		    must_open(path_in(&t, names[i], path), &schema, DB_BUILD);

		must_add(db, "x");
		assert_int_equal(db_seal(db, &e), 0);
		db_close(db);
		assert_true(file_exists(t.dirfd, names[i]));
		db = must_open(path, &schema, DB_READ_IMMUTABLE);
		assert_int_equal(count(db), 1);
		db_close(db);
	}
	tmp_cleanup(&t);
}

/* A sealed file stands alone, cannot be written, and may be built again. */
static void
test_seal(void **state)
{
	struct err e = { 0 };
	struct tmp t;
	struct stat st;
	struct db *db;
	char path[128];
	int n = 0;

	(void)state;
	tmp_init(&t);
	db = must_open(path_in(&t, "x", path), &schema, DB_WRITE);
	must_add(db, "one");
	db_close(db);
	db = must_open(path, &schema, DB_BUILD);
	assert_int_equal(db_begin(db, &e), 0);
	must_add(db, "two");
	assert_int_equal(db_commit(db, &e), 0);
	assert_int_equal(db_seal(db, &e), 0);
	assert_int_equal(count(db), 2);
	db_close(db);
	assert_int_equal(file_list(AT_FDCWD, t.path, count_name, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0444);
	db = must_open(path, &schema, DB_READ_IMMUTABLE);
	assert_int_equal(count(db), 2);
	assert_int_equal(db_run(db_query(db, BIG), &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_string_equal(e.msg + strlen(path), ": may not be written");
	db_close(db);
	tmp_cleanup(&t);
}

static void
test_constraint(void **state)
{
	struct err e = { 0 };
	struct tmp t;
	struct db_stmt *s;
	struct db *db;
	char path[128];

	(void)state;
	tmp_init(&t);
	db = must_open(path_in(&t, "x", path), &schema, DB_WRITE);
	must_add(db, "one");
	s = db_query(db, ADD);
	db_bind_text(s, "name", SPAN_LIT("one"));
	assert_int_equal(db_run(s, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_string_equal(e.msg + strlen(path),
	    ": a row breaks a rule of its table: thing.name");
	must_add(db, "two");
	db_close(db);
	tmp_cleanup(&t);
}

/*
 * A disk that is full, as a limit on the size of files makes it. SQLite undoes
 * the transaction then; nothing after it may be written as if it still stood.
 */
static void
test_full(void **state)
{
	struct rlimit old, small;
	struct err e = { 0 };
	struct tmp t;
	struct db *db;
	char path[128];
	int rc = 0;
	int i;

	(void)state;
	tmp_init(&t);
	signal(SIGXFSZ, SIG_IGN);
	db = must_open(path_in(&t, "x", path), &schema, DB_BUILD);
	must_add(db, "one");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = (rlim_t)4 * 1024 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(db_begin(db, &e), 0);
	must_add(db, "two");
	for (i = 0; i < 40 && rc == 0; i++)
		rc = db_run(db_query(db, BIG), &e);
	if (rc == 0)
		rc = db_commit(db, &e);
	assert_int_equal(rc, -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_string_equal(e.msg + strlen(path), ": File too large");
	db_rollback(db);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(count(db), 1);
	db_close(db);
	tmp_cleanup(&t);
}

/* The bytes of a small database with one table, and more SQL. */
static void
make_database(struct buf *b, const char *sql)
{
	sqlite3_int64 size = 0;
	unsigned char *bytes;
	sqlite3 *h = NULL;

	assert_int_equal(sqlite3_open(":memory:", &h), SQLITE_OK);
	assert_int_equal(sqlite3_exec(h,
			     "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, "
			     "blob BLOB);"
			     "INSERT INTO Packages VALUES (1, x'00ff');",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_exec(h, sql, NULL, NULL, NULL), SQLITE_OK);
	bytes = sqlite3_serialize(h, "main", &size, 0);
	buf_add(b, bytes, (size_t)size);
	sqlite3_free(bytes);
	sqlite3_close(h);
}

struct memory_case {
	const char *name;
	const char *sql; /* that the image's builder ran */
	const char *query;
	enum err_code code;
	const char *expect;
};

static const struct memory_case memory_cases[] = {
	{ "a table", "SELECT 1", "SELECT hnum, blob FROM Packages", ERR_NONE,
	    NULL },
	{ "no such table", "SELECT 1", "SELECT a FROM Name", ERR_FORMAT,
	    "database: the database lacks what is asked of it: make it anew" },
	{ "a view in a table's place",
	    "DROP TABLE Packages; CREATE VIEW Packages AS SELECT 1 AS hnum,"
	    " x'00ff' AS blob",
	    "SELECT hnum, blob FROM Packages", ERR_FORMAT,
	    "database: the database lacks what is asked of it: make it anew" },
	{ "a virtual table in a table's place",
	    "DROP TABLE Packages; CREATE VIRTUAL TABLE Packages USING"
	    " fts5(hnum, blob)",
	    "SELECT hnum, blob FROM Packages", ERR_FORMAT,
	    "database: the database lacks what is asked of it: make it anew" },
	{ "writing", "SELECT 1", "DELETE FROM Packages RETURNING hnum, 1",
	    ERR_SYSTEM, "database: may not be written" },
};

static void
test_memory(void **state)
{
	const struct memory_case *c = *state;
	struct db_stmt *s = NULL;
	struct buf b = { 0 };
	struct err e = { 0 };
	struct db *db = NULL;
	int rc = -1;

	make_database(&b, c->sql);
	if (db_open_memory(&db, buf_span(&b), &e) == 0 &&
	    (s = db_prepare(db, c->query, &e)) != NULL)
		rc = db_step(s, &e);
	assert_int_equal(e.code, c->code);
	if (c->code == ERR_NONE) {
		assert_int_equal(rc, 1);
		assert_int_equal(db_int(s, 0), 1);
		assert_true(span_eq(db_blob(s, 1), SPAN_LIT("\0\xff")));
		assert_int_equal(db_step(s, &e), 0);
	} else {
		assert_string_equal(e.msg, c->expect);
	}
	db_finalize(s);
	db_close(db);
	buf_cleanup(&b);
}

/* No byte that is wrong may do more than make it an error. */
static void
test_memory_damaged(void **state)
{
	struct buf b = { 0 };
	struct err e;
	size_t i;

	(void)state;
	make_database(&b, "SELECT 1");
	for (i = 0; i < b.len; i += i < 200 ? 1 : 37) {
		struct db_stmt *s = NULL;
		struct db *db = NULL;

		b.ptr[i] ^= (char)0xff;
		if (db_open_memory(&db, buf_span(&b), &e) == 0 &&
		    (s = db_prepare(
			 db, "SELECT hnum, blob FROM Packages", &e)) != NULL)
			while (db_step(s, &e) == 1)
				assert_true(db_blob(s, 1).len <= b.len);
		db_finalize(s);
		db_close(db);
		b.ptr[i] ^= (char)0xff;
	}
	buf_cleanup(&b);
}

/* Pages that name each other make rows without end: so steps are counted. */
static void
test_memory_endless(void **state)
{
	struct buf b = { 0 };
	struct err e = { 0 };
	struct db_stmt *s;
	struct db *db = NULL;

	(void)state;
	make_database(&b,
	    "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 20000) INSERT INTO Packages SELECT i, zeroblob(9)"
	    " FROM n");
	assert_int_equal(db_open_memory(&db, buf_span(&b), &e), 0);
	s = db_prepare(db,
	    "SELECT 1 FROM Packages a, Packages b WHERE a.blob || b.blob = 1",
	    &e);
	assert_non_null(s);
	assert_int_equal(db_step(s, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "database: reading takes too long: refused");
	db_finalize(s);
	db_close(db);
	buf_cleanup(&b);
}

int
main(void)
{
	static struct CMUnitTest tests[TABLE_N(memory_cases) + 11];
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_transactions),
		cmocka_unit_test(test_migrates),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_seal),
		cmocka_unit_test(test_constraint),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_memory_damaged),
		cmocka_unit_test(test_memory_endless),
	};
	size_t n = 0;
	size_t i;

	TABLE_ADD(tests, &n, memory_cases, test_memory);
	for (i = 0; i < TABLE_N(others); i++)
		tests[n++] = others[i];
	return _cmocka_run_group_tests("db", tests, n, NULL, NULL);
}
