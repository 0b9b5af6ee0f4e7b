/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole numbers of any size, which OVAL's int is: kept as sign and magnitude.
 * What is longer than INTEGER_DIGITS_MAX is refused, never cut.
 */
#ifndef EVAL_INTEGER_H
#define EVAL_INTEGER_H

#include "base/buf.h"

/* Limits of outside input. */
#define INTEGER_DIGITS_MAX 1024u /* of a number that is calculated with */

#define INTEGER_LIMBS 108u /* 32 bits each: 1 024 digits, and a sign's bit */

struct integer {
	bool minus; /* never of zero */
	size_t n;   /* limbs in use, the lowest first */
	uint32_t limbs[INTEGER_LIMBS];
};

/* An optional sign and digits, of any length. */
bool integer_valid(struct span text);
/* Both valid, of any length: below 0, 0, above 0. */
int integer_order(struct span a, struct span b);

/* False if the text is no number, or too long. */
bool integer_parse(struct span text, struct integer *out);
/* Appends it in decimal. */
void integer_print(struct buf *b, const struct integer *v);
/* False if the result is too long; *to is unchanged then. */
bool integer_add(struct integer *to, const struct integer *v);
bool integer_multiply(struct integer *to, const struct integer *v);
/* Whether each bit of part is set in whole; negative ones have all high bits
 * set. */
bool integer_bits_in(const struct integer *part, const struct integer *whole);

#endif
