/* SPDX-License-Identifier: Apache-2.0 */
#include "base/printable.h"
#include "base/utf8.h"

/* Controls, line separators, and what reorders or hides text (Unicode Bidi). */
static bool
is_unsafe(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0xad ||
	    cp == 0x61c || (cp >= 0x200b && cp <= 0x200f) ||
	    (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) ||
	    cp == 0xfeff || (cp >= 0xe0000 && cp <= 0xe007f);
}

/* Appends the next character made safe, cuts it off *s, returns its columns. */
static size_t
next(struct buf *b, struct span *s)
{
	uint32_t cp = 0;
	size_t n = utf8_char(*s, &cp);
	size_t columns = 1;

	if (n == 0) {
		cp = (unsigned char)s->ptr[0];
		buf_printf(b, "\\x%02x", cp);
		columns = 4;
		n = 1;
	} else if (is_unsafe(cp)) {
		size_t before = b->len;

		buf_printf(b, cp < 0x80 ? "\\x%02x" : "\\u%04x", cp);
		columns = b->len - before;
	} else {
		buf_add(b, s->ptr, n);
	}
	*s = span_from(*s, n);
	return columns;
}

void
printable_add(struct buf *b, struct span s)
{
	while (s.len > 0)
		next(b, &s);
}

size_t
printable_width(struct span s)
{
	struct buf scratch = { 0 };
	size_t width = 0;

	while (s.len > 0) {
		buf_reset(&scratch);
		width += next(&scratch, &s);
	}
	buf_cleanup(&scratch);
	return width;
}

void
printable_add_cut(struct buf *b, struct span s, size_t width)
{
	size_t used = 0;
	size_t fits = b->len; /* where there is room left for the "…" */

	while (s.len > 0) {
		if (used + 1 <= width)
			fits = b->len;
		used += next(b, &s);
		if (used > width) {
			b->len = fits;
			buf_add_str(b, "…");
			return;
		}
	}
}
