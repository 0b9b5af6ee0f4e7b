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

/* rpmvercmp() of one part: version or release (rpm-version(7)). */
static int
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

/* Cuts "-revision" off *s: what follows the last "-"; SPAN_NONE: none. */
static struct span
cut_revision(struct span *s)
{
	size_t at = span_rfind(*s, '-');
	struct span revision = SPAN_NONE;

	if (at < s->len)
		revision = span_make(s->ptr + at + 1, s->len - at - 1);
	*s = span_first(*s, at);
	return revision;
}

/* What is left of a part. Here, and not as spans, as it is what scans do. */
struct rest {
	const char *at;
	const char *end;
};

static inline bool
has_digit(const struct rest *r)
{
	return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

/* Weight of the first character where no digit is meant; the end is 0. */
static inline int
dpkg_weight(const struct rest *r)
{
	unsigned char c;

	if (r->at == r->end || has_digit(r))
		return 0;
	c = (unsigned char)*r->at;
	if (c == '~')
		return -1;
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return c;
	return c + 256;
}

/* Both lose what is no digit; not 0 as soon as they differ. */
static int
dpkg_text(struct rest *a, struct rest *b)
{
	int order;

	while ((a->at < a->end && !has_digit(a)) ||
	    (b->at < b->end && !has_digit(b))) {
		order = dpkg_weight(a) - dpkg_weight(b);
		if (order != 0)
			return order;
		a->at++;
		b->at++;
	}
	return 0;
}

/* Both lose a number; the longer one is larger. */
static int
dpkg_number(struct rest *a, struct rest *b)
{
	int order = 0;

	while (a->at < a->end && *a->at == '0')
		a->at++;
	while (b->at < b->end && *b->at == '0')
		b->at++;
	for (; has_digit(a) && has_digit(b); a->at++, b->at++)
		if (order == 0)
			order = *a->at - *b->at;
	if (has_digit(a))
		return 1;
	return has_digit(b) ? -1 : order;
}

static int
dpkg_part(struct span sa, struct span sb)
{
	struct rest a = { sa.len > 0 ? sa.ptr : "", NULL };
	struct rest b = { sb.len > 0 ? sb.ptr : "", NULL };
	int order = 0;

	a.end = a.at + sa.len;
	b.end = b.at + sb.len;
	while (order == 0 && (a.at < a.end || b.at < b.end)) {
		order = dpkg_text(&a, &b);
		if (order == 0)
			order = dpkg_number(&a, &b);
	}
	return order;
}

/*
 * Epoch, version, release, the first that differs. A release that is missing
 * is older than any for rpm; for dpkg it is an empty one.
 */
static int
cmp_parts(struct span a, struct span b,
    int (*cmp_part)(struct span a, struct span b), bool missing_is_older)
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
	order = cmp_part(a, b);
	if (order != 0)
		return order;
	if (release_a.ptr == NULL && release_b.ptr == NULL)
		return 0;
	if (missing_is_older &&
	    (release_a.ptr == NULL || release_b.ptr == NULL))
		return release_a.ptr == NULL ? -1 : 1;
	return cmp_part(release_a, release_b);
}

int
version_rpm(struct span a, struct span b)
{
	return cmp_parts(a, b, version_rpm_part, true);
}

int
version_dpkg(struct span a, struct span b)
{
	return cmp_parts(a, b, dpkg_part, false);
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
