/* SPDX-License-Identifier: Apache-2.0 */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"

#define BLOCK_SIZE ((size_t)64 * 1024)

struct arena_block {
	struct arena_block *next;
	size_t size;
	size_t used;
	alignas(max_align_t) char data[];
};

static void
blocks_free(struct arena_block *b)
{
	while (b != NULL) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
}

void
arena_cleanup(struct arena *a)
{
	blocks_free(a->head);
	*a = (struct arena){ 0 };
}

void
arena_reset(struct arena *a)
{
	struct arena_block *keep = a->head;

	a->total = 0;
	if (keep == NULL)
		return;
	blocks_free(keep->next);
	keep->next = NULL;
	keep->used = 0;
}

static struct arena_block *
block_new(size_t size, struct arena_block *next)
{
	struct arena_block *b;

	if (size < BLOCK_SIZE)
		size = BLOCK_SIZE;
	b = xmalloc(xadd(sizeof(*b), size));
	b->next = next;
	b->size = size;
	b->used = 0;
	return b;
}

static void *
take(struct arena *a, size_t size)
{
	size_t align = alignof(max_align_t);
	size_t need = xadd(size, align - 1) / align * align;
	void *p;

	if (a->head == NULL || a->head->size - a->head->used < need)
		a->head = block_new(need, a->head);
	p = a->head->data + a->head->used;
	a->head->used += need;
	a->total += need;
	return p;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	return memset(take(a, size), 0, size);
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	return arena_alloc(a, xmul(n, size));
}

struct span
arena_span(struct arena *a, struct span s)
{
	return (struct span){ arena_str(a, s), s.len };
}

char *
arena_str(struct arena *a, struct span s)
{
	char *p = take(a, xadd(s.len, 1));

	if (s.len > 0)
		memcpy(p, s.ptr, s.len);
	p[s.len] = '\0';
	return p;
}

struct span
arena_lower(struct arena *a, struct span s)
{
	char *copy = arena_str(a, s);
	size_t i;

	for (i = 0; i < s.len; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] - 'A' + 'a');
	return span_make(copy, s.len);
}
