/* SPDX-License-Identifier: Apache-2.0 */
/* Items made in one thread and taken in another. */
#include <string.h>

#include "base/ahead.h"
#include "tests/unit/table.h"

#define NEVER 1000000u

static const struct ahead_case {
	const char *name;
	unsigned n;      /* items */
	size_t size;     /* bytes of each */
	unsigned made;   /* the maker fails there */
	unsigned taken;  /* the taker fails there */
	unsigned expect; /* items that are taken */
	const char *error;
} cases[] = {
	{ "nothing", 0, 16, NEVER, NEVER, 0, NULL },
	{ "one", 1, 16, NEVER, NEVER, 1, NULL },
	{ "one batch", 100, 16, NEVER, NEVER, 100, NULL },
	{ "many batches", 100000, 100, NEVER, NEVER, 100000, NULL },
	{ "an item a batch", 50, 200 * 1024, NEVER, NEVER, 50, NULL },
	{ "one at a time", 5, 8 * 1024 * 1024, NEVER, NEVER, 5, NULL },
	{ "the maker fails at once", 10, 16, 0, NEVER, 0, "made" },
	{ "the maker fails", 100000, 100, 50000, NEVER, 50000, "made" },
	{ "the taker fails at once", 100000, 100, NEVER, 0, 0, "taken" },
	{ "the taker fails", 100000, 100, NEVER, 50000, 50000, "taken" },
	{ "the taker fails first", 100000, 100, 60000, 10, 10, "taken" },
};

struct run {
	const struct ahead_case *c;
	unsigned n_taken;
};

static int
make(void *ctx, struct ahead *a, struct err *e)
{
	const struct run *r = ctx;
	unsigned i;

	for (i = 0; i < r->c->n; i++) {
		unsigned *item = arena_alloc(ahead_arena(a), r->c->size);

		if (i == r->c->made)
			return err_set(e, ERR_FORMAT, "made");
		item[0] = i;
		item[r->c->size / sizeof(*item) - 1] = i;
		if (ahead_add(a, item, e) != 0)
			return -1;
	}
	return 0;
}

static int
take(void *ctx, const void *item, struct err *e)
{
	struct run *r = ctx;
	const unsigned *numbers = item;

	if (r->n_taken == r->c->taken)
		return err_set(e, ERR_FORMAT, "taken");
	if (numbers[0] != r->n_taken ||
	    numbers[r->c->size / sizeof(*numbers) - 1] != r->n_taken)
		return err_set(e, ERR_FORMAT, "out of order");
	r->n_taken++;
	return 0;
}

static void
test_ahead(void **state)
{
	struct run r = { *state, 0 };
	const struct ahead_work work = { &r, make, take };
	struct err e = { 0 };

	assert_int_equal(ahead_run(&work, &e), r.c->error == NULL ? 0 : -1);
	assert_string_equal(e.msg, r.c->error == NULL ? "" : r.c->error);
	assert_int_equal(r.n_taken, r.c->expect);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_ahead);
	return _cmocka_run_group_tests("ahead", tests, n, NULL, NULL);
}
