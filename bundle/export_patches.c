/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "bundle/export_impl.h"
#include "bundle/proc_patch.h"
#include "schema_catalog.h"

/* A file that travels, by the path it is mirrored under. */
struct mirrored {
	struct span path;
	size_t part;
};

static int
compare_mirrored(const void *a, const void *b)
{
	return span_cmp(((const struct mirrored *)a)->path,
	    ((const struct mirrored *)b)->path);
}

static struct mirrored *
list_mirrored(struct export_plan *p, size_t *n)
{
	struct mirrored *list = xcalloc(p->n + 1, sizeof(*list));
	size_t i;

	*n = 0;
	for (i = 0; i < p->n; i++)
		if (p->parts[i].kind == LAYOUT_IS_TARGET)
			list[(*n)++] = (struct mirrored){
				repository_mirror_path(
				    p->parts[i].name, &p->arena),
				i,
			};
	if (*n > 0)
		qsort(list, *n, sizeof(*list), compare_mirrored);
	return list;
}

/* The youngest form of a file that the receiver has, and we have, too. */
static void
note_base(struct export_plan *p, size_t part, struct span hex,
    const struct export_options *o)
{
	struct export_item *it = &p->items[part];

	if (!it->has_base && digest_parse(hex, &it->base) &&
	    export_has(o, &it->base) && store_has(p->store, &it->base))
		it->has_base = true;
}

static int
find_bases(struct export_plan *p, struct db *catalog,
    const struct export_options *o, struct err *e)
{
	struct db_stmt *st =
	    db_query(catalog, QUERY_CATALOG_INDEXED_DOCUMENT_DIGESTS);
	struct mirrored key = { 0 };
	struct mirrored *list, *found;
	size_t n;
	int rc;

	list = list_mirrored(p, &n);
	while ((rc = db_step(st, e)) == 1) {
		key.path = db_text(st, 0);
		found = n == 0
		    ? NULL
		    : bsearch(&key, list, n, sizeof(key), compare_mirrored);
		if (found != NULL)
			note_base(p, found->part, db_text(st, 1), o);
	}
	db_reset(st);
	free(list);
	return rc;
}

/* --- making them --- */

struct patching {
	struct export_plan *plan;
	struct proc_patch process;
	int statefd;
	uint64_t spooled;
};

/* A file without a name; where there can be none, one that loses it. */
static int
open_nameless(int statefd, int *fd, struct err *e)
{
	char name[64];

	*fd = openat(statefd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*fd != -1)
		return 0;
	snprintf(name, sizeof(name), "incoming/patch-%ld", (long)getpid());
	*fd =
	    openat(statefd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*fd == -1)
		return err_system(e, "no room for patches");
	unlinkat(statefd, name, 0);
	return 0;
}

/* file_copy_fd() would take the place of all that is in the spool. */
static int
append(int spool, uint64_t offset, int fd, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	rc = file_read_fd(fd, SIZE_MAX / 2, &b, e);
	if (rc == 0 && lseek(spool, (off_t)offset, SEEK_SET) == -1)
		rc = err_system(e, "no room for patches");
	if (rc == 0)
		rc = file_write_all(spool, buf_span(&b), e);
	buf_cleanup(&b);
	return rc;
}

/* It stands in the place of the whole file from now on. */
static int
take_patch(struct patching *g, size_t i, int fd, struct err *e)
{
	struct export_plan *p = g->plan;
	struct layout_part part = { .kind = LAYOUT_IS_PATCH,
		.name = p->parts[i].name };

	if (digest_of_fd(fd, &part.sha256, &part.size_bytes, e) != 0 ||
	    (p->spool == -1 && open_nameless(g->statefd, &p->spool, e) != 0) ||
	    append(p->spool, g->spooled, fd, e) != 0)
		return -1;
	p->parts[i] = part;
	p->items[i].spool_offset = g->spooled;
	g->spooled += part.size_bytes;
	p->n_patches++;
	p->n_whole--;
	return 0;
}

static int
make_from(struct patching *g, size_t i, const struct verified_file *base,
    const struct verified_file *target, struct err *e)
{
	uint64_t size = 0;
	int fd, rc;

	if (open_nameless(g->statefd, &fd, e) != 0)
		return -1;
	rc = proc_patch_make(
	    &g->process, verified_fd(base), verified_fd(target), fd, &size, e);
	if (rc == 1)
		rc = take_patch(g, i, fd, e);
	close(fd);
	return rc;
}

/* Without a patch the file travels whole: no reason to fail. */
static int
make_patch(struct patching *g, size_t i, struct err *e)
{
	struct export_plan *p = g->plan;
	struct verified_file *base = NULL, *target = NULL;
	int rc = -1;

	if (store_get(p->store, &p->items[i].base, &base, e) == 0 &&
	    store_get(p->store, &p->parts[i].sha256, &target, e) == 0)
		rc = make_from(g, i, base, target, e);
	if (rc == -1)
		log_warn("export: %.*s: no patch: %s",
		    SPAN_ARG(p->parts[i].name), e->msg);
	verified_close(base);
	verified_close(target);
	return 0;
}

static size_t
count_bases(const struct export_plan *p)
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++)
		n += p->items[i].has_base;
	return n;
}

int
export_plan_patches(struct export_plan *p, struct db *catalog, int statefd,
    const struct export_options *o, struct err *e)
{
	struct patching g = { .plan = p, .statefd = statefd };
	size_t i, n, done = 0;

	if (o->n_has == 0)
		return 0;
	if (find_bases(p, catalog, o, e) != 0)
		return -1;
	n = count_bases(p);
	proc_patch_init(&g.process);
	for (i = 0; i < p->n; i++) {
		if (!p->items[i].has_base)
			continue;
		if (o->patching != NULL)
			o->patching(o->ctx, done++, n);
		make_patch(&g, i, e);
	}
	proc_patch_close(&g.process);
	return 0;
}
