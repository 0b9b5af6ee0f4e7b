/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages as a hash of Berkeley DB, in the byte order of the machine that
 * wrote it (FORMATS §11.4). Every page is looked at, not bucket by bucket:
 * what lies on one is in the database whatever the hash of its key.
 */
#include "scanner/bytes.h"
#include "scanner/pkgdb_rpm.h"

#define META_SIZE ((size_t)512)
#define META_MAGIC 12
#define META_VERSION 16
#define META_PAGE_SIZE 20
#define META_ENCRYPTION 24
#define META_FLAGS 26 /* 1: pages carry checksums */
#define META_LAST_PAGE 32
#define META_N_ITEMS 88
#define HASH_MAGIC 0x00061561u
#define VERSION_MIN 7u
#define VERSION_MAX 10u
#define PAGE_SIZE_MIN 512u
#define PAGE_SIZE_MAX 65536u

#define PAGE_NEXT 16
#define PAGE_N_ENTRIES 20
#define PAGE_LENGTH 22 /* of an overflow page: bytes on it */
#define PAGE_TYPE 25
#define PAGE_HEAD_SIZE ((size_t)26)

enum page_type {
	PAGE_HASH_UNSORTED = 2,
	PAGE_OVERFLOW = 7,
	PAGE_HASH_META = 8,
	PAGE_HASH = 13,
};

enum item_type {
	ITEM_KEYDATA = 1,
	ITEM_OFFPAGE = 3,
};

#define ITEM_OFFPAGE_SIZE 12u
#define KEY_SIZE 4u /* a package's number */

struct bdb {
	struct span bytes;
	bool big;
	size_t page_size;
	uint32_t n_pages;
	uint32_t n_said;  /* pairs that there should be */
	uint32_t n_found; /* pairs that were read */
	size_t chained;   /* bytes of all chains that were read */
	struct buf value; /* one chain, put together */
	struct rpm_rows rows;
};

static uint32_t
get16(const struct bdb *b, struct span s, size_t at)
{
	return b->big ? bytes_be16(s, at)
		      : bytes_at(s, at) | bytes_at(s, at + 1) << 8;
}

static uint32_t
get32(const struct bdb *b, struct span s, size_t at)
{
	return b->big ? bytes_be32(s, at) : bytes_le32(s, at);
}

static struct span
page_of(const struct bdb *b, uint32_t n)
{
	return span_first(
	    span_from(b->bytes, (size_t)n * b->page_size), b->page_size);
}

static int
meta_check(const struct bdb *b, struct err *e)
{
	uint32_t version = get32(b, b->bytes, META_VERSION);

	if (version < VERSION_MIN || version > VERSION_MAX)
		return err_set(e, ERR_FORMAT,
		    "is a hash of Berkeley DB of version %u, and %u to %u are "
		    "known",
		    version, VERSION_MIN, VERSION_MAX);
	if (bytes_at(b->bytes, PAGE_TYPE) != PAGE_HASH_META ||
	    bytes_at(b->bytes, META_ENCRYPTION) != 0 ||
	    (bytes_at(b->bytes, META_FLAGS) & 1) != 0)
		return err_set(e, ERR_FORMAT,
		    "is a hash of Berkeley DB as rpm writes none");
	if (b->page_size < PAGE_SIZE_MIN || b->page_size > PAGE_SIZE_MAX ||
	    (b->page_size & (b->page_size - 1)) != 0)
		return err_set(
		    e, ERR_FORMAT, "has pages of %zu bytes", b->page_size);
	return 0;
}

static int
meta_read(struct bdb *b, struct err *e)
{
	uint32_t last;

	if (b->bytes.len < META_SIZE ||
	    (bytes_be32(b->bytes, META_MAGIC) != HASH_MAGIC &&
		bytes_le32(b->bytes, META_MAGIC) != HASH_MAGIC))
		return err_set(e, ERR_FORMAT, "is no hash of Berkeley DB");
	b->big = bytes_be32(b->bytes, META_MAGIC) == HASH_MAGIC;
	b->page_size = get32(b, b->bytes, META_PAGE_SIZE);
	if (meta_check(b, e) != 0)
		return -1;
	last = get32(b, b->bytes, META_LAST_PAGE);
	if (last >= b->bytes.len / b->page_size)
		return err_set(e, ERR_FORMAT,
		    "ends early: %zu bytes, and its last page is number %u of "
		    "%zu bytes",
		    b->bytes.len, last, b->page_size);
	/* Pages that were added after the last one was written down count. */
	b->n_pages = (uint32_t)(b->bytes.len / b->page_size);
	b->n_said = get32(b, b->bytes, META_N_ITEMS);
	return 0;
}

/*
 * Puts the pages of a chain together. Its length is known, and every page
 * must add to it, so that a loop ends.
 */
