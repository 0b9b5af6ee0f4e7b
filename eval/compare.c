/* SPDX-License-Identifier: Apache-2.0 */
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/address.h"
#include "eval/compare.h"
#include "eval/integer.h"
#include "eval/version.h"

#define NUMBER_TEXT_MAX 64 /* bytes of a float as text */

static bool
is_line_break(char c)
{
	return c == '\n' || c == '\r';
}

struct span
value_text(enum oval_datatype type, struct span text)
{
	struct span inner = span_trim(text);
	size_t lead = (size_t)(inner.ptr - text.ptr);
	size_t tail = text.len - lead - inner.len;
	size_t i;

	if (type != OVAL_STRING || text.len == 0)
		return inner;
	for (i = 0; i < lead && !is_line_break(text.ptr[i]); i++)
		continue;
	if (i == lead)
		inner = span_first(text, lead + inner.len);
	for (i = text.len - tail; i < text.len; i++)
		if (is_line_break(text.ptr[i]))
			return inner;
	return (struct span){ inner.ptr, inner.len + tail };
}

static enum result
result_of(bool b)
{
	return b ? RESULT_TRUE : RESULT_FALSE;
}

static enum result
no_operation(enum oval_datatype type, enum oval_operation op, struct err *why)
{
	err_set(why, ERR_FORMAT, "values of type %s have no operation \"%s\"",
	    oval_datatype_name(type), oval_operation_name(op));
	return RESULT_ERROR;
}

/* For every type with an order. */
static enum result
by_order(
    enum oval_datatype type, enum oval_operation op, int order, struct err *why)
{
	switch (op) {
	case OVAL_EQUALS:
		return result_of(order == 0);
	case OVAL_NOT_EQUAL:
		return result_of(order != 0);
	case OVAL_GREATER_THAN:
		return result_of(order > 0);
	case OVAL_LESS_THAN:
		return result_of(order < 0);
	case OVAL_GREATER_THAN_OR_EQUAL:
		return result_of(order >= 0);
	case OVAL_LESS_THAN_OR_EQUAL:
		return result_of(order <= 0);
	default:
		return no_operation(type, op, why);
	}
}

static int
bad_value(enum oval_datatype type, struct span text, struct err *why)
{
	return err_set(why, ERR_FORMAT, "\"%.*s\" is no value of type %s",
	    SPAN_ARG(span_first(text, 80)), oval_datatype_name(type));
}

/* --- string --- */

static bool
eq_nocase(struct span a, struct span b)
{
	return a.len == b.len &&
	    (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

static enum result
compare_string(struct regex_cache *rx, enum oval_operation op,
    struct span collected, struct span stated, struct err *why)
{
	int found;

	switch (op) {
	case OVAL_EQUALS:
		return result_of(span_eq(collected, stated));
	case OVAL_NOT_EQUAL:
		return result_of(!span_eq(collected, stated));
	case OVAL_NOCASE_EQUALS:
		return result_of(eq_nocase(collected, stated));
	case OVAL_NOCASE_NOT_EQUAL:
		return result_of(!eq_nocase(collected, stated));
	case OVAL_PATTERN_MATCH:
		found = regex_match(rx, stated, 0, collected, why);
		return found < 0 ? RESULT_ERROR : result_of(found);
	default:
		return no_operation(OVAL_STRING, op, why);
	}
}

/* --- int: any length --- */

static enum result
compare_bits(enum oval_operation op, struct span collected, struct span stated,
    struct err *why)
{
	struct integer c, s;

	if (!integer_parse(collected, &c) || !integer_parse(stated, &s)) {
		err_set(why, ERR_LIMIT, "bitwise operations take %u digits",
		    INTEGER_DIGITS_MAX);
		return RESULT_ERROR;
	}
	if (op == OVAL_BITWISE_AND)
		return result_of(integer_bits_in(&s, &c));
	return result_of(integer_bits_in(&c, &s));
}

static enum result
compare_int(enum oval_operation op, struct span collected, struct span stated,
    struct err *why)
{
	if (op == OVAL_BITWISE_AND || op == OVAL_BITWISE_OR)
		return compare_bits(op, collected, stated, why);
	return by_order(OVAL_INT, op, integer_order(collected, stated), why);
}

/* --- float --- */

bool
value_float(struct span s, double *out)
{
	char text[NUMBER_TEXT_MAX];
	char *end;
	locale_t c;

	if (s.len == 0 || s.len >= sizeof(text))
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	if (!span_is(s, "INF") && !span_is(s, "-INF") && !span_is(s, "NaN") &&
	    strspn(text, "0123456789.+-eE") < s.len)
		return false;
	c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	*out = strtod_l(text, &end, c);
	freelocale(c);
	return *end == '\0';
}

static enum result
compare_float(enum oval_operation op, struct span collected, struct span stated,
    struct err *why)
{
	double c = 0, s = 0;

	value_float(collected, &c);
	value_float(stated, &s);
	if (isnan(c) || isnan(s)) {
		by_order(OVAL_FLOAT, op, 0, why);
		return result_of(op == OVAL_NOT_EQUAL);
	}
	return by_order(OVAL_FLOAT, op, c < s ? -1 : c > s, why);
}

/* --- boolean, binary --- */

static bool
parse_boolean(struct span s, bool *out)
{
	*out = span_is(s, "true") || span_is(s, "1");
	return *out || span_is(s, "false") || span_is(s, "0");
}

static enum result
compare_boolean(enum oval_operation op, struct span collected,
    struct span stated, struct err *why)
{
	bool c, s;

	parse_boolean(collected, &c);
	parse_boolean(stated, &s);
	if (op == OVAL_EQUALS)
		return result_of(c == s);
	if (op == OVAL_NOT_EQUAL)
		return result_of(c != s);
	return no_operation(OVAL_BOOLEAN, op, why);
}

static bool
is_binary(struct span s)
{
	uint8_t byte;

	if (s.len % 2 != 0)
		return false;
	for (; s.len > 0; s = span_from(s, 2))
		if (!parse_hex(span_first(s, 2), &byte, 1))
			return false;
	return true;
}

static enum result
compare_binary(enum oval_operation op, struct span collected,
    struct span stated, struct err *why)
{
	if (op == OVAL_EQUALS)
		return result_of(eq_nocase(collected, stated));
	if (op == OVAL_NOT_EQUAL)
		return result_of(!eq_nocase(collected, stated));
	return no_operation(OVAL_BINARY, op, why);
}

/* --- addresses --- */

static enum result
compare_address(enum oval_datatype type, enum oval_operation op,
    struct span collected, struct span stated, struct err *why)
{
	struct address c, s;

	address_parse(type, collected, &c);
	address_parse(type, stated, &s);
	if (op == OVAL_SUBSET_OF)
		return result_of(address_is_subset(&c, &s));
	if (op == OVAL_SUPERSET_OF)
		return result_of(address_is_subset(&s, &c));
	if (c.prefix == s.prefix)
		return by_order(type, op, address_order(&c, &s, c.prefix), why);
	if (op == OVAL_EQUALS || op == OVAL_NOT_EQUAL)
		return result_of(op == OVAL_NOT_EQUAL);
	err_set(
	    why, ERR_FORMAT, "addresses with different prefixes have no order");
	return RESULT_ERROR;
}

/* --- all types --- */

static bool
has_inner_space(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] == ' ' || (s.ptr[i] >= '\t' && s.ptr[i] <= '\r'))
			return true;
	return false;
}

