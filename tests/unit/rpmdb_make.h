/* SPDX-License-Identifier: Apache-2.0 */
/* rpm's databases for tests: ndb, and Berkeley DB's hash. */
#ifndef TESTS_UNIT_RPMDB_MAKE_H
#define TESTS_UNIT_RPMDB_MAKE_H

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "tests/unit/rpm_make.h"

static inline void
rpmdb_le32(struct buf *b, size_t at, uint32_t v)
{
	size_t i;

	for (i = 0; i < 4; i++)
		b->ptr[at + i] = (char)(v >> (8 * i));
}

static inline void
rpmdb_zeros(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_add_char(b, '\0');
}

/* "package-N", with a version so long that n bytes are surely there. */
static inline void
rpmdb_header(struct buf *out, unsigned i, size_t n)
{
	struct buf version = { 0 };
	char name[32];

	snprintf(name, sizeof(name), "package-%u", i);
	buf_add_str(&version, "1.0");
	while (version.len < n)
		buf_add_char(&version, '0');
	rpm_make_package(out, name, buf_str(&version));
	buf_cleanup(&version);
}

#define NDB_SLOTS ((size_t)4096)
#define NDB_SLOT(i) (32 + (size_t)(i)*16)

/* A blob and its slot, both of the number i + 1; returns where it begins. */
static inline size_t
ndb_add(struct buf *db, unsigned i, struct span header)
{
	size_t at = db->len;
	size_t slot = NDB_SLOT(i);
	size_t tail;

	buf_add_str(db, "BlbS");
	rpmdb_zeros(db, 12);
	rpmdb_le32(db, at + 4, i + 1);
	rpmdb_le32(db, at + 12, (uint32_t)header.len);
	buf_add_span(db, header);
	while ((db->len + 12) % 16 != 0)
		buf_add_char(db, '\0');
	tail = db->len;
	rpmdb_zeros(db, 8);
	buf_add_str(db, "BlbE");
	rpmdb_le32(db, tail,
	    (uint32_t)adler32_z(
		1, (const unsigned char *)db->ptr + at, tail - at));
	rpmdb_le32(db, tail + 4, (uint32_t)header.len);
	rpmdb_le32(db, slot + 4, i + 1);
	rpmdb_le32(db, slot + 8, (uint32_t)(at / 16));
	rpmdb_le32(db, slot + 12, (uint32_t)((db->len - at) / 16));
	return at;
}

/* One page of slots, and the packages 1 to n. */
static inline void
ndb_make(struct buf *db, unsigned n)
{
	struct buf header = { 0 };
	unsigned i;

	buf_add_str(db, "RpmP");
	rpmdb_zeros(db, NDB_SLOTS - 4);
	rpmdb_le32(db, 12, 1);
	for (i = 0; NDB_SLOT(i) < NDB_SLOTS; i++)
		memcpy(db->ptr + NDB_SLOT(i), "Slot", 4);
	for (i = 0; i < n; i++) {
		buf_reset(&header);
		rpmdb_header(&header, i + 1, i * 7);
		ndb_add(db, i, buf_span(&header));
	}
	buf_cleanup(&header);
}

#define BDB_PAGE 512u
#define BDB_PAGES_MAX 64u

struct bdb_make {
	bool big;       /* byte order */
	uint32_t type;  /* of the pages: 13 or 2 */
	uint32_t pages; /* 0: 1 */
	uint32_t pairs;
	char bytes[BDB_PAGES_MAX * BDB_PAGE];
};

static inline void
bdb_put(struct bdb_make *m, size_t at, uint32_t v, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		m->bytes[at + i] =
		    (char)(v >> (8 * (m->big ? size - 1 - i : i)));
}

static inline uint32_t
bdb_page(struct bdb_make *m, uint32_t type)
{
	uint32_t n = m->pages == 0 ? 1 : m->pages;

	m->pages = n + 1;
	bdb_put(m, n * BDB_PAGE + 8, n, 4);
	m->bytes[n * BDB_PAGE + 25] = (char)type;
	return n;
}

/* The value in a chain of pages, an item that points there. */
static inline void
bdb_chain(struct bdb_make *m, struct span value, char item[12])
{
	size_t size = value.len;
	uint32_t first = m->pages;

	while (value.len > 0) {
		uint32_t page = bdb_page(m, 7);
		size_t at = page * BDB_PAGE;
		size_t n = value.len > 100 ? 100 : value.len;

		memcpy(m->bytes + at + 26, value.ptr, n);
		bdb_put(m, at + 22, (uint32_t)n, 2);
		value = span_from(value, n);
		bdb_put(m, at + 16, value.len > 0 ? page + 1 : 0, 4);
	}
	memset(item, 0, 12);
	item[0] = 3;
	/* Through the page's bytes, as they know the byte order. */
	bdb_put(m, sizeof(m->bytes) - 8, first, 4);
	bdb_put(m, sizeof(m->bytes) - 4, (uint32_t)size, 4);
	memcpy(item + 4, m->bytes + sizeof(m->bytes) - 8, 8);
	memset(m->bytes + sizeof(m->bytes) - 8, 0, 8);
}

/* A page of one pair. */
static inline void
bdb_pair(struct bdb_make *m, uint32_t key, struct span item)
{
	size_t at = bdb_page(m, m->type) * BDB_PAGE;
	size_t k = BDB_PAGE - 5;
	size_t v = k - item.len;

	m->bytes[at + k] = 1;
	bdb_put(m, at + k + 1, key, 4);
	memcpy(m->bytes + at + v, item.ptr, item.len);
	bdb_put(m, at + 20, 2, 2);
	bdb_put(m, at + 22, (uint32_t)v, 2);
	bdb_put(m, at + 26, (uint32_t)k, 2);
	bdb_put(m, at + 28, (uint32_t)v, 2);
	m->pairs++;
}

static inline void
bdb_finish(struct bdb_make *m, struct buf *out)
{
	bdb_put(m, 12, 0x00061561, 4);
	bdb_put(m, 16, 9, 4);
	bdb_put(m, 20, BDB_PAGE, 4);
	m->bytes[25] = 8;
	bdb_put(m, 32, m->pages - 1, 4);
	bdb_put(m, 88, m->pairs, 4);
	buf_add(out, m->bytes, m->pages * BDB_PAGE);
}

/* rpm's counter, package 1 on a page, packages 2 to n in chains. */
static inline void
bdb_make(struct buf *db, bool big, uint32_t type, unsigned n)
{
	struct bdb_make m = { .big = big, .type = type };
	struct buf header = { 0 };
	char item[12];
	unsigned i;

	bdb_pair(&m, 0, SPAN_LIT("\1abcd"));
	for (i = 1; i <= n; i++) {
		buf_reset(&header);
		if (i == 1) {
			buf_add_char(&header, '\1');
			rpmdb_header(&header, i, 0);
			bdb_pair(&m, i, buf_span(&header));
			continue;
		}
		rpmdb_header(&header, i, i * 50);
		bdb_chain(&m, buf_span(&header), item);
		bdb_pair(&m, i, span_make(item, sizeof(item)));
	}
	bdb_finish(&m, db);
	buf_cleanup(&header);
}

#endif
