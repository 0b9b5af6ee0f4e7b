/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread that parses ahead of the sink. It hands over batches of records,
 * each batch with an arena of its own: of the slots n_used .. n_made - 1 the
 * sink has the first, the others are the thread's to fill.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "content/oval_read.h"

#define RING 4
#define BATCH_SIZE ((size_t)160 * 1024)
/* Above it the thread waits until the sink has all: a few huge records. */
#define AHEAD_MAX ((size_t)4 * 1024 * 1024)

enum entry_type {
	ENTRY_GENERATOR = 0,
	ENTRY_DEFINITION,
	ENTRY_TEST,
	ENTRY_OBJECT,
	ENTRY_STATE,
	ENTRY_VARIABLE,
};

/* A record, in the arena of its batch. */
struct entry {
	struct entry *next;
	enum entry_type type;
	uint64_t line; /* that the reader was in */
	const void *record;
};

struct batch {
	struct arena arena;
	struct entry *first;
	struct entry **last;
	bool is_end;
};

struct ahead {
	/* The thread's own. */
	struct oval_reader reader;
	struct oval_sink batcher;
	const struct oval_sink *sink; /* its prepare() is called here */
	struct stream *in;
	struct batch *filling; /* NULL: the sink wants no more */

	struct batch batches[RING];
	pthread_t thread;
	pthread_mutex_t lock; /* for all below */
	pthread_cond_t moved;
	uint64_t n_made, n_used;
	size_t size; /* of batches made and not used */
	bool stop;
	int result; /* of the reading, with failed; at its end */
	struct err failed;
};

/* --- the thread --- */

static bool
is_full(const struct ahead *a)
{
	return a->n_made - a->n_used == RING ||
	    (a->size > AHEAD_MAX && a->n_made > a->n_used);
}

static void
begin_batch(struct ahead *a)
{
	a->filling = NULL;
	pthread_mutex_lock(&a->lock);
	while (!a->stop && is_full(a))
		pthread_cond_wait(&a->moved, &a->lock);
	if (!a->stop)
		a->filling = &a->batches[a->n_made % RING];
	pthread_mutex_unlock(&a->lock);
	if (a->filling == NULL)
		return;
	arena_reset(&a->filling->arena);
	a->filling->first = NULL;
	a->filling->last = &a->filling->first;
	a->reader.arena = &a->filling->arena;
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

/* Takes the record, whose parts are in the batch's arena already. */
static int
take(struct ahead *a, enum entry_type type, const void *record, size_t size,
    struct err *e)
{
	struct batch *b = a->filling;
	struct entry *entry = arena_alloc(&b->arena, sizeof(*entry));
	void *copy = arena_alloc(&b->arena, size);

	memcpy(copy, record, size);
	entry->type = type;
	entry->line = xml_line(a->reader.xml);
	entry->record = copy;
	*b->last = entry;
	b->last = &entry->next;
	if (b->arena.total < BATCH_SIZE)
		return 0;
	hand_over(a);
	begin_batch(a);
	return a->filling == NULL ? err_set(e, ERR_LIMIT, "stopped") : 0;
}

static int
take_generator(void *ctx, const struct oval_generator *g, struct err *e)
{
	return take(ctx, ENTRY_GENERATOR, g, sizeof(*g), e);
}

static int
take_definition(void *ctx, const struct oval_definition *d, struct err *e)
{
	struct ahead *a = ctx;
	struct oval_definition copy = *d;

	copy.raw = arena_span(&a->filling->arena, d->raw);
	if (a->sink->prepare != NULL)
		copy.prepared =
		    a->sink->prepare(a->sink->ctx, &copy, &a->filling->arena);
	return take(a, ENTRY_DEFINITION, &copy, sizeof(copy), e);
}

static int
take_test(void *ctx, const struct oval_test *t, struct err *e)
{
	return take(ctx, ENTRY_TEST, t, sizeof(*t), e);
}

static int
take_object(void *ctx, const struct oval_object *o, struct err *e)
{
	return take(ctx, ENTRY_OBJECT, o, sizeof(*o), e);
}

static int
take_state(void *ctx, const struct oval_state *s, struct err *e)
{
	return take(ctx, ENTRY_STATE, s, sizeof(*s), e);
}

static int
take_variable(void *ctx, const struct oval_variable *v, struct err *e)
{
	return take(ctx, ENTRY_VARIABLE, v, sizeof(*v), e);
}

static void *
run(void *ctx)
{
	struct ahead *a = ctx;

	begin_batch(a);
	if (a->filling != NULL)
		a->result = oval_reader_run(&a->reader, a->in, &a->failed);
	if (a->filling != NULL) {
		a->filling->is_end = true;
		hand_over(a);
	}
	return NULL;
}

/* --- the sink's side --- */

static int
give(const struct oval_sink *s, const struct entry *entry, struct err *e)
{
	const void *r = entry->record;

	switch (entry->type) {
	case ENTRY_GENERATOR:
		return s->generator == NULL ? 0 : s->generator(s->ctx, r, e);
	case ENTRY_DEFINITION:
		return s->definition == NULL ? 0 : s->definition(s->ctx, r, e);
	case ENTRY_TEST:
		return s->test == NULL ? 0 : s->test(s->ctx, r, e);
	case ENTRY_OBJECT:
		return s->object == NULL ? 0 : s->object(s->ctx, r, e);
	case ENTRY_STATE:
		return s->state == NULL ? 0 : s->state(s->ctx, r, e);
	case ENTRY_VARIABLE:
		return s->variable == NULL ? 0 : s->variable(s->ctx, r, e);
	}
	return 0;
}

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
give_all(struct ahead *a, const struct oval_sink *sink, struct err *e)
{
	const struct entry *entry;
	struct batch *b;
	bool is_end = false;

	while (!is_end) {
		b = wait_batch(a);
		for (entry = b->first; entry != NULL; entry = entry->next)
			if (give(sink, entry, e) != 0)
				return err_context(
				    e, "line %" PRIu64, entry->line);
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

static struct ahead *
ahead_new(struct stream *in, const struct oval_sink *sink)
{
	struct ahead *a = xcalloc(1, sizeof(*a));

	a->in = in;
	a->sink = sink;
	a->batcher = (struct oval_sink){ a, take_generator, take_definition,
		take_test, take_object, take_state, take_variable, NULL };
	a->reader.sink = &a->batcher;
	a->reader.keep = true;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->moved, NULL);
	return a;
}

static void
ahead_free(struct ahead *a)
{
	size_t i;

	for (i = 0; i < RING; i++)
		arena_cleanup(&a->batches[i].arena);
	pthread_cond_destroy(&a->moved);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

int
oval_read_ahead(struct stream *in, const struct oval_sink *sink, struct err *e)
{
	struct ahead *a = ahead_new(in, sink);
	int rc;

	if (pthread_create(&a->thread, NULL, run, a) == 0) {
		rc = give_all(a, sink, e);
		stop(a);
	} else {
		rc = oval_read(in, sink, e);
	}
	ahead_free(a);
	return rc;
}
