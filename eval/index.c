/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "eval/index.h"
#include "schema_index.h"

#define FAMILY_SUFFIX ".sqlite"
#define FAMILIES_MAX 256u /* files of one generation */

/* --- the families of a folder --- */

static int
cmp_family(const void *pa, const void *pb)
{
	const struct index_family *a = pa;
	const struct index_family *b = pb;

	return span_cmp(a->name, b->name);
}

static void
add_family(struct index_reader *r, size_t *cap, struct span name)
{
	struct index_family *grown;

	if (r->n_families == *cap) {
		*cap = *cap == 0 ? 8 : xmul(*cap, 2);
		grown = arena_array(&r->arena, *cap, sizeof(*grown));
		if (r->n_families > 0)
			memcpy(
			    grown, r->families, r->n_families * sizeof(*grown));
		r->families = grown;
	}
	r->families[r->n_families++].name = arena_span(&r->arena, name);
}

static int
read_families(struct index_reader *r, DIR *dir, const char *path, struct err *e)
{
	const struct dirent *d;
	struct span name;
	size_t cap = 0;

	while ((d = readdir(dir)) != NULL) {
		name = span_of(d->d_name);
		if (!span_has_suffix(name, FAMILY_SUFFIX))
			continue;
		if (r->n_families == FAMILIES_MAX)
			return err_set(e, ERR_LIMIT,
			    "%s: more than %u families", path, FAMILIES_MAX);
		name.len -= strlen(FAMILY_SUFFIX);
		add_family(r, &cap, name);
	}
	if (r->n_families > 0)
		qsort(r->families, r->n_families, sizeof(*r->families),
		    cmp_family);
	return 0;
}

static int
list_families(
    struct index_reader *r, int dirfd, const char *path, struct err *e)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	int rc;

	if (dir == NULL) {
		err_system(e, "%s", path);
		if (fd != -1)
			close(fd);
		return -1;
	}
	rc = read_families(r, dir, path, e);
	closedir(dir);
	return rc;
}

/* --- the documents of a family --- */

static void
read_document(struct arena *a, struct db_stmt *row, struct document *d)
{
	d->id = db_int(row, 0);
	d->name = arena_span(a, db_text(row, 1));
	d->format = arena_span(a, db_text(row, 2));
	d->source = arena_span(a, db_text(row, 3));
	d->distribution = arena_span(a, db_text(row, 4));
	d->release = arena_span(a, db_text(row, 5));
	d->flavour = arena_span(a, db_text(row, 6));
	d->path = arena_span(a, db_text(row, 7));
	d->sha256 = arena_span(a, db_text(row, 8));
	d->size_bytes = (uint64_t)db_int(row, 9);
	d->published = arena_span(a, db_text(row, 10));
	d->n_records = (uint64_t)db_int(row, 11);
	d->n_missing = (uint64_t)db_int(row, 12);
}

static int
read_documents(struct index_reader *r, struct index_family *f, struct err *e)
{
	struct db_stmt *row = db_query(f->db, QUERY_INDEX_DOCUMENT_LIST);
	struct document *documents = NULL;
	size_t cap = 0;
	size_t n = 0;
	int rc;

	while ((rc = db_step(row, e)) == 1) {
		documents = xgrow(documents, &cap, n + 1, sizeof(*documents));
		read_document(&r->arena, row, &documents[n++]);
	}
	db_reset(row);
	f->documents = arena_array(&r->arena, n, sizeof(*documents));
	if (n > 0)
		memcpy(f->documents, documents, n * sizeof(*documents));
	f->n_documents = n;
	free(documents);
	return rc;
}

static int
open_family(struct index_reader *r, struct index_family *f, const char *path,
    struct err *e)
{
	struct buf file = { 0 };
	int rc;

	buf_printf(&file, "%s/%.*s" FAMILY_SUFFIX, path, SPAN_ARG(f->name));
	rc = db_open(
	    &f->db, buf_str(&file), &SCHEMA_INDEX, DB_READ_IMMUTABLE, e);
	buf_cleanup(&file);
	return rc == 0 ? read_documents(r, f, e) : -1;
}

int
index_check(const char *path, struct err *e)
{
	struct index_reader r = { 0 };
	struct index_family f = { 0 };
	int rc = db_open(&f.db, path, &SCHEMA_INDEX, DB_READ_IMMUTABLE, e);

	if (rc == 0)
		rc = read_documents(&r, &f, e);
	db_close(f.db);
	arena_cleanup(&r.arena);
	return rc;
}

/* The last part of the path, where it is a number. */
static uint64_t
generation_of(const char *path)
{
	struct span p = span_of(path);
	size_t slash = span_rfind(p, '/');
	uint64_t number = 0;

	parse_uint(
	    slash == p.len ? p : span_from(p, slash + 1), UINT64_MAX, &number);
	return number;
}

int
index_open(struct index_reader *r, int dirfd, const char *path, struct err *e)
{
	size_t i;

	*r = (struct index_reader){ .generation = generation_of(path) };
	r->kept = xcalloc(1, sizeof(*r->kept));
	if (list_families(r, dirfd, path, e) != 0)
		goto fail;
	for (i = 0; i < r->n_families; i++)
		if (open_family(r, &r->families[i], path, e) != 0)
			goto fail;
	return 0;
fail:
	index_close(r);
	return -1;
}

void
index_close(struct index_reader *r)
{
	size_t i;

	if (r->kept != NULL && r->kept->free != NULL)
		r->kept->free(r->kept->ptr);
	free(r->kept);
	for (i = 0; i < r->n_families; i++)
		db_close(r->families[i].db);
	arena_cleanup(&r->arena);
	*r = (struct index_reader){ 0 };
}

static int
cmp_name(const void *name, const void *document)
{
	const struct document *d = document;

	return span_cmp(*(const struct span *)name, d->name);
}

const struct document *
index_find(const struct index_reader *r, struct span name,
    const struct index_family **family)
{
	const struct index_family *f;
	const struct document *d;
	size_t i;

	for (i = 0; i < r->n_families; i++) {
		f = &r->families[i];
		if (f->n_documents == 0)
			continue;
		d = bsearch(
		    &name, f->documents, f->n_documents, sizeof(*d), cmp_name);
		if (d == NULL)
			continue;
		if (family != NULL)
			*family = f;
		return d;
	}
	return NULL;
}

int
index_wants(
    const struct index_reader *r, struct want_list *wants, struct err *e)
{
	size_t i;

	for (i = 0; i < r->n_families; i++)
		if (machine_wants(r->families[i].db, wants, e) != 0)
			return -1;
	return 0;
}
