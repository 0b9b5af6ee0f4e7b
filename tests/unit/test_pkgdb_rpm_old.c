/* SPDX-License-Identifier: Apache-2.0 */
/* rpm's databases ndb and Berkeley DB, whole and spoilt. */
#include <stdio.h>

#include "scanner/pkgdb_rpm.h"
#include "tests/unit/rpmdb_make.h"
#include "tests/unit/table.h"

#define N_PACKAGES 6

enum back_end { NDB = 0, BDB_LITTLE, BDB_BIG, BDB_UNSORTED, N_BACK_ENDS };

static void
make(struct buf *db, enum back_end b)
{
	if (b == NDB)
		ndb_make(db, N_PACKAGES);
	else
		bdb_make(
		    db, b == BDB_BIG, b == BDB_UNSORTED ? 2 : 13, N_PACKAGES);
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
read_db(struct world *w, const struct buf *db, enum back_end b, struct err *e)
{
	w->list.n_packages = 0;
	return b == NDB ? rpm_ndb_read(&w->list, buf_span(db), &w->wanted, e)
			: rpm_bdb_read(&w->list, buf_span(db), &w->wanted, e);
}

static void
test_whole(void **state)
{
	enum back_end b;

	(void)state;
	for (b = 0; b < N_BACK_ENDS; b++) {
		struct buf db = { 0 };
		struct err e = { 0 };
		struct world w;
		char name[32];
		size_t i;

		world_init(&w);
		make(&db, b);
		assert_int_equal(read_db(&w, &db, b, &e), 0);
		assert_int_equal(w.list.n_packages, N_PACKAGES);
		for (i = 0; i < N_PACKAGES; i++) {
			snprintf(name, sizeof(name), "package-%zu", i + 1);
			assert_true(span_is(w.list.packages[i].name, name));
		}
		buf_cleanup(&db);
		world_cleanup(&w);
	}
}

/* Wherever it is cut: never fewer packages without a word. */
static void
test_cut(void **state)
{
	enum back_end b;

	(void)state;
	for (b = 0; b < N_BACK_ENDS; b++) {
		struct buf db = { 0 };
		struct err e = { 0 };
		struct world w;

		world_init(&w);
		make(&db, b);
		while (db.len > 0) {
			db.len -= db.len > 61 ? 61 : db.len;
			assert_int_equal(read_db(&w, &db, b, &e), -1);
			assert_int_equal(e.code, ERR_FORMAT);
			assert_int_equal(w.list.n_packages, 0);
		}
		buf_cleanup(&db);
		world_cleanup(&w);
	}
}

/* Sixteen bytes of zeros anywhere: never fewer packages without a word. */
static void
test_zeroed(void **state)
{
	enum back_end b;

	(void)state;
	for (b = 0; b < N_BACK_ENDS; b++) {
		struct buf db = { 0 };
		struct err e = { 0 };
		struct world w;
		size_t at;

		world_init(&w);
		make(&db, b);
		for (at = 0; at + 16 <= db.len; at += 16) {
			char kept[16];
			int rc;

			/* The number of pairs is a help, not a must. */
			if (b != NDB && at == 80)
				continue;
			memcpy(kept, db.ptr + at, 16);
			memset(db.ptr + at, 0, 16);
			rc = read_db(&w, &db, b, &e);
			if (rc == 0 && w.list.n_packages != N_PACKAGES)
				fail_msg("back end %d, byte %zu", (int)b, at);
			memcpy(db.ptr + at, kept, 16);
		}
		buf_cleanup(&db);
		world_cleanup(&w);
	}
}

struct spoil_case {
	const char *name;
	enum back_end back_end;
	size_t at;
	const char *bytes; /* four */
	int rc;
	const char *failed;
};

/* Package 2 of Berkeley DB: its chain from page 3, its pair on page 5. */
#define CHAIN (3 * BDB_PAGE)
#define PAIR (5 * BDB_PAGE)

static const struct spoil_case spoil_cases[] = {
	{ "ndb: not one", NDB, 0, "RpmX", -1, "is no ndb database of rpm" },
	{ "ndb: another version", NDB, 4, "\1\0\0\0", -1,
	    "is an ndb database of version 1, and 0 is known" },
	{ "ndb: slots beyond its end", NDB, 12, "\xff\xff\xff\xff", -1,
	    "ends early: 4992 bytes, and its slots alone take "
	    "17592186040320" },
	{ "ndb: no slots", NDB, 12, "\0\0\0\0", -1,
	    "ends early: 4992 bytes, and its slots alone take 0" },
	{ "ndb: a slot without its mark", NDB, 48, "Slut", -1,
	    "a slot that is none" },
	{ "ndb: a slot points out of it", NDB, 56, "\0\0\0\x10", -1,
	    "ends early, or slots point out of it: package 2" },
	{ "ndb: a slot points at slots", NDB, 56, "\1\0\0\0", -1,
	    "ends early, or slots point out of it: package 2" },
	{ "ndb: two slots, one package", NDB, 4096 - 16, "Slot", 0, NULL },
	{ "ndb: another package's blob", NDB, 52, "\7\0\0\0", 1,
	    "package 7: not what its slot says" },
	{ "ndb: a byte is another", NDB, 4096 + 20, "abcd", 1,
	    "package 1: its checksum is another" },
	{ "bdb: not one", BDB_LITTLE, 12, "\0\0\0\0", -1,
	    "is no hash of Berkeley DB" },
	{ "bdb: a B-tree", BDB_LITTLE, 12, "\x62\x31\x05\0", -1,
	    "is no hash of Berkeley DB" },
	{ "bdb: another version", BDB_LITTLE, 16, "\2\0\0\0", -1,
	    "is a hash of Berkeley DB of version 2, and 7 to 10 are known" },
	{ "bdb: encrypted", BDB_LITTLE, 24, "\1\x08\0\0", -1,
	    "is a hash of Berkeley DB as rpm writes none" },
	{ "bdb: checksums", BDB_LITTLE, 24, "\0\x08\1\0", -1,
	    "is a hash of Berkeley DB as rpm writes none" },
	{ "bdb: no size of a page", BDB_LITTLE, 20, "\0\0\0\0", -1,
	    "has pages of 0 bytes" },
	{ "bdb: an odd size of a page", BDB_LITTLE, 20, "\1\2\0\0", -1,
	    "has pages of 513 bytes" },
	{ "bdb: the last page is missing", BDB_LITTLE, 32, "\0\1\0\0", -1,
	    "ends early: 12288 bytes, and its last page is number 256 of 512 "
	    "bytes" },
	{ "bdb: a pair is missing", BDB_LITTLE, 88, "\x8\0\0\0", 1,
	    "says that it has 8 entries, and 7 were found" },
	{ "bdb: a chain that turns round", BDB_LITTLE, CHAIN + 16, "\3\0\0\0",
	    1, "package 2: a chain of pages that is broken" },
	{ "bdb: a chain that leads out", BDB_LITTLE, CHAIN + 16, "\xff\0\0\0",
	    1, "package 2: a chain of pages that leads out of the database" },
	{ "bdb: a chain that ends early", BDB_LITTLE, CHAIN + 16, "\0\0\0\0", 1,
	    "package 2: a chain of pages that leads out of the database" },
	{ "bdb: a chain over a hash page", BDB_LITTLE, CHAIN + 16, "\1\0\0\0",
	    1, "package 2: a chain of pages that is broken" },
	{ "bdb: a page with no bytes", BDB_LITTLE, CHAIN + 20, "\0\0\0\0", 1,
	    "package 2: a chain of pages that is broken" },
	{ "bdb: a value longer than all", BDB_LITTLE, PAIR + 512 - 9,
	    "\xff\xff\xff\xff", 1,
	    "package 2: chains of pages that are longer than the database" },
	{ "bdb: a duplicate", BDB_LITTLE, PAIR + 512 - 17, "\2\0\0\0", 1,
	    "package 2: an item that rpm does not write" },
	{ "bdb: an odd number of items", BDB_LITTLE, PAIR + 20, "\3\0\xef\1", 1,
	    "page 5 is malformed" },
	{ "bdb: an item over the index", BDB_LITTLE, PAIR + 26, "\4\0\xef\1", 1,
	    "page 5: a pair that is malformed" },
};

static void
test_spoilt(void **state)
{
	const struct spoil_case *c = *state;
	struct buf db = { 0 };
	struct err e = { 0 };
	struct world w;

	world_init(&w);
	make(&db, c->back_end);
	memcpy(db.ptr + c->at, c->bytes, 4);
	assert_int_equal(read_db(&w, &db, c->back_end, &e), c->rc);
	if (c->rc != 0) {
		assert_int_equal(e.code, ERR_FORMAT);
		e.msg[strlen(c->failed)] = '\0';
		assert_string_equal(e.msg, c->failed);
	}
	assert_in_range(w.list.n_packages, c->rc == -1 ? 0 : N_PACKAGES - 1,
	    c->rc == -1 ? 0 : N_PACKAGES);
	buf_cleanup(&db);
	world_cleanup(&w);
}

/* The same blob from every slot would be read 254 times. */
static void
test_ndb_overlap(void **state)
{
	struct buf db = { 0 };
	struct err e = { 0 };
	struct world w;
	size_t i;

	(void)state;
	world_init(&w);
	make(&db, NDB);
	for (i = 1; NDB_SLOT(i) < NDB_SLOTS; i++)
		memcpy(db.ptr + NDB_SLOT(i), db.ptr + NDB_SLOT(0), 16);
	assert_int_equal(read_db(&w, &db, NDB, &e), -1);
	assert_string_equal(e.msg, "packages lie on each other: package 1");
	buf_cleanup(&db);
	world_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(spoil_cases) + 4] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_zeroed),
		cmocka_unit_test(test_ndb_overlap),
	};
	size_t n = 4;

	TABLE_ADD(tests, &n, spoil_cases, test_spoilt);
	return cmocka_run_group_tests_name("ndb and bdb", tests, NULL, NULL);
}
