/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a database: its log, and whose they are. */
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/db_things.h"

/* Its log lies beside it, whole after whatever; without one it is the file. */
static void
test_soon(void **state)
{
	char path[128], wal[128], shm[128];
	struct db *db, *reader;
	struct tmp t;

	(void)state;
	tmp_init(&t);
	db = must_open(path_in(&t, "x", path), &schema, DB_WRITE_SOON);
	must_add(db, "one");
	reader = must_open(path, &schema, DB_READ_SOON);
	must_add(db, "two");
	assert_int_equal(count(reader), 2);
	db_close(reader);
	db_close(db);
	assert_int_equal(access(path_in(&t, "x-wal", wal), F_OK), 0);
	db = must_open(path, &schema, DB_WRITE_SOON);
	assert_int_equal(count(db), 2);
	db_close(db);
	db = must_open(path, &schema, DB_WRITE); /* takes the log in */
	db_close(db);
	assert_int_equal(access(wal, F_OK), -1);
	assert_int_equal(access(path_in(&t, "x-shm", shm), F_OK), -1);
	reader = must_open(path, &schema, DB_READ_SOON);
	assert_int_equal(count(reader), 2);
	db_close(reader);
	tmp_cleanup(&t);
}

static uid_t
owner_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_uid;
}

/* What root makes in somebody's folder is that user's; what was there is not
 * touched. */
static void
test_owner(void **state)
{
	const uid_t user = 65534;
	char old[512], path[512], wal[512];
	struct db *db;
	struct tmp t;

	(void)state;
	if (geteuid() != 0)
		skip();
	tmp_init(&t);
	db = must_open(path_in(&t, "old", old), &schema, DB_WRITE_SOON);
	db_close(db);
	assert_int_equal(fchown(t.dirfd, user, user), 0);
	db = must_open(old, &schema, DB_WRITE_SOON);
	db_close(db);
	assert_int_equal(owner_of(old), 0);
	db = must_open(path_in(&t, "new", path), &schema, DB_WRITE_SOON);
	must_add(db, "a");
	assert_int_equal(owner_of(path), user);
	assert_int_equal(owner_of(path_in(&t, "new-wal", wal)), user);
	db_close(db);
	tmp_cleanup(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_soon),
		cmocka_unit_test(test_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
