/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of local variables, 5.11.2 §5.4: each takes every combination of
 * its operands' values.
 */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "eval/evaluation_impl.h"
#include "eval/function.h"
#include "eval/integer.h"

/* A call: its operands' values, and where the results go. */
struct call {
	struct evaluation *ev;
	const struct oval_component *c;
	struct values *operands;
	size_t n;
	struct values *out;
};

static void
fail(struct call *k, const char *message)
{
	values_flag(k->ev, k->out, FLAG_ERROR, "%s", message);
}

/* A text that is too long is told, and not kept. */
static void
give(struct call *k, const struct buf *b)
{
	if (b->len > EVALUATION_BYTES_MAX)
		fail(k, "a value is too long");
	else
		values_add(
		    k->ev, k->out, arena_span(&k->ev->arena, buf_span(b)));
}

/*
 * Steps to the next combination, the last operand fastest; false after the
 * last one.
 */
static bool
next_combination(const struct call *k, size_t *at)
{
	size_t i;

	for (i = k->n; i > 0; i--) {
		if (++at[i - 1] < k->operands[i - 1].n)
			return true;
		at[i - 1] = 0;
	}
	return false;
}

/* Calls fn for every combination of values until the call is in error. */
static void
each_combination(struct call *k,
    void (*fn)(struct call *k, const struct span *values, struct buf *b))
{
	size_t at[OVAL_OPERANDS_MAX] = { 0 };
	struct span values[OVAL_OPERANDS_MAX];
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < k->n; i++)
		if (k->operands[i].n == 0)
			return;
	do {
		for (i = 0; i < k->n; i++)
			values[i] = k->operands[i].v[at[i]];
		buf_reset(&b);
		fn(k, values, &b);
	} while (k->out->flag != FLAG_ERROR && next_combination(k, at));
	buf_cleanup(&b);
}

/* --- arithmetic --- */

enum sum {
	SUM_NONE = 0, /* not of whole numbers */
	SUM_DONE,
	SUM_TOO_LONG,
};

static enum sum
add_up_int(const struct call *k, const struct span *values, bool is_add,
    struct integer *total)
{
	struct integer v;
	size_t i;

	for (i = 0; i < k->n; i++)
		if (!integer_valid(span_trim(values[i])))
			return SUM_NONE;
	integer_parse(is_add ? SPAN_LIT("0") : SPAN_LIT("1"), total);
	for (i = 0; i < k->n; i++)
		if (!integer_parse(span_trim(values[i]), &v) ||
		    !(is_add ? integer_add(total, &v)
			     : integer_multiply(total, &v)))
			return SUM_TOO_LONG;
	return SUM_DONE;
}

static bool
add_up_float(
    const struct call *k, const struct span *values, bool is_add, double *total)
{
	double v;
	size_t i;

	*total = is_add ? 0 : 1;
	for (i = 0; i < k->n; i++) {
		if (!value_float(span_trim(values[i]), &v))
			return false;
		*total = is_add ? *total + v : *total * v;
	}
	return true;
}

static void
call_arithmetic(struct call *k, const struct span *values, struct buf *b)
{
	bool is_add = span_is(k->c->argument, "add");
	struct integer whole;
	double real;

	switch (add_up_int(k, values, is_add, &whole)) {
	case SUM_DONE:
		integer_print(b, &whole);
		give(k, b);
		return;
	case SUM_TOO_LONG:
		fail(k, "the result of arithmetic has too many digits");
		return;
	case SUM_NONE:
		break;
	}
	if (!add_up_float(k, values, is_add, &real)) {
		fail(k, "arithmetic takes numbers");
		return;
	}
	if (isnan(real))
		buf_add_str(b, "NaN");
	else if (isinf(real))
		buf_add_str(b, real < 0 ? "-INF" : "INF");
	else
		buf_printf(b, "%.15g", real);
	give(k, b);
}

/* --- text --- */

static void
call_begin(struct call *k, const struct span *values, struct buf *b)
{
	struct span c = k->c->argument;

	if (!span_eq(span_first(values[0], c.len), c))
		buf_add_span(b, c);
	buf_add_span(b, values[0]);
	give(k, b);
}

