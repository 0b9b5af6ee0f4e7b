/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <zstd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "scanner/inventory.h"
#include "scanner/results_impl.h"

#define ZSTD_LEVEL 3
#define ZSTD_LEVEL_RECORD 1

/* --- packing --- */

struct results_zstd {
	ZSTD_CCtx *pack;
	ZSTD_DCtx *unpack;
};

static struct results_zstd *
results_zstd_new(void)
{
	struct results_zstd *z = xcalloc(1, sizeof(*z));

	z->pack = ZSTD_createCCtx();
	z->unpack = ZSTD_createDCtx();
	if (z->pack == NULL || z->unpack == NULL)
		abort();
	return z;
}

/* NULL is fine */
static void
results_zstd_free(struct results_zstd *z)
{
	if (z == NULL)
		return;
	ZSTD_freeCCtx(z->pack);
	ZSTD_freeDCtx(z->unpack);
	free(z);
}

static void
pack_at(struct results_zstd *z, int level, struct span bytes, struct buf *out)
{
	size_t room = ZSTD_compressBound(bytes.len);
	size_t n;

	buf_reset(out);
	buf_reserve(out, room);
	n = ZSTD_compressCCtx(
	    z->pack, out->ptr, room, bytes.ptr, bytes.len, level);
	if (ZSTD_isError(n))
		abort();
	out->len = n;
}

void
results_pack(struct results_zstd *z, struct span bytes, struct buf *out)
{
	pack_at(z, ZSTD_LEVEL, bytes, out);
}

void
results_pack_record(struct results_zstd *z, struct span record, struct buf *out)
{
	pack_at(z, ZSTD_LEVEL_RECORD, record, out);
}

/* Adds exactly size bytes to out. */
static int
results_unpack(struct results_zstd *z, struct span packed, uint64_t size,
    struct buf *out, struct err *e)
{
	size_t n;

	buf_reserve(out, (size_t)size + 1);
	n = ZSTD_decompressDCtx(z->unpack, out->ptr + out->len, (size_t)size,
	    packed.ptr, packed.len);
	if (ZSTD_isError(n) || n != size)
		return err_set(
		    e, ERR_FORMAT, "results.sqlite is damaged: packed bytes");
	out->len += n;
	out->ptr[out->len] = '\0';
	return 0;
}

/* --- columns --- */

struct span
results_digest_span(const struct digest *d)
{
	return span_make(d->bytes, sizeof(d->bytes));
}

struct span
results_text(struct span v)
{
	return v.ptr == NULL ? SPAN_LIT("") : v;
}

bool
results_digest(struct span column, struct digest *out)
{
	size_t i;

	if (column.len != sizeof(out->bytes))
		return false;
	for (i = 0; i < column.len; i++)
		out->bytes[i] = (uint8_t)column.ptr[i];
	return true;
}

int
results_column(struct results *r, struct db_stmt *s, int column, size_t max,
    struct buf *bytes, struct err *e)
{
	int64_t size = db_int(s, column + 1);

	if (size < 0 || (uint64_t)size > max)
		return err_set(
		    e, ERR_FORMAT, "results.sqlite is damaged: a size");
	return results_unpack(
	    r->zstd, db_blob(s, column), (uint64_t)size, bytes, e);
}

/* --- the file --- */

int
results_open(
    struct results **out, const struct state *s, bool writes, struct err *e)
{
	struct results *r = xcalloc(1, sizeof(*r));
	struct buf path = { 0 };
	int rc;

	buf_printf(&path, "%s/results.sqlite", s->path);
	rc = db_open(&r->db, buf_str(&path), &SCHEMA_RESULTS,
	    writes ? DB_WRITE_SOON : DB_READ_SOON, e);
	buf_cleanup(&path);
	if (rc != 0) {
		free(r);
		return -1;
	}
	r->zstd = results_zstd_new();
	if (writes && results_latest_fill(r, e) != 0) {
		results_close(r);
		return -1;
	}
	*out = r;
	return 0;
}

void
results_close(struct results *r)
{
	if (r == NULL)
		return;
	db_close(r->db);
	results_zstd_free(r->zstd);
	buf_cleanup(&r->packed);
	free(r);
}

int
results_begin(struct results *r, struct err *e)
{
	return db_begin(r->db, e);
}

