/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reading a large package database takes of memory: each is made in one
 * process, and read in another that is watched. MIB=200 in the environment
 * makes them as large as that.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mapped.h"
#include "scanner/facts.h"
#include "scanner/pkgdb_apk.h"
#include "scanner/pkgdb_dpkg.h"
#include "tests/unit/image_make.h"
#include "tests/unit/rpmdb_make.h"
#include "tests/unit/table.h"

#define MIB_DEFAULT 40u
#define MEMORY_MAX_KIB (64L * 1024)
#define HEADER_SIZE ((size_t)50000) /* bytes of an rpm header */
#define STANZAS 20000u              /* of a database that has them */

#if defined(__SANITIZE_ADDRESS__)
#define HAS_SHADOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SHADOW 1
#endif
#endif
#ifndef HAS_SHADOW
#define HAS_SHADOW 0
#endif

struct memory_case {
	const char *name;
	const char *path;
	size_t (*make)(struct buf *out, size_t size); /* returns packages */
};

/* Fills a stanza up to some size, and ends it. */
static void
stanza_fill(struct buf *out, size_t end, const char *more)
{
	while (out->len < end)
		buf_add_str(out, more);
	buf_add_char(out, '\n');
}

static size_t
dpkg_make(struct buf *out, size_t size)
{
	size_t n, end;

	for (n = 0; out->len < size; n++) {
		end = out->len + size / STANZAS;
		buf_printf(out,
		    "Package: p%zu\nStatus: install ok installed\n"
		    "Architecture: amd64\nVersion: 1-%zu\nDescription: x\n",
		    n, n);
		stanza_fill(out, end, " and it is described at some length\n");
	}
	return n;
}

static size_t
apk_make(struct buf *out, size_t size)
{
	size_t n, end;

	for (n = 0; out->len < size; n++) {
		end = out->len + size / STANZAS;
		buf_printf(out, "P:p%zu\nV:1-r%zu\nA:x86_64\n", n, n);
		stanza_fill(out, end, "R:a-file-of-it\na:0:0:755\n");
	}
	return n;
}

/* A header that other tags make large. */
static void
header_make(struct buf *out, size_t i)
{
	struct rpm_make m = { 0 };
	struct buf text = { 0 };
	char name[32];

	buf_reset(out);
	snprintf(name, sizeof(name), "package-%zu", i);
	rpm_make_string(&m, RPM_TAG_NAME, name);
	rpm_make_string(&m, RPM_TAG_VERSION, "1");
	rpm_make_string(&m, RPM_TAG_RELEASE, "1");
	rpm_make_string(&m, RPM_TAG_ARCH, "x86_64");
	while (text.len < HEADER_SIZE)
		buf_printf(&text, "%zu %zu, ", i, text.len * i);
	rpm_make_string(&m, 1005, buf_str(&text));
	rpm_make_finish(&m, out);
	buf_cleanup(&text);
}

static size_t
ndb_of(struct buf *out, size_t size)
{
	struct buf header = { 0 };
	size_t pages = size / HEADER_SIZE / 256 + 1;
	size_t n = 0;
	size_t i;

	buf_add_str(out, "RpmP");
	rpmdb_zeros(out, pages * 4096 - 4);
	rpmdb_le32(out, 12, (uint32_t)pages);
	for (i = 0; NDB_SLOT(i) < pages * 4096; i++)
		memcpy(out->ptr + NDB_SLOT(i), "Slot", 4);
	for (; out->len < size; n++) {
		header_make(&header, n + 1);
		ndb_add(out, (unsigned)n, buf_span(&header));
	}
	buf_cleanup(&header);
	return n;
}

static size_t
sqlite_make(struct buf *out, size_t size)
{
	struct buf header = { 0 };
	sqlite3_int64 len = 0;
	sqlite3_stmt *s = NULL;
	unsigned char *bytes;
	size_t n = 0;
	sqlite3 *db;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
	    sqlite3_exec(db,
		"CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)",
		NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT INTO Packages (blob) VALUES (?)", -1,
		&s, NULL) != SQLITE_OK)
		abort();
	for (; n * HEADER_SIZE < size; n++) {
		header_make(&header, n + 1);
		sqlite3_bind_blob(
		    s, 1, header.ptr, (int)header.len, SQLITE_STATIC);
		if (sqlite3_step(s) != SQLITE_DONE)
			abort();
		sqlite3_reset(s);
	}
	sqlite3_finalize(s);
	bytes = sqlite3_serialize(db, "main", &len, 0);
	buf_add(out, bytes, (size_t)len);
	sqlite3_free(bytes);
	sqlite3_close(db);
	buf_cleanup(&header);
	return n;
}

static const struct memory_case memory_cases[] = {
	{ "dpkg", "var/lib/dpkg/status", dpkg_make },
	{ "apk", "lib/apk/db/installed", apk_make },
	{ "rpm: SQLite", "var/lib/rpm/rpmdb.sqlite", sqlite_make },
	{ "rpm: ndb", "var/lib/rpm/Packages.db", ndb_of },
};

static la_ssize_t
to_fd(struct archive *a, void *ctx, const void *ptr, size_t len)
{
	(void)a;
	return write(*(int *)ctx, ptr, len);
}

static struct archive *
tar_to(int *fd)
{
	struct archive *a = archive_write_new();

	archive_write_set_format_pax_restricted(a);
	if (archive_write_open(a, fd, NULL, to_fd, NULL) != ARCHIVE_OK)
		abort();
	return a;
}

