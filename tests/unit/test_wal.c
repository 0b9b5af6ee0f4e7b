/* SPDX-License-Identifier: Apache-2.0 */
/* Logs as SQLite itself writes them, and what is left of them when spoilt. */
#include <sqlite3.h>
#include <string.h>

#include "base/db.h"
#include "scanner/pkgdb_sqlite_wal.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

#define PAGE 4096
#define FRAME (24 + PAGE)
#define ROW_SIZE 3000 /* one row a page */
#define MAX ((size_t)64 * 1024 * 1024)

/* A database with 2 rows, and a log of three transactions, one row each. */
struct made {
	struct buf db;
	struct buf wal;
};

static void
run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static sqlite3 *
make_open(const struct tmp *t, int page_size)
{
	sqlite3 *db;
	char text[128];

	snprintf(text, sizeof(text), "%s/db", t->path);
	assert_int_equal(sqlite3_open(text, &db), SQLITE_OK);
	snprintf(text, sizeof(text), "PRAGMA page_size = %d", page_size);
	run(db, text);
	run(db,
	    "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
	    "CREATE TABLE t (x BLOB)");
	return db;
}

static void
insert(sqlite3 *db)
{
	char sql[64];

	snprintf(
	    sql, sizeof(sql), "INSERT INTO t VALUES (zeroblob(%d))", ROW_SIZE);
	run(db, sql);
}

/* Copies both files while the database is open, as an image would have them. */
static void
make(struct made *m, int page_size)
{
	struct tmp t;
	struct err e;
	sqlite3 *db;
	int i;

	*m = (struct made){ 0 };
	tmp_init(&t);
	db = make_open(&t, page_size);
	insert(db);
	insert(db);
	run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	for (i = 0; i < 3; i++)
		insert(db);
	assert_int_equal(file_read(t.dirfd, "db", MAX, &m->db, &e), 0);
	assert_int_equal(file_read(t.dirfd, "db-wal", MAX, &m->wal, &e), 0);
	sqlite3_close(db);
	tmp_cleanup(&t);
}

static void
made_cleanup(struct made *m)
{
	buf_cleanup(&m->db);
	buf_cleanup(&m->wal);
}

static int64_t
count_rows(struct buf *bytes)
{
	struct db *db = NULL;
	struct db_stmt *s;
	struct err e = { 0 };
	int64_t n = -1;

	bytes->ptr[18] = 1;
	bytes->ptr[19] = 1;
	if (db_open_memory(&db, buf_span(bytes), &e) != 0)
		fail_msg("%s", e.msg);
	s = db_prepare(db, "SELECT count(*), total(length(x)) FROM t", &e);
	assert_non_null(s);
	assert_int_equal(db_step(s, &e), 1);
	n = db_int(s, 0);
	assert_int_equal(db_int(s, 1), n * ROW_SIZE);
	db_finalize(s);
	db_close(db);
	return n;
}

struct wal_case {
	const char *name;
	/* Spoils the log: cuts bytes off its end, or flips one byte. */
	size_t cut;
	long flip; /* offset, from the end if negative; 0: none */
	int64_t rows;
};

/* Each transaction writes first page, root page and the new row's: 3 frames. */
static const struct wal_case cases[] = {
	{ "whole", 0, 0, 5 },
	{ "a byte short", 1, 0, 4 },
	{ "the last frame is missing", FRAME, 0, 4 },
	{ "the last transaction is missing", 3L * FRAME, 0, 4 },
	{ "two transactions are missing", 6L * FRAME, 0, 3 },
	{ "nothing but its header", 9L * FRAME, 0, 2 },
	{ "half a header", 9L * FRAME + 16, 0, 2 },
	{ "the last byte is wrong", 0, -1, 4 },
	{ "a byte of the first page is wrong", 0, 32 + 24 + 100, 2 },
	{ "the first frame's salt is wrong", 0, 32 + 8, 2 },
	{ "the fourth frame's salt is wrong", 0, 32 + 3L * FRAME + 12, 3 },
	{ "the last frame's checksum is wrong", 0, -PAGE - 1, 4 },
	{ "the last commit's mark is wrong", 0, -FRAME + 7, 4 },
	{ "the header's checksum is wrong", 0, 31, 2 },
	{ "the header's salt is wrong", 0, 17, 2 },
	{ "another magic", 0, 1, 2 },
};

