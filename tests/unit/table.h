/* SPDX-License-Identifier: Apache-2.0 */
/* Each row of a table of cases is a test of its own. */
#ifndef TESTS_UNIT_TABLE_H
#define TESTS_UNIT_TABLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TABLE_N(rows) (sizeof(rows) / sizeof((rows)[0]))

/*
 * Appends one test a row; each row begins with its name. cmocka hands a row
 * over as void *, and nothing writes to it.
 */
#define TABLE_ADD(tests, n, rows, function) \
	table_add(tests, n, rows, TABLE_N(rows), sizeof((rows)[0]), function)

static inline void
table_add(struct CMUnitTest *tests, size_t *n, const void *rows, size_t n_rows,
    size_t size, CMUnitTestFunction function)
{
	const char *row = rows;
	size_t i;

	for (i = 0; i < n_rows; i++, row += size)
		tests[(*n)++] = (struct CMUnitTest){
			.name = *(const char *const *)(const void *)row,
			.test_func = function,
			.initial_state = (void *)(uintptr_t)row,
		};
}

#endif
