/* SPDX-License-Identifier: Apache-2.0 */
/* What a process that is killed while it writes leaves to those that read. */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/db.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

static const char *const migrations[] = { "CREATE TABLE thing (data BLOB);" };

enum { ADD, COUNT };

static const char *const queries[] = {
	"INSERT INTO thing (data) VALUES (:data)",
	"SELECT count(*) FROM thing",
};

static const struct db_schema schema = { "test", migrations, 1, queries, 2 };

struct world {
	struct tmp t;
	char path[128];
	char journal[160];
};

static struct db *
must_open(const struct world *w, enum db_mode mode)
{
	struct db *db = NULL;
	struct err e = { 0 };

	if (db_open(&db, w->path, &schema, mode, &e) != 0)
		fail_msg("%s", e.msg);
	return db;
}

static void
must_add(struct db *db, struct span data)
{
	struct db_stmt *s = db_query(db, ADD);
	struct err e = { 0 };

	db_bind_blob(s, "data", data);
	if (db_run(s, &e) != 0)
		fail_msg("%s", e.msg);
}

static int64_t
count(struct db *db)
{
	struct db_stmt *s = db_query(db, COUNT);
	struct err e = { 0 };
	int64_t n;

	if (db_step(s, &e) != 1)
		fail_msg("%s", e.msg);
	n = db_int(s, 0);
	db_reset(s);
	return n;
}

static bool
has_journal(const struct world *w)
{
	struct stat st;

	return stat(w->journal, &st) == 0;
}

/* Half of what it wanted to write is in the file. */
static void
kill_writer(const struct world *w)
{
	static char large[8 * 1024 * 1024]; /* more than stays in memory */
	struct err e = { 0 };
	struct db *db;
	pid_t pid = fork();

	if (pid == 0) {
		db = must_open(w, DB_WRITE);
		db_begin(db, &e);
		must_add(db, span_make(large, sizeof(large)));
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(has_journal(w));
}

static void
set_up(struct world *w)
{
	struct db *db;

	tmp_init(&w->t);
	snprintf(w->path, sizeof(w->path), "%s/x", w->t.path);
	snprintf(w->journal, sizeof(w->journal), "%s-journal", w->path);
	db = must_open(w, DB_WRITE);
	must_add(db, SPAN_LIT("one"));
	db_close(db);
}

static void
test_who_reads_already(void **state)
{
	struct world w;
	struct db *db;

	(void)state;
	set_up(&w);
	db = must_open(&w, DB_READ);
	assert_int_equal(count(db), 1);
	kill_writer(&w);
	assert_int_equal(count(db), 1);
	assert_false(has_journal(&w));
	db_close(db);
	tmp_cleanup(&w.t);
}

static void
test_who_opens(void **state)
{
	struct world w;
	struct db *db;

	(void)state;
	set_up(&w);
	kill_writer(&w);
	db = must_open(&w, DB_READ);
	assert_int_equal(count(db), 1);
	assert_false(has_journal(&w));
	db_close(db);
	tmp_cleanup(&w.t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_reads_already),
		cmocka_unit_test(test_who_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