static void
call_end(struct call *k, const struct span *values, struct buf *b)
{
	struct span c = k->c->argument;
	struct span v = values[0];

	buf_add_span(b, v);
	if (v.len < c.len || !span_eq(span_from(v, v.len - c.len), c))
		buf_add_span(b, c);
	give(k, b);
}

static void
call_concat(struct call *k, const struct span *values, struct buf *b)
{
	size_t i;

	for (i = 0; i < k->n && b->len <= EVALUATION_BYTES_MAX; i++)
		buf_add_span(b, values[i]);
	give(k, b);
}

static void
call_escape_regex(struct call *k, const struct span *values, struct buf *b)
{
	regex_escape(b, values[0]);
	give(k, b);
}

static void
call_split(struct call *k, const struct span *values, struct buf *b)
{
	struct span delimiter = k->c->argument;
	struct span rest = values[0];
	const char *at = NULL;

	(void)b;
	for (;;) {
		if (delimiter.len > 0 && rest.len > 0)
			at = memmem(
			    rest.ptr, rest.len, delimiter.ptr, delimiter.len);
		if (at == NULL)
			break;
		values_add(
		    k->ev, k->out, span_first(rest, (size_t)(at - rest.ptr)));
		rest = span_from(rest, (size_t)(at - rest.ptr) + delimiter.len);
		at = NULL;
	}
	values_add(k->ev, k->out, rest);
}

/* Bytes of the first n characters of UTF-8 text. */
static size_t
characters(struct span s, int64_t n)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (((unsigned char)s.ptr[i] & 0xc0) == 0x80)
			continue;
		if (n-- <= 0)
			break;
	}
	return i;
}

static void
call_substring(struct call *k, const struct span *values, struct buf *b)
{
	struct span v = values[0];
	int64_t start, length;

	(void)b;
	if (!parse_int(span_trim(k->c->argument), &start) ||
	    !parse_int(span_trim(k->c->argument2), &length)) {
		fail(k, "substring takes whole numbers");
		return;
	}
	v = span_from(v, characters(v, start > 1 ? start - 1 : 0));
	if (v.len == 0) {
		fail(k, "substring starts behind the end");
		return;
	}
	if (length >= 0)
		v = span_first(v, characters(v, length));
	values_add(k->ev, k->out, v);
}

static void
call_regex_capture(struct call *k, const struct span *values, struct buf *b)
{
	struct regex_groups g = { .next = 0 };
	struct err why;
	int found =
	    regex_next(k->ev->regex, k->c->argument, 0, values[0], &g, &why);

	(void)b;
	if (found < 0) {
		fail(k, why.msg);
		return;
	}
	if (found == 0 || g.n_groups == 0 || g.groups[0].ptr == NULL)
		values_add(k->ev, k->out, SPAN_LIT(""));
	else
		values_add(k->ev, k->out, g.groups[0]);
}

static void
call_glob_to_regex(struct call *k, const struct span *values, struct buf *b)
{
	bool noescape =
	    span_is(k->c->argument, "true") || span_is(k->c->argument, "1");

	if (!function_glob(b, values[0], noescape)) {
		fail(k, "a bracket of a glob never ends");
		return;
	}
	give(k, b);
}

static void
call_time_difference(struct call *k, const struct span *values, struct buf *b)
{
	struct span format = k->c->argument2;
	int64_t first = clock_now();
	int64_t second;

	if (k->n > 1 && !function_time(k->c->argument, values[0], &first)) {
		fail(k, "time_difference cannot read the first time");
		return;
	}
	/* A time alone has the second format; the first is the clock's. */
	if (!function_time(format, values[k->n - 1], &second) ||
	    __builtin_sub_overflow(first, second, &first)) {
		fail(k, "time_difference cannot read a time");
		return;
	}
	buf_printf(b, "%lld", (long long)first);
	give(k, b);
}

/* --- over all values --- */

