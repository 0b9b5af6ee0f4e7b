/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bundle/refusal.h"
#include "bundle/tar.h"

/* A head is read loosely; that it is as tar_head() has it is asked at the end.
 */
#define NAME_SIZE 100u
#define PREFIX_AT 345u
#define PREFIX_SIZE 155u
#define SIZE_AT 124u
#define SIZE_DIGITS 11u
#define TYPE_AT 156u
#define LINK_AT 157u
#define MAGIC_AT 257u

#define WINDOW ((size_t)256 * 1024)

struct tar_reader {
	const struct stream_pull *pull;
	char *window;
	size_t at;
	size_t end;
	uint64_t offset; /* of window + at */
	uint64_t left;   /* of the body */
	size_t padding;  /* behind it */
	unsigned n_entries;
	bool is_over;
	struct err failed;  /* what every later call fails with */
	struct buf head;    /* the blocks of this entry's head */
	struct buf path;    /* lent */
	struct buf link;    /* lent */
	struct buf written; /* what tar_head() makes of them */
};

struct tar_reader *
tar_reader_new(const struct stream_pull *pull)
{
	struct tar_reader *r = xcalloc(1, sizeof(*r));

	r->pull = pull;
	r->window = xmalloc(WINDOW);
	return r;
}

void
tar_reader_free(struct tar_reader *r)
{
	if (r == NULL)
		return;
	free(r->window);
	buf_cleanup(&r->head);
	buf_cleanup(&r->path);
	buf_cleanup(&r->link);
	buf_cleanup(&r->written);
	free(r);
}

uint64_t
tar_offset(const struct tar_reader *r)
{
	return r->offset;
}

static int
shape(const struct tar_reader *r, const char *what, struct err *e)
{
	return refuse(
	    e, REFUSAL_SHAPE, "byte %ju: %s", (uintmax_t)r->offset, what);
}

/* --- bytes --- */

/* At least need bytes in the window, unless the end is nearer. */
static int
fill(struct tar_reader *r, size_t need, struct err *e)
{
	size_t n;

	if (r->end - r->at >= need)
		return 0;
	memmove(r->window, r->window + r->at, r->end - r->at);
	r->end -= r->at;
	r->at = 0;
	while (r->end < need) {
		if (r->pull->read(r->pull->ctx, r->window + r->end,
			WINDOW - r->end, &n, e) != 0)
			return -1;
		if (n == 0)
			break;
		r->end += n;
	}
	return 0;
}

static void
advance(struct tar_reader *r, size_t n)
{
	r->at += n;
	r->offset += n;
}

static int
breaks_off(struct tar_reader *r, struct err *e)
{
	return refuse(e, REFUSAL_INCOMPLETE,
	    "byte %ju: the file breaks off here: copy it again, with all "
	    "its parts",
	    (uintmax_t)(r->offset + r->end - r->at));
}

/* The next n bytes, n being small; they live until the next fill(). */
static int
take(struct tar_reader *r, size_t n, struct span *out, struct err *e)
{
	if (fill(r, n, e) != 0)
		return -1;
	if (r->end - r->at < n)
		return breaks_off(r, e);
	*out = span_make(r->window + r->at, n);
	advance(r, n);
	return 0;
}

static bool
is_zero(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] != '\0')
			return false;
	return true;
}

static int
take_padding(struct tar_reader *r, struct err *e)
{
	struct span s = SPAN_NONE;
	uint64_t at = r->offset;

	if (r->padding == 0)
		return 0;
	if (take(r, r->padding, &s, e) != 0)
		return -1;
	r->padding = 0;
	if (!is_zero(s))
		return refuse(e, REFUSAL_SHAPE,
		    "byte %ju: not zeros up to the next block", (uintmax_t)at);
	return 0;
}

/* Whoever passes over an error does not get on. */
static int
stick(struct tar_reader *r, int rc, const struct err *e)
{
	if (rc == -1)
		r->failed = *e;
	return rc;
}

static int
failed_before(const struct tar_reader *r, struct err *e)
{
	*e = r->failed;
	return -1;
}

static int
next_bytes(struct tar_reader *r, struct span *out, struct err *e)
{
	size_t n;

	if (r->left == 0)
		return take_padding(r, e);
	if (fill(r, 1, e) != 0)
		return -1;
	n = r->end - r->at;
	if (n == 0)
		return breaks_off(r, e);
	if (n > r->left)
		n = (size_t)r->left;
	*out = span_make(r->window + r->at, n);
	advance(r, n);
	r->left -= n;
	return 1;
}

int
tar_body(struct tar_reader *r, struct span *out, struct err *e)
{
	if (r->failed.code != ERR_NONE)
		return failed_before(r, e);
	return stick(r, next_bytes(r, out, e), e);
}

/* --- heads --- */

static struct span
text_at(const char *block, size_t at, size_t size)
{
	return span_make(block + at, strnlen(block + at, size));
}

/* What is wrong with the field shows when it is written again. */
static uint64_t
size_of(const char *block)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < SIZE_DIGITS; i++)
		v = v << 3 | (uint64_t)(block[SIZE_AT + i] & 7);
	return v;
}

static void
get_path(struct tar_reader *r, const char *block)
{
	struct span prefix = text_at(block, PREFIX_AT, PREFIX_SIZE);

	buf_add_span(&r->path, prefix);
	if (prefix.len > 0)
		buf_add_char(&r->path, '/');
	buf_add_span(&r->path, text_at(block, 0, NAME_SIZE));
}

