/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/db_impl.h"
#include "base/mem.h"

#define BUSY_TIMEOUT_MS 30000
#define SOON_TIMEOUT_MS 1000
#define LOG_PAUSE_MS 10
/* Limits of databases from outside. */
#define OUTSIDE_VALUE_MAX (16 * 1024 * 1024) /* bytes: an rpm header */
#define OUTSIDE_SQL_MAX 100000               /* bytes of one CREATE */
#define OUTSIDE_TICK 10000                   /* steps of SQLite's machine */
#define OUTSIDE_TICKS_MAX 5000               /* ticks altogether */

static const struct db_schema no_schema = { .name = "none" };

/* What each mode says once the file is open. */
static const char *
settings(enum db_mode mode)
{
	switch (mode) {
	case DB_READ_IMMUTABLE:
		return "PRAGMA mmap_size = 2147418112";
	case DB_WRITE:
		/* No WAL: its readers would have to write beside the file. */
		return "PRAGMA journal_mode = DELETE;"
		       "PRAGMA synchronous = FULL";
	case DB_WRITE_SOON:
		return "PRAGMA synchronous = NORMAL";
	case DB_BUILD:
		return "PRAGMA journal_mode = DELETE;"
		       "PRAGMA synchronous = OFF;"
		       "PRAGMA secure_delete = OFF;"
		       "PRAGMA temp_store = FILE;"
		       "PRAGMA cache_size = -24576";
	default:
		return "";
	}
}

/* SQLite takes some names for URIs: so each is made one, with escapes. */
static void
uri_of(struct buf *b, const char *path, const char *options)
{
	buf_add_str(b, path[0] == '/' ? "file://" : "file:");
	for (; *path != '\0'; path++) {
		if (*path == '%' || *path == '?' || *path == '#')
			buf_printf(b, "%%%02x", (unsigned char)*path);
		else
			buf_add_char(b, *path);
	}
	buf_add_str(b, options);
}

/*
 * SQLite need not count its memory: no limit of ours asks for that, and each
 * allocation would take a lock.
 */
static void
configure(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static struct span
folder_of(const char *path)
{
	struct span p = span_of(path);
	size_t slash = span_rfind(p, '/');

	return slash == p.len ? SPAN_LIT(".")
	    : slash == 0      ? SPAN_LIT("/")
			      : span_first(p, slash);
}

/*
 * SQLite's folder for temporary files is one for the process: that of the
 * database being built, so that they need no room elsewhere.
 */
static void
set_temp_folder(const char *path)
{
	struct span dir = folder_of(path);
	sqlite3_mutex *lock;

	sqlite3_initialize();
	lock = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_VFS1);
	sqlite3_mutex_enter(lock);
	if (sqlite3_temp_directory == NULL ||
	    !span_is(dir, sqlite3_temp_directory)) {
		sqlite3_free(sqlite3_temp_directory);
		sqlite3_temp_directory = sqlite3_mprintf("%.*s", SPAN_ARG(dir));
	}
	sqlite3_mutex_leave(lock);
}

static struct db *
db_new(const char *path, const struct db_schema *schema, enum db_mode mode)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct db *db = xcalloc(1, sizeof(*db));

	pthread_once(&once, configure);
	db->path = xstrdup(path);
	db->schema = schema;
	db->mode = mode;
	db->queries = xcalloc(schema->n_queries, sizeof(*db->queries));
	return db;
}

static int
fail_open(struct db *db, int rc, struct err *e)
{
	if (sqlite3_system_errno(db->handle) == ENOENT)
		return err_set(e, ERR_MISSING, "%s: %s", db->path,
		    db_writes(db) ? "its folder is not there" : "not there");
	return db_fail(db, rc, e);
}

/*
 * A log beside the file takes what is written, unsynced; it stays there until
 * it is long enough to be worth it. Only one process at a time may turn to
 * it, and the others are told at once that it is busy.
 */
