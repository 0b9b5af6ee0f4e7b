/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "content/members.h"
#include "tests/unit/image_make.h"
#include "tests/unit/packers.h"
#include "tests/unit/table.h"

/* A file that is all holes but for its first block. */
#define HOLES_SIZE 100000

enum format {
	PLAIN = 0, /* the recipe itself */
	TAR,       /* as the recipes of image_make.h */
	ZIP,
	ZIP_STORED,
	HOLES, /* a tar of a file x and one with holes */
	NAMED, /* a tar of a file whose name is as long as the recipe says */
	SIZED, /* a tar whose file is as large as the recipe says */
	BYTES, /* as many bytes as the recipe says */
};

struct members_case {
	const char *name;
	enum format format;
	const char *recipe;
	/* Bytes of the archive to be kept, from the end if negative; 0: all. */
	int keep;
	int flip; /* byte to be changed, from the end if negative; 0: none */
	const char *append;
	const char *expect;
};

#define TWO "f a/one.json {\"a\":1}\nf two.json {}\n"
#define MIXED \
	"d a\nl a/link one\nf a/one {}\nh a/again a/one\np a/pipe\nf b []\n"
#define MIB64 "67108864"

static const struct members_case cases[] = {
	{ "a tar", TAR, TWO, 0, 0, NULL,
	    "a/one.json 512 {\"a\":1}\ntwo.json 1536 {}\n" },
	{ "files only", TAR, MIXED, 0, 0, NULL, "a/one 1536 {}\nb 3584 []\n" },
	{ "an empty file", TAR, "f a \nf b x\n", 0, 0, NULL,
	    "a 512 \nb 1024 x\n" },
	{ "one name twice", TAR, "f a 1\nf a 2\n", 0, 0, NULL,
	    "a 512 1\na 1536 2\n" },
	{ "a path that leads out is a name", TAR, "f ../../etc/passwd x\n", 0,
	    0, NULL, "../../etc/passwd 512 x\n" },
	{ "a tar of nothing", TAR, "", 0, 0, NULL, "" },
	{ "a zip", ZIP, TWO, 0, 0, NULL,
	    "a/one.json 60 {\"a\":1}\ntwo.json 143 {}\n" },
	{ "a zip, not packed", ZIP_STORED, TWO, 0, 0, NULL,
	    "a/one.json 60 {\"a\":1}\ntwo.json 141 {}\n" },
	{ "a zip of nothing", ZIP, "", 0, 0, NULL, "" },
	{ "neither", PLAIN, "{\"id\":\"x\"}", 0, 0, NULL,
	    " 0 {\"id\":\"x\"}\n" },
	{ "nothing at all", PLAIN, "", 0, 0, NULL, " 0 \n" },
	{ "the largest", SIZED, MIB64, 0, 0, NULL, "big 512 " MIB64 "\n" },

	/* Tars that are not sound. */
	{ "tar: ends in its first header", TAR, TWO, 300, 0, NULL,
	    "format: the tar: ends early or is damaged" },
	{ "tar: ends in a file", TAR, TWO, 514, 0, NULL,
	    "format: a/one.json: ends early or is damaged" },
	{ "tar: ends in padding", TAR, TWO, 520, 0, NULL,
	    "format: a/one.json: ends early or is damaged" },
	{ "tar: ends between files", TAR, TWO, 1024, 0, NULL,
	    "format: the tar ends early" },
	{ "tar: ends behind its last file", TAR, TWO, 2048, 0, NULL,
	    "format: the tar ends early" },
	{ "tar: one block of zeros will do", TAR, TWO, 2560, 0, NULL,
	    "a/one.json 512 {\"a\":1}\ntwo.json 1536 {}\n" },
	{ "tar: wrong checksum", TAR, TWO, 0, 1030, NULL,
	    "format: the tar behind a/one.json: ends early or is damaged" },
	{ "tar: wrong checksum of the first", TAR, TWO, 0, 3, NULL,
	    "format: the tar: ends early or is damaged" },
	{ "tar: another behind its end", TAR, TWO, 0, 0, "more",
	    "format: the tar is damaged: there is more behind its end" },
	{ "tar: holes", HOLES, "", 0, 0, NULL,
	    "format: holes: is stored with holes" },
	{ "tar: a name too long", NAMED, "1025", 0, 0, NULL,
	    "limit: the name of member 1 is longer than 1024 bytes" },
	{ "tar: a member too large", SIZED, "67108865", 0, 0, NULL,
	    "limit: big: is larger than 64 MiB" },

	/* Zips that are not. */
	{ "zip: ends in a file", ZIP, TWO, 62, 0, NULL,
	    "format: a/one.json: ends early or is damaged" },
	{ "zip: ends behind a file", ZIP_STORED, TWO, 95, 0, NULL,
	    "format: the zip behind a/one.json: ends early or is damaged" },
	{ "zip: without the end of its directory", ZIP, TWO, -30, 0, NULL,
	    "format: the zip ends early" },
	{ "zip: wrong checksum of a file", ZIP_STORED, TWO, 0, 70, NULL,
	    "format: a/one.json: ends early or is damaged" },
	{ "zip: a member that is not found", ZIP_STORED, TWO, 0, 83, NULL,
	    "format: the zip is damaged: 1 members where its directory lists 2" },
	{ "zip: a directory that lists more", ZIP, TWO, 0, -12, NULL,
	    "format: the zip is damaged: 2 members where its directory lists 3" },
	{ "zip: more behind its end", ZIP, TWO, 0, 0, "more",
	    "format: the zip ends early" },

	{ "neither: too large", BYTES, "67108865", 0, 0, NULL,
	    "limit: is larger than 64 MiB" },
	{ "the sink's own error", TAR, "f a {}\nf stop {}\n", 0, 0, NULL,
	    "missing: stop: not wanted" },
};

