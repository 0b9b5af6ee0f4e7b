/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/pack.h"

#define UINT_SIZE_MAX 10u /* bytes of a number of 64 bits */

void
pack_uint(struct buf *b, uint64_t v)
{
	buf_reserve(b, UINT_SIZE_MAX);
	while (v >= 0x80) {
		b->ptr[b->len++] = (char)(v | 0x80);
		v >>= 7;
	}
	b->ptr[b->len++] = (char)v;
	b->ptr[b->len] = '\0';
}

void
pack_int(struct buf *b, int64_t v)
{
	uint64_t u = (uint64_t)v << 1;

	pack_uint(b, v < 0 ? ~u : u);
}

void
pack_span(struct buf *b, struct span s)
{
	pack_uint(b, s.len);
	buf_add_span(b, s);
}

void
pack_digest(struct buf *b, const struct digest *d)
{
	pack_span(b, span_make(d->bytes, DIGEST_SIZE));
}

struct unpack
unpack_of(struct span s)
{
	return (struct unpack){ s, false };
}

uint64_t
unpack_uint(struct unpack *u)
{
	uint64_t v = 0;
	unsigned shift;
	size_t i;

	for (i = 0, shift = 0; i < u->rest.len && shift < 64; i++, shift += 7) {
		uint64_t byte = (unsigned char)u->rest.ptr[i];

		v |= (byte & 0x7f) << shift;
		if (byte < 0x80) {
			u->rest = span_from(u->rest, i + 1);
			return v;
		}
	}
	u->failed = true;
	u->rest = SPAN_NONE;
	return 0;
}

uint32_t
unpack_max(struct unpack *u, uint32_t max)
{
	uint64_t v = unpack_uint(u);

	if (v <= max)
		return (uint32_t)v;
	u->failed = true;
	u->rest = SPAN_NONE;
	return 0;
}

int64_t
unpack_int(struct unpack *u)
{
	uint64_t v = unpack_uint(u);

	return (int64_t)((v >> 1) ^ (~(v & 1) + 1));
}

struct span
unpack_span(struct unpack *u)
{
	uint64_t len = unpack_uint(u);
	struct span s;

	if (len > u->rest.len) {
		u->failed = true;
		u->rest = SPAN_NONE;
		return SPAN_NONE;
	}
	s = span_first(u->rest, (size_t)len);
	u->rest = span_from(u->rest, (size_t)len);
	return s;
}

void
unpack_fixed(struct unpack *u, void *out, size_t size)
{
	struct span s = unpack_span(u);

	if (s.len == size)
		memcpy(out, s.ptr, size);
	else
		u->failed = true;
}

void
unpack_digest(struct unpack *u, struct digest *out)
{
	unpack_fixed(u, out->bytes, DIGEST_SIZE);
}

size_t
unpack_count(struct unpack *u)
{
	uint64_t n = unpack_uint(u);

	if (n <= u->rest.len)
		return (size_t)n;
	u->failed = true;
	u->rest = SPAN_NONE;
	return 0;
}

bool
unpack_done(const struct unpack *u)
{
	return !u->failed && u->rest.len == 0;
}
