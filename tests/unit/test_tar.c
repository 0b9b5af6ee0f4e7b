/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "bundle/refusal.h"
#include "bundle/tar.h"
#include "tests/unit/table.h"

#define A10 "aaaaaaaaaa"
#define A50 A10 A10 A10 A10 A10
#define A100 A50 A50
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define BLOB "blobs/sha256/" HEX64

struct tar_case {
	const char *name;
	const char *entries; /* lines "path=body" or "path>link" */
	int at;              /* that byte is changed to … */
	const char *value;   /* … these */
	size_t cut;          /* to that length; 0: not at all */
	enum refusal code;
	const char *expect;
};

#define GOOD .code = REFUSAL_NONE
#define SHAPE .code = REFUSAL_SHAPE
#define CUT .code = REFUSAL_INCOMPLETE
#define ONE "a=b\n"

static const struct tar_case cases[] = {
	{ "nothing in it", "", GOOD, .expect = "1024" },
	{ "a file and its links",
	    "oci-layout={}\n" BLOB "=x\nmetadata/1.root.json>" BLOB "\n", GOOD,
	    .expect = "oci-layout {}; " BLOB " x; metadata/1.root.json -> " BLOB
		      " ; 3584" },
	{ "no body", "a=\n", GOOD, .expect = "a ; 1536" },
	{ "a name of 100", A100 "=b\n", GOOD, .expect = A100 " b; 2048" },
	{ "a name that is cut", A100 "/" A50 "=b\n", GOOD,
	    .expect = A100 "/" A50 " b; 2048" },
	{ "cut as far back as it goes", A50 "/" A100 "/" A100 "=b\n", GOOD,
	    .expect = A50 "/" A100 "/" A100 " b; 2048" },
	{ "a name without a place to cut", A100 "a=b\n", GOOD,
	    .expect = A100 "a b; 3072" },
	{ "a name that fits no head", A100 "/" A100 "/" A100 "=b\n", GOOD,
	    .expect = A100 "/" A100 "/" A100 " b; 3072" },
	{ "a long name of a link", A100 A100 ">" BLOB "\n", GOOD,
	    .expect = A100 A100 " -> " BLOB " ; 2560" },
	{ "the longest name",
	    A100 "/" A100 "/" A100 "/" A50 A10 A10 A10 A10 "aaaaaaa=b\n", GOOD,
	    .expect = A100 "/" A100 "/" A100 "/" A50 A10 A10 A10 A10
			   "aaaaaaa b; 3072" },

	{ "a longer name",
	    A100 "/" A100 "/" A100 "/" A50 A10 A10 A10 A10 "aaaaaaaa=b\n",
	    SHAPE, .expect = "byte 0: the name of an entry is not safe" },
	{ "leads up", "a/../b=c\n", SHAPE,
	    .expect = "byte 0: the name of an entry is not safe" },
	{ "absolute", "/a=c\n", SHAPE,
	    .expect = "byte 0: the name of an entry is not safe" },
	{ "this folder", "./a=c\n", SHAPE,
	    .expect = "byte 0: the name of an entry is not safe" },
	{ "a folder", "a/=\n", SHAPE,
	    .expect = "byte 0: the name of an entry is not safe" },
	{ "an escape in the name", "a\033[2J=c\n", SHAPE,
	    .expect = "byte 0: the name of an entry is not safe" },
	{ "a link that leads up", "a>../../etc/shadow\n", SHAPE,
	    .expect = "byte 0: the name of an entry is not safe" },
	{ "behind another", ONE "/a=c\n", SHAPE,
	    .expect = "a b; byte 1024: the name of an entry is not safe" },

	{ "a symbolic link", ONE, 156, "2", SHAPE,
	    .expect = "byte 0: an entry that is neither file nor hard link" },
	{ "a folder's type", ONE, 156, "5", SHAPE,
	    .expect = "byte 0: an entry that is neither file nor hard link" },
	{ "a name as GNU has it", ONE, 156, "L", SHAPE,
	    .expect = "byte 0: an entry that is neither file nor hard link" },
	{ "a global pax header", ONE, 156, "g", SHAPE,
	    .expect = "byte 0: an entry that is neither file nor hard link" },
	{ "a hard link with a body", ONE, 156, "1b", SHAPE,
	    .expect = "byte 0: a hard link with a body" },
	{ "GNU's magic", ONE, 257, "ustar  ", SHAPE,
	    .expect = "byte 0: this is not a tar" },
	{ "an owner", ONE, 114, "1", SHAPE,
	    .expect = "byte 114: the head of an entry is not as scapcache "
		      "writes it" },
	{ "a time", ONE, 146, "7", SHAPE,
	    .expect = "byte 146: the head of an entry is not as scapcache "
		      "writes it" },
	{ "a size in base 256", ONE, 124, "\x80", SHAPE,
	    .expect = "byte 124: the head of an entry is not as scapcache "
		      "writes it" },
	{ "something behind the body", ONE, 513, "c", SHAPE,
	    .expect = "a b; byte 513: not zeros up to the next block" },
	{ "something behind a head's end", ONE, 511, "c", SHAPE,
	    .expect = "byte 511: the head of an entry is not as scapcache "
		      "writes it" },
	{ "the end is not zeros", ONE, 2047, "c", SHAPE,
	    .expect = "a b; byte 2048: one block of zeros, where the end has "
		      "two" },
	{ "a pax header of another kind", A100 "a=b\n", 512, "111 size=", SHAPE,
	    .expect = "byte 516: the head of an entry is not as scapcache "
		      "writes it" },
	{ "a pax header of two records", A100 "a=b\n", 512, "11 path=a\n1",
	    SHAPE, .expect = "byte 0: the name of an entry is not safe" },

	{ "nothing", ONE, .cut = SIZE_MAX, CUT,
	    .expect =
		"byte 0: the file breaks off here: copy it again, with all its parts" },
	{ "ends in a head", ONE, .cut = 300, CUT,
	    .expect =
		"byte 300: the file breaks off here: copy it again, with all its parts" },
	{ "ends in a body", "a=" A100 "\n", .cut = 600, CUT,
	    .expect = "a " A50 A10 A10 A10 "aaaaaaaabyte 600: the file breaks "
		      "off here: copy it again, with all its parts" },
	{ "ends behind a body", ONE, .cut = 513, CUT,
	    .expect = "a bbyte 513: the file breaks off here: copy it "
		      "again, with all its parts" },
	{ "without an end", ONE, .cut = 1024, CUT,
	    .expect = "a b; byte 1024: the file breaks off here: copy it "
		      "again, with all its parts" },
	{ "with half an end", ONE, .cut = 1536, CUT,
	    .expect = "a b; byte 1536: the file breaks off here: copy it "
		      "again, with all its parts" },
	{ "behind a pax header", A100 "a=b\n", .cut = 1024, CUT,
	    .expect =
		"byte 1024: the file breaks off here: copy it again, with all its parts" },
};