/* The path of a pax header; the head behind it is *block then. */
static int
get_long_path(struct tar_reader *r, struct span *block, struct err *e)
{
	struct span record = span_first(*block, 0);
	uint64_t size = size_of(block->ptr);
	size_t equals;

	if (size == 0 || size > TAR_BLOCK)
		return shape(r, "a pax header that is not a long name", e);
	if (take(r, TAR_BLOCK, &record, e) != 0)
		return -1;
	buf_add_span(&r->head, record);
	record = span_first(record, (size_t)size - 1);
	equals = span_find(record, '=');
	buf_add_span(&r->path, span_from(record, equals + 1));
	if (take(r, TAR_BLOCK, block, e) != 0)
		return -1;
	buf_add_span(&r->head, *block);
	return 0;
}

/* Relative, printable ASCII, and no component that is empty, "." or "..". */
static bool
is_safe(struct span path)
{
	struct span rest = path, part;
	size_t i;

	if (path.len == 0 || path.len > TAR_PATH_MAX)
		return false;
	for (i = 0; i < path.len; i++)
		if (path.ptr[i] < ' ' || path.ptr[i] > '~')
			return false;
	while (span_next(&rest, '/', &part))
		if (part.len == 0 || span_is(part, ".") || span_is(part, ".."))
			return false;
	return true;
}

/* Is the head, to its last bit, the one that tar_head() writes? */
static int
compare(struct tar_reader *r, const struct tar_entry *entry, uint64_t start,
    struct err *e)
{
	size_t i, n;

	buf_reset(&r->written);
	tar_head(&r->written, entry);
	n = r->head.len < r->written.len ? r->head.len : r->written.len;
	for (i = 0; i < n; i++)
		if (r->head.ptr[i] != r->written.ptr[i])
			break;
	if (i == n && r->head.len == r->written.len)
		return 0;
	return refuse(e, REFUSAL_SHAPE,
	    "byte %ju: the head of an entry is not as scapcache writes it",
	    (uintmax_t)(start + i));
}

static int
judge(struct tar_reader *r, const char *block, struct tar_entry *entry,
    uint64_t start, struct err *e)
{
	char type = block[TYPE_AT];

	if (type != '0' && type != '1')
		return refuse(e, REFUSAL_SHAPE,
		    "byte %ju: an entry that is neither file nor hard link",
		    (uintmax_t)start);
	if (!is_safe(entry->path) || (type == '1' && !is_safe(entry->link)))
		return refuse(e, REFUSAL_SHAPE,
		    "byte %ju: the name of an entry is not safe",
		    (uintmax_t)start);
	if (type == '1' && entry->size_bytes != 0)
		return refuse(e, REFUSAL_SHAPE,
		    "byte %ju: a hard link with a body", (uintmax_t)start);
	return compare(r, entry, start, e);
}

static int
read_head(struct tar_reader *r, struct span block, struct tar_entry *out,
    struct err *e)
{
	uint64_t start = r->offset - TAR_BLOCK;

	if (!span_eq(span_first(span_from(block, MAGIC_AT), 6),
		span_make("ustar", 6)))
		return refuse(e, REFUSAL_SHAPE, "byte %ju: this is not a tar",
		    (uintmax_t)start);
	if (++r->n_entries > TAR_ENTRIES_MAX)
		return refuse(
		    e, REFUSAL_SHAPE, "more than %u entries", TAR_ENTRIES_MAX);
	buf_reset(&r->head);
	buf_reset(&r->path);
	buf_reset(&r->link);
	buf_add_span(&r->head, block);
	if (block.ptr[TYPE_AT] != 'x')
		get_path(r, block.ptr);
	else if (get_long_path(r, &block, e) != 0)
		return -1;
	buf_add_span(&r->link, text_at(block.ptr, LINK_AT, NAME_SIZE));
	out->path = buf_span(&r->path);
	out->link = buf_span(&r->link);
	out->size_bytes = size_of(block.ptr);
	if (judge(r, block.ptr, out, start, e) != 0)
		return -1;
	r->left = out->size_bytes;
	r->padding = tar_padding(out->size_bytes);
	return 1;
}

static int
read_end(struct tar_reader *r, struct err *e)
{
	struct span block = SPAN_NONE;

	if (take(r, TAR_BLOCK, &block, e) != 0)
		return -1;
	if (!is_zero(block))
		return shape(r, "one block of zeros, where the end has two", e);
	if (fill(r, 1, e) != 0)
		return -1;
	if (r->end > r->at)
		return shape(r, "there is something behind the end", e);
	r->is_over = true;
	return 0;
}

static int
next_entry(struct tar_reader *r, struct tar_entry *out, struct err *e)
{
	struct span s = span_make(r->window, 0);
	int rc;

	while ((rc = next_bytes(r, &s, e)) == 1)
		;
	if (rc != 0 || take(r, TAR_BLOCK, &s, e) != 0)
		return -1;
	return is_zero(s) ? read_end(r, e) : read_head(r, s, out, e);
}

int
tar_next(struct tar_reader *r, struct tar_entry *out, struct err *e)
{
	*out = (struct tar_entry){ 0 };
	if (r->failed.code != ERR_NONE)
		return failed_before(r, e);
	if (r->is_over)
		return 0;
	return stick(r, next_entry(r, out, e), e);
}