static void
call_unique(struct call *k)
{
	struct map seen = { 0 };
	size_t i, j;

	for (i = 0; i < k->n; i++)
		for (j = 0; j < k->operands[i].n; j++)
			if (map_add(&seen, k->operands[i].v[j], 0, NULL))
				values_add(k->ev, k->out, k->operands[i].v[j]);
	map_cleanup(&seen);
}

static void
call_count(struct call *k)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < k->n; i++)
		n += (int64_t)k->operands[i].n;
	values_add(k->ev, k->out, int_text(k->ev, n));
}

/* fn for each combination, or all at once; how many operands it takes. */
static const struct {
	void (*each)(struct call *k, const struct span *values, struct buf *b);
	void (*all)(struct call *k);
	size_t min;
	size_t max;
} functions[] = {
	[OVAL_FUNCTION_ARITHMETIC] = { call_arithmetic, NULL, 1,
	    OVAL_OPERANDS_MAX },
	[OVAL_FUNCTION_BEGIN] = { call_begin, NULL, 1, 1 },
	[OVAL_FUNCTION_END] = { call_end, NULL, 1, 1 },
	[OVAL_FUNCTION_CONCAT] = { call_concat, NULL, 1, OVAL_OPERANDS_MAX },
	[OVAL_FUNCTION_ESCAPE_REGEX] = { call_escape_regex, NULL, 1, 1 },
	[OVAL_FUNCTION_SPLIT] = { call_split, NULL, 1, 1 },
	[OVAL_FUNCTION_SUBSTRING] = { call_substring, NULL, 1, 1 },
	[OVAL_FUNCTION_TIME_DIFFERENCE] = { call_time_difference, NULL, 1, 2 },
	[OVAL_FUNCTION_REGEX_CAPTURE] = { call_regex_capture, NULL, 1, 1 },
	[OVAL_FUNCTION_UNIQUE] = { NULL, call_unique, 1, OVAL_OPERANDS_MAX },
	[OVAL_FUNCTION_COUNT] = { NULL, call_count, 1, OVAL_OPERANDS_MAX },
	[OVAL_FUNCTION_GLOB_TO_REGEX] = { call_glob_to_regex, NULL, 1, 1 },
};

/*
 * Anything but complete operands puts the function in error, except what an
 * image cannot have: that is not collected (ARCHITECTURE §5).
 */
static bool
check_operands(struct call *k)
{
	struct values flags = { .flag = FLAG_COMPLETE };
	size_t i;

	for (i = 0; i < k->n; i++)
		if (k->operands[i].flag != FLAG_COMPLETE)
			values_flag(k->ev, &flags, k->operands[i].flag, "%.*s",
			    SPAN_ARG(k->operands[i].message));
	if (flags.flag == FLAG_COMPLETE)
		return true;
	if (flags.flag != FLAG_NOT_APPLICABLE &&
	    flags.flag != FLAG_NOT_COLLECTED)
		flags.flag = FLAG_ERROR;
	values_flag(k->ev, k->out, flags.flag, "%.*s", SPAN_ARG(flags.message));
	return false;
}

static void
call(struct call *k)
{
	if (k->n < functions[k->c->type].min ||
	    k->n > functions[k->c->type].max)
		fail(k, "a function has too few or too many operands");
	else if (!check_operands(k))
		return;
	else if (functions[k->c->type].each != NULL)
		each_combination(k, functions[k->c->type].each);
	else
		functions[k->c->type].all(k);
}

int
function_values(struct evaluation *ev, const struct oval_component *c,
    struct values *out, struct err *e)
{
	struct call k = { ev, c, NULL, 0, out };
	int rc = 0;

	k.operands =
	    arena_array(&ev->arena, c->n_operands, sizeof(*k.operands));
	for (k.n = 0; k.n < c->n_operands && rc == 0; k.n++) {
		k.operands[k.n].flag = FLAG_COMPLETE;
		rc = component_values(
		    ev, &c->operands[k.n], &k.operands[k.n], e);
	}
	if (rc == 0)
		call(&k);
	return rc;
}
