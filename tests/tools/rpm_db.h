/* SPDX-License-Identifier: Apache-2.0 */
/* rpm databases of packages without files, as librpm itself reads them. */
#ifndef TESTS_TOOLS_RPM_DB_H
#define TESTS_TOOLS_RPM_DB_H

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "tests/unit/rpm_make.h"

#define RPM_DB_IMMUTABLE 63u
#define RPM_DB_BIN 7u
#define RPM_DB_REGION_SIZE 16u

struct rpm_db_package {
	const char *name;
	const char *arch;
	const char *evr;        /* "E:V-R" */
	uint32_t signature_tag; /* 0: not signed */
	const char *key;        /* 16 hex digits */
};

static inline void
rpm_db_die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/* The entries in a region of their own, as a header's first bytes. */
static inline void
rpm_db_region(struct rpm_make *m, struct rpm_make *out)
{
	uint32_t n = m->n + 1;

	rpm_make_be32(&out->index, RPM_DB_IMMUTABLE);
	rpm_make_be32(&out->index, RPM_DB_BIN);
	rpm_make_be32(&out->index, (uint32_t)m->data.len);
	rpm_make_be32(&out->index, RPM_DB_REGION_SIZE);
	buf_add_span(&out->index, buf_span(&m->index));
	buf_add_span(&out->data, buf_span(&m->data));
	rpm_make_be32(&out->data, RPM_DB_IMMUTABLE);
	rpm_make_be32(&out->data, RPM_DB_BIN);
	rpm_make_be32(&out->data, 0u - n * RPM_DB_REGION_SIZE);
	rpm_make_be32(&out->data, RPM_DB_REGION_SIZE);
	out->n = n;
	buf_cleanup(&m->index);
	buf_cleanup(&m->data);
}

/* The first bytes of what a signature of the region signs. */
static inline void
rpm_db_digest(const struct rpm_make *region, struct span trailer, char out[2])
{
	static const char magic[] = "\x8e\xad\xe8\x01\0\0\0\0";
	struct digest digest;
	struct buf b = { 0 };

	buf_add(&b, magic, sizeof(magic) - 1);
	rpm_make_be32(&b, region->n);
	rpm_make_be32(&b, (uint32_t)region->data.len);
	buf_add_span(&b, buf_span(&region->index));
	buf_add_span(&b, buf_span(&region->data));
	buf_add_span(&b, trailer);
	digest_of(buf_span(&b), &digest);
	memcpy(out, digest.bytes, 2);
	buf_cleanup(&b);
}

/*
 * An OpenPGP signature of version 3, behind the region: it names the key and
 * proves nothing, which rpm cannot tell without that key.
 */
static inline void
rpm_db_sign(struct rpm_make *m, const struct rpm_db_package *p)
{
	static const char head[] = "\x89\0\x16\x03\x05\0\x5e\0\0\0";
	static const char tail[] = "\0\x08\xff";
	char digest[2];
	struct buf b = { 0 };
	uint8_t key[8];

	if (p->signature_tag == 0)
		return;
	if (!parse_hex(span_of(p->key), key, sizeof(key)))
		rpm_db_die("a key has 16 hex digits");
	rpm_db_digest(m, span_make(head + 5, 5), digest);
	buf_add(&b, head, sizeof(head) - 1);
	buf_add(&b, key, sizeof(key));
	buf_add(&b, "\x01\x08", 2);
	buf_add(&b, digest, sizeof(digest));
	buf_add(&b, tail, sizeof(tail) - 1);
	rpm_make_entry(
	    m, p->signature_tag, RPM_DB_BIN, (uint32_t)b.len, buf_span(&b));
	buf_cleanup(&b);
}

static inline void
rpm_db_blob(struct buf *out, const struct rpm_db_package *p)
{
	const char *colon = strchr(p->evr, ':');
	const char *dash = strrchr(p->evr, '-');
	uint32_t epoch = (uint32_t)strtoul(p->evr, NULL, 10);
	struct rpm_make m = { 0 };
	struct rpm_make whole = { 0 };
	char version[64];

	if (colon == NULL || dash == NULL)
		rpm_db_die("a version is EPOCH:VERSION-RELEASE");
	snprintf(version, sizeof(version), "%.*s", (int)(dash - colon - 1),
	    colon + 1);
	rpm_make_string(&m, RPM_TAG_NAME, p->name);
	rpm_make_string(&m, RPM_TAG_VERSION, version);
	rpm_make_string(&m, RPM_TAG_RELEASE, dash + 1);
	if (epoch > 0)
		rpm_make_ints(&m, RPM_TAG_EPOCH, &epoch, 1);
	rpm_make_string(&m, RPM_TAG_ARCH, p->arch);
	rpm_db_region(&m, &whole);
	rpm_db_sign(&whole, p);
	rpm_make_finish(&whole, out);
}

static inline void
rpm_db_run(sqlite3 *db, const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		rpm_db_die(sqlite3_errmsg(db));
}

static inline void
rpm_db_add(sqlite3 *db, const struct rpm_db_package *p)
{
	struct buf blob = { 0 };
	char name[128];
	sqlite3_stmt *s;

	rpm_db_blob(&blob, p);
	if (sqlite3_prepare_v2(db, "INSERT INTO Packages(blob) VALUES (?)", -1,
		&s, NULL) != SQLITE_OK)
		rpm_db_die(sqlite3_errmsg(db));
	sqlite3_bind_blob(s, 1, blob.ptr, (int)blob.len, SQLITE_TRANSIENT);
	if (sqlite3_step(s) != SQLITE_DONE)
		rpm_db_die(sqlite3_errmsg(db));
	sqlite3_finalize(s);
	snprintf(name, sizeof(name),
	    "INSERT INTO Name VALUES ('%s', last_insert_rowid(), 0)", p->name);
	rpm_db_run(db, name);
	buf_cleanup(&blob);
}

/* rpm opens it read-only and misses no index then. */
static inline sqlite3 *
rpm_db_create(const char *path)
{
	static const char *const indexes[] = { "Name", "Basenames", "Group",
		"Requirename", "Providename", "Conflictname", "Obsoletename",
		"Triggername", "Dirnames", "Installtid", "Sigmd5", "Sha1header",
		"Filetriggername", "Transfiletriggername", "Recommendname",
		"Suggestname", "Supplementname", "Enhancename" };
	char text[256];
	sqlite3 *db;
	size_t i;

	if (sqlite3_open(path, &db) != SQLITE_OK)
		rpm_db_die(path);
	rpm_db_run(db,
	    "BEGIN; CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY "
	    "AUTOINCREMENT, blob BLOB NOT NULL)");
	for (i = 0; i < sizeof(indexes) / sizeof(*indexes); i++) {
		snprintf(text, sizeof(text),
		    "CREATE TABLE '%s' (key 'TEXT' NOT NULL, hnum INTEGER NOT "
		    "NULL, idx INTEGER NOT NULL)",
		    indexes[i]);
		rpm_db_run(db, text);
	}
	return db;
}

static inline void
rpm_db_close(sqlite3 *db)
{
	rpm_db_run(db, "COMMIT");
	sqlite3_close(db);
}

#endif
