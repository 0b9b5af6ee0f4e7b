/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/plan_impl.h"

void
pair_add(struct pair_list *l, uint32_t from, uint32_t to)
{
	l->pairs = xgrow(l->pairs, &l->cap, l->n + 1, sizeof(*l->pairs));
	l->pairs[l->n++] = (struct pair){ from, to };
}

void
index_of_make(struct index_of *x, const struct pair_list *l, size_t n)
{
	size_t i;

	x->start = xcalloc(xadd(n, 2), sizeof(*x->start));
	x->to = xcalloc(l->n, sizeof(*x->to));
	/* Two further on: filling moves each start to its own place. */
	for (i = 0; i < l->n; i++)
		x->start[l->pairs[i].from + 2]++;
	for (i = 2; i < n + 2; i++)
		x->start[i] += x->start[i - 1];
	for (i = 0; i < l->n; i++)
		x->to[x->start[l->pairs[i].from + 1]++] = l->pairs[i].to;
}

void
index_of_cleanup(struct index_of *x)
{
	free(x->start);
	free(x->to);
	*x = (struct index_of){ 0 };
}
