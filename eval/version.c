/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/version.h"

/* The digits at the start of *s, cut off it. */
static struct span
cut_digits(struct span *s)
{
	struct span digits;
	size_t n = 0;

	while (n < s->len && span_is_digit(s->ptr[n]))
		n++;
	digits = span_first(*s, n);
	*s = span_from(*s, n);
	return digits;
}

int
version_number(struct span a, struct span b)
{
	while (a.len > 0 && *a.ptr == '0')
		a = span_from(a, 1);
	while (b.len > 0 && *b.ptr == '0')
		b = span_from(b, 1);
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return span_cmp(a, b);
}

static bool
starts(struct span s, char c)
{
	return s.len > 0 && *s.ptr == c;
}

static struct span
rpm_skip(struct span s)
{
	while (s.len > 0 && !span_is_digit(*s.ptr) && !span_is_alpha(*s.ptr) &&
	    *s.ptr != '~' && *s.ptr != '^')
		s = span_from(s, 1);
	return s;
}

static struct span
cut_letters(struct span *s)
{
	struct span letters;
	size_t n = 0;

	while (n < s->len && span_is_alpha(s->ptr[n]))
		n++;
	letters = span_first(*s, n);
	*s = span_from(*s, n);
	return letters;
}

/* One segment of each, of the class that a starts with. */
static int
rpm_segment(struct span *a, struct span *b)
{
	struct span x, y;

	if (span_is_digit(*a->ptr)) {
		x = cut_digits(a);
		y = cut_digits(b);
		return y.len == 0 ? 1 : version_number(x, y);
	}
	x = cut_letters(a);
	y = cut_letters(b);
	return y.len == 0 ? -1 : span_cmp(x, y);
}

/*
 * `mark` at the start of either: 1 if both have it (it is cut off), 0 if
 * none, else *order says which side is older: "~" sorts before everything,
 * "^" after the end and before anything else.
 */
static int
rpm_mark(struct span *a, struct span *b, char mark, int *order)
{
	bool in_a = starts(*a, mark);
	bool in_b = starts(*b, mark);

	if (in_a && in_b) {
		*a = span_from(*a, 1);
		*b = span_from(*b, 1);
		return 1;
	}
	if (!in_a && !in_b)
		return 0;
	*order = in_a ? -1 : 1;
	if (mark == '^' && (in_a ? b->len : a->len) == 0)
		*order = -*order;
	return -1;
}

int
version_rpm_part(struct span a, struct span b)
{
	static const char marks[] = { '~', '^' };
	int order = 0;
	int found;
	size_t i;

	while (a.len > 0 || b.len > 0) {
		a = rpm_skip(a);
		b = rpm_skip(b);
		found = 0;
		for (i = 0; i < sizeof(marks) && found == 0; i++)
			found = rpm_mark(&a, &b, marks[i], &order);
		if (found < 0)
			return order;
		if (found > 0)
			continue;
		if (a.len == 0 || b.len == 0)
			break;
		order = rpm_segment(&a, &b);
		if (order != 0)
			return order;
	}
	return a.len == 0 ? (b.len == 0 ? 0 : -1) : 1;
}

/* Cuts "epoch:" off *s; what is not all digits is no epoch. */
static struct span
cut_epoch(struct span *s)
{
	struct span rest = *s;
	struct span epoch = cut_digits(&rest);

	if (!starts(rest, ':'))
		return SPAN_NONE;
	*s = span_from(rest, 1);
	return epoch;
}

/* Cuts "-revision" off *s: what follows the last "-". */
static struct span
cut_revision(struct span *s)
{
	size_t at = span_rfind(*s, '-');
	struct span revision = span_from(*s, at + 1);

	*s = span_first(*s, at);
	return revision;
}

int
version_rpm(struct span a, struct span b)
{
	struct span release_a, release_b;
	int order;

	a = span_trim(a);
	b = span_trim(b);
	order = version_number(cut_epoch(&a), cut_epoch(&b));
	if (order != 0)
		return order;
	release_a = cut_revision(&a);
	release_b = cut_revision(&b);
	order = version_rpm_part(a, b);
	if (order != 0 || release_a.len == 0 || release_b.len == 0)
		return order;
	return version_rpm_part(release_a, release_b);
}

/* Weight of the first character where no digit is meant; the end is 0. */
static int
dpkg_weight(struct span s)
{
	if (s.len == 0 || span_is_digit(*s.ptr))
		return 0;
	if (*s.ptr == '~')
		return -1;
	if (span_is_alpha(*s.ptr))
		return (unsigned char)*s.ptr;
	return (unsigned char)*s.ptr + 256;
}

static int
dpkg_part(struct span a, struct span b)
{
	int order = 0;

	while (order == 0 && (a.len > 0 || b.len > 0)) {
		while ((a.len > 0 && !span_is_digit(*a.ptr)) ||
		    (b.len > 0 && !span_is_digit(*b.ptr))) {
			order = dpkg_weight(a) - dpkg_weight(b);
			if (order != 0)
				return order;
			a = span_from(a, 1);
			b = span_from(b, 1);
		}
		order = version_number(cut_digits(&a), cut_digits(&b));
	}
	return order;
}

int
version_dpkg(struct span a, struct span b)
{
	struct span revision_a, revision_b;
	int order;

	a = span_trim(a);
	b = span_trim(b);
	order = version_number(cut_epoch(&a), cut_epoch(&b));
	if (order != 0)
		return order;
	revision_a = cut_revision(&a);
	revision_b = cut_revision(&b);
	order = dpkg_part(a, b);
	return order != 0 ? order : dpkg_part(revision_a, revision_b);
}

int
version_plain(struct span a, struct span b)
{
	int order = 0;

	a = span_trim(a);
	b = span_trim(b);
	while (order == 0 && (a.len > 0 || b.len > 0)) {
		order = version_number(cut_digits(&a), cut_digits(&b));
		a = span_from(a, 1);
		b = span_from(b, 1);
	}
	return order;
}
