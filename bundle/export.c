/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "bundle/export_impl.h"
#include "bundle/tar.h"

#define CHUNK ((size_t)256 * 1024)

struct exporting {
	struct export_plan *plan;
	const struct export_options *options;
	struct export_out out;
	bool counts; /* the sizes only: nothing is read or written */
	uint64_t total;
	struct buf path;
	struct buf link;
	struct buf text;
	char *chunk;
};

/* --- bytes --- */

static int
put(struct exporting *x, struct span bytes, struct err *e)
{
	const struct export_options *o = x->options;

	if (x->counts) {
		x->total += bytes.len;
		return 0;
	}
	if (export_out_write(&x->out, bytes, e) != 0)
		return -1;
	if (o->progress != NULL)
		o->progress(o->ctx, x->out.written, x->total);
	return 0;
}

static int
put_head(struct exporting *x, struct span path, struct span link,
    uint64_t size_bytes, struct err *e)
{
	const struct tar_entry entry = { path, link, size_bytes };

	buf_reset(&x->text);
	tar_head(&x->text, &entry);
	return put(x, buf_span(&x->text), e);
}

static int
put_padding(struct exporting *x, uint64_t size_bytes, struct err *e)
{
	static const char zeros[TAR_BLOCK];

	return put(x, span_make(zeros, tar_padding(size_bytes)), e);
}

static int
put_bytes(
    struct exporting *x, const char *path, struct span body, struct err *e)
{
	if (put_head(x, span_of(path), SPAN_NONE, body.len, e) != 0 ||
	    put(x, body, e) != 0)
		return -1;
	return put_padding(x, body.len, e);
}

/* --- bodies of parts --- */

static int
open_body(const struct export_plan *p, size_t i, off_t *offset, struct err *e)
{
	const struct layout_part *part = &p->parts[i];
	char hex[DIGEST_HEX_SIZE];
	int fd;

	*offset = 0;
	if (part->kind == LAYOUT_IS_PATCH) {
		*offset = (off_t)p->items[i].spool_offset;
		fd = fcntl(p->spool, F_DUPFD_CLOEXEC, 0);
	} else if (part->kind == LAYOUT_IS_METADATA) {
		/* The plan's names end with NUL. */
		fd = openat(
		    p->repository->dirfd, part->name.ptr, O_RDONLY | O_CLOEXEC);
	} else {
		fd = openat(p->store->dirfd, digest_hex(&part->sha256, hex),
		    O_RDONLY | O_CLOEXEC);
	}
	if (fd == -1)
		err_system(e, "%.*s", SPAN_ARG(part->name));
	return fd;
}

/* 1: *n bytes, at least one, in the chunk; -1. */
static int
read_chunk(struct exporting *x, int fd, off_t offset, uint64_t left, size_t *n,
    struct err *e)
{
	size_t want = left < CHUNK ? (size_t)left : CHUNK;
	ssize_t got;

	do
		got = pread(fd, x->chunk, want, offset);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		return err_system(e, "cannot read");
	if (got == 0)
		return err_set(e, ERR_UNTRUSTED, "is cut off on the disk");
	*n = (size_t)got;
	return 1;
}

/* What has rotted in the store is noticed here, and not on the other side. */
static int
copy_body(struct exporting *x, const struct layout_part *part, int fd,
    off_t offset, struct err *e)
{
	struct digest_ctx *c = digest_new();
	uint64_t left = part->size_bytes;
	struct digest d;
	size_t n = 0;
	int rc = 0;

	while (left > 0 && rc == 0) {
		rc = -1;
		if (read_chunk(x, fd, offset, left, &n, e) != 1)
			break;
		digest_update(c, x->chunk, n);
		rc = put(x, span_make(x->chunk, n), e);
		offset += (off_t)n;
		left -= n;
	}
	digest_final(c, &d);
	digest_free(c);
	if (rc == 0 && !digest_eq(&d, &part->sha256))
		rc = err_set(e, ERR_UNTRUSTED,
		    "is not what it was when it was accepted: the disk has "
		    "changed it");
	return rc;
}

static int
put_body(struct exporting *x, size_t i, struct err *e)
{
	const struct layout_part *part = &x->plan->parts[i];
	off_t offset;
	int fd, rc;

	if (x->counts) {
		x->total += part->size_bytes;
		return 0;
	}
	fd = open_body(x->plan, i, &offset, e);
	if (fd == -1)
		return -1;
	rc = copy_body(x, part, fd, offset, e);
	if (rc != 0)
		err_context(e, "%.*s", SPAN_ARG(part->name));
	close(fd);
	return rc;
}

