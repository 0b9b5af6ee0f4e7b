/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/bzip2_block.h"
#include "base/mem.h"

#define GROUP 50u            /* symbols in a row that use one table */
#define TABLES_MAX 6u        /* code tables of a block */
#define SYMBOLS_MAX 258u     /* bytes, less one, two run digits, the end */
#define CODE_MAX 20u         /* bits of a code */
#define SELECTORS_MAX 18002u /* groups of a full block, and what bzip2 adds */
#define LOOKUP_BITS 10u      /* codes up to here are found at once */
#define RUN_DIGITS_MAX 20u   /* more make a run longer than any block */

/* Bits, highest first. Reading goes on into the slack; position() tells. */
struct bits {
	const uint8_t *first;
	const uint8_t *next; /* byte to load next */
	uint64_t word;       /* the next n bits, at the top */
	unsigned n;
	size_t end; /* bit where the block must end */
};

struct table {
	uint16_t lookup[1u << LOOKUP_BITS]; /* symbol << 5 | length, or 0 */
	uint32_t limit[CODE_MAX + 1];  /* above a length's codes, 20 bits */
	uint32_t first[CODE_MAX + 1];  /* its first code, 20 bits */
	uint32_t place[CODE_MAX + 1];  /* that code's place in symbols */
	uint16_t symbols[SYMBOLS_MAX]; /* by code */
};

struct reader {
	struct bits bits;
	struct table tables[TABLES_MAX];
	uint8_t selectors[SELECTORS_MAX];
	uint8_t order[256]; /* the bytes that occur, the last one used first */
	unsigned n_used, n_tables, n_selectors;
	uint32_t max;      /* bytes of a block at this level */
	uint32_t run;      /* of order[0], told so far */
	unsigned n_digits; /* that told it */
};

/* At least 56 bits are there afterwards. */
static inline void
refill(struct bits *b)
{
	uint64_t more;

	memcpy(&more, b->next, 8);
	b->word |= be64toh(more) >> b->n;
	b->next += (63 - b->n) >> 3;
	b->n |= 56;
}

static inline void
drop(struct bits *b, unsigned n)
{
	b->word <<= n;
	b->n -= n;
}

static inline size_t
position(const struct bits *b)
{
	return (size_t)(b->next - b->first) * 8 - b->n;
}

static uint32_t
take(struct bits *b, unsigned n)
{
	uint32_t v;

	refill(b);
	v = (uint32_t)(b->word >> (64 - n));
	drop(b, n);
	return v;
}

/* Which bytes occur: first which sixteenths of them have any. */
static bool
read_used(struct reader *r)
{
	uint32_t rows = take(&r->bits, 16);
	unsigned row, i;

	for (row = 0; row < 16; row++) {
		uint32_t bytes = 0;

		if ((rows & (0x8000u >> row)) != 0)
			bytes = take(&r->bits, 16);
		for (i = 0; i < 16; i++)
			if ((bytes & (0x8000u >> i)) != 0)
				r->order[r->n_used++] = (uint8_t)(row * 16 + i);
	}
	return r->n_used > 0;
}

static bool
read_selectors(struct reader *r)
{
	uint8_t order[TABLES_MAX] = { 0, 1, 2, 3, 4, 5 };
	unsigned i;

	r->n_tables = take(&r->bits, 3);
	r->n_selectors = take(&r->bits, 15);
	if (r->n_tables < 2 || r->n_tables > TABLES_MAX ||
	    r->n_selectors == 0 || r->n_selectors > SELECTORS_MAX)
		return false;
	for (i = 0; i < r->n_selectors; i++) {
		unsigned j = 0;
		uint8_t table;

		while (j < r->n_tables && take(&r->bits, 1) == 1)
			j++;
		if (j == r->n_tables || position(&r->bits) > r->bits.end)
			return false;
		table = order[j];
		memmove(order + 1, order, j);
		order[0] = table;
		r->selectors[i] = table;
	}
	return true;
}

/* Code lengths are told as steps up and down from one to the next. */
static bool
read_lengths(struct reader *r, uint8_t *lengths, unsigned n)
{
	uint32_t length = take(&r->bits, 5);
	unsigned i;

	for (i = 0; i < n; i++) {
		while (length >= 1 && length <= CODE_MAX &&
		    position(&r->bits) < r->bits.end && take(&r->bits, 1) == 1)
			length += take(&r->bits, 1) == 0 ? 1 : UINT32_MAX;
		if (length < 1 || length > CODE_MAX ||
		    position(&r->bits) >= r->bits.end)
			return false;
		lengths[i] = (uint8_t)length;
	}
	return true;
}

static void
fill_lookup(struct table *t, uint32_t code, unsigned length, unsigned symbol)
{
	uint32_t first = code >> (CODE_MAX - LOOKUP_BITS);
	uint32_t n = 1u << (LOOKUP_BITS - length);

	while (n-- > 0)
		t->lookup[first + n] = (uint16_t)(symbol << 5 | length);
}

/* Codes are handed out in order of length, then symbol. */
static bool
make_table(struct table *t, const uint8_t *lengths, unsigned n)
{
	uint32_t code = 0; /* at the top of 20 bits */
	uint32_t place = 0;
	unsigned length, i;

	memset(t->lookup, 0, sizeof(t->lookup));
	for (length = 1; length <= CODE_MAX; length++) {
		t->first[length] = code;
		t->place[length] = place;
		for (i = 0; i < n; i++) {
			if (lengths[i] != length)
				continue;
			if (code >= 1u << CODE_MAX)
				return false;
			if (length <= LOOKUP_BITS)
				fill_lookup(t, code, length, i);
			t->symbols[place++] = (uint16_t)i;
			code += 1u << (CODE_MAX - length);
		}
		t->limit[length] = code;
	}
	return true;
}