static void
test_case(void **state)
{
	const struct wal_case *c = *state;
	struct made m;
	struct err e = { 0 };

	make(&m, PAGE);
	assert_int_equal(m.wal.len, 32 + 9 * FRAME);
	m.wal.len -= c->cut;
	if (c->flip > 0)
		m.wal.ptr[c->flip] ^= 1;
	if (c->flip < 0)
		m.wal.ptr[(long)m.wal.len + c->flip] ^= 1;
	assert_int_equal(wal_apply(&m.db, buf_span(&m.wal), MAX, NULL, &e), 0);
	assert_int_equal(count_rows(&m.db), c->rows);
	made_cleanup(&m);
}

static void
test_no_log(void **state)
{
	struct made m;
	struct err e = { 0 };

	(void)state;
	make(&m, PAGE);
	assert_int_equal(wal_apply(&m.db, SPAN_NONE, MAX, NULL, &e), 0);
	assert_int_equal(count_rows(&m.db), 2);
	made_cleanup(&m);
}

/* All of the database is in the log yet. */
static void
test_empty_database(void **state)
{
	struct made m = { 0 };
	struct err e = { 0 };
	struct tmp t;
	sqlite3 *db;

	(void)state;
	tmp_init(&t);
	db = make_open(&t, 65536);
	insert(db);
	assert_int_equal(file_read(t.dirfd, "db-wal", MAX, &m.wal, &e), 0);
	sqlite3_close(db);
	tmp_cleanup(&t);
	assert_int_equal(wal_apply(&m.db, buf_span(&m.wal), MAX, NULL, &e), 0);
	assert_int_equal(count_rows(&m.db), 1);
	made_cleanup(&m);
}

/* A later transaction makes the database smaller. */
static void
test_shrinks(void **state)
{
	struct made m = { 0 };
	struct err e = { 0 };
	struct tmp t;
	sqlite3 *db;
	size_t before;
	int i;

	(void)state;
	tmp_init(&t);
	db = make_open(&t, PAGE);
	for (i = 0; i < 20; i++)
		insert(db);
	run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	run(db, "DELETE FROM t WHERE rowid > 1");
	run(db, "VACUUM");
	assert_int_equal(file_read(t.dirfd, "db", MAX, &m.db, &e), 0);
	assert_int_equal(file_read(t.dirfd, "db-wal", MAX, &m.wal, &e), 0);
	sqlite3_close(db);
	tmp_cleanup(&t);
	before = m.db.len;
	assert_int_equal(wal_apply(&m.db, buf_span(&m.wal), MAX, NULL, &e), 0);
	assert_true(m.db.len < before / 4);
	assert_int_equal(count_rows(&m.db), 1);
	made_cleanup(&m);
}

static void
test_other_page_size(void **state)
{
	struct made m, other;
	struct err e = { 0 };

	(void)state;
	make(&m, PAGE);
	make(&other, 8192);
	assert_int_equal(
	    wal_apply(&m.db, buf_span(&other.wal), MAX, NULL, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_string_equal(e.msg,
	    "a write-ahead log with pages of 8192 bytes beside a database with "
	    "pages of 4096");
	assert_int_equal(count_rows(&m.db), 2);
	made_cleanup(&m);
	made_cleanup(&other);
}

static void
test_too_large(void **state)
{
	struct made m;
	struct err e = { 0 };

	(void)state;
	make(&m, PAGE);
	assert_int_equal(
	    wal_apply(&m.db, buf_span(&m.wal), 3L * PAGE, NULL, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(count_rows(&m.db), 2);
	made_cleanup(&m);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 5] = {
		cmocka_unit_test(test_no_log),
		cmocka_unit_test(test_empty_database),
		cmocka_unit_test(test_shrinks),
		cmocka_unit_test(test_other_page_size),
		cmocka_unit_test(test_too_large),
	};
	size_t n = 5;

	TABLE_ADD(tests, &n, cases, test_case);
	return cmocka_run_group_tests_name("wal", tests, NULL, NULL);
}
