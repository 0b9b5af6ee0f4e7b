/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's databases of one image. There may be several, where an image was made
 * from another with rpm's back end or its folder changed: all are read, and
 * what two of them say is said once.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/gather.h"
#include "scanner/pkgdb_rpm.h"

static const char *const places[GATHER_RPM_PLACES] = { "var/lib/rpm",
	"usr/lib/sysimage/rpm", "usr/share/rpm" };

enum back_end {
	BACK_END_SQLITE = 0,
	BACK_END_NDB,
	BACK_END_BDB,
};

static const char *const files[GATHER_RPM_BACK_ENDS] = {
	[BACK_END_SQLITE] = "rpmdb.sqlite",
	[BACK_END_NDB] = "Packages.db",
	[BACK_END_BDB] = "Packages",
};

#define N_DATABASES (GATHER_RPM_PLACES * GATHER_RPM_BACK_ENDS)

/* A file beside the database, wherever links have led to it. */
static struct found
look_up_beside(struct gather *g, uint32_t node, const char *suffix)
{
	struct buf path = { 0 };
	struct found f;
	struct err e;

	tree_path(&g->image.tree, node, &path);
	buf_add_str(&path, suffix);
	if (image_ask(&g->image, buf_span(&path), PKGDB_SIZE_MAX, &e) != 0)
		packages_collected(g, PACKAGE_RPM, COLLECTION_ERROR, "/%s: %s",
		    buf_str(&path), e.msg);
	f = packages_find(g, PACKAGE_RPM, buf_str(&path));
	buf_cleanup(&path);
	return f;
}

static bool
seen_before(const struct gather *g, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (g->rpm[i].db.is_there &&
		    g->rpm[i].db.node == g->rpm[n].db.node)
			return true;
	return false;
}

static void
path_of(size_t i, struct buf *path)
{
	buf_printf(path, "%s/%s", places[i / GATHER_RPM_BACK_ENDS],
	    files[i % GATHER_RPM_BACK_ENDS]);
}

void
rpm_look_up(struct gather *g)
{
	struct buf path = { 0 };
	size_t i;

	for (i = 0; i < N_DATABASES; i++) {
		struct found_rpm *f = &g->rpm[i];

		buf_reset(&path);
		path_of(i, &path);
		f->db = packages_find(g, PACKAGE_RPM, buf_str(&path));
		if (f->db.is_there && seen_before(g, i))
			f->db.is_there = false;
		if (!f->db.is_there ||
		    i % GATHER_RPM_BACK_ENDS != BACK_END_SQLITE)
			continue;
		f->wal = look_up_beside(g, f->db.node, "-wal");
		f->journal = look_up_beside(g, f->db.node, "-journal");
	}
	buf_cleanup(&path);
}

/* A file beside the database: its bytes, empty where there is none. */
static int
beside_read(
    struct gather *g, const struct found *f, struct span *bytes, struct err *e)
{
	struct detail *d;

	*bytes = SPAN_NONE;
	if (!f->is_there)
		return 0;
	d = packages_bytes(g, f->node, e);
	if (d != NULL)
		*bytes = buf_span(&d->data);
	return d != NULL ? 0 : err_context(e, "a file beside it");
}

static int
sqlite_read(struct gather *g, const struct found_rpm *f, struct package_list *l,
    struct detail *d, struct err *e)
{
	struct span wal, journal;

	if (beside_read(g, &f->wal, &wal, e) != 0 ||
	    beside_read(g, &f->journal, &journal, e) != 0)
		return -1;
	if (journal.len > 0)
		return err_set(e, ERR_FORMAT,
		    "a transaction was not finished, a journal lies beside "
		    "it");
	/* The log may make it larger. */
	if (wal.len > 0 && detail_reserve(d, PKGDB_SIZE_MAX, e) != 0)
		return -1;
	l->mapped = detail_mapped(d);
	if (f->wal.is_there)
		l->mapped_log =
		    detail_mapped(g->image.tree.nodes[f->wal.node].detail);
	return rpm_sqlite_read(l, &d->data, wal, &g->wanted, e);
}