static int
chain_read(struct bdb *b, struct span item, struct err *e)
{
	uint32_t n = get32(b, item, 4);
	size_t size = get32(b, item, 8);

	buf_reset(&b->value);
	/* Each page is of one chain. */
	if (size > b->bytes.len - b->chained)
		return err_set(e, ERR_FORMAT,
		    "chains of pages that are longer than the database");
	if (size > RPM_BLOB_MAX)
		return err_set(
		    e, ERR_LIMIT, "has more than %zu MiB", RPM_BLOB_MAX >> 20);
	b->chained += size;
	while (b->value.len < size) {
		struct span page;
		uint32_t len;

		if (n == 0 || n >= b->n_pages)
			return err_set(e, ERR_FORMAT,
			    "a chain of pages that leads out of the database");
		page = page_of(b, n);
		len = get16(b, page, PAGE_LENGTH);
		if (bytes_at(page, PAGE_TYPE) != PAGE_OVERFLOW || len == 0 ||
		    len > b->page_size - PAGE_HEAD_SIZE ||
		    len > size - b->value.len)
			return err_set(
			    e, ERR_FORMAT, "a chain of pages that is broken");
		buf_add_span(&b->value,
		    span_first(span_from(page, PAGE_HEAD_SIZE), len));
		n = get32(b, page, PAGE_NEXT);
	}
	return 0;
}

/* The value of one package. */
static int
value_read(struct bdb *b, uint32_t number, struct span item, struct err *e)
{
	struct err why;
	int rc = -1;

	switch (item.len > 0 ? bytes_at(item, 0) : 0) {
	case ITEM_KEYDATA:
		return rpm_rows_add(&b->rows, number, span_from(item, 1), e);
	case ITEM_OFFPAGE:
		if (item.len != ITEM_OFFPAGE_SIZE)
			err_set(&why, ERR_FORMAT, "a broken item");
		else
			rc = chain_read(b, item, &why);
		break;
	default:
		err_set(&why, ERR_FORMAT, "an item that rpm does not write");
	}
	if (rc == 0)
		return rpm_rows_add(&b->rows, number, buf_span(&b->value), e);
	rpm_rows_bad(&b->rows, number, &why);
	return 0;
}

/* Items stand at the page's end, the first one last. */
static bool
item_of(const struct bdb *b, struct span page, uint32_t i, struct span *item)
{
	size_t at = get16(b, page, PAGE_HEAD_SIZE + (size_t)i * 2);
	size_t end = i == 0
	    ? b->page_size
	    : get16(b, page, PAGE_HEAD_SIZE + (size_t)(i - 1) * 2);
	uint32_t n = get16(b, page, PAGE_N_ENTRIES);

	if (at < PAGE_HEAD_SIZE + (size_t)n * 2 || at >= end ||
	    end > b->page_size)
		return false;
	*item = span_first(span_from(page, at), end - at);
	return true;
}

static int
pair_read(struct bdb *b, struct span page, uint32_t i, struct err *e)
{
	struct span key, value;
	uint32_t number;

	if (!item_of(b, page, i, &key) || !item_of(b, page, i + 1, &value) ||
	    key.len != 1 + KEY_SIZE || bytes_at(key, 0) != ITEM_KEYDATA)
		return err_set(e, ERR_FORMAT, "a pair that is malformed");
	b->n_found++;
	/* Keys are in the database's byte order; 0 is rpm's counter. */
	number = get32(b, key, 1);
	return number == 0 ? 0 : value_read(b, number, value, e);
}

static int
page_read(struct bdb *b, uint32_t n, struct err *e)
{
	struct span page = page_of(b, n);
	uint32_t type = bytes_at(page, PAGE_TYPE);
	uint32_t n_entries = get16(b, page, PAGE_N_ENTRIES);
	uint32_t i;

	if (type != PAGE_HASH && type != PAGE_HASH_UNSORTED)
		return 0;
	if (n_entries % 2 != 0 ||
	    n_entries > (b->page_size - PAGE_HEAD_SIZE) / 2)
		return err_set(e, ERR_FORMAT, "page %u is malformed", n);
	for (i = 0; i < n_entries; i += 2)
		if (pair_read(b, page, i, e) != 0)
			return e->code == ERR_LIMIT
			    ? -1
			    : err_context(e, "page %u", n);
	return 0;
}

int
rpm_bdb_read(
    struct package_list *l, struct span db, struct wanted *w, struct err *e)
{
	struct bdb b = { .bytes = db };
	uint32_t i;
	int rc;

	rpm_rows_start(&b.rows, l, w);
	rc = meta_read(&b, e);
	for (i = 1; rc == 0 && i < b.n_pages; i++) {
		struct err why;

		package_list_looked(l, b.page_size);
		if (page_read(&b, i, &why) == 0)
			continue;
		if (why.code == ERR_LIMIT) {
			*e = why;
			rc = -1;
		}
		rpm_rows_bad(&b.rows, 0, &why);
	}
	if (rc == 0 && b.n_found < b.n_said) {
		struct err why;

		err_set(&why, ERR_FORMAT,
		    "says that it has %u entries, and %u were found", b.n_said,
		    b.n_found);
		rpm_rows_bad(&b.rows, 0, &why);
	}
	buf_cleanup(&b.value);
	return rpm_rows_end(&b.rows, rc, e);
}