/* --- the order of the tar --- */

static int
put_part(struct exporting *x, size_t i, struct err *e)
{
	const struct layout_part *part = &x->plan->parts[i];
	unsigned k;

	buf_reset(&x->path);
	layout_blob_path(&x->path, &part->sha256);
	if (x->plan->items[i].is_first &&
	    (put_head(x, buf_span(&x->path), SPAN_NONE, part->size_bytes, e) !=
		    0 ||
		put_body(x, i, e) != 0 ||
		put_padding(x, part->size_bytes, e) != 0))
		return -1;
	for (k = 0;; k++) {
		buf_reset(&x->link);
		if (layout_link_path(&x->link, part, k) == 0)
			return 0;
		if (put_head(x, buf_span(&x->link), buf_span(&x->path), 0, e) !=
		    0)
			return -1;
	}
}

static int
put_blob(struct exporting *x, struct span bytes, struct err *e)
{
	struct digest d;

	digest_of(bytes, &d);
	buf_reset(&x->path);
	layout_blob_path(&x->path, &d);
	return put_bytes(x, buf_str(&x->path), bytes, e);
}

static int
put_all(struct exporting *x, struct err *e)
{
	const struct export_plan *p = x->plan;
	struct buf index = { 0 };
	size_t i;
	int rc;

	layout_index(&index, &p->manifest_digest, p->manifest.len);
	rc = put_bytes(x, "oci-layout", layout_oci(), e);
	if (rc == 0)
		rc = put_bytes(x, "index.json", buf_span(&index), e);
	if (rc == 0)
		rc = put_blob(x, buf_span(&p->manifest), e);
	if (rc == 0)
		rc = put_blob(x, layout_config(), e);
	for (i = 0; i < p->n && rc == 0; i++)
		rc = put_part(x, i, e);
	buf_cleanup(&index);
	buf_reset(&x->text);
	tar_end(&x->text);
	return rc == 0 ? put(x, buf_span(&x->text), e) : -1;
}

/* --- the whole --- */

static int
write_file(struct exporting *x, unsigned *n_files, struct err *e)
{
	const struct export_options *o = x->options;
	int rc = -1;

	x->counts = true;
	if (put_all(x, e) != 0)
		return -1;
	x->counts = false;
	x->chunk = xmalloc(CHUNK);
	if (export_out_open(&x->out, o->path, o->split, x->total, e) == 0 &&
	    put_all(x, e) == 0)
		rc = export_out_commit(&x->out, n_files, e);
	export_out_abandon(&x->out);
	free(x->chunk);
	return rc;
}

static int
export_plan(struct export_plan *p, const struct export_options *o,
    struct export_result *out, struct err *e)
{
	struct exporting x = { .plan = p, .options = o };
	int rc = write_file(&x, &out->n_files, e);

	out->manifest = p->manifest_digest;
	out->size_bytes = x.total;
	out->n_targets = p->n_targets;
	out->n_whole = p->n_whole;
	out->n_patches = p->n_patches;
	buf_cleanup(&x.path);
	buf_cleanup(&x.link);
	buf_cleanup(&x.text);
	return rc;
}

/* Where there is none, the plan says what to do. */
static int
open_repository(struct repository *r, int statefd, struct err *e)
{
	if (repository_open(r, statefd, false, e) == 0)
		return 0;
	return e->code == ERR_MISSING ? 0 : -1;
}

int
export_run(const struct state *s, struct db *catalog, const struct store *store,
    const struct export_options *o, struct export_result *out, struct err *e)
{
	struct repository r = { -1 };
	struct export_plan p = {
		.repository = &r, .store = store, .spool = -1
	};
	int rc = -1;

	*out = (struct export_result){ 0 };
	if (open_repository(&r, s->dirfd, e) == 0 &&
	    export_plan_make(&p, catalog, o, e) == 0 &&
	    export_plan_patches(&p, catalog, s->dirfd, o, e) == 0 &&
	    export_plan_manifest(&p, o, e) == 0)
		rc = export_plan(&p, o, out, e);
	export_plan_cleanup(&p);
	repository_close(&r);
	return rc;
}
