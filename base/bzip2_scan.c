/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <string.h>

#include "base/bzip2_block.h"
#include "base/bzip2_scan.h"

#define MARK_BLOCK UINT64_C(0x314159265359) /* pi */
#define MARK_END UINT64_C(0x177245385090)   /* its square root */
#define MARK_MASK UINT64_C(0xffffffffffff)
#define MARK_BITS 48u
#define HEAD_SIZE 4u /* "BZh", level */
#define SLACK 16u    /* zeros behind the window, to load words from */
/* A packed block: 900000 codes of 20 bits, and its tables. */
#define PACKED_MAX ((size_t)2500000)

void
bzip2_scan_init(struct bzip2_scan *s, const struct stream_input *in)
{
	*s = (struct bzip2_scan){ 0 };
	source_init(&s->source, in);
}

void
bzip2_scan_cleanup(struct bzip2_scan *s)
{
	source_cleanup(&s->source);
	buf_cleanup(&s->window);
}

/* More bytes behind the window; SLACK zeros behind them. */
static int
read_more(struct bzip2_scan *s, struct err *e)
{
	struct span more;

	if (source_fill(&s->source, e) != 0)
		return -1;
	more = span_first(s->source.rest, STREAM_SOURCE_CHUNK);
	s->ended = more.len == 0;
	buf_reserve(&s->window, more.len + SLACK);
	buf_add_span(&s->window, more);
	memset(s->window.ptr + s->window.len, 0, SLACK);
	s->source.rest = span_from(s->source.rest, more.len);
	return 0;
}

/* Bytes before the mark that is next are done with. */
static void
drop_done(struct bzip2_scan *s)
{
	size_t n = s->bit / 8;

	memmove(s->window.ptr, s->window.ptr + n, s->window.len - n + SLACK);
	s->window.len -= n;
	s->window_at += n;
	s->bit %= 8;
}

/* Makes sure of n bytes from the next mark on; false: the file ends before. */
static int
need(struct bzip2_scan *s, size_t n, bool *there, struct err *e)
{
	while (s->window.len - s->bit / 8 < n && !s->ended)
		if (read_more(s, e) != 0)
			return -1;
	*there = s->window.len - s->bit / 8 >= n;
	return 0;
}

static uint64_t
load(const struct buf *window, size_t byte)
{
	uint64_t word;

	memcpy(&word, window->ptr + byte, 8);
	return be64toh(word);
}

static uint64_t
mark_at(const struct buf *window, size_t bit)
{
	return load(window, bit / 8) >> (64 - MARK_BITS - bit % 8) & MARK_MASK;
}

/*
 * For each byte, which shifts a mark can stand at if this is its second
 * byte: that byte is all mark, whatever the shift.
 */
static void
make_filter(uint8_t shifts[256])
{
	unsigned s;

	memset(shifts, 0, 256);
	for (s = 0; s < 8; s++) {
		shifts[MARK_BLOCK >> (32 + s) & 0xff] |= (uint8_t)(1u << s);
		shifts[MARK_END >> (32 + s) & 0xff] |= (uint8_t)(1u << s);
	}
}

/* The first mark that begins in bytes from..to-1; false if there is none. */
static bool
find_mark(const struct buf *window, size_t from, size_t to, size_t *bit)
{
	uint8_t shifts[256];
	size_t i;
	unsigned s;

	make_filter(shifts);
	for (i = from; i < to; i++) {
		unsigned may = shifts[(uint8_t)window->ptr[i + 1]];

		for (s = 0; may != 0; s++, may >>= 1) {
			uint64_t mark = mark_at(window, i * 8 + s);

			if ((may & 1) != 0 &&
			    (mark == MARK_BLOCK || mark == MARK_END)) {
				*bit = i * 8 + s;
				return true;
			}
		}
	}
	return false;
}

/* The mark after the block that begins at s->bit. */
static int
find_end(struct bzip2_scan *s, size_t *end, bool *found, struct err *e)
{
	/* No block is so short that its own mark would be found again. */
	size_t from = s->bit / 8 + 7;

	*found = false;
	for (;;) {
		/* A mark and its shift need seven bytes. */
		size_t to = s->window.len < 7 ? 0 : s->window.len - 6;

		if (from < to && find_mark(&s->window, from, to, end)) {
			*found = true;
			return 0;
		}
		if (from < to)
			from = to;
		if (s->ended || from - s->bit / 8 > PACKED_MAX)
			return 0;
		if (read_more(s, e) != 0)
			return -1;
	}
}

struct bit_writer {
	struct buf *to;
	uint64_t bits; /* the last n are not written yet */
	unsigned n;
};