static void
make_zip(const char *recipe, const char *method, struct buf *out)
{
	struct archive *a = archive_write_new();
	struct span rest = span_of(recipe);
	struct span line;

	archive_write_set_format_zip(a);
	archive_write_set_format_option(a, "zip", "compression", method);
	archive_write_set_bytes_in_last_block(a, 1);
	if (archive_write_open(a, out, NULL, make_write, NULL) != ARCHIVE_OK)
		abort();
	while (span_next(&rest, '\n', &line))
		if (line.len > 0)
			make_line(a, line);
	make_tar_close(a);
}

static void
make_holes(struct archive *a)
{
	static const char zeros[HOLES_SIZE];
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, "holes");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_size(e, HOLES_SIZE);
	archive_entry_sparse_add_entry(e, 0, 512);
	if (archive_write_header(a, e) != ARCHIVE_OK ||
	    archive_write_data(a, zeros, HOLES_SIZE) != HOLES_SIZE)
		abort();
	archive_entry_free(e);
}

/* A file of n bytes, or one whose name is of n bytes. */
static void
make_sized(struct archive *a, size_t n, bool name)
{
	struct buf text = { 0 };

	buf_reserve(&text, n + 1);
	memset(text.ptr, 'x', n);
	text.ptr[n] = '\0';
	text.len = n;
	if (name)
		make_file(a, text.ptr, SPAN_LIT("{}"));
	else
		make_file(a, "big", buf_span(&text));
	buf_cleanup(&text);
}

static void
make_bytes(size_t n, struct buf *out)
{
	buf_reserve(out, n);
	memset(out->ptr, 'x', n);
	out->len = n;
}

static void
make_other_tar(const struct members_case *c, struct buf *out)
{
	struct archive *a = make_tar_open(out);

	if (c->format == HOLES)
		make_holes(a);
	else
		make_sized(a, (size_t)atol(c->recipe), c->format == NAMED);
	make_tar_close(a);
}

static void
make_case(const struct members_case *c, struct buf *out)
{
	struct span recipe = span_of(c->recipe);
	size_t flip = (size_t)c->flip;

	if (c->format == PLAIN)
		buf_add_span(out, recipe);
	else if (c->format == BYTES)
		make_bytes((size_t)atol(c->recipe), out);
	else if (c->format == TAR)
		make_layer(&recipe, out);
	else if (c->format == ZIP || c->format == ZIP_STORED)
		make_zip(
		    c->recipe, c->format == ZIP ? "deflate" : "store", out);
	else
		make_other_tar(c, out);
	if (c->keep != 0)
		out->len =
		    c->keep > 0 ? (size_t)c->keep : out->len - (size_t)-c->keep;
	if (c->flip < 0)
		flip = out->len - (size_t)-c->flip;
	if (c->flip != 0)
		out->ptr[flip] = (char)(out->ptr[flip] ^ 1);
	if (c->append != NULL)
		buf_add_str(out, c->append);
}

static int
on_member(void *ctx, struct span name, struct span bytes, uint64_t offset,
    struct err *e)
{
	if (span_is(name, "stop"))
		return err_set(e, ERR_MISSING, "not wanted");
	buf_printf(ctx, "%.*s %ju ", SPAN_ARG(name), (uintmax_t)offset);
	if (bytes.len < 100)
		buf_add_span(ctx, bytes);
	else
		buf_printf(ctx, "%zu", bytes.len);
	buf_add_char(ctx, '\n');
	return 0;
}

