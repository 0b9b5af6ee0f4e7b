/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ring of batches: of n_used .. n_made - 1 the taker has the first, the
 * others are the maker's to fill.
 */
#include <pthread.h>

#include "base/ahead.h"

#define RING 4
#define BATCH_SIZE ((size_t)160 * 1024)
/* Above it the maker waits until the taker has all: a few huge items. */
#define WAITING_MAX ((size_t)4 * 1024 * 1024)

struct entry {
	struct entry *next;
	const void *item;
};

struct batch {
	struct arena arena;
	struct entry *first;
	struct entry **last;
	bool is_end;
};

struct ahead {
	const struct ahead_work *work;
	bool alone; /* there is no thread */
	struct batch *filling;

	struct batch batches[RING];
	pthread_t thread;
	pthread_mutex_t lock; /* for all below */
	pthread_cond_t moved;
	uint64_t n_made, n_used;
	size_t size; /* of batches made and not used */
	bool stop;
	int result; /* of make(), with failed; at its end */
	struct err failed;
};

/* --- the thread --- */

static bool
is_full(const struct ahead *a)
{
	return a->n_made - a->n_used == RING ||
	    (a->size > WAITING_MAX && a->n_made > a->n_used);
}

static void
start_batch(struct batch *b)
{
	arena_reset(&b->arena);
	b->first = NULL;
	b->last = &b->first;
	b->is_end = false;
}

static bool
begin_batch(struct ahead *a)
{
	bool stop;

	pthread_mutex_lock(&a->lock);
	while (!a->stop && is_full(a))
		pthread_cond_wait(&a->moved, &a->lock);
	stop = a->stop;
	a->filling = &a->batches[a->n_made % RING];
	pthread_mutex_unlock(&a->lock);
	if (!stop)
		start_batch(a->filling);
	return !stop;
}

static void
hand_over(struct ahead *a)
{
	pthread_mutex_lock(&a->lock);
	a->size += a->filling->arena.total;
	a->n_made++;
	pthread_cond_signal(&a->moved);
	pthread_mutex_unlock(&a->lock);
}

struct arena *
ahead_arena(struct ahead *a)
{
	return &a->filling->arena;
}

static int
take_now(struct ahead *a, const void *item, struct err *e)
{
	int rc = a->work->take(a->work->ctx, item, e);

	start_batch(a->filling);
	return rc;
}

int
ahead_add(struct ahead *a, const void *item, struct err *e)
{
	struct batch *b = a->filling;
	struct entry *entry;

	if (a->alone)
		return take_now(a, item, e);
	entry = arena_alloc(&b->arena, sizeof(*entry));
	entry->item = item;
	*b->last = entry;
	b->last = &entry->next;
	if (b->arena.total < BATCH_SIZE)
		return 0;
	hand_over(a);
	return begin_batch(a) ? 0 : err_set(e, ERR_LIMIT, "stopped");
}

/* After a stop nobody waits for the last batch. */
static void *
run(void *arg)
{
	struct ahead *a = arg;

	if (!begin_batch(a))
		return NULL;
	a->result = a->work->make(a->work->ctx, a, &a->failed);
	pthread_mutex_lock(&a->lock);
	if (!a->stop) {
		a->filling->is_end = true;
		a->size += a->filling->arena.total;
		a->n_made++;
		pthread_cond_signal(&a->moved);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* --- the caller's side --- */

static struct batch *
wait_batch(struct ahead *a)
{
	struct batch *b;

	pthread_mutex_lock(&a->lock);
	while (a->n_made == a->n_used)
		pthread_cond_wait(&a->moved, &a->lock);
	b = &a->batches[a->n_used % RING];
	pthread_mutex_unlock(&a->lock);
	return b;
}

static void
give_back(struct ahead *a, const struct batch *b)
{
	pthread_mutex_lock(&a->lock);
	a->size -= b->arena.total;
	a->n_used++;
	pthread_cond_signal(&a->moved);
	pthread_mutex_unlock(&a->lock);
}

static int
take_all(struct ahead *a, struct err *e)
{
	const struct entry *entry;
	struct batch *b;
	bool is_end = false;

	while (!is_end) {
		b = wait_batch(a);
		for (entry = b->first; entry != NULL; entry = entry->next)
			if (a->work->take(a->work->ctx, entry->item, e) != 0)
				return -1;
		is_end = b->is_end;
		give_back(a, b);
	}
	if (a->result != 0)
		*e = a->failed;
	return a->result;
}

static void
stop(struct ahead *a)
{
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->moved);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
}

static int
run_alone(struct ahead *a, struct err *e)
{
	a->alone = true;
	a->filling = &a->batches[0];
	start_batch(a->filling);
	return a->work->make(a->work->ctx, a, e);
}

int
ahead_run(const struct ahead_work *work, struct err *e)
{
	struct ahead a = { .work = work,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.moved = PTHREAD_COND_INITIALIZER };
	size_t i;
	int rc;

	if (pthread_create(&a.thread, NULL, run, &a) == 0) {
		rc = take_all(&a, e);
		stop(&a);
	} else {
		rc = run_alone(&a, e);
	}
	for (i = 0; i < RING; i++)
		arena_cleanup(&a.batches[i].arena);
	pthread_cond_destroy(&a.moved);
	pthread_mutex_destroy(&a.lock);
	return rc;
}
