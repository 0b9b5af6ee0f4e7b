/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <string.h>

#include "eval/address.h"

#define ADDRESS_TEXT_MAX 64 /* bytes of an address as text */

static bool
parse_ip(int family, struct span s, unsigned char *out)
{
	char text[ADDRESS_TEXT_MAX];

	if (s.len == 0 || s.len >= sizeof(text))
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	return inet_pton(family, text, out) == 1;
}

/* 255.255.255.0 is 24; a mask with holes is none. */
static bool
parse_mask(struct span s, unsigned *prefix)
{
	unsigned char b[4];
	uint32_t mask;

	if (!parse_ip(AF_INET, s, b))
		return false;
	mask = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
	for (*prefix = 0; *prefix < 32 && mask >> 31 == 1; mask <<= 1)
		(*prefix)++;
	return mask == 0;
}

bool
address_parse(enum oval_datatype type, struct span s, struct address *out)
{
	bool is_v4 = type == OVAL_IPV4_ADDRESS;
	size_t slash = span_find(s, '/');
	struct span mask = span_from(s, slash + 1);
	uint64_t prefix;

	memset(out, 0, sizeof(*out));
	out->n_bits = is_v4 ? 32 : 128;
	out->prefix = out->n_bits;
	if (!parse_ip(
		is_v4 ? AF_INET : AF_INET6, span_first(s, slash), out->bytes))
		return false;
	if (slash == s.len)
		return true;
	if (is_v4 && span_find(mask, '.') < mask.len)
		return parse_mask(mask, &out->prefix);
	if (!parse_uint(mask, out->n_bits, &prefix))
		return false;
	out->prefix = (unsigned)prefix;
	return true;
}

int
address_order(const struct address *a, const struct address *b, unsigned n)
{
	unsigned rest = n % 8;
	int order = memcmp(a->bytes, b->bytes, n / 8);
	int x, y;

	if (order != 0 || rest == 0)
		return order;
	x = a->bytes[n / 8] >> (8 - rest);
	y = b->bytes[n / 8] >> (8 - rest);
	return x - y;
}

bool
address_is_subset(const struct address *inner, const struct address *outer)
{
	return inner->prefix >= outer->prefix &&
	    address_order(inner, outer, outer->prefix) == 0;
}