/* --- writing and reading --- */

static void
write_entry(struct buf *out, struct span line)
{
	size_t equals = span_find(line, '=');
	struct tar_entry entry = { .path = span_first(line, equals) };
	struct span body = span_from(line, equals + 1);

	if (equals == line.len) {
		size_t arrow = span_find(line, '>');

		entry.path = span_first(line, arrow);
		entry.link = span_from(line, arrow + 1);
	}
	entry.size_bytes = body.len;
	tar_head(out, &entry);
	buf_add_span(out, body);
	while (out->len % TAR_BLOCK != 0)
		buf_add_char(out, '\0');
}

static void
write_all(struct buf *out, const char *entries)
{
	struct span rest = span_of(entries), line;

	while (span_next(&rest, '\n', &line))
		if (line.len > 0)
			write_entry(out, line);
	tar_end(out);
}

struct source {
	struct span rest;
	size_t step; /* bytes a call */
};

static int
give(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct source *s = ctx;

	(void)e;
	*n = s->rest.len < s->step ? s->rest.len : s->step;
	if (*n > size)
		*n = size;
	if (*n > 0)
		memcpy(ptr, s->rest.ptr, *n);
	s->rest = span_from(s->rest, *n);
	return 0;
}

/* Returns the refusal, and what was read before in got. */
static enum refusal
read_all(struct span tar, size_t step, struct buf *got)
{
	struct source source = { tar, step };
	struct stream_pull pull = { &source, give };
	struct tar_reader *r = tar_reader_new(&pull);
	struct tar_entry entry;
	struct span body;
	struct err e = { 0 };
	int rc;

	while ((rc = tar_next(r, &entry, &e)) == 1) {
		buf_printf(got, "%.*s ", SPAN_ARG(entry.path));
		if (entry.link.len > 0)
			buf_printf(got, "-> %.*s ", SPAN_ARG(entry.link));
		while ((rc = tar_body(r, &body, &e)) == 1)
			buf_add_span(got, body);
		if (rc != 0 && refusal_of(&e) == REFUSAL_INCOMPLETE)
			break;
		buf_add_str(got, "; ");
		if (rc != 0)
			break;
	}
	if (rc == 0)
		buf_printf(got, "%ju", (uintmax_t)tar_offset(r));
	else
		buf_add_str(got, e.msg);
	tar_reader_free(r);
	return refusal_of(&e);
}

