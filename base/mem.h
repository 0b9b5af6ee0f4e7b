/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is there or the program ends: no caller handles exhaustion.
 * Sums and products of sizes are checked here and nowhere else.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Each returns memory of at least one byte that free() releases. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);

/* a * b and a + b; a result that does not fit ends the program. */
size_t xmul(size_t a, size_t b);
size_t xadd(size_t a, size_t b);

/*
 * Grows an array so that it holds at least `need` items of `size` bytes;
 * *cap is its room in items. Returns the array, perhaps moved.
 */
void *xgrow(void *array, size_t *cap, size_t need, size_t size);

#endif
