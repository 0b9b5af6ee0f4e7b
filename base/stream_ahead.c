/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread that unpacks ahead into a small ring of buffers: of the slots
 * n_used .. n_made - 1 the reader may look at the first, the others are the
 * thread's to fill.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/stream_impl.h"

#define RING 4

struct slot {
	char *ptr;
	size_t len;
	uint64_t packed; /* input behind these bytes */
	int result;      /* as stream_next() */
};

struct ahead {
	/* The thread's own. */
	struct stream_source source;
	const struct stream_codec *codec;
	void *codec_state;
	struct err failed; /* the reader's once a slot says -1 */

	pthread_t thread;
	pthread_mutex_t lock; /* for all below */
	pthread_cond_t moved;
	struct slot slots[RING];
	uint64_t n_made, n_used;
	bool lent; /* the reader holds slot n_used */
	bool stop;
};

/* Waits for a free slot; NULL: the reader wants no more. */
static struct slot *
slot_wait(struct ahead *a)
{
	struct slot *slot = NULL;

	pthread_mutex_lock(&a->lock);
	while (!a->stop && a->n_made - a->n_used == RING)
		pthread_cond_wait(&a->moved, &a->lock);
	if (!a->stop)
		slot = &a->slots[a->n_made % RING];
	pthread_mutex_unlock(&a->lock);
	return slot;
}

static void *
run(void *ctx)
{
	struct ahead *a = ctx;
	struct slot *slot;
	int result = 1;

	while (result == 1 && (slot = slot_wait(a)) != NULL) {
		struct stream_room room = { slot->ptr, STREAM_OUT_CHUNK, 0 };

		if (a->codec->read(
			a->codec_state, &a->source, &room, &a->failed) != 0)
			result = -1;
		else
			result = room.used > 0;
		slot->len = room.used;
		slot->packed = source_offset(&a->source);
		slot->result = result;
		pthread_mutex_lock(&a->lock);
		a->n_made++;
		pthread_cond_signal(&a->moved);
		pthread_mutex_unlock(&a->lock);
	}
	return NULL;
}

static int
ahead_next(void *state, struct span *bytes, uint64_t *packed, struct err *e)
{
	struct ahead *a = state;
	struct slot *slot;

	pthread_mutex_lock(&a->lock);
	if (a->lent) {
		a->n_used++;
		pthread_cond_signal(&a->moved);
	}
	while (a->n_made == a->n_used)
		pthread_cond_wait(&a->moved, &a->lock);
	slot = &a->slots[a->n_used % RING];
	/* The last slot is never given back: it answers later calls too. */
	a->lent = slot->result == 1;
	pthread_mutex_unlock(&a->lock);
	*bytes = span_make(slot->ptr, slot->len);
	*packed = slot->packed;
	if (slot->result == -1)
		*e = a->failed;
	return slot->result;
}

static void
release(struct ahead *a)
{
	size_t i;

	a->codec->close(a->codec_state);
	source_cleanup(&a->source);
	for (i = 0; i < RING; i++)
		free(a->slots[i].ptr);
	pthread_cond_destroy(&a->moved);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

static void
ahead_close(void *state)
{
	struct ahead *a = state;

	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->moved);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	release(a);
}

bool
engine_ahead(const struct stream_input *in, const struct stream_codec *codec,
    struct stream_engine *out)
{
	struct ahead *a = xcalloc(1, sizeof(*a));
	size_t i;

	source_init(&a->source, in);
	a->codec = codec;
	a->codec_state = codec->open();
	for (i = 0; i < RING; i++)
		a->slots[i].ptr = xmalloc(STREAM_OUT_CHUNK);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->moved, NULL);
	if (pthread_create(&a->thread, NULL, run, a) != 0) {
		release(a);
		return false;
	}
	*out = (struct stream_engine){ a, ahead_next, ahead_close };
	return true;
}
