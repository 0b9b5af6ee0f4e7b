/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random_oval SEED FOLDER [wide]: writes a random OVAL document,
 * FOLDER/document.xml, and the root of a random machine with dpkg's and rpm's
 * databases, FOLDER/root, for evaluators to be compared. wide: with what
 * docs/oval-differences.md lists.
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tests/unit/random_host.h"
#include "tests/unit/random_language.h"
#include "tests/unit/rpm_make.h"

#define DEFINITIONS "http://oval.mitre.org/XMLSchema/oval-definitions-5"
#define RPM_HEADERIMMUTABLE 63u
#define RPM_REGION_SIZE 16u

static void
die(const char *what)
{
	fprintf(stderr, "random_oval: %s\n", what);
	exit(1);
}

static void
put(int dirfd, const char *path, struct span text)
{
	char folder[128];
	struct err e;

	snprintf(folder, sizeof(folder), "%.*s",
	    (int)(strrchr(path, '/') - path), path);
	if (file_make_dirs(dirfd, folder, &e) != 0 ||
	    file_replace_mode(dirfd, path, text, 0644, &e) != 0)
		die(e.msg);
}

/* --- dpkg --- */

static void
put_dpkg(int dirfd, const struct host *h)
{
	const struct host_package *p;
	struct buf b = { 0 };
	const char *version;
	size_t i;

	for (i = 0; i < h->n_packages; i++) {
		p = &h->packages[i];
		if (p->is_rpm)
			continue;
		version = strncmp(p->evr, "0:", 2) == 0 ? p->evr + 2 : p->evr;
		buf_printf(&b,
		    "Package: n%u\nStatus: install ok installed\n"
		    "Priority: optional\nSection: misc\nMaintainer: t\n"
		    "Architecture: %s\nVersion: %s\nDescription: t\n\n",
		    p->name, p->arch, version);
	}
	put(dirfd, "root/var/lib/dpkg/status", buf_span(&b));
	buf_cleanup(&b);
}

/* --- rpm --- */

/* rpm reads only headers whose entries stand in a region of their own. */
static void
close_region(struct rpm_make *m, struct buf *out)
{
	struct buf head = { 0 };
	uint32_t n = m->n + 1;

	rpm_make_be32(&head, RPM_HEADERIMMUTABLE);
	rpm_make_be32(&head, 7);
	rpm_make_be32(&head, (uint32_t)m->data.len);
	rpm_make_be32(&head, RPM_REGION_SIZE);
	rpm_make_be32(&m->data, RPM_HEADERIMMUTABLE);
	rpm_make_be32(&m->data, 7);
	rpm_make_be32(&m->data, 0u - n * RPM_REGION_SIZE);
	rpm_make_be32(&m->data, RPM_REGION_SIZE);
	rpm_make_be32(out, n);
	rpm_make_be32(out, (uint32_t)m->data.len);
	buf_add_span(out, buf_span(&head));
	buf_add_span(out, buf_span(&m->index));
	buf_add_span(out, buf_span(&m->data));
	buf_cleanup(&m->index);
	buf_cleanup(&m->data);
	buf_cleanup(&head);
}

static void
rpm_blob(struct buf *out, const struct host_package *p)
{
	const char *colon = strchr(p->evr, ':');
	const char *dash = strrchr(p->evr, '-');
	uint32_t epoch = (uint32_t)strtoul(p->evr, NULL, 10);
	struct rpm_make m = { 0 };
	char text[64];

	snprintf(text, sizeof(text), "n%u", p->name);
	rpm_make_string(&m, RPM_TAG_NAME, text);
	snprintf(
	    text, sizeof(text), "%.*s", (int)(dash - colon - 1), colon + 1);
	rpm_make_string(&m, RPM_TAG_VERSION, text);
	rpm_make_string(&m, RPM_TAG_RELEASE, dash + 1);
	if (epoch > 0)
		rpm_make_ints(&m, RPM_TAG_EPOCH, &epoch, 1);
	rpm_make_string(&m, RPM_TAG_ARCH, p->arch);
	close_region(&m, out);
}

static void
sql(sqlite3 *db, const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
}