int
results_commit(struct results *r, struct err *e)
{
	return db_commit(r->db, e);
}

void
results_rollback(struct results *r)
{
	db_rollback(r->db);
}

/* --- layers --- */

/* 1: the row is open; 0: there is none; -1. */
static int
find_layer(struct results *r, const struct digest *diff_id,
    const struct digest *wanted, struct db_stmt **s, struct err *e)
{
	*s = db_query(r->db, QUERY_RESULTS_LAYER_GET);
	db_bind_blob(*s, "diff_id", results_digest_span(diff_id));
	db_bind_blob(*s, "wanted", results_digest_span(wanted));
	return db_step(*s, e);
}

int
results_layer_get(struct results *r, const struct digest *diff_id,
    const struct digest *wanted, struct buf *bytes, struct err *e)
{
	struct db_stmt *s;
	int rc = find_layer(r, diff_id, wanted, &s, e);

	if (rc == 1 &&
	    results_column(r, s, 1, RESULTS_LAYER_MAX, bytes, e) != 0)
		rc = -1;
	db_reset(s);
	return rc;
}

int
results_layer_put(struct results *r, const struct digest *diff_id,
    const struct digest *wanted, struct span bytes, struct err *e)
{
	struct db_stmt *s;

	if (bytes.len > RESULTS_LAYER_MAX)
		return 0; /* it is read again instead */
	results_pack(r->zstd, bytes, &r->packed);
	s = db_query(r->db, QUERY_RESULTS_LAYER_PUT);
	db_bind_blob(s, "diff_id", results_digest_span(diff_id));
	db_bind_blob(s, "wanted", results_digest_span(wanted));
	db_bind_blob(s, "data", buf_span(&r->packed));
	db_bind_int(s, "size_bytes", (int64_t)bytes.len);
	db_bind_int(s, "used", clock_now());
	return db_run(s, e);
}

int
results_layer_touch(struct results *r, const struct digest *diff_id,
    const struct digest *wanted, struct err *e)
{
	struct db_stmt *s;
	int64_t id = 0;
	int rc = find_layer(r, diff_id, wanted, &s, e);

	if (rc == 1)
		id = db_int(s, 0);
	db_reset(s);
	if (rc != 1)
		return rc;
	s = db_query(r->db, QUERY_RESULTS_LAYER_TOUCH);
	db_bind_int(s, "id", id);
	db_bind_int(s, "used", clock_now());
	return db_run(s, e);
}

/* --- inventories --- */

static int
proved(
    struct span bytes, const struct digest *d, const char *what, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest is;

	digest_of(bytes, &is);
	if (digest_eq(&is, d))
		return 0;
	return err_set(e, ERR_UNTRUSTED,
	    "%s sha256:%s has other bytes than its digest says", what,
	    digest_hex(d, hex));
}

int
results_inventory_put(
    struct results *r, const struct results_inventory *i, struct err *e)
{
	struct db_stmt *s;

	if (proved(i->bytes, &i->digest, "inventory", e) != 0)
		return -1;
	results_pack(r->zstd, i->bytes, &r->packed);
	s = db_query(r->db, QUERY_RESULTS_INVENTORY_PUT);
	db_bind_blob(s, "digest", results_digest_span(&i->digest));
	db_bind_blob(s, "data", buf_span(&r->packed));
	db_bind_int(s, "size_bytes", (int64_t)i->bytes.len);
	db_bind_int(s, "n_packages", (int64_t)i->n_packages);
	db_bind_text(s, "os", results_text(i->os));
	db_bind_int(s, "used", clock_now());
	return db_run(s, e);
}

int
results_inventory_get(
    struct results *r, const struct digest *d, struct buf *bytes, struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_INVENTORY_FIND);
	size_t at = bytes->len;
	int rc;

	db_bind_blob(s, "digest", results_digest_span(d));
	rc = db_step(s, e);
	if (rc == 1 &&
	    results_column(r, s, 1, INVENTORY_SIZE_MAX, bytes, e) != 0)
		rc = -1;
	db_reset(s);
	if (rc == 1 &&
	    proved(span_from(buf_span(bytes), at), d, "inventory", e) != 0)
		rc = -1;
	return rc;
}