static int
turn_to_log(struct db *db, struct err *e)
{
	const struct timespec pause = { 0, LOG_PAUSE_MS * 1000 * 1000 };
	unsigned n;
	int rc;

	sqlite3_db_config(
	    db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	for (n = 0;; n++) {
		rc = sqlite3_exec(
		    db->handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
		if (rc == SQLITE_OK)
			return 0;
		if (rc != SQLITE_BUSY || n == BUSY_TIMEOUT_MS / LOG_PAUSE_MS)
			return db_fail(db, rc, e);
		nanosleep(&pause, NULL);
	}
}

static bool
is_new_of_root(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size == 0 && st->st_uid == 0 &&
	    st->st_nlink == 1;
}

/*
 * What root begins in somebody's folder is that user's: a scan by root must
 * not leave a daemon with results that it cannot write. SQLite gives what it
 * puts beside the file the same owner.
 */
static void
give_to_owner(const struct db *db)
{
	struct buf dir = { 0 };
	struct stat folder, st;
	bool is_foreign;
	int fd;

	/* A file that is in use is not opened here: to close it ends locks. */
	if (geteuid() != 0 || lstat(db->path, &st) != 0 || !is_new_of_root(&st))
		return;
	buf_add_span(&dir, folder_of(db->path));
	is_foreign = stat(buf_str(&dir), &folder) == 0 && folder.st_uid != 0;
	buf_cleanup(&dir);
	if (!is_foreign)
		return;
	fd = open(db->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return;
	/* Who may not give it keeps it. */
	if (fstat(fd, &st) == 0 && is_new_of_root(&st) &&
	    fchown(fd, folder.st_uid, folder.st_gid) != 0)
		errno = 0;
	close(fd);
}

static int
open_handle(struct db *db, const char *options, struct err *e)
{
	int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
	struct buf uri = { 0 };
	int rc;

	flags |= db_writes(db) ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
			       : SQLITE_OPEN_READONLY;
	uri_of(&uri, db->path, options);
	rc = sqlite3_open_v2(buf_str(&uri), &db->handle, flags, NULL);
	buf_cleanup(&uri);
	if (rc != SQLITE_OK)
		return fail_open(db, rc, e);
	if (db->mode == DB_WRITE || db->mode == DB_WRITE_SOON)
		give_to_owner(db);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_busy_timeout(db->handle,
	    db->mode == DB_READ_SOON ? SOON_TIMEOUT_MS : BUSY_TIMEOUT_MS);
	if (db_writes(db) && sqlite3_db_readonly(db->handle, "main") == 1)
		return db_fail(db, SQLITE_READONLY, e);
	if (db->mode == DB_WRITE_SOON && turn_to_log(db, e) != 0)
		return -1;
	return db_exec(db, settings(db->mode), e);
}

/*
 * SQLite reads no log where it cannot write beside it. Without one, or where
 * nothing stands in it, the file is all there is.
 */
static bool
has_log(const struct db *db)
{
	struct buf path = { 0 };
	struct stat st;
	bool has;

	buf_printf(&path, "%s-wal", db->path);
	has = stat(buf_str(&path), &st) == 0 && st.st_size > 0;
	buf_cleanup(&path);
	return has;
}

bool
db_mend(struct db *db)
{
	struct buf uri = { 0 };
	sqlite3 *writer = NULL;
	int rc;

	if (sqlite3_extended_errcode(db->handle) != SQLITE_READONLY_ROLLBACK)
		return false;
	uri_of(&uri, db->path, "");
	rc = sqlite3_open_v2(buf_str(&uri), &writer,
	    SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE,
	    NULL);
	buf_cleanup(&uri);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(writer, SOON_TIMEOUT_MS);
		rc = sqlite3_exec(
		    writer, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL);
	}
	sqlite3_close_v2(writer);
	return rc == SQLITE_OK;
}

static int
open_file(struct db *db, struct err *e)
{
	int rc;

	if (open_handle(db, db->mode == DB_READ_IMMUTABLE ? "?immutable=1" : "",
		e) != 0)
		return -1;
	if (db->mode != DB_READ_SOON && db->mode != DB_READ)
		return 0;
	rc = sqlite3_exec(db->handle, "PRAGMA user_version", NULL, NULL, NULL);
	if (rc == SQLITE_OK || db_mend(db) || db->mode == DB_READ)
		return 0; /* what is wrong is told by who reads */
	if ((rc != SQLITE_CANTOPEN && (rc & 0xff) != SQLITE_READONLY) ||
	    has_log(db))
		return 0; /* what is wrong is told by who reads */
	sqlite3_close_v2(db->handle);
	return open_handle(db, "?immutable=1", e);
}

static int
read_version(struct db *db, int64_t *version, struct err *e)
{
	struct db_stmt *s = db_prepare(db, "PRAGMA user_version", e);
	int rc;

	if (s == NULL)
		return -1;
	rc = db_step(s, e);
	if (rc == 1)
		*version = db_int(s, 0);
	db_finalize(s);
	return rc == 1 ? 0 : -1;
}

static int
check_version(struct db *db, int64_t version, struct err *e)
{
	int64_t want = (int64_t)db->schema->n_migrations;

	if (version == want)
		return 0;
	/* What is newer is not wrong: it is to stay as it is. */
	return err_set(e, version < want ? ERR_FORMAT : ERR_LIMIT,
	    "%s: is version %lld of the %s database, this program needs %lld: "
	    "%s",
	    db->path, (long long)version, db->schema->name, (long long)want,
	    version < want ? "bring it up to date with `scapcache sync` or "
			     "`scapcache init`"
			   : "use a newer scapcache");
}

static int
set_version(struct db *db, int64_t version, struct err *e)
{
	struct buf sql = { 0 };
	int rc;

	/* A pragma takes no parameters; the text is ours, the rest a number. */
	buf_printf(&sql, "PRAGMA user_version = %lld", (long long)version);
	rc = db_exec(db, buf_str(&sql), e);
	buf_cleanup(&sql);
	return rc;
}

/* All missing migrations or none; another process may be at it as well. */
static int
migrate(struct db *db, struct err *e)
{
	int64_t want = (int64_t)db->schema->n_migrations;
	int64_t version;
	int rc = -1;

	if (read_version(db, &version, e) != 0)
		return -1;
	if (version == want)
		return 0;
	if (db_begin(db, e) != 0 || read_version(db, &version, e) != 0)
		goto out;
	if (version < 0 || version > want) {
		check_version(db, version, e);
		goto out;
	}
	for (; version < want; version++)
		if (db_exec(db, db->schema->migrations[version], e) != 0 ||
		    set_version(db, version + 1, e) != 0)
			goto out;
	rc = db_commit(db, e);
out:
	if (rc != 0)
		db_rollback(db);
	return rc;
}

int
db_open(struct db **out, const char *path, const struct db_schema *schema,
    enum db_mode mode, struct err *e)
{
	struct db *db = db_new(path, schema, mode);
	int64_t version;
	int rc = -1;

	if (mode == DB_BUILD)
		set_temp_folder(path);
	if (open_file(db, e) != 0)
		goto out;
	if (db_writes(db)) {
		if (migrate(db, e) != 0)
			goto out;
	} else if (read_version(db, &version, e) != 0 ||
	    check_version(db, version, e) != 0) {
		goto out;
	}
	*out = db;
	db = NULL;
	rc = 0;
out:
	db_close(db);
	return rc;
}

static int
tick(void *ctx)
{
	struct db *db = ctx;

	return ++db->n_ticks > OUTSIDE_TICKS_MAX;
}

/* What SQLite's "defense against the dark arts" asks for, and more. */
static void
harden(struct db *db)
{
	static const struct {
		int id, value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, OUTSIDE_VALUE_MAX },
		{ SQLITE_LIMIT_SQL_LENGTH, OUTSIDE_SQL_MAX },
		{ SQLITE_LIMIT_COLUMN, 100 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 10 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 3 },
		{ SQLITE_LIMIT_VDBE_OP, 25000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 8 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 10 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
	};
	sqlite3 *h = db->handle;
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		sqlite3_limit(h, limits[i].id, limits[i].value);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_drop_modules(h, NULL);
	/* A tree whose pages are shared has rows without end. */
	sqlite3_progress_handler(h, OUTSIDE_TICK, tick, db);
}

int
db_open_memory(struct db **out, struct span bytes, struct err *e)
{
	struct db *db = db_new("database", &no_schema, DB_READ);
	sqlite3_int64 size = (sqlite3_int64)bytes.len;
	/* SQLite asks for memory that it may write; READONLY says it will not.
	 */
	unsigned char *data = (unsigned char *)(uintptr_t)bytes.ptr;
	int rc;

	db->outside = true;
	rc = sqlite3_open_v2(":memory:", &db->handle,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_deserialize(db->handle, "main", data, size, size,
		    SQLITE_DESERIALIZE_READONLY);
	if (rc == SQLITE_OK) {
		harden(db);
		rc = sqlite3_exec(db->handle,
		    "PRAGMA cell_size_check = ON;"
		    "SELECT count(*) FROM sqlite_schema",
		    NULL, NULL, NULL);
	}
	if (rc != SQLITE_OK) {
		db_fail(db, rc, e);
		db_close(db);
		return -1;
	}
	*out = db;
	return 0;
}

void
db_close(struct db *db)
{
	size_t i;

	if (db == NULL)
		return;
	for (i = 0; i < db->schema->n_queries; i++)
		sqlite3_finalize(db->queries[i].handle);
	sqlite3_close_v2(db->handle);
	free(db->queries);
	free(db->path);
	free(db);
}

/* SQLite leaves them where another process has the file open. */
static int
check_alone(const struct db *db, struct err *e)
{
	static const char *const ends[] = { "-journal", "-wal", "-shm" };
	struct buf path = { 0 };
	int rc = 0;
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(*ends) && rc == 0; i++) {
		buf_reset(&path);
		buf_printf(&path, "%s%s", db->path, ends[i]);
		if (access(buf_str(&path), F_OK) == 0)
			rc = err_set(e, ERR_SYSTEM,
			    "%s: in use by another process: try again later",
			    buf_str(&path));
	}
	buf_cleanup(&path);
	return rc;
}

int
db_seal(struct db *db, struct err *e)
{
	int fd = -1;
	int rc = -1;

	if (check_alone(db, e) != 0)
		goto out;
	fd = open(db->path, O_RDONLY | O_CLOEXEC);
	if (fd == -1) {
		err_system(e, "%s", db->path);
		goto out;
	}
	if (fsync(fd) != 0 || fchmod(fd, 0444) != 0) {
		err_system(e, "%s: cannot be sealed", db->path);
		goto out;
	}
	rc = 0;
out:
	if (fd != -1)
		close(fd);
	return rc;
}