static bool
is_value(enum oval_datatype type, struct span s)
{
	struct address address;
	double number;
	bool b;

	switch (type) {
	case OVAL_STRING:
		return true;
	case OVAL_INT:
		return integer_valid(s);
	case OVAL_FLOAT:
		return value_float(s, &number);
	case OVAL_BOOLEAN:
		return parse_boolean(s, &b);
	case OVAL_BINARY:
		return is_binary(s);
	case OVAL_IPV4_ADDRESS:
	case OVAL_IPV6_ADDRESS:
		return address_parse(type, s, &address);
	case OVAL_VERSION:
		return s.len > 0 && span_is_digit(*s.ptr);
	case OVAL_EVR_STRING:
	case OVAL_DEBIAN_EVR_STRING:
		return s.len > 0 && !has_inner_space(s);
	case OVAL_FILESET_REVISION:
	case OVAL_IOS_VERSION:
	case OVAL_RECORD:
		return false;
	}
	return false;
}

int
value_check(enum oval_datatype type, struct span text, struct err *why)
{
	if (type == OVAL_FILESET_REVISION || type == OVAL_IOS_VERSION ||
	    type == OVAL_RECORD)
		return err_set(why, ERR_FORMAT,
		    "values of type %s cannot be compared here",
		    oval_datatype_name(type));
	if (!is_value(type, value_text(type, text)))
		return bad_value(type, text, why);
	return 0;
}

enum result
value_compare(struct regex_cache *rx, enum oval_datatype type,
    enum oval_operation op, struct span collected, struct span stated,
    struct err *why)
{
	stated = value_text(type, stated);
	if (type == OVAL_STRING)
		return compare_string(rx, op, collected, stated, why);
	collected = span_trim(collected);
	if (value_check(type, collected, why) != 0 ||
	    value_check(type, stated, why) != 0)
		return RESULT_ERROR;
	switch (type) {
	case OVAL_INT:
		return compare_int(op, collected, stated, why);
	case OVAL_FLOAT:
		return compare_float(op, collected, stated, why);
	case OVAL_BOOLEAN:
		return compare_boolean(op, collected, stated, why);
	case OVAL_BINARY:
		return compare_binary(op, collected, stated, why);
	case OVAL_EVR_STRING:
		return by_order(type, op, version_rpm(collected, stated), why);
	case OVAL_DEBIAN_EVR_STRING:
		return by_order(type, op, version_dpkg(collected, stated), why);
	case OVAL_VERSION:
		return by_order(
		    type, op, version_plain(collected, stated), why);
	default:
		return compare_address(type, op, collected, stated, why);
	}
}
