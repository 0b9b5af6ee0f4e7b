/* SPDX-License-Identifier: Apache-2.0 */
/* Each line "A < B" of tests/golden/version/<kind>.data is a test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "eval/version.h"

#define LINE_SIZE 256
#define LINES_MAX 512

struct version_case {
	char line[LINE_SIZE];
	int (*compare)(struct span a, struct span b);
};

static const struct {
	const char *path;
	int (*compare)(struct span a, struct span b);
} lists[] = {
	{ "tests/golden/version/rpm.data", version_rpm },
	{ "tests/golden/version/dpkg.data", version_dpkg },
	{ "tests/golden/version/apk.data", version_apk },
};

static struct version_case cases[LINES_MAX];
static struct CMUnitTest tests[LINES_MAX];
static size_t n_cases;

static char
sign(int order)
{
	return order < 0 ? '<' : order > 0 ? '>' : '=';
}

/* Both ways round, so that the order is one. */
static void
test_line(void **state)
{
	const struct version_case *c = *state;
	char a[LINE_SIZE], b[LINE_SIZE], op[LINE_SIZE];
	char got[4 * LINE_SIZE];
	int order;

	assert_int_equal(sscanf(c->line, "%255s %255s %255s", a, op, b), 3);
	order = c->compare(span_of(a), span_of(b));
	snprintf(got, sizeof(got), "%s %c %s", a, sign(order), b);
	assert_string_equal(got, c->line);
	order = c->compare(span_of(b), span_of(a));
	snprintf(got, sizeof(got), "%s %c %s", a, sign(-order), b);
	assert_string_equal(got, c->line);
}

static void
read_list(const char *path, int (*compare)(struct span a, struct span b))
{
	FILE *f = fopen(path, "re");
	struct version_case *c;

	if (f == NULL) {
		fprintf(stderr, "%s: not there; run from the source folder\n",
		    path);
		exit(1);
	}
	while (n_cases < LINES_MAX &&
	    fgets(cases[n_cases].line, LINE_SIZE, f) != NULL) {
		c = &cases[n_cases];
		c->line[strcspn(c->line, "\n")] = '\0';
		if (c->line[0] == '#' || c->line[0] == '\0')
			continue;
		c->compare = compare;
		tests[n_cases++] =
		    (struct CMUnitTest){ c->line, test_line, NULL, NULL, c };
	}
	fclose(f);
}

struct plain_case {
	const char *name;
	const char *a;
	const char *b;
	char expect;
};

static const struct plain_case plain_cases[] = {
	{ "version: equal", "1.2", "1.2", '=' },
	{ "version: numbers, not text", "1.9", "1.10", '<' },
	{ "version: padded with zeros", "1", "1.0.0", '=' },
	{ "version: longer is newer", "1.0", "1.0.1", '<' },
	{ "version: any separator", "1-2_3", "1.2.3", '=' },
	{ "version: white space", " 1.2\n", "1.2", '=' },
	{ "version: long numbers", "100000000000000000000",
	    "99999999999999999999", '>' },
};

static void
test_plain(void **state)
{
	const struct plain_case *c = *state;
	struct span a = span_of(c->a);
	struct span b = span_of(c->b);

	assert_int_equal(sign(version_plain(a, b)), c->expect);
	assert_int_equal(sign(-version_plain(b, a)), c->expect);
}

int
main(void)
{
	size_t n_plain = sizeof(plain_cases) / sizeof(*plain_cases);
	struct plain_case *c;
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		read_list(lists[i].path, lists[i].compare);
	for (i = 0; i < n_plain; i++) {
		c = xmalloc(sizeof(*c));
		*c = plain_cases[i];
		tests[n_cases + i] =
		    (struct CMUnitTest){ c->name, test_plain, NULL, NULL, c };
	}
	return _cmocka_run_group_tests(
	    "version", tests, n_cases + n_plain, NULL, NULL);
}