static void
insert(sqlite3 *db, const struct host_package *p)
{
	struct buf blob = { 0 };
	char name[64];
	sqlite3_stmt *s;

	rpm_blob(&blob, p);
	if (sqlite3_prepare_v2(db, "INSERT INTO Packages(blob) VALUES (?)", -1,
		&s, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	sqlite3_bind_blob(s, 1, blob.ptr, (int)blob.len, SQLITE_TRANSIENT);
	if (sqlite3_step(s) != SQLITE_DONE)
		die(sqlite3_errmsg(db));
	sqlite3_finalize(s);
	snprintf(name, sizeof(name),
	    "INSERT INTO Name VALUES ('n%u', last_insert_rowid(), 0)", p->name);
	sql(db, name);
	buf_cleanup(&blob);
}

static void
put_rpm(const char *path, const struct host *h)
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
		die(path);
	sql(db,
	    "BEGIN; CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY "
	    "AUTOINCREMENT, blob BLOB NOT NULL)");
	for (i = 0; i < sizeof(indexes) / sizeof(*indexes); i++) {
		snprintf(text, sizeof(text),
		    "CREATE TABLE '%s' (key 'TEXT' NOT NULL, hnum INTEGER NOT "
		    "NULL, idx INTEGER NOT NULL)",
		    indexes[i]);
		sql(db, text);
	}
	for (i = 0; i < h->n_packages; i++)
		if (h->packages[i].is_rpm)
			insert(db, &h->packages[i]);
	sql(db, "COMMIT");
	sqlite3_close(db);
}

/* --- all of it --- */

static void
put_root(int dirfd, const char *folder, const struct host *h)
{
	char path[512];
	size_t i;

	put_dpkg(dirfd, h);
	put(dirfd, "root/var/lib/rpm/.keep", SPAN_LIT(""));
	snprintf(
	    path, sizeof(path), "%s/root/var/lib/rpm/rpmdb.sqlite", folder);
	put_rpm(path, h);
	for (i = 0; i < h->n_files; i++) {
		snprintf(path, sizeof(path), "root%s", h->files[i].path);
		put(dirfd, path, span_of(h->files[i].text));
	}
}

/* OpenSCAP 1.3.7 misreads elements that stand without space between them. */
static void
spread(struct buf *out, const struct buf *xml)
{
	size_t i;

	for (i = 0; i < xml->len; i++) {
		buf_add_char(out, xml->ptr[i]);
		if (xml->ptr[i] == '>' && i + 1 < xml->len &&
		    xml->ptr[i + 1] == '<')
			buf_add_char(out, '\n');
	}
}

static void
put_document(int dirfd, struct language *l)
{
	struct buf text = { 0 };

	buf_add_str(&l->b,
	    "<?xml version='1.0' encoding='UTF-8'?>\n"
	    "<oval_definitions xmlns='" DEFINITIONS "' xmlns:ind='" DEFINITIONS
	    "#independent' xmlns:unix='" DEFINITIONS
	    "#unix' xmlns:linux='" DEFINITIONS "#linux' xmlns:oval="
	    "'http://oval.mitre.org/XMLSchema/oval-common-5'><generator>"
	    "<oval:product_name>t</oval:product_name>"
	    "<oval:schema_version>5.11.1</oval:schema_version>"
	    "<oval:timestamp>2024-01-02T03:04:05</oval:timestamp>"
	    "</generator>\n");
	language_document(l);
	buf_add_str(&l->b, "</oval_definitions>\n");
	spread(&text, &l->b);
	put(dirfd, "./document.xml", buf_span(&text));
	buf_cleanup(&text);
}

int
main(int argc, char **argv)
{
	struct language l = { .b = { 0 } };
	struct host h;
	struct err e;
	int fd;

	if (argc < 3)
		die("usage: random_oval SEED FOLDER [wide]");
	l.r.state = strtoull(argv[1], NULL, 10);
	l.shared = l.r.state % 2 == 0 ? LANGUAGE_DPKG : LANGUAGE_RPM;
	l.wide = argc > 3;
	if (file_open_dir(AT_FDCWD, argv[2], true, &fd, &e) != 0)
		die(e.msg);
	put_document(fd, &l);
	host_make(&l, &h);
	put_root(fd, argv[2], &h);
	buf_cleanup(&l.b);
	return 0;
}
