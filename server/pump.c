/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "server/pump.h"

enum turn {
	TURN_NONE = 0, /* no room, or nothing more comes */
	TURN_QUEUED,
	TURN_READING, /* a thread has it, and writes behind head */
};

/* All but what the buffer holds is the mutex's. */
struct pump {
	struct pumps *all;
	struct pump *next; /* in the queue */
	struct pump_source source;
	void (*wake)(void *arg);
	void *arg;
	char *buffer;
	size_t tail; /* bytes that were taken, … */
	size_t head; /* … and that were read, since it began */
	enum turn turn;
	bool is_end;
	bool is_waiting;
	bool is_closed;
	struct err failed; /* code not 0: behind head */
};

/* --- turns: with the mutex --- */

static bool
has_room(const struct pump *s)
{
	return !s->is_end && s->failed.code == ERR_NONE &&
	    PUMP_BUFFER - (s->head - s->tail) >= PUMP_BUFFER / 2;
}

static void
queue(struct pump *s)
{
	struct pumps *p = s->all;

	if (p->is_stopped || s->turn != TURN_NONE || !has_room(s))
		return;
	s->turn = TURN_QUEUED;
	s->next = NULL;
	if (p->first == NULL)
		p->first = s;
	else
		p->last->next = s;
	p->last = s;
	pthread_cond_signal(&p->more);
}

static void
unqueue(struct pump *s)
{
	struct pump **at = &s->all->first, *before = NULL;

	while (*at != s) {
		before = *at;
		at = &before->next;
	}
	*at = s->next;
	if (s->all->last == s)
		s->all->last = before;
	s->turn = TURN_NONE;
}

/* NULL: it is the end. */
static struct pump *
next_turn(struct pumps *p)
{
	struct pump *s;

	while (p->first == NULL && !p->is_stopped)
		pthread_cond_wait(&p->more, &p->mutex);
	if (p->is_stopped)
		return NULL;
	s = p->first;
	p->first = s->next;
	s->turn = TURN_READING;
	return s;
}

/* --- in the threads --- */

static void
free_pump(struct pump *s)
{
	if (s->source.close != NULL)
		s->source.close(s->source.ctx);
	free(s->buffer);
	free(s);
}

/* Without the mutex: nobody else writes, or looks, behind head. */
static size_t
read_some(struct pump *s, size_t used, struct err *e)
{
	size_t at = s->head % PUMP_BUFFER;
	size_t room = PUMP_BUFFER - used;
	size_t n = 0;

	if (room > PUMP_BUFFER - at)
		room = PUMP_BUFFER - at;
	if (room > PUMP_TURN)
		room = PUMP_TURN;
	if (s->source.read(s->source.ctx, s->buffer + at, room, &n, e) != 0 &&
	    e->code == ERR_NONE)
		err_set(e, ERR_SYSTEM, "a stream broke off");
	return n;
}

/* With the mutex, which it leaves in between; s may be gone afterwards. */
static void
tell(struct pump *s)
{
	struct pumps *p = s->all;

	if (!s->is_waiting)
		return;
	s->is_waiting = false;
	/* Who waits does not close it before. */
	pthread_mutex_unlock(&p->mutex);
	s->wake(s->arg);
	pthread_mutex_lock(&p->mutex);
}

/* The same. */
static void
take_turn(struct pump *s)
{
	struct pumps *p = s->all;
	size_t used = s->head - s->tail;
	struct err e = { 0 };
	size_t n;

	pthread_mutex_unlock(&p->mutex);
	n = read_some(s, used, &e);
	pthread_mutex_lock(&p->mutex);
	s->turn = TURN_NONE;
	s->failed = e;
	if (e.code == ERR_NONE) {
		s->head += n;
		s->is_end = n == 0;
	}
	if (s->is_closed) {
		pthread_mutex_unlock(&p->mutex);
		free_pump(s);
		pthread_mutex_lock(&p->mutex);
		return;
	}
	queue(s);
	tell(s);
}

static void *
run(void *arg)
{
	struct pumps *p = arg;
	struct pump *s;

	pthread_mutex_lock(&p->mutex);
	while ((s = next_turn(p)) != NULL)
		take_turn(s);
	pthread_mutex_unlock(&p->mutex);
	return NULL;
}