static void
test_case(void **state)
{
	static const size_t steps[] = { 1, 511, 1 << 20 };
	const struct tar_case *c = *state;
	struct buf tar = { 0 }, got = { 0 };
	struct span bytes;
	size_t i;

	write_all(&tar, c->entries);
	if (c->value != NULL)
		memcpy(tar.ptr + c->at, c->value, strlen(c->value));
	bytes = buf_span(&tar);
	if (c->cut != 0)
		bytes = span_first(bytes, c->cut == SIZE_MAX ? 0 : c->cut);
	for (i = 0; i < TABLE_N(steps); i++) {
		buf_reset(&got);
		assert_int_equal(read_all(bytes, steps[i], &got), c->code);
		assert_string_equal(buf_str(&got), c->expect);
	}
	buf_cleanup(&got);
	buf_cleanup(&tar);
}

/* --- every bit --- */

static const char several[] =
    "oci-layout={}\n" BLOB "=" A50 "\ncontent/a>" BLOB "\n" A100 "a>" BLOB "\n";

/* Changed anywhere, it is refused or says something else. */
static void
test_every_bit(void **state)
{
	struct buf tar = { 0 }, got = { 0 }, want = { 0 };
	size_t i;

	(void)state;
	write_all(&tar, several);
	assert_int_equal(
	    read_all(buf_span(&tar), SIZE_MAX, &want), REFUSAL_NONE);
	for (i = 0; i < tar.len * 8; i++) {
		char *byte = &tar.ptr[i / 8];
		char was = *byte;

		*byte = (char)(was ^ (1 << i % 8));
		if (read_all(buf_span(&tar), SIZE_MAX, &got) == REFUSAL_NONE)
			assert_string_not_equal(buf_str(&got), buf_str(&want));
		*byte = was;
		buf_reset(&got);
	}
	buf_cleanup(&want);
	buf_cleanup(&got);
	buf_cleanup(&tar);
}

static void
test_every_length(void **state)
{
	struct buf tar = { 0 }, got = { 0 };
	size_t i;

	(void)state;
	write_all(&tar, several);
	for (i = 0; i < tar.len; i++)
		assert_int_equal(
		    read_all(span_make(tar.ptr, i), SIZE_MAX, &got),
		    REFUSAL_INCOMPLETE);
	buf_add_char(&tar, '\0');
	assert_int_equal(
	    read_all(buf_span(&tar), SIZE_MAX, &got), REFUSAL_SHAPE);
	buf_cleanup(&got);
	buf_cleanup(&tar);
}

/* What is not read of a body is checked all the same. */
static void
test_bodies_passed_over(void **state)
{
	struct buf tar = { 0 };
	struct source source = { .step = 4096 };
	struct stream_pull pull = { &source, give };
	struct tar_reader *r = tar_reader_new(&pull);
	struct tar_entry entry;
	struct err e = { 0 };
	unsigned n = 0;

	(void)state;
	write_all(&tar, several);
	source.rest = buf_span(&tar);
	while (tar_next(r, &entry, &e) == 1)
		n++;
	assert_int_equal(n, 4);
	assert_int_equal(e.code, ERR_NONE);
	assert_int_equal(tar_next(r, &entry, &e), 0);
	tar_reader_free(r);
	buf_cleanup(&tar);
}

/* Found by fuzzing: who did not look at tar_body()'s answer went on. */
static void
test_an_error_stays(void **state)
{
	struct buf tar = { 0 };
	struct source source = { .step = 4096 };
	struct stream_pull pull = { &source, give };
	struct tar_reader *r = tar_reader_new(&pull);
	struct tar_entry entry;
	struct span body;
	struct err e = { 0 };

	(void)state;
	write_all(&tar, several);
	tar.ptr[600] = 'x'; /* behind the first body */
	source.rest = buf_span(&tar);
	assert_int_equal(tar_next(r, &entry, &e), 1);
	assert_int_equal(tar_body(r, &body, &e), 1);
	assert_int_equal(tar_body(r, &body, &e), -1);
	assert_int_equal(tar_next(r, &entry, &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_SHAPE);
	assert_int_equal(tar_body(r, &body, &e), -1);
	tar_reader_free(r);
	buf_cleanup(&tar);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 4] = {
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_bodies_passed_over),
		cmocka_unit_test(test_an_error_stays),
	};
	size_t n = 4;

	TABLE_ADD(tests, &n, cases, test_case);
	return _cmocka_run_group_tests("tar", tests, n, NULL, NULL);
}
