/* SPDX-License-Identifier: Apache-2.0 */
/* rpm's databases as SQLite writes them, whole and spoilt. */
#include <sqlite3.h>
#include <string.h>

#include "base/mem.h"
#include "scanner/pkgdb_rpm.h"
#include "tests/unit/rpm_make.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

#define N_PACKAGES 40
#define DB_MAX ((size_t)64 * 1024 * 1024)
#define SCHEMA "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)"

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

static void
insert(sqlite3 *db, struct span blob)
{
	sqlite3_stmt *s;

	assert_int_equal(
	    sqlite3_prepare_v2(
		db, "INSERT INTO Packages (blob) VALUES (?)", -1, &s, NULL),
	    SQLITE_OK);
	sqlite3_bind_blob(s, 1, blob.ptr, (int)blob.len, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(s), SQLITE_DONE);
	sqlite3_finalize(s);
}

static void
insert_packages(sqlite3 *db, int first, int n)
{
	int i;

	for (i = first; i < first + n; i++) {
		struct buf blob = { 0 };
		char name[32];

		snprintf(name, sizeof(name), "package-%d", i);
		rpm_make_package(&blob, name, "1.0");
		/* Some need pages of their own. */
		insert(db, buf_span(&blob));
		buf_cleanup(&blob);
	}
}

