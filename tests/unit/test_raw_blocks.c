/* SPDX-License-Identifier: Apache-2.0 */
/* Source bytes, many records to a block: written, changed, read again. */
#include "base/mem.h"
#include "indexer/raw_blocks.h"
#include "schema_index.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

#define DOCUMENT 7
#define ORDS 400 /* that are asked for */

/* "+3" puts record 3, "!3" a large one, "~3" another text, "-3" removes it. */
static const struct step_case {
	const char *name;
	const char *steps;  /* '|': the document is closed and opened again */
	const char *expect; /* ordinals that can be read; ' for another text */
	unsigned n_blocks;
	unsigned n_large;
} steps[] = {
	{ "one", "+0", "0", 1, 0 },
	{ "one block", "+0 +1 +63", "0 1 63", 1, 0 },
	{ "two blocks", "+63 +64", "63 64", 2, 0 },
	{ "added later", "+0 | +1 | +64", "0 1 64", 2, 0 },
	{ "more blocks than are open",
	    "+0 +64 +128 +192 +256 +320 +1 +65 +129 +193 +257 +321",
	    "0 1 64 65 128 129 192 193 256 257 320 321", 6, 0 },
	{ "changed at once", "+5 ~5", "5'", 1, 0 },
	{ "changed", "+4 +5 +6 | ~5", "4 5' 6", 1, 0 },
	{ "removed", "+4 +5 | -4", "5", 1, 0 },
	{ "a block without records", "+4 +5 +70 | -4 -5", "70", 1, 0 },
	{ "put again", "+4 +5 | -4 | +4", "4 5", 1, 0 },
	{ "large", "+0 !1 +2", "0 1 2", 1, 1 },
	{ "large, alone", "!128", "128", 0, 1 },
	{ "large, removed", "+0 !1 | -1", "0", 1, 0 },
	{ "a large one that shrinks", "!1 | ~1", "1'", 1, 0 },
};

struct world {
	struct tmp tmp;
	struct db *db;
	struct text_writer *text;
	struct raw_blocks *blocks;
};

static int64_t
key_of(unsigned ord)
{
	return (int64_t)DOCUMENT << 32 | ord;
}

static void
must(int rc, const struct err *e)
{
	if (rc != 0)
		fail_msg("%s", e->msg);
}

/* The text of a record: its number, over and over. */
static void
text_of(struct buf *b, unsigned ord, bool large, const char *more)
{
	size_t size = large ? RAW_BLOCK_RECORD_MAX + 1 : 1000;

	buf_reset(b);
	while (b->len < size)
		buf_printf(b, "record %u%s\n", ord, more);
}

static void
open_blocks(struct world *w)
{
	struct err e = { 0 };

	must(text_writer_open(&w->text, w->db, SPAN_LIT("nvd"), 1, &e), &e);
	w->blocks = raw_blocks_new(w->db, w->text);
}

static void
close_blocks(struct world *w)
{
	struct err e = { 0 };

	must(raw_blocks_flush(w->blocks, &e), &e);
	raw_blocks_free(w->blocks);
	text_writer_close(w->text);
}

static void
world_open(struct world *w)
{
	char path[128];
	struct err e = { 0 };

	tmp_init(&w->tmp);
	snprintf(path, sizeof(path), "%s/t.sqlite", w->tmp.path);
	must(db_open(&w->db, path, &SCHEMA_INDEX, DB_BUILD, &e), &e);
	open_blocks(w);
}

static void
world_close(struct world *w)
{
	db_close(w->db);
	tmp_cleanup(&w->tmp);
}

static void
do_step(struct world *w, char what, unsigned ord)
{
	struct buf text = { 0 };
	struct err e = { 0 };
	struct span raw;

	if (what == '-' || what == '~') {
		must(raw_blocks_get(w->blocks, key_of(ord), &raw, &e), &e);
		assert_true(span_has_prefix(raw, "record "));
		must(raw_blocks_remove(w->blocks, key_of(ord), &e), &e);
	}
	text_of(&text, ord, what == '!', what == '~' ? "'" : "");
	if (what != '-')
		must(
		    raw_blocks_put(w->blocks, key_of(ord), buf_span(&text), &e),
		    &e);
	buf_cleanup(&text);
}

static void
do_steps(struct world *w, const char *p)
{
	char *end;

	while (*p != '\0') {
		if (*p == '|') {
			close_blocks(w);
			open_blocks(w);
			p++;
		} else if (*p == ' ') {
			p++;
		} else {
			do_step(w, *p, (unsigned)strtoul(p + 1, &end, 10));
			p = end;
		}
	}
	close_blocks(w);
}

