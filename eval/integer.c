/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "eval/integer.h"
#include "eval/version.h"

#define CHUNK 1000000000u /* decimal digits go nine at a time */
#define CHUNK_DIGITS 9u

/* --- as text --- */

bool
integer_valid(struct span s)
{
	size_t i;

	if (s.len > 0 && (*s.ptr == '-' || *s.ptr == '+'))
		s = span_from(s, 1);
	for (i = 0; i < s.len && span_is_digit(s.ptr[i]); i++)
		continue;
	return s.len > 0 && i == s.len;
}

int
integer_order(struct span a, struct span b)
{
	bool minus_a = *a.ptr == '-';
	bool minus_b = *b.ptr == '-';
	int order;

	a = span_is_digit(*a.ptr) ? a : span_from(a, 1);
	b = span_is_digit(*b.ptr) ? b : span_from(b, 1);
	order = version_number(a, b);
	if (minus_a == minus_b)
		return minus_a ? -order : order;
	/* -0 and 0 are equal. */
	if (version_number(a, SPAN_NONE) == 0 &&
	    version_number(b, SPAN_NONE) == 0)
		return 0;
	return minus_a ? -1 : 1;
}

/* --- magnitudes --- */

static void
trim(struct integer *v)
{
	while (v->n > 0 && v->limbs[v->n - 1] == 0)
		v->n--;
	if (v->n == 0)
		v->minus = false;
}

/* v = v * factor + more; false if it does not fit. */
static bool
scale(struct integer *v, uint32_t factor, uint32_t more)
{
	uint64_t carry = more;
	size_t i;

	for (i = 0; i < v->n; i++) {
		carry += (uint64_t)v->limbs[i] * factor;
		v->limbs[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry == 0)
		return true;
	if (v->n == INTEGER_LIMBS)
		return false;
	v->limbs[v->n++] = (uint32_t)carry;
	return true;
}

/* The remainder of v / CHUNK; v becomes the quotient. */
static uint32_t
divide(struct integer *v)
{
	uint64_t rest = 0;
	size_t i;

	for (i = v->n; i > 0; i--) {
		rest = rest << 32 | v->limbs[i - 1];
		v->limbs[i - 1] = (uint32_t)(rest / CHUNK);
		rest %= CHUNK;
	}
	trim(v);
	return (uint32_t)rest;
}

static int
magnitude_order(const struct integer *a, const struct integer *b)
{
	size_t i;

	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	for (i = a->n; i > 0; i--)
		if (a->limbs[i - 1] != b->limbs[i - 1])
			return a->limbs[i - 1] < b->limbs[i - 1] ? -1 : 1;
	return 0;
}

static uint32_t
limb(const struct integer *v, size_t i)
{
	return i < v->n ? v->limbs[i] : 0;
}

static bool
magnitude_add(struct integer *to, const struct integer *v)
{
	struct integer sum = { .minus = to->minus };
	uint64_t carry = 0;

	while (sum.n < to->n || sum.n < v->n || carry > 0) {
		if (sum.n == INTEGER_LIMBS)
			return false;
		carry += (uint64_t)limb(to, sum.n) + limb(v, sum.n);
		sum.limbs[sum.n++] = (uint32_t)carry;
		carry >>= 32;
	}
	*to = sum;
	return true;
}

/* big - small, of which big is not the smaller. */
static struct integer
magnitude_subtract(const struct integer *big, const struct integer *small)
{
	struct integer v = { .minus = big->minus, .n = big->n };
	uint64_t borrow = 0;
	uint64_t take;
	size_t i;

	for (i = 0; i < big->n; i++) {
		take = limb(small, i) + borrow;
		borrow = big->limbs[i] < take;
		v.limbs[i] = (uint32_t)(big->limbs[i] - take);
	}
	trim(&v);
	return v;
}

/* --- numbers --- */

bool
integer_parse(struct span text, struct integer *out)
{
	bool minus = text.len > 0 && *text.ptr == '-';
	uint32_t chunk = 0;
	uint32_t factor = 1;

	*out = (struct integer){ 0 };
	if (!integer_valid(text))
		return false;
	if (!span_is_digit(*text.ptr))
		text = span_from(text, 1);
	while (text.len > 1 && *text.ptr == '0')
		text = span_from(text, 1);
	if (text.len > INTEGER_DIGITS_MAX)
		return false;
	for (; text.len > 0; text = span_from(text, 1)) {
		chunk = chunk * 10 + (uint32_t)(*text.ptr - '0');
		factor *= 10;
		if (factor < CHUNK && text.len > 1)
			continue;
		if (!scale(out, factor, chunk))
			return false;
		chunk = 0;
		factor = 1;
	}
	out->minus = minus;
	trim(out);
	return true;
}

void
integer_print(struct buf *b, const struct integer *v)
{
	uint32_t chunks[INTEGER_LIMBS * 32 / 29 + 1];
	struct integer left = *v;
	size_t n = 0;

	do
		chunks[n++] = divide(&left);
	while (left.n > 0);
	buf_printf(b, "%s%u", v->minus ? "-" : "", chunks[n - 1]);
	for (n--; n > 0; n--)
		buf_printf(b, "%0*u", (int)CHUNK_DIGITS, chunks[n - 1]);
}

bool
integer_add(struct integer *to, const struct integer *v)
{
	if (to->minus == v->minus || to->n == 0) {
		to->minus = v->minus;
		return magnitude_add(to, v);
	}
	if (magnitude_order(to, v) >= 0)
		*to = magnitude_subtract(to, v);
	else
		*to = magnitude_subtract(v, to);
	return true;
}

bool
integer_multiply(struct integer *to, const struct integer *v)
{
	struct integer product = { .minus = to->minus != v->minus };
	uint64_t carry;
	size_t i, j;

	if (to->n + v->n > INTEGER_LIMBS)
		return false;
	for (i = 0; i < to->n; i++) {
		carry = 0;
		for (j = 0; j < v->n; j++) {
			carry += (uint64_t)to->limbs[i] * v->limbs[j] +
			    product.limbs[i + j];
			product.limbs[i + j] = (uint32_t)carry;
			carry >>= 32;
		}
		product.limbs[i + j] = (uint32_t)carry;
	}
	product.n = to->n + v->n;
	trim(&product);
	*to = product;
	return true;
}

/* The limb of a two's complement without end. */
static uint32_t
complement(const struct integer *v, size_t i, bool *borrow)
{
	uint32_t word = limb(v, i);

	if (!v->minus)
		return word;
	/* -v is what v - 1 has not set. */
	if (*borrow) {
		*borrow = word == 0;
		word--;
	}
	return ~word;
}

bool
integer_bits_in(const struct integer *part, const struct integer *whole)
{
	bool borrow_part = true;
	bool borrow_whole = true;
	uint32_t a, b;
	size_t i;

	for (i = 0; i <= INTEGER_LIMBS; i++) {
		a = complement(part, i, &borrow_part);
		b = complement(whole, i, &borrow_whole);
		if ((a & ~b) != 0)
			return false;
	}
	return true;
}
