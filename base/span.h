/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A span borrows bytes: pointer and length by value, not NUL-terminated. Who
 * hands one out says how long the bytes live. A span never owns.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const char *ptr;
	size_t len;
};

#define SPAN_NONE ((struct span){ NULL, 0 })
#define SPAN_LIT(s) ((struct span){ "" s, sizeof(s) - 1 })
/* For printf: printf("%.*s", SPAN_ARG(s)). */
#define SPAN_ARG(s) (int)(s).len, (s).ptr

struct span span_of(const char *s); /* NULL gives SPAN_NONE */
struct span span_make(const void *ptr, size_t len);

bool span_eq(struct span a, struct span b);
bool span_is(struct span a, const char *s);
bool span_is_nocase(struct span a, const char *s); /* ASCII */
int span_cmp(struct span a, struct span b);        /* byte order */
bool span_has_prefix(struct span a, const char *prefix);
bool span_has_suffix(struct span a, const char *suffix);
/* Index of the first c, or a.len. */
size_t span_find(struct span a, char c);
/* Index of the last c, or a.len. */
size_t span_rfind(struct span a, char c);
struct span span_trim(struct span a);                /* ASCII white space */
struct span span_from(struct span a, size_t offset); /* past the end: empty */
struct span span_first(struct span a, size_t len);   /* at most len bytes */
/*
 * Cuts the part before the next sep off *rest and returns it; *rest moves
 * behind sep. False when *rest was used up (ptr NULL).
 */
bool span_next(struct span *rest, char sep, struct span *part);

bool span_is_digit(char c); /* ASCII, independent of the locale */
bool span_is_alpha(char c);
bool span_is_lower(char c); /* a to z */
bool span_is_space(char c);

/*
 * Decimal digits only, the whole span, at most max. False otherwise; *out is
 * then unchanged.
 */
bool parse_uint(struct span s, uint64_t max, uint64_t *out);
/* An optional '-', then digits. */
bool parse_int(struct span s, int64_t *out);
/* Lower or upper case hex of exactly n bytes. */
bool parse_hex(struct span s, uint8_t *out, size_t n);

#endif