static void
put_bits(struct bit_writer *w, uint64_t bits, unsigned n)
{
	w->bits = w->bits << n | bits;
	w->n += n;
	while (w->n >= 8) {
		w->n -= 8;
		buf_add_char(w->to, (char)(w->bits >> w->n));
	}
}

/* n bytes of the window from a bit on, moved to a byte's first bit. */
static void
put_shifted(
    struct bit_writer *w, const struct buf *window, size_t bit, size_t n)
{
	const uint8_t *from = (const uint8_t *)window->ptr + bit / 8;
	unsigned shift = 8 - bit % 8;
	char *to;
	size_t i;

	buf_reserve(w->to, n);
	to = w->to->ptr + w->to->len;
	for (i = 0; i < n; i++)
		to[i] = (char)((from[i] << 8 | from[i + 1]) >> shift);
	w->to->len += n;
}

/*
 * The block from s->bit to end, with the head and the end that make it a
 * stream; a stream of one block has the block's checksum.
 */
static void
wrap_block(const struct bzip2_scan *s, size_t end, struct bzip2_piece *p)
{
	struct bit_writer w = { .to = &p->packed };
	size_t crc_at = s->bit + MARK_BITS;
	unsigned rest = (end - s->bit) % 8;
	uint64_t last = load(&s->window, (end - rest) / 8) << (end - rest) % 8;

	p->crc = (uint32_t)(load(&s->window, crc_at / 8) >> (32 - crc_at % 8));
	buf_reset(&p->packed);
	buf_add(&p->packed, "BZh", 3);
	buf_add_char(&p->packed, (char)('0' + s->level));
	put_shifted(&w, &s->window, s->bit, (end - s->bit) / 8);
	if (rest > 0)
		put_bits(&w, last >> (64 - rest), rest);
	put_bits(&w, MARK_END, MARK_BITS);
	put_bits(&w, p->crc, 32);
	put_bits(&w, 0, (8 - w.n) % 8);
	p->level = s->level;
	p->bit = (HEAD_SIZE * 8) + MARK_BITS;
	p->end = HEAD_SIZE * 8 + (end - s->bit);
	buf_reserve(&p->packed, BZIP2_SLACK);
	memset(p->packed.ptr + p->packed.len, 0, BZIP2_SLACK);
}

static int
scan_block(struct bzip2_scan *s, struct bzip2_piece *p, struct err *e)
{
	size_t end;
	bool found;

	if (find_end(s, &end, &found, e) != 0)
		return -1;
	if (!found)
		return 0;
	p->kind = BZIP2_PIECE_BLOCK;
	wrap_block(s, end, p);
	s->bit = end;
	return 0;
}

/* The mark of the end, a checksum, and zero bits up to a whole byte. */
static int
scan_stream_end(struct bzip2_scan *s, struct bzip2_piece *p, struct err *e)
{
	size_t bit = s->bit + MARK_BITS;
	bool there;

	if (need(s, 11, &there, e) != 0)
		return -1;
	if (!there)
		return 0;
	p->kind = BZIP2_PIECE_STREAM;
	p->crc = (uint32_t)(load(&s->window, bit / 8) >> (32 - bit % 8));
	s->bit = (bit + 32 + 7) / 8 * 8;
	s->level = 0;
	return 0;
}

static int
scan_head(struct bzip2_scan *s, struct bzip2_piece *p, struct err *e)
{
	const char *head;
	bool there;

	if (need(s, HEAD_SIZE, &there, e) != 0)
		return -1;
	head = s->window.ptr + s->bit / 8;
	if (!there) {
		if (s->window.len == s->bit / 8 && s->window_at > 0)
			p->kind = BZIP2_PIECE_END;
		return 0;
	}
	if (memcmp(head, "BZh", 3) != 0 || head[3] < '1' || head[3] > '9')
		return 0;
	s->level = (unsigned)(head[3] - '0');
	s->stream_at = s->window_at + s->bit / 8;
	s->bit += (size_t)HEAD_SIZE * 8;
	return 0;
}

int
bzip2_scan_next(struct bzip2_scan *s, struct bzip2_piece *p, struct err *e)
{
	bool there;
	int rc = 0;

	p->kind = BZIP2_PIECE_ODD;
	if (s->window.len > 0)
		drop_done(s);
	if (s->level == 0 && scan_head(s, p, e) != 0)
		return -1;
	if (s->level == 0)
		return 0;
	if (need(s, 7, &there, e) != 0)
		return -1;
	if (there && mark_at(&s->window, s->bit) == MARK_BLOCK)
		rc = scan_block(s, p, e);
	else if (there && mark_at(&s->window, s->bit) == MARK_END)
		rc = scan_stream_end(s, p, e);
	p->stream_at = s->stream_at;
	p->packed_size = s->window_at + s->bit / 8;
	return rc;
}