/* A saved image of one layer. */
static void
image_write(const struct memory_case *c, size_t size, int fd, size_t *n)
{
	struct buf database = { 0 };
	struct buf layer = { 0 };
	struct archive *a = make_tar_open(&layer);

	*n = c->make(&database, size);
	make_file(a, c->path, buf_span(&database));
	make_tar_close(a);
	buf_cleanup(&database);
	a = tar_to(&fd);
	make_file(a, "layer.tar", buf_span(&layer));
	make_file(a, "config.json", SPAN_LIT("{}"));
	make_file(a, "manifest.json",
	    SPAN_LIT("[{\"Config\":\"config.json\","
		     "\"Layers\":[\"layer.tar\"]}]"));
	make_tar_close(a);
	buf_cleanup(&layer);
}

static void
image_read(int fd, size_t *n)
{
	struct target t = { .transport = TRANSPORT_DOCKER_ARCHIVE };
	const struct want_list none = { .n = 0 };
	struct facts f;
	struct err e;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	t.path = t.text = path;
	if (facts_gather(&f, &t, &none, &e) != 0)
		abort();
	*n = f.system.n_packages;
	facts_cleanup(&f);
}

/* The peak of what pid was, KiB. */
static long
wait_for(pid_t pid)
{
	struct rusage u;
	int status;

	assert_int_equal(wait4(pid, &status, 0, &u), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return u.ru_maxrss;
}

static void
test_memory(void **state)
{
	const struct memory_case *c = *state;
	const char *mib = getenv("MIB");
	size_t size = (mib == NULL ? MIB_DEFAULT : strtoul(mib, NULL, 10))
	    << 20;
	int fd = memfd_create("image", MFD_CLOEXEC);
	size_t *n = mmap(NULL, 2 * sizeof(*n), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();
	long kib;

	if (pid == 0) {
		image_write(c, size, fd, &n[0]);
		_exit(0);
	}
	wait_for(pid);
	pid = fork();
	if (pid == 0) {
		image_read(fd, &n[1]);
		_exit(0);
	}
	kib = wait_for(pid);
	assert_true(n[0] > 0);
	assert_int_equal(n[1], n[0]);
	if (mib != NULL)
		print_message("%s of %s MiB: %ld KiB\n", c->name, mib, kib);
	if (!HAS_SHADOW)
		assert_in_range(kib, 1, MEMORY_MAX_KIB);
	munmap(n, 2 * sizeof(*n));
	close(fd);
}

/* Text that is read in parts, and whose pages come and go. */
static void
test_parts(void **state)
{
	const size_t size = (size_t)12 * 1024 * 1024;
	struct buf text = { 0 };
	struct arena arena = { 0 };
	struct package_list l = { .arena = &arena };
	struct dpkg_reader r = { .list = &l };
	size_t n = dpkg_make(&text, size);
	size_t n_lines = 0;
	struct mapped m;
	char want[64];
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < text.len; i++)
		n_lines += text.ptr[i] == '\n';
	buf_add_str(&text, "no field\n");
	assert_int_equal(mapped_open(&m, text.len, &e), 0);
	assert_int_equal(mapped_add(&m, buf_span(&text), &e), 0);
	assert_int_equal(mapped_add(&m, SPAN_LIT("x"), &e), -1);
	l.mapped = span_make(m.ptr, m.len);
	assert_int_equal(dpkg_read(&r, l.mapped, DPKG_STATUS, &e), -1);
	snprintf(want, sizeof(want), "line %zu: not a field of a package",
	    n_lines + 1);
	assert_string_equal(e.msg, want);
	assert_int_equal(l.n_packages, n);
	assert_memory_equal(m.ptr, text.ptr, text.len);
	assert_int_equal(mapped_grow(&m, size * 2, &e), 0);
	assert_memory_equal(m.ptr, text.ptr, text.len);
	assert_int_equal(m.ptr[size * 2 - 1], '\0');
	mapped_close(&m);
	dpkg_reader_cleanup(&r);
	package_list_cleanup(&l);
	arena_cleanup(&arena);
	buf_cleanup(&text);
}

/* A package that is larger than what is looked at at once. */
static void
test_large_stanza(void **state)
{
	struct buf text = { 0 };
	struct arena arena = { 0 };
	struct package_list l = { .arena = &arena };
	struct apk_reader r = { .list = &l };
	struct err e;

	(void)state;
	buf_add_str(&text, "P:a\nV:1\nA:noarch\n\nP:b\nV:1\nA:noarch\n");
	while (text.len < PKGDB_PART_MAX - 100)
		buf_add_str(&text, "F:usr/share/doc\n");
	buf_add_char(&text, '\n');
	assert_int_equal(apk_read(&r, buf_span(&text), &e), 0);
	assert_int_equal(l.n_packages, 2);
	text.len--;
	while (text.len < PKGDB_PART_MAX + 100)
		buf_add_str(&text, "F:usr/share/doc\n");
	buf_add_char(&text, '\n');
	assert_int_equal(apk_read(&r, buf_span(&text), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(
	    e.msg, "line 5: has more than 8 MiB of one package");
	apk_reader_cleanup(&r);
	package_list_cleanup(&l);
	arena_cleanup(&arena);
	buf_cleanup(&text);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(memory_cases) + 2] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_large_stanza),
	};
	size_t n = 2;

	TABLE_ADD(tests, &n, memory_cases, test_memory);
	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
