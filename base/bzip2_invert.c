/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Undoing the Burrows-Wheeler transform. Imagine all rotations of the block,
 * sorted. Each row has a successor, the same rotation one byte further on, and
 * following them from the origin spells the block. The usual way keeps a link
 * for each row: 3.6 MB read at random, a wait for memory for every byte.
 *
 * Where text repeats itself, rows beside each other mostly have successors
 * beside each other: a run of equal bytes in the transformed block makes an
 * interval of rows with one first byte and one distance to the successor. There
 * are some fifteen times fewer of these than rows, and they fit into a
 * processor's cache. Following two steps at once needs half as many again, and
 * four steps twice as many: so that is done, four bytes at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bzip2_block.h"
#include "base/mem.h"

#define LEVELS 3   /* one, two and four steps at once */
#define AT_ONCE 4u /* the bytes of the last level */
#define WORDS (BZIP2_BLOCK_MAX / 64 + 1)
#define STEPS_MAX (3 * BZIP2_RUNS_MAX)

/* Counting bits is one instruction, but not of the first x86-64 processors. */
#if defined(__x86_64__)
#define COUNTS_BITS __attribute__((target("popcnt")))
#define CAN_COUNT_BITS() __builtin_cpu_supports("popcnt")
#else
#define COUNTS_BITS
#define CAN_COUNT_BITS() true
#endif

/* 64 rows: a bit where an interval starts. */
struct word {
	uint64_t starts;
	uint32_t before; /* intervals that started before, less one */
};

struct step {
	int32_t distance; /* to the row after these bytes */
	uint8_t text[AT_ONCE];
};

struct level {
	struct word *words;
	struct step *steps; /* by interval */
	uint32_t n;
};

struct bzip2_rows {
	struct level levels[LEVELS];
};

struct bzip2_rows *
bzip2_rows_new(void)
{
	struct bzip2_rows *r = xcalloc(1, sizeof(*r));
	size_t i;

	for (i = 0; i < LEVELS; i++) {
		r->levels[i].words = xcalloc(WORDS, sizeof(struct word));
		r->levels[i].steps = xcalloc(STEPS_MAX, sizeof(struct step));
	}
	return r;
}

void
bzip2_rows_free(struct bzip2_rows *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < LEVELS; i++) {
		free(r->levels[i].words);
		free(r->levels[i].steps);
	}
	free(r);
}

/* The interval that a row is in. */
COUNTS_BITS static inline uint32_t
interval_of(const struct level *l, uint32_t row)
{
	const struct word *w = &l->words[row / 64];
	uint64_t starts = w->starts << (63 - row % 64);

	return w->before + (uint32_t)__builtin_popcountll(starts);
}

/* The first interval after row starts here, or at end if that is nearer. */
static inline uint32_t
next_start(const struct level *l, uint32_t row, uint32_t end)
{
	uint32_t i = (row + 1) / 64;
	uint64_t starts = l->words[i].starts & UINT64_MAX << (row + 1) % 64;
	uint32_t start;

	while (starts == 0) {
		if (++i * 64 >= end)
			return end;
		starts = l->words[i].starts;
	}
	start = i * 64 + (uint32_t)__builtin_ctzll(starts);
	return start < end ? start : end;
}

static void
level_clear(struct level *l, uint32_t n_rows)
{
	memset(l->words, 0, (n_rows / 64 + 1) * sizeof(*l->words));
	l->n = 0;
}

static inline struct step *
level_add(struct level *l, uint32_t row)
{
	l->words[row / 64].starts |= (uint64_t)1 << row % 64;
	return &l->steps[l->n++];
}

COUNTS_BITS static void
level_count(struct level *l, uint32_t n_rows)
{
	uint32_t n = UINT32_MAX; /* none, less one */
	uint32_t i;

	for (i = 0; i <= n_rows / 64; i++) {
		l->words[i].before = n;
		n += (uint32_t)__builtin_popcountll(l->words[i].starts);
	}
}

/*
 * Rows are sorted by their first byte, and those with the same one as the runs
 * of it stand in the transformed block.
 */
static void
level_first(struct level *l, const struct bzip2_block *b)
{
	uint32_t interval[256] = { 0 };
	uint32_t row[256] = { 0 };
	uint32_t n = 0;
	uint32_t at = 0;
	uint32_t i;

	for (i = 0; i < b->n_runs; i++) {
		const struct bzip2_run *r = &b->runs[i];

		interval[r->byte]++;
		row[r->byte] += r[1].start - r->start;
	}
	for (i = 0; i < 256; i++) {
		uint32_t rows = row[i];

		n += interval[i];
		interval[i] = n - interval[i];
		row[i] = at;
		at += rows;
	}
	level_clear(l, b->size);
	for (i = 0; i < b->n_runs; i++) {
		const struct bzip2_run *r = &b->runs[i];
		struct step *s = &l->steps[interval[r->byte]++];

		l->words[row[r->byte] / 64].starts |= (uint64_t)1
		    << row[r->byte] % 64;
		s->distance = (int32_t)(r->start - row[r->byte]);
		s->text[0] = (uint8_t)r->byte;
		row[r->byte] += r[1].start - r->start;
	}
	l->n = b->n_runs;
	level_count(l, b->size);
}

/*
 * Steps of 2n bytes from steps of n: an interval is cut where the interval of
 * its rows' successors ends.
 */
COUNTS_BITS static bool
level_double(struct level *to, const struct level *l, uint32_t n_rows, size_t n)
{
	uint32_t row = 0;
	uint32_t i;

	level_clear(to, n_rows);
	for (i = 0; i < l->n; i++) {
		uint32_t end = next_start(l, row, n_rows);
		uint32_t next = row + (uint32_t)l->steps[i].distance;
		uint32_t second = interval_of(l, next);

		for (; row < end; second++) {
			uint32_t cut = next_start(l, next, next + (end - row));
			struct step *s;

			if (to->n == STEPS_MAX)
				return false;
			s = level_add(to, row);
			s->distance =
			    l->steps[i].distance + l->steps[second].distance;
			memcpy(s->text, l->steps[i].text, n);
			memcpy(s->text + n, l->steps[second].text, n);
			row += cut - next;
			next = cut;
		}
	}
	level_count(to, n_rows);
	return true;
}

COUNTS_BITS static void
walk(struct bzip2_block *b, const struct level *last, const struct level *first)
{
	uint32_t row = b->origin;
	uint32_t i;

	for (i = 0; i + AT_ONCE <= b->size; i += AT_ONCE) {
		const struct step *s = &last->steps[interval_of(last, row)];

		memcpy(b->bytes + i, s->text, AT_ONCE);
		row += (uint32_t)s->distance;
	}
	for (; i < b->size; i++) {
		const struct step *s = &first->steps[interval_of(first, row)];

		b->bytes[i] = s->text[0];
		row += (uint32_t)s->distance;
	}
}

bool
bzip2_invert(struct bzip2_block *b)
{
	struct level *l = b->rows->levels;

	if (!CAN_COUNT_BITS())
		return false;
	level_first(&l[0], b);
	if (!level_double(&l[1], &l[0], b->size, 1) ||
	    !level_double(&l[2], &l[1], b->size, 2))
		return false;
	walk(b, &l[2], &l[0]);
	return true;
}
