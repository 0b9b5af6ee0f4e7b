/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scanner/bytes.h"
#include "scanner/pkgdb_sqlite_wal.h"

#define WAL_MAGIC 0x377f0682u /* the lowest bit: checksums are big-endian */
#define WAL_VERSION 3007000u
#define WAL_HEADER_SIZE ((size_t)32)
#define FRAME_HEADER_SIZE ((size_t)24)
#define PAGE_SIZE_MIN 512u
#define PAGE_SIZE_MAX 65536u
#define DB_HEADER_SIZE ((size_t)100)

struct checksum {
	uint32_t s0;
	uint32_t s1;
};

struct wal {
	struct span frames;
	size_t page_size;
	size_t n_frames;  /* up to the last commit */
	uint32_t n_pages; /* of the database after it */
	bool big_endian;
	struct package_list *list; /* may be NULL */
};

/* §4.2; bytes are a multiple of eight. */
static void
checksum_add(struct checksum *c, struct span bytes, bool big_endian)
{
	size_t i;

	for (i = 0; i + 8 <= bytes.len; i += 8) {
		c->s0 +=
		    (big_endian ? bytes_be32(bytes, i) : bytes_le32(bytes, i)) +
		    c->s1;
		c->s1 += (big_endian ? bytes_be32(bytes, i + 4)
				     : bytes_le32(bytes, i + 4)) +
		    c->s0;
	}
}

static bool
checksum_holds(const struct checksum *c, struct span stored)
{
	return bytes_be32(stored, 0) == c->s0 && bytes_be32(stored, 4) == c->s1;
}

static bool
valid_page_size(uint32_t size)
{
	return size >= PAGE_SIZE_MIN && size <= PAGE_SIZE_MAX &&
	    (size & (size - 1)) == 0;
}

/* 1: a log with a header that holds; 0: as if there were none. */
static int
header_read(struct span log, struct wal *w, struct checksum *sum, struct err *e)
{
	uint32_t magic;

	if (log.len < WAL_HEADER_SIZE)
		return 0;
	magic = bytes_be32(log, 0);
	w->big_endian = (magic & 1) != 0;
	w->page_size = bytes_be32(log, 8);
	checksum_add(sum, span_first(log, 24), w->big_endian);
	if ((magic & ~1u) != WAL_MAGIC ||
	    !valid_page_size(bytes_be32(log, 8)) ||
	    !checksum_holds(sum, span_from(log, 24)))
		return 0;
	if (bytes_be32(log, 4) != WAL_VERSION)
		return err_set(e, ERR_FORMAT,
		    "a write-ahead log of version %u: not known",
		    bytes_be32(log, 4));
	return 1;
}

static struct span
frame_at(const struct wal *w, size_t i)
{
	size_t size = FRAME_HEADER_SIZE + w->page_size;

	return span_first(span_from(w->frames, i * size), size);
}

/* Finds the last frame that ends a transaction. */
static void
frames_scan(struct wal *w, struct span salts, struct checksum sum)
{
	size_t n = w->frames.len / (FRAME_HEADER_SIZE + w->page_size);
	size_t i;

	for (i = 0; i < n; i++) {
		struct span f = frame_at(w, i);

		if (bytes_be32(f, 0) == 0 ||
		    !span_eq(span_first(span_from(f, 8), 8), salts))
			return;
		package_list_looked(w->list, f.len);
		checksum_add(&sum, span_first(f, 8), w->big_endian);
		checksum_add(
		    &sum, span_from(f, FRAME_HEADER_SIZE), w->big_endian);
		if (!checksum_holds(&sum, span_from(f, 16)))
			return;
		if (bytes_be32(f, 4) != 0) {
			w->n_frames = i + 1;
			w->n_pages = bytes_be32(f, 4);
		}
	}
}

static int
check_fit(const struct buf *db, const struct wal *w, size_t max, struct err *e)
{
	struct span head = buf_span(db);
	size_t page_size;

	if (db->len >= DB_HEADER_SIZE) {
		page_size = bytes_be16(head, 16);
		if (page_size == 1) /* §1.3.2 */
			page_size = PAGE_SIZE_MAX;
		if (page_size != w->page_size)
			return err_set(e, ERR_FORMAT,
			    "a write-ahead log with pages of %zu bytes beside "
			    "a database with pages of %zu",
			    w->page_size, page_size);
	}
	if (w->n_pages > max / w->page_size)
		return err_set(e, ERR_LIMIT,
		    "a database of %u pages of %zu bytes: larger than %zu "
		    "bytes",
		    w->n_pages, w->page_size, max);
	return 0;
}

static void
resize(struct buf *db, size_t size)
{
	if (size > db->len) {
		buf_reserve(db, size - db->len);
		memset(db->ptr + db->len, 0, size - db->len);
	}
	db->len = size;
}

int
wal_apply(struct buf *db, struct span log, size_t max, struct package_list *l,
    struct err *e)
{
	struct wal w = { .list = l };
	struct checksum sum = { 0 };
	size_t i;
	int rc = header_read(log, &w, &sum, e);

	if (rc != 1)
		return rc;
	w.frames = span_from(log, WAL_HEADER_SIZE);
	frames_scan(&w, span_first(span_from(log, 16), 8), sum);
	if (w.n_frames == 0)
		return 0;
	if (check_fit(db, &w, max, e) != 0)
		return -1;
	resize(db, w.n_pages * w.page_size);
	for (i = 0; i < w.n_frames; i++) {
		struct span f = frame_at(&w, i);
		uint32_t page = bytes_be32(f, 0);

		package_list_looked(l, 2 * f.len);
		/* A later transaction may have cut the database shorter. */
		if (page <= w.n_pages)
			memcpy(db->ptr + (page - 1) * w.page_size,
			    f.ptr + FRAME_HEADER_SIZE, w.page_size);
	}
	return 0;
}