int
pumps_start(struct pumps *p, size_t n, struct err *e)
{
	*p = (struct pumps){ .threads = xcalloc(n, sizeof(*p->threads)) };
	pthread_mutex_init(&p->mutex, NULL);
	pthread_cond_init(&p->more, NULL);
	while (p->n_threads < n) {
		if (pthread_create(&p->threads[p->n_threads], NULL, run, p) !=
		    0)
			return err_system(e, "a thread for streams");
		p->n_threads++;
	}
	return 0;
}

void
pumps_stop(struct pumps *p)
{
	struct pump *s;
	size_t i;

	if (p->threads == NULL || p->is_stopped)
		return;
	pthread_mutex_lock(&p->mutex);
	p->is_stopped = true;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->mutex);
	for (i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	pthread_mutex_lock(&p->mutex);
	while ((s = p->first) != NULL) {
		p->first = s->next;
		s->turn = TURN_NONE;
		tell(s);
	}
	pthread_mutex_unlock(&p->mutex);
}

void
pumps_cleanup(struct pumps *p)
{
	if (p->threads == NULL)
		return;
	pumps_stop(p);
	pthread_mutex_destroy(&p->mutex);
	pthread_cond_destroy(&p->more);
	free(p->threads);
	p->threads = NULL;
}

/* --- for those who send --- */

struct pump *
pump_new(struct pumps *p, const struct pump_source *source,
    void (*wake)(void *arg), void *arg)
{
	struct pump *s = xcalloc(1, sizeof(*s));

	s->all = p;
	s->source = *source;
	s->wake = wake;
	s->arg = arg;
	s->buffer = xmalloc(PUMP_BUFFER);
	pthread_mutex_lock(&p->mutex);
	queue(s);
	pthread_mutex_unlock(&p->mutex);
	return s;
}

/* With the mutex: what there is without any bytes. */
static int
at_head(const struct pump *s, struct err *e)
{
	if (s->failed.code != ERR_NONE) {
		*e = s->failed;
		return -1;
	}
	if (s->is_end)
		return 0;
	if (s->all->is_stopped)
		return err_set(e, ERR_NETWORK, "the server ends");
	return 1;
}

int
pump_take(struct pump *s, char *ptr, size_t size, size_t *n, struct err *e)
{
	pthread_mutex_t *mutex = &s->all->mutex;
	size_t at = s->tail % PUMP_BUFFER;
	int rc = 1;

	pthread_mutex_lock(mutex);
	*n = s->head - s->tail;
	if (*n == 0)
		rc = at_head(s, e);
	pthread_mutex_unlock(mutex);
	if (*n == 0)
		return rc;
	if (*n > size)
		*n = size;
	if (*n > PUMP_BUFFER - at)
		*n = PUMP_BUFFER - at;
	memcpy(ptr, s->buffer + at, *n);
	pthread_mutex_lock(mutex);
	s->tail += *n;
	queue(s);
	pthread_mutex_unlock(mutex);
	return 1;
}

int
pump_peek(struct pump *s, struct err *e)
{
	pthread_mutex_t *mutex = &s->all->mutex;
	int rc = 1;

	pthread_mutex_lock(mutex);
	if (s->head == s->tail && !s->is_end)
		rc = at_head(s, e) == -1 ? -1 : 0;
	pthread_mutex_unlock(mutex);
	return rc;
}

void
pump_wait(struct pump *s)
{
	pthread_mutex_t *mutex = &s->all->mutex;
	struct err e = { 0 };

	pthread_mutex_lock(mutex);
	s->is_waiting = true;
	if (s->head != s->tail || at_head(s, &e) != 1)
		tell(s);
	pthread_mutex_unlock(mutex);
}

void
pump_close(struct pump *s)
{
	pthread_mutex_t *mutex = &s->all->mutex;
	bool is_reading;

	pthread_mutex_lock(mutex);
	is_reading = s->turn == TURN_READING;
	s->is_closed = true;
	if (s->turn == TURN_QUEUED)
		unqueue(s);
	pthread_mutex_unlock(mutex);
	if (!is_reading)
		free_pump(s);
}