static void
read_all(struct world *w, struct buf *got)
{
	struct raw_reader *r = raw_reader_new(w->db);
	struct buf plain = { 0 }, large = { 0 }, other = { 0 };
	struct err e = { 0 };
	struct span raw;
	unsigned ord;

	for (ord = 0; ord < ORDS; ord++) {
		text_of(&plain, ord, false, "");
		text_of(&large, ord, true, "");
		text_of(&other, ord, false, "'");
		if (raw_read(r, key_of(ord), &raw, &e) != 0) {
			assert_int_equal(e.code, ERR_FORMAT);
			continue;
		}
		assert_true(span_eq(raw, buf_span(&plain)) ||
		    span_eq(raw, buf_span(&large)) ||
		    span_eq(raw, buf_span(&other)));
		buf_printf(got, "%s%u%s", got->len > 0 ? " " : "", ord,
		    span_eq(raw, buf_span(&other)) ? "'" : "");
	}
	buf_cleanup(&plain);
	buf_cleanup(&large);
	buf_cleanup(&other);
	raw_reader_free(r);
}

static unsigned
count(struct world *w, const char *sql)
{
	struct err e = { 0 };
	struct db_stmt *s = db_prepare(w->db, sql, &e);
	unsigned n;

	assert_non_null(s);
	assert_int_equal(db_step(s, &e), 1);
	n = (unsigned)db_int(s, 0);
	db_finalize(s);
	return n;
}

static void
test_steps(void **state)
{
	const struct step_case *c = *state;
	struct buf got = { 0 };
	struct world w;

	world_open(&w);
	do_steps(&w, c->steps);
	read_all(&w, &got);
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(
	    count(&w, "SELECT count(*) FROM raw_block"), c->n_blocks);
	assert_int_equal(
	    count(&w, "SELECT count(*) FROM raw_large"), c->n_large);
	buf_cleanup(&got);
	world_close(&w);
}

/* A record in a block that another document's key would name as well. */
static void
test_documents(void **state)
{
	(void)state;
	assert_true(raw_block_key((int64_t)1 << 32 | 63) == (int64_t)1 << 32);
	assert_true(raw_block_key((int64_t)1 << 32 | UINT32_MAX) ==
	    ((int64_t)1 << 32 | UINT32_MAX >> RAW_BLOCK_BITS));
	assert_true(raw_block_key((int64_t)2 << 32) == (int64_t)2 << 32);
	assert_int_equal(raw_block_slot((int64_t)2 << 32 | 65), 1);
}

/* What is only read is not written; a changed block is one row. */
static void
test_writes(void **state)
{
	struct world w;
	struct err e = { 0 };
	struct span raw;
	int64_t before;

	(void)state;
	world_open(&w);
	do_steps(&w, "+0 +1 +2 +65 +130");
	open_blocks(&w);
	before = db_total_changes(w.db);
	must(raw_blocks_get(w.blocks, key_of(0), &raw, &e), &e);
	must(raw_blocks_get(w.blocks, key_of(130), &raw, &e), &e);
	close_blocks(&w);
	assert_int_equal(db_total_changes(w.db) - before, 0);
	open_blocks(&w);
	do_steps(&w, "~0 ~2");
	assert_int_equal(db_total_changes(w.db) - before, 1);
	world_close(&w);
}

static const struct split_case {
	const char *name;
	struct span bytes;
	bool good;
} splits[] = {
	{ "nothing", { "", 0 }, true },
	{ "a record",
	    { "\x03\x02"
	      "ab",
		4 },
	    true },
	{ "a slot that there is not",
	    { "\x40\x01"
	      "a",
		3 },
	    false },
	{ "a record that ends early",
	    { "\x00\x05"
	      "a",
		3 },
	    false },
	{ "a slot alone", { "\x01", 1 }, false },
};

static void
test_split(void **state)
{
	const struct split_case *c = *state;
	struct span records[RAW_BLOCK_RECORDS];
	struct err e = { 0 };

	assert_int_equal(
	    raw_block_split(c->bytes, records, &e), c->good ? 0 : -1);
	assert_int_equal(e.code, c->good ? ERR_NONE : ERR_FORMAT);
	if (c->good && c->bytes.len > 0)
		assert_true(span_is(records[3], "ab"));
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_writes),
	};
	struct CMUnitTest
	    tests[TABLE_N(steps) + TABLE_N(splits) + TABLE_N(others)] = { 0 };
	size_t n = 0, i;

	TABLE_ADD(tests, &n, steps, test_steps);
	TABLE_ADD(tests, &n, splits, test_split);
	for (i = 0; i < TABLE_N(others); i++)
		tests[n++] = others[i];
	return _cmocka_run_group_tests("raw_blocks", tests, n, NULL, NULL);
}