static int
database_read(struct gather *g, size_t i, struct package_list *l, struct err *e)
{
	const struct found_rpm *f = &g->rpm[i];
	struct detail *d = packages_bytes(g, f->db.node, e);

	if (d == NULL)
		return -1;
	l->mapped = detail_mapped(d);
	l->mapped_log = SPAN_NONE;
	switch ((enum back_end)(i % GATHER_RPM_BACK_ENDS)) {
	case BACK_END_SQLITE:
		return sqlite_read(g, f, l, d, e);
	case BACK_END_NDB:
		return rpm_ndb_read(l, buf_span(&d->data), &g->wanted, e);
	case BACK_END_BDB:
		break;
	}
	return rpm_bdb_read(l, buf_span(&d->data), &g->wanted, e);
}

static void
key_of(const struct package *p, struct buf *key)
{
	buf_reset(key);
	buf_printf(key, "%.*s\n%.*s\n%.*s", SPAN_ARG(p->name), SPAN_ARG(p->evr),
	    SPAN_ARG(p->arch));
}

/* where: each package of `from` now stands; SIZE_MAX: it stood there before. */
static int
packages_merge(struct package_list *to, const struct package_list *from,
    size_t *where, struct err *e)
{
	struct map seen = { 0 };
	struct buf key = { 0 };
	uint32_t value;
	size_t i;
	int rc = 0;

	for (i = 0; i < to->n_packages; i++) {
		key_of(&to->packages[i], &key);
		if (to->packages[i].kind == PACKAGE_RPM)
			map_add(&seen, buf_span(&key), 0, NULL);
	}
	for (i = 0; rc == 0 && i < from->n_packages; i++) {
		key_of(&from->packages[i], &key);
		where[i] = SIZE_MAX;
		if (map_get(&seen, buf_span(&key), &value))
			continue;
		where[i] = to->n_packages;
		rc = package_list_add(to, &from->packages[i], e);
	}
	buf_cleanup(&key);
	map_cleanup(&seen);
	return rc;
}

static int
merge(struct package_list *to, const struct package_list *from, struct err *e)
{
	size_t *where = xcalloc(from->n_packages + 1, sizeof(*where));
	size_t i;
	int rc = packages_merge(to, from, where, e);

	for (i = 0; rc == 0 && i < from->n_files; i++) {
		struct package_file f = from->files[i];

		if (where[f.package] == SIZE_MAX)
			continue;
		f.package = (uint32_t)where[f.package];
		rc = package_list_add_file(to, &f, e);
	}
	free(where);
	return rc;
}

/* As rpm_sqlite_read(); what a database says is added only whole. */
static int
database_add(struct gather *g, size_t i, struct err *e)
{
	struct package_list l = { .arena = g->list.arena };
	int rc = database_read(g, i, &l, e);

	if (rc != -1 && merge(&g->list, &l, e) != 0)
		rc = -1;
	package_list_cleanup(&l);
	return rc;
}

void
rpm_databases_read(struct gather *g)
{
	size_t n_before = g->list.n_packages;
	struct buf failed = { 0 };
	struct buf path = { 0 };
	struct err e = { 0 };
	size_t i;

	for (i = 0; i < N_DATABASES; i++) {
		int rc;

		if (!g->rpm[i].db.is_there)
			continue;
		buf_reset(&path);
		path_of(i, &path);
		rc = database_add(g, i, &e);
		if (rc == -1 && failed.len == 0)
			buf_printf(&failed, "/%s: %s", buf_str(&path), e.msg);
		if (rc != -1)
			packages_collected(g, PACKAGE_RPM,
			    rc == 0 ? COLLECTION_COMPLETE
				    : COLLECTION_INCOMPLETE,
			    "/%s: %s", buf_str(&path), e.msg);
	}
	/* What others say holds where one cannot be read. */
	if (failed.len > 0)
		packages_collected(g, PACKAGE_RPM,
		    g->list.n_packages > n_before ? COLLECTION_INCOMPLETE
						  : COLLECTION_ERROR,
		    "%s", buf_str(&failed));
	buf_cleanup(&failed);
	buf_cleanup(&path);
}