/* schema with n packages; the second half of them is in the log alone. */
static void
make(struct made *m, const char *schema, bool fill)
{
	struct tmp t;
	struct err e;
	sqlite3 *db;
	char path[128];

	*m = (struct made){ 0 };
	tmp_init(&t);
	snprintf(path, sizeof(path), "%s/db", t.path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	run(db,
	    "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL;"
	    "PRAGMA wal_autocheckpoint = 0");
	run(db, schema);
	if (fill)
		insert_packages(db, 0, N_PACKAGES / 2);
	run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	if (fill)
		insert_packages(db, N_PACKAGES / 2, N_PACKAGES / 2);
	assert_int_equal(file_read(t.dirfd, "db", DB_MAX, &m->db, &e), 0);
	assert_int_equal(file_read(t.dirfd, "db-wal", DB_MAX, &m->wal, &e), 0);
	sqlite3_close(db);
	tmp_cleanup(&t);
}

static void
made_cleanup(struct made *m)
{
	buf_cleanup(&m->db);
	buf_cleanup(&m->wal);
}

struct world {
	struct want_list none;
	struct wanted wanted;
	struct arena arena;
	struct package_list list;
};

static void
world_init(struct world *w)
{
	*w = (struct world){ 0 };
	w->list.arena = &w->arena;
	wanted_init(&w->wanted, &w->none);
}

static void
world_cleanup(struct world *w)
{
	wanted_cleanup(&w->wanted);
	package_list_cleanup(&w->list);
	arena_cleanup(&w->arena);
}

static int
read_db(struct world *w, const struct made *m, struct span wal, struct err *e)
{
	struct buf copy = { 0 };
	int rc;

	buf_add_span(&copy, buf_span(&m->db));
	rc = rpm_sqlite_read(&w->list, &copy, wal, &w->wanted, e);
	buf_cleanup(&copy);
	return rc;
}

static void
test_whole(void **state)
{
	struct err e = { 0 };
	struct world w;
	struct made m;

	(void)state;
	world_init(&w);
	make(&m, SCHEMA, true);
	assert_int_equal(read_db(&w, &m, SPAN_NONE, &e), 0);
	assert_int_equal(w.list.n_packages, N_PACKAGES / 2);
	w.list.n_packages = 0;
	assert_int_equal(read_db(&w, &m, buf_span(&m.wal), &e), 0);
	assert_int_equal(w.list.n_packages, N_PACKAGES);
	assert_true(span_is(w.list.packages[39].name, "package-39"));
	assert_true(span_is(w.list.packages[39].evr, "0:1.0-1.el9"));
	made_cleanup(&m);
	world_cleanup(&w);
}

static void
test_no_packages(void **state)
{
	struct err e = { 0 };
	struct world w;
	struct made m;

	(void)state;
	world_init(&w);
	make(&m, SCHEMA, false);
	assert_int_equal(read_db(&w, &m, SPAN_NONE, &e), 0);
	assert_int_equal(w.list.n_packages, 0);
	made_cleanup(&m);
	world_cleanup(&w);
}

/* Wherever it is cut: an error, and no packages. */
static void
test_cut(void **state)
{
	struct err e = { 0 };
	struct world w;
	struct made m;
	size_t whole, cut;

	(void)state;
	world_init(&w);
	make(&m, SCHEMA, true);
	whole = m.db.len;
	for (cut = 1; cut < whole; cut += 97) {
		m.db.len = whole - cut;
		assert_int_equal(read_db(&w, &m, SPAN_NONE, &e), -1);
		assert_int_equal(e.code, ERR_FORMAT);
		assert_int_equal(w.list.n_packages, 0);
	}
	made_cleanup(&m);
	world_cleanup(&w);
}

/* Pages of zeros: never fewer packages without a word. */
static void
test_zeroed(void **state)
{
	struct err e = { 0 };
	struct world w;
	struct made m;
	size_t page;

	(void)state;
	world_init(&w);
	make(&m, SCHEMA, true);
	for (page = 0; page < m.db.len / 1024; page++) {
		struct made spoilt = { 0 };
		int rc;

		buf_add_span(&spoilt.db, buf_span(&m.db));
		memset(spoilt.db.ptr + page * 1024, 0, 1024);
		w.list.n_packages = 0;
		rc = read_db(&w, &spoilt, SPAN_NONE, &e);
		assert_true(rc != 0 || w.list.n_packages == N_PACKAGES / 2);
		made_cleanup(&spoilt);
	}
	made_cleanup(&m);
	world_cleanup(&w);
}

struct refuse_case {
	const char *name;
	const char *schema;
	const char *failed;
};

#define NO_TABLE "has no table Packages: it is no database of rpm"

static const struct refuse_case refuse_cases[] = {
	{ "another table", "CREATE TABLE Other (x)", NO_TABLE },
	{ "a view",
	    "CREATE VIEW Packages AS WITH RECURSIVE c(hnum, blob) AS (SELECT "
	    "1, x'00' UNION ALL SELECT hnum + 1, blob FROM c) SELECT * FROM c",
	    NO_TABLE },
	{ "a virtual table",
	    "CREATE VIRTUAL TABLE Packages USING fts5(hnum, blob)", NO_TABLE },
};

static void
test_refused(void **state)
{
	const struct refuse_case *c = *state;
	struct err e = { 0 };
	struct world w;
	struct made m;

	world_init(&w);
	make(&m, c->schema, false);
	assert_int_equal(read_db(&w, &m, SPAN_NONE, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_string_equal(e.msg, c->failed);
	made_cleanup(&m);
	world_cleanup(&w);
}

static void
test_columns_missing(void **state)
{
	struct err e = { 0 };
	struct world w;
	struct made m;

	(void)state;
	world_init(&w);
	make(&m, "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY)", false);
	assert_int_equal(read_db(&w, &m, SPAN_NONE, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	made_cleanup(&m);
	world_cleanup(&w);
}

/* One header that is malformed: the others are there, and it is told. */
static void
test_bad_header(void **state)
{
	struct err e = { 0 };
	struct world w;
	struct made m;

	(void)state;
	world_init(&w);
	make(&m,
	    SCHEMA "; INSERT INTO Packages VALUES (100, x'0000'),"
		   "(101, NULL)",
	    true);
	assert_int_equal(read_db(&w, &m, SPAN_NONE, &e), 1);
	assert_int_equal(w.list.n_packages, N_PACKAGES / 2);
	assert_string_equal(e.msg, "package 100: an rpm header of 2 bytes");
	made_cleanup(&m);
	world_cleanup(&w);
}

struct corpus_case {
	const char *name; /* folder below rpmdb/ */
	size_t n;
	bool has_list;
};

static const struct corpus_case corpus_cases[] = {
	{ "amazonlinux2023-plain", 103, true },
	{ "cbl-mariner-2.0", 129, false },
};

/* Fields of a list are parted by a pilcrow: epoch, name, version, release,
 * architecture. */
static void
check_listed(const struct package_list *l, struct span line)
{
	struct span f[6];
	struct buf evr = { 0 };
	size_t i;

	for (i = 0; i < 6; i++) {
		size_t n = span_find(line, '\xc2');

		f[i] = span_first(line, n);
		line = span_from(line, n + 2);
	}
	buf_printf(&evr, "%.*s:%.*s-%.*s", f[0].len > 0 ? (int)f[0].len : 1,
	    f[0].len > 0 ? f[0].ptr : "0", SPAN_ARG(f[2]), SPAN_ARG(f[3]));
	for (i = 0; i < l->n_packages; i++)
		if (span_eq(l->packages[i].name, f[1]) &&
		    span_eq(l->packages[i].evr, buf_span(&evr)) &&
		    (f[4].len == 0 || span_eq(l->packages[i].arch, f[4])))
			break;
	if (i == l->n_packages)
		fail_msg("%.*s is missing", SPAN_ARG(f[1]));
	buf_cleanup(&evr);
}

static void
check_list(const struct package_list *l, const char *root, const char *name)
{
	struct buf list = { 0 };
	struct span rest, line;
	char path[512];
	struct err e;

	snprintf(path, sizeof(path),
	    "%s/rpmdb/expected-go-rpmdb/testdata/%s/packages.csv", root, name);
	assert_int_equal(file_read(AT_FDCWD, path, DB_MAX, &list, &e), 0);
	rest = buf_span(&list);
	while (span_next(&rest, '\n', &line))
		if (line.len > 0)
			check_listed(l, line);
	buf_cleanup(&list);
}

static void
test_corpus(void **state)
{
	const struct corpus_case *c = *state;
	const char *root = getenv("SCAPCACHE_CORPUS");
	struct made m = { 0 };
	struct err e = { 0 };
	struct world w;
	char path[512];

	root = root == NULL ? "../shared/corpus" : root;
	snprintf(path, sizeof(path), "%s/rpmdb/%s/rpmdb.sqlite", root, c->name);
	if (file_read(AT_FDCWD, path, DB_MAX, &m.db, &e) != 0) {
		print_message("skipped: no corpus\n");
		skip();
	}
	world_init(&w);
	assert_int_equal(read_db(&w, &m, SPAN_NONE, &e), 0);
	assert_int_equal(w.list.n_packages, c->n);
	if (c->has_list)
		check_list(&w.list, root, c->name);
	made_cleanup(&m);
	world_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest
	    tests[TABLE_N(refuse_cases) + TABLE_N(corpus_cases) + 6] = {
		    cmocka_unit_test(test_whole),
		    cmocka_unit_test(test_no_packages),
		    cmocka_unit_test(test_cut),
		    cmocka_unit_test(test_zeroed),
		    cmocka_unit_test(test_columns_missing),
		    cmocka_unit_test(test_bad_header),
	    };
	size_t n = 6;

	TABLE_ADD(tests, &n, refuse_cases, test_refused);
	TABLE_ADD(tests, &n, corpus_cases, test_corpus);
	return cmocka_run_group_tests_name("rpm database", tests, NULL, NULL);
}
