/* SPDX-License-Identifier: Apache-2.0 */
/* rpm's own database, Packages.db: slots, then blobs (FORMATS §11.4). */
#include <zlib.h>

#include "scanner/bytes.h"
#include "scanner/pkgdb_rpm.h"

#define HEADER_SIZE ((size_t)32)
#define HEADER_MAGIC "RpmP"
#define HEADER_VERSION 4
#define HEADER_N_PAGES 12 /* of slots, this header in them */
#define PAGE_SIZE ((size_t)4096)

#define SLOT_SIZE ((size_t)16)
#define SLOT_MAGIC "Slot"

#define BLOCK_SIZE ((size_t)16)
#define BLOB_MAGIC "BlbS"
#define BLOB_HEAD_SIZE ((size_t)16)
#define BLOB_TAIL_SIZE ((size_t)12)
#define BLOB_END_MAGIC "BlbE"

struct ndb {
	struct span bytes;
	struct span slots;
	size_t n_blocks; /* of all blobs that were read */
	struct rpm_rows rows;
};

struct slot {
	uint32_t index; /* the package's number */
	size_t offset;  /* bytes */
	size_t size;
};

static int
head_check(struct ndb *n, struct err *e)
{
	size_t size;

	if (n->bytes.len < HEADER_SIZE ||
	    !span_has_prefix(n->bytes, HEADER_MAGIC))
		return err_set(e, ERR_FORMAT, "is no ndb database of rpm");
	if (bytes_le32(n->bytes, HEADER_VERSION) != 0)
		return err_set(e, ERR_FORMAT,
		    "is an ndb database of version %u, and 0 is known",
		    bytes_le32(n->bytes, HEADER_VERSION));
	size = (size_t)bytes_le32(n->bytes, HEADER_N_PAGES) * PAGE_SIZE;
	if (size == 0 || size > n->bytes.len)
		return err_set(e, ERR_FORMAT,
		    "ends early: %zu bytes, and its slots alone take %zu",
		    n->bytes.len, size);
	n->slots = span_from(span_first(n->bytes, size), HEADER_SIZE);
	return 0;
}

/* A blob is its head, the header, zeros up to a block, and its tail. */
static int
blob_check(
    const struct slot *s, struct span blob, struct span *header, struct err *e)
{
	struct span tail = span_from(blob, blob.len - BLOB_TAIL_SIZE);
	size_t size = bytes_le32(blob, 12);
	uint32_t sum;

	if (!span_has_prefix(blob, BLOB_MAGIC) ||
	    bytes_le32(blob, 4) != s->index ||
	    size > blob.len - BLOB_HEAD_SIZE - BLOB_TAIL_SIZE ||
	    blob.len - BLOB_HEAD_SIZE - BLOB_TAIL_SIZE - size >= BLOCK_SIZE ||
	    bytes_le32(tail, 4) != size ||
	    !span_has_suffix(tail, BLOB_END_MAGIC))
		return err_set(e, ERR_FORMAT, "not what its slot says");
	sum = (uint32_t)adler32_z(
	    1, (const unsigned char *)blob.ptr, blob.len - BLOB_TAIL_SIZE);
	if (sum != bytes_le32(tail, 0))
		return err_set(e, ERR_FORMAT, "its checksum is another");
	*header = span_first(span_from(blob, BLOB_HEAD_SIZE), size);
	return 0;
}

static int
slot_read(struct ndb *n, struct span text, struct err *e)
{
	struct slot s = { .index = bytes_le32(text, 4),
		.offset = bytes_le32(text, 8) * BLOCK_SIZE,
		.size = bytes_le32(text, 12) * BLOCK_SIZE };
	size_t start = HEADER_SIZE + n->slots.len;
	struct span header = SPAN_NONE;
	struct err why;

	if (!span_has_prefix(text, SLOT_MAGIC))
		return err_set(e, ERR_FORMAT, "a slot that is none");
	if (s.offset == 0)
		return 0;
	n->n_blocks += s.size / BLOCK_SIZE;
	if (s.offset < start || s.size < BLOB_HEAD_SIZE + BLOB_TAIL_SIZE ||
	    s.offset > n->bytes.len || s.size > n->bytes.len - s.offset)
		return err_set(e, ERR_FORMAT,
		    "ends early, or slots point out of it: package %u",
		    s.index);
	/* Blobs do not overlap: hostile ones would be read again and again. */
	if (n->n_blocks > (n->bytes.len - start) / BLOCK_SIZE)
		return err_set(e, ERR_FORMAT,
		    "packages lie on each other: package %u", s.index);
	if (s.size > RPM_BLOB_MAX)
		return err_set(e, ERR_LIMIT, "package %u has more than %zu MiB",
		    s.index, RPM_BLOB_MAX >> 20);
	package_list_looked(n->rows.list, s.size);
	if (blob_check(&s, span_first(span_from(n->bytes, s.offset), s.size),
		&header, &why) != 0) {
		rpm_rows_bad(&n->rows, s.index, &why);
		return 0;
	}
	return rpm_rows_add(&n->rows, s.index, header, e);
}

int
rpm_ndb_read(
    struct package_list *l, struct span db, struct wanted *w, struct err *e)
{
	struct ndb n = { .bytes = db };
	size_t at;
	int rc;

	rpm_rows_start(&n.rows, l, w);
	rc = head_check(&n, e);
	for (at = 0; rc == 0 && at < n.slots.len; at += SLOT_SIZE)
		rc = slot_read(&n, span_from(n.slots, at), e);
	return rpm_rows_end(&n.rows, rc, e);
}
