/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"

size_t
utf8_char(struct span s, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s.ptr;
	uint32_t v;
	size_t n, i;

	if (s.len == 0 || (p[0] >= 0x80 && p[0] < 0xc2) || p[0] > 0xf4)
		return 0;
	n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (s.len < n)
		return 0;
	v = n == 1 ? p[0] : p[0] & (0xffU >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (p[i] & 0x3f);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	if (c != NULL)
		*c = v;
	return n;
}

bool
utf8_is_cut(struct span s)
{
	/* The lowest or the highest bytes fit after any that begin one. */
	static const char fills[] = { '\x80', '\xbf' };
	char c[4];
	size_t i, n;

	if (s.len == 0 || s.len > 3)
		return false;
	memcpy(c, s.ptr, s.len);
	for (i = 0; i < 2; i++) {
		memset(c + s.len, fills[i], 4 - s.len);
		n = utf8_char(span_make(c, 4), NULL);
		if (n > s.len)
			return true;
	}
	return false;
}

/* Bytes before the first that is not ASCII, eight at a time. */
static size_t
ascii_len(struct span s)
{
	size_t i = 0;

	for (; s.len - i >= 8; i += 8) {
		uint64_t word;

		memcpy(&word, s.ptr + i, 8);
		if ((word & 0x8080808080808080U) != 0)
			break;
	}
	while (i < s.len && (unsigned char)s.ptr[i] < 0x80)
		i++;
	return i;
}

size_t
utf8_valid_len(struct span s)
{
	size_t i = 0;
	size_t n;

	do {
		i += ascii_len(span_from(s, i));
		n = utf8_char(span_from(s, i), NULL);
		i += n;
	} while (n > 0);
	return i;
}
