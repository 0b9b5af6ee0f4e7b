/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "base/span.h"

struct span
span_of(const char *s)
{
	return (struct span){ s, s == NULL ? 0 : strlen(s) };
}

struct span
span_make(const void *ptr, size_t len)
{
	return (struct span){ ptr, len };
}

bool
span_eq(struct span a, struct span b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool
span_is(struct span a, const char *s)
{
	return span_eq(a, span_of(s));
}

bool
span_is_nocase(struct span a, const char *s)
{
	size_t len = strlen(s);

	return a.len == len && (len == 0 || strncasecmp(a.ptr, s, len) == 0);
}

int
span_cmp(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int c = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

	if (c != 0)
		return c;
	return (a.len > b.len) - (a.len < b.len);
}

bool
span_has_prefix(struct span a, const char *prefix)
{
	return span_is(span_first(a, strlen(prefix)), prefix);
}

bool
span_has_suffix(struct span a, const char *suffix)
{
	size_t len = strlen(suffix);

	return a.len >= len && span_is(span_from(a, a.len - len), suffix);
}

size_t
span_find(struct span a, char c)
{
	const char *p = a.len == 0 ? NULL : memchr(a.ptr, c, a.len);

	return p == NULL ? a.len : (size_t)(p - a.ptr);
}

size_t
span_rfind(struct span a, char c)
{
	size_t i;

	for (i = a.len; i > 0; i--)
		if (a.ptr[i - 1] == c)
			return i - 1;
	return a.len;
}

struct span
span_trim(struct span a)
{
	while (a.len > 0 && span_is_space(a.ptr[0]))
		a = span_from(a, 1);
	while (a.len > 0 && span_is_space(a.ptr[a.len - 1]))
		a.len--;
	return a;
}

struct span
span_from(struct span a, size_t offset)
{
	if (a.ptr == NULL)
		return a;
	if (offset > a.len)
		offset = a.len;
	return (struct span){ a.ptr + offset, a.len - offset };
}

struct span
span_first(struct span a, size_t len)
{
	return (struct span){ a.ptr, len < a.len ? len : a.len };
}

bool
span_next(struct span *rest, char sep, struct span *part)
{
	size_t i;

	if (rest->ptr == NULL)
		return false;
	i = span_find(*rest, sep);
	*part = span_first(*rest, i);
	*rest = i == rest->len ? SPAN_NONE : span_from(*rest, i + 1);
	return true;
}

bool
span_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
span_is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

bool
span_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
span_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

#define DIGITS_SAFE 19u /* any so many fit into 64 bits */

bool
parse_uint(struct span s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	size_t i;

	if (s.len == 0)
		return false;
	for (i = 0; i < s.len; i++) {
		uint64_t digit = (uint64_t)(s.ptr[i] - '0');

		if (!span_is_digit(s.ptr[i]) ||
		    (i >= DIGITS_SAFE && v > (UINT64_MAX - digit) / 10))
			return false;
		v = v * 10 + digit;
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}

bool
parse_int(struct span s, int64_t *out)
{
	bool negative = span_has_prefix(s, "-");
	uint64_t max = (uint64_t)INT64_MAX + (negative ? 1 : 0);
	uint64_t v;

	if (!parse_uint(span_from(s, negative ? 1 : 0), max, &v))
		return false;
	if (negative)
		*out = v == 0 ? 0 : -(int64_t)(v - 1) - 1;
	else
		*out = (int64_t)v;
	return true;
}

static int
hex_value(char c)
{
	if (span_is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
parse_hex(struct span s, uint8_t *out, size_t n)
{
	size_t i;

	if (s.len != n * 2)
		return false;
	for (i = 0; i < n; i++) {
		int hi = hex_value(s.ptr[i * 2]);
		int lo = hex_value(s.ptr[i * 2 + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi * 16 + lo);
	}
	return true;
}
