/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare_versions KIND: reads lines "A\tB" and prints "A\tB\t<", "=" or ">".
 * compare_versions KIND N SEED: prints N pairs of versions of that kind that
 * lie close to each other, the same ones for the same seed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "eval/version.h"

#define LINE_SIZE 1024
#define CHANGES_MAX 3u

struct kind {
	const char *name;
	int (*compare)(struct span a, struct span b);
	const char *const *starts;
	const char *pieces; /* blanks between */
	bool (*is_valid)(struct span s);
};

static bool
valid_rpm(struct span s)
{
	return s.len > 0 && *s.ptr != '-' && *s.ptr != ':';
}

/* As dpkg has it: it must take what we ask, to judge it. */
static bool
valid_dpkg(struct span s)
{
	size_t colon = span_find(s, ':');
	uint64_t epoch;

	if (colon < s.len) {
		if (!parse_uint(span_first(s, colon), INT32_MAX, &epoch))
			return false;
		s = span_from(s, colon + 1);
	}
	return s.len > 1 && span_is_digit(*s.ptr) && s.ptr[s.len - 1] != '-' &&
	    s.ptr[s.len - 1] != ':' &&
	    span_find(span_from(s, span_rfind(s, '-')), ':') ==
	    span_from(s, span_rfind(s, '-')).len;
}

static bool
valid_apk(struct span s)
{
	return s.len > 0 && span_is_digit(*s.ptr);
}

static const char *const rpm_starts[] = { "1.0-1", "1.1.1k-9.el8_7",
	"0:4.18.0-80.1.2.el8_0", "2:8.2.2637-20.amzn2.0.1", "20230920-1.fc39",
	"1.0~rc1-1", "1.0^20240101gitabc-2", "3.6.8", "5.14.0-427.13.1.el9_4",
	"1.0-1.module+el8.10.0+21340+c9f5f0a3", "0.4.4-4.fc39.x", NULL };
static const char *const dpkg_starts[] = { "1.0-1", "1:1.2.11.dfsg-2+deb11u2",
	"2.31-13+deb11u5", "7.74.0-1.3", "1.0~rc1-1", "20210119", "0:1.0-0",
	"5.15.0-91.101", "1.0-1ubuntu0.1~esm1", "2:8.2.3995-1ubuntu2.15",
	"6.2-0ubuntu2.1", "1.0-1build1", NULL };
static const char *const apk_starts[] = { "1.2.5-r0", "3.3.2-r1", "1.1.1w-r1",
	"2.9.11_pre20061021-r1", "0.12.0_alpha2-r3", "20240226-r0",
	"1.36.1_git20240101-r2", "1.0_p10-r0", "6b-r7", "1.02.07", "006",
	"1.0.0_rc1_p2", "2.0~abc123-r4", NULL };

static const struct kind kinds[] = {
	{ "rpm", version_rpm, rpm_starts,
	    "0 1 9 00 a b z A Z rc el8 fc ~ ^ . .. _ + - : 0: 1: ~~ ^^ ~^ .0 "
	    "\xc3\xa9",
	    valid_rpm },
	{ "dpkg", version_dpkg, dpkg_starts,
	    "0 1 9 00 a b z A Z rc ubuntu deb11u1 ~ ~~ + . .. - -0 0: 1: +b1 "
	    "~bpo11+1 .0",
	    valid_dpkg },
	{ "apk", version_apk, apk_starts,
	    "0 1 9 00 .0 .1 .01 a b z _alpha _beta1 _pre _rc2 _cvs _svn3 _git "
	    "_hg _p1 -r0 -r1 -r10 ~ab ~12",
	    valid_apk },
};

static uint64_t state;

/* xorshift64*: the same everywhere. */
static uint32_t
random_below(uint32_t n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

static const char *
random_start(const struct kind *k)
{
	uint32_t n = 0;

	while (k->starts[n] != NULL)
		n++;
	return k->starts[random_below(n)];
}

static struct span
random_piece(const struct kind *k)
{
	struct span rest = span_of(k->pieces);
	struct span piece;
	uint32_t n = 0;
	uint32_t i;

	while (span_next(&rest, ' ', &piece))
		n++;
	rest = span_of(k->pieces);
	for (i = random_below(n) + 1; i > 0; i--)
		span_next(&rest, ' ', &piece);
	return piece;
}

/* A piece put in, a character taken out, or both, anywhere. */
static void
change(const struct kind *k, struct buf *v)
{
	struct buf out = { 0 };
	uint32_t at = random_below((uint32_t)v->len + 1);
	uint32_t what = random_below(4);

	buf_add_span(&out, span_first(buf_span(v), at));
	if (what == 3)
		buf_printf(&out, "%u", random_below(1u << random_below(31)));
	else if (what > 0)
		buf_add_span(&out, random_piece(k));
	buf_add_span(
	    &out, span_from(buf_span(v), what == 1 ? at : (size_t)at + 1));
	buf_cleanup(v);
	*v = out;
}

static void
random_version(const struct kind *k, struct span from, struct buf *out)
{
	uint32_t i;

	do {
		buf_reset(out);
		buf_add_span(out, from);
		for (i = random_below(CHANGES_MAX) + 1; i > 0; i--)
			change(k, out);
	} while (!k->is_valid(buf_span(out)));
}

static void
print_random(const struct kind *k, unsigned long n)
{
	struct buf a = { 0 };
	struct buf b = { 0 };

	while (n-- > 0) {
		random_version(k, span_of(random_start(k)), &a);
		random_version(k, buf_span(&a), &b);
		printf("%s\t%s\n", buf_str(&a), buf_str(&b));
	}
	buf_cleanup(&a);
	buf_cleanup(&b);
}

static void
compare_lines(const struct kind *k)
{
	char line[LINE_SIZE];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct span rest =
		    span_first(span_of(line), strcspn(line, "\n"));
		struct span a, b;
		int order;

		if (!span_next(&rest, '\t', &a) || !span_next(&rest, '\t', &b))
			continue;
		order = k->compare(a, b);
		printf("%.*s\t%.*s\t%c\n", SPAN_ARG(a), SPAN_ARG(b),
		    order < 0       ? '<'
			: order > 0 ? '>'
				    : '=');
	}
}

int
main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(argv[1], kinds[i].name) != 0)
			continue;
		if (argc == 4) {
			state = strtoull(argv[3], NULL, 10) | 1;
			print_random(&kinds[i], strtoul(argv[2], NULL, 10));
		} else {
			compare_lines(&kinds[i]);
		}
		return 0;
	}
	fprintf(stderr, "usage: compare_versions rpm|dpkg|apk [N SEED]\n");
	return 2;
}