/* The next symbol by its whole code; UINT32_MAX: there is no such code. */
static uint32_t
long_symbol(struct bits *b, const struct table *t)
{
	uint32_t code = (uint32_t)(b->word >> (64 - CODE_MAX));
	unsigned length = LOOKUP_BITS + 1;

	while (length <= CODE_MAX && code >= t->limit[length])
		length++;
	if (length > CODE_MAX)
		return UINT32_MAX;
	drop(b, length);
	return t->symbols[t->place[length] +
	    ((code - t->first[length]) >> (CODE_MAX - length))];
}

/* Bits must have been refilled; 20 of them are used at most. */
static inline uint32_t
next_symbol(struct bits *b, const struct table *t)
{
	uint32_t found = t->lookup[b->word >> (64 - LOOKUP_BITS)];

	if (found == 0)
		return long_symbol(b, t);
	drop(b, found & 31);
	return found >> 5;
}

static inline uint8_t
move_to_front(uint8_t *order, size_t place)
{
	uint8_t byte = order[place];

	if (place >= 16)
		memmove(order + 1, order, place);
	else
		for (; place > 0; place--)
			order[place] = order[place - 1];
	order[0] = byte;
	return byte;
}

static bool
begin_run(struct bzip2_block *b, uint8_t byte)
{
	if (b->n_runs == BZIP2_RUNS_MAX)
		return false;
	b->runs[b->n_runs++] = (struct bzip2_run){ b->size, byte };
	return true;
}

/* More of the byte in front: of the last run, if there is one. */
static bool
end_run(struct reader *r, struct bzip2_block *b)
{
	if (r->run > r->max - b->size ||
	    (b->n_runs == 0 && !begin_run(b, r->order[0])))
		return false;
	b->size += r->run;
	r->run = 0;
	r->n_digits = 0;
	return true;
}

/* One group; 1: more follow, 0: the block's end was read, -1: odd. */
static int
read_group(struct reader *r, const struct table *t, struct bzip2_block *b)
{
	unsigned i;

	for (i = 0; i < GROUP; i++) {
		uint32_t symbol;

		if (i % 2 == 0)
			refill(&r->bits);
		symbol = next_symbol(&r->bits, t);
		if (symbol <= 1) {
			if (r->n_digits == RUN_DIGITS_MAX)
				return -1;
			r->run += (symbol + 1) << r->n_digits++;
			continue;
		}
		if (r->n_digits > 0 && !end_run(r, b))
			return -1;
		if (symbol == r->n_used + 1)
			return 0;
		if (symbol > r->n_used || b->size == r->max ||
		    !begin_run(b, move_to_front(r->order, symbol - 1)))
			return -1;
		b->size++;
	}
	return 1;
}

static bool
read_symbols(struct reader *r, struct bzip2_block *b)
{
	unsigned group;
	int rc = 1;

	b->size = 0;
	b->n_runs = 0;
	for (group = 0; rc == 1; group++) {
		if (group == r->n_selectors || position(&r->bits) > r->bits.end)
			return false;
		rc = read_group(r, &r->tables[r->selectors[group]], b);
	}
	b->runs[b->n_runs].start = b->size;
	return rc == 0 && position(&r->bits) == r->bits.end &&
	    b->origin < b->size;
}

static bool
read_block(struct reader *r, struct bzip2_block *b)
{
	uint8_t lengths[SYMBOLS_MAX];
	unsigned i;

	b->crc = take(&r->bits, 32);
	if (take(&r->bits, 1) != 0) /* "randomised", by bzip2 before 0.9.5 */
		return false;
	b->origin = take(&r->bits, 24);
	if (!read_used(r) || !read_selectors(r))
		return false;
	for (i = 0; i < r->n_tables; i++)
		if (!read_lengths(r, lengths, r->n_used + 2) ||
		    !make_table(&r->tables[i], lengths, r->n_used + 2))
			return false;
	return read_symbols(r, b);
}

bool
bzip2_block_read(struct bzip2_block *b, const uint8_t *packed, size_t bit,
    size_t end, unsigned level)
{
	struct reader *r = xmalloc(sizeof(*r));
	bool ok;

	r->bits = (struct bits){
		.first = packed, .next = packed + bit / 8, .end = end
	};
	r->n_used = 0;
	r->max = level * 100000;
	r->run = 0;
	r->n_digits = 0;
	refill(&r->bits);
	drop(&r->bits, bit % 8);
	ok = read_block(r, b);
	free(r);
	return ok;
}

void
bzip2_block_init(struct bzip2_block *b)
{
	*b = (struct bzip2_block){ .rows = bzip2_rows_new() };
	b->runs = xmalloc((BZIP2_RUNS_MAX + 1) * sizeof(*b->runs));
	b->bytes = xmalloc(BZIP2_BLOCK_MAX);
}

void
bzip2_block_cleanup(struct bzip2_block *b)
{
	bzip2_rows_free(b->rows);
	free(b->runs);
	free(b->bytes);
	*b = (struct bzip2_block){ 0 };
}