static const char *const code_names[] = { [ERR_NONE] = "none",
	[ERR_SYSTEM] = "system",
	[ERR_NETWORK] = "network",
	[ERR_FORMAT] = "format",
	[ERR_LIMIT] = "limit",
	[ERR_UNTRUSTED] = "untrusted",
	[ERR_MISSING] = "missing" };

static void
read_bytes(struct span bytes, struct buf *got)
{
	const struct stream_options options = { .ratio_max = UINT32_MAX };
	const struct member_sink sink = { got, on_member };
	struct stream *in = NULL;
	struct err e = { 0 };

	assert_int_equal(stream_open_span(&in, bytes, &options, &e), 0);
	if (members_read(in, &sink, &e) != 0) {
		buf_reset(got);
		buf_printf(got, "%s: %s", code_names[e.code], e.msg);
	}
	stream_close(in);
}

static void
test_members(void **state)
{
	const struct members_case *c = *state;
	struct buf archive = { 0 };
	struct buf got = { 0 };

	make_case(c, &archive);
	read_bytes(buf_span(&archive), &got);
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	buf_cleanup(&archive);
}

/* Of a tar and of what a zip only stores, offset is where the bytes are. */
static int
on_place(void *ctx, struct span name, struct span bytes, uint64_t offset,
    struct err *e)
{
	const struct buf *archive = ctx;
	struct span there = span_from(buf_span(archive), (size_t)offset);

	(void)name;
	(void)e;
	assert_true(span_eq(span_first(there, bytes.len), bytes));
	return 0;
}

static void
test_offsets(void **state)
{
	static const enum format formats[] = { TAR, ZIP_STORED };
	struct members_case c = { .recipe = TWO };
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_N(formats); i++) {
		struct buf archive = { 0 };
		struct member_sink sink = { &archive, on_place };
		struct stream *in = NULL;
		struct err e = { 0 };

		c.format = formats[i];
		make_case(&c, &archive);
		assert_int_equal(
		    stream_open_span(&in, buf_span(&archive), NULL, &e), 0);
		assert_int_equal(members_read(in, &sink, &e), 0);
		stream_close(in);
		buf_cleanup(&archive);
	}
}

/* What is packed is the stream's matter, and its damage is told. */
static void
test_packed(void **state)
{
	struct span recipe = span_of(TWO);
	struct buf archive = { 0 };
	struct buf packed = { 0 };
	struct buf got = { 0 };

	(void)state;
	make_layer(&recipe, &archive);
	pack_xz(&packed, buf_span(&archive));
	read_bytes(buf_span(&packed), &got);
	assert_string_equal(
	    buf_str(&got), "a/one.json 512 {\"a\":1}\ntwo.json 1536 {}\n");
	packed.ptr[packed.len - 1] ^= 1;
	read_bytes(buf_span(&packed), &got);
	assert_true(span_has_prefix(buf_span(&got), "format: "));
	buf_cleanup(&got);
	buf_cleanup(&packed);
	buf_cleanup(&archive);
}

/* A name of pax, which is UTF-8 and more than the C locale can spell. */
static void
test_odd_name(void **state)
{
	struct span recipe =
	    SPAN_LIT("f pax 16 path=\xc3\xa9.json\\n\nf short {}\n");
	struct buf archive = { 0 };
	struct buf got = { 0 };
	char *header;
	unsigned long sum;

	(void)state;
	make_layer(&recipe, &archive);
	/* What is a file's text becomes the next file's description. */
	header = archive.ptr;
	sum = strtoul(header + 148, NULL, 8) + ('x' - '0');
	header[156] = 'x';
	snprintf(header + 148, 7, "%06lo", sum);
	read_bytes(buf_span(&archive), &got);
	assert_string_equal(buf_str(&got), "\xc3\xa9.json 1536 {}\n");
	buf_cleanup(&got);
	buf_cleanup(&archive);
}

static void
try_cuts(enum format format, size_t from, size_t end_size)
{
	const struct members_case c = { .format = format, .recipe = TWO };
	struct buf archive = { 0 };
	struct buf got = { 0 };
	size_t keep;

	make_case(&c, &archive);
	assert_true(archive.len > from + end_size);
	for (keep = from; keep <= archive.len - end_size; keep++) {
		read_bytes(span_first(buf_span(&archive), keep), &got);
		assert_true(span_has_prefix(buf_span(&got), "format: "));
		buf_reset(&got);
	}
	buf_cleanup(&got);
	buf_cleanup(&archive);
}

/* What is cut anywhere never passes for whole. */
static void
test_cut(void **state)
{
	(void)state;
	try_cuts(TAR, 262, 513); /* from where it shows that it is one */
	try_cuts(ZIP, 4, 1);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 4];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_members);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_offsets);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_odd_name);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_packed);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_cut);
	return _cmocka_run_group_tests("members", tests, n, NULL, NULL);
}
