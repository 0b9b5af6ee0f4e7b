/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random_oval SEED FOLDER [wide]: writes a random OVAL document,
 * FOLDER/document.xml, and the root of a random machine with dpkg's and rpm's
 * databases, FOLDER/root, for evaluators to be compared. wide: with what
 * docs/oval-differences.md lists.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tests/tools/rpm_db.h"
#include "tests/unit/random_host.h"
#include "tests/unit/random_language.h"

#define DEFINITIONS "http://oval.mitre.org/XMLSchema/oval-definitions-5"

static void
put(int dirfd, const char *path, struct span text)
{
	char folder[128];
	struct err e;

	snprintf(folder, sizeof(folder), "%.*s",
	    (int)(strrchr(path, '/') - path), path);
	if (file_make_dirs(dirfd, folder, &e) != 0 ||
	    file_replace_mode(dirfd, path, text, 0644, &e) != 0)
		rpm_db_die(e.msg);
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

static void
put_rpm(const char *path, const struct host *h)
{
	struct rpm_db_package p = { 0 };
	sqlite3 *db = rpm_db_create(path);
	char name[16];
	size_t i;

	for (i = 0; i < h->n_packages; i++) {
		if (!h->packages[i].is_rpm)
			continue;
		snprintf(name, sizeof(name), "n%u", h->packages[i].name);
		p.name = name;
		p.arch = h->packages[i].arch;
		p.evr = h->packages[i].evr;
		rpm_db_add(db, &p);
	}
	rpm_db_close(db);
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
		rpm_db_die("usage: random_oval SEED FOLDER [wide]");
	l.r.state = strtoull(argv[1], NULL, 10);
	l.shared = l.r.state % 2 == 0 ? LANGUAGE_DPKG : LANGUAGE_RPM;
	l.wide = argc > 3;
	if (file_open_dir(AT_FDCWD, argv[2], true, &fd, &e) != 0)
		rpm_db_die(e.msg);
	put_document(fd, &l);
	host_make(&l, &h);
	put_root(fd, argv[2], &h);
	buf_cleanup(&l.b);
	return 0;
}
