/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "indexer/words.h"
#include "server/httpd_impl.h"
#include "server/worker_index.h"

#define ARENA_KEEP_MAX ((size_t)1024 * 1024) /* bytes, between requests */

struct worker_thread {
	struct workers *all;
	struct job_queue *queue;
	struct worker worker;
	pthread_t thread;
	bool is_running;
	unsigned generation; /* of the queue, when it last looked */
};

/* --- the queue --- */

static void
queue_init(struct job_queue *q, size_t max)
{
	q->max = max;
	pthread_mutex_init(&q->mutex, NULL);
	pthread_cond_init(&q->more, NULL);
}

static void
queue_cleanup(struct job_queue *q)
{
	pthread_mutex_destroy(&q->mutex);
	pthread_cond_destroy(&q->more);
}

/* With the mutex. Who brings a scan's body does not wait for readers. */
static void
put(struct job_queue *q, struct connection *c)
{
	if (q->first == NULL) {
		q->first = q->last = c;
	} else if (c->job == JOB_OPEN) {
		c->next_job = q->first;
		q->first = c;
	} else {
		q->last->next_job = c;
		q->last = c;
	}
	q->n++;
	pthread_cond_signal(&q->more);
}

void
workers_add(struct workers *w, struct job_queue *queue, struct connection *c)
{
	/* Who may scan is few, and waits. */
	bool is_bounded = queue->max > 0 && c->q.route->scope == SCOPE_READ;
	bool is_closed, is_full;

	(void)w;
	c->next_job = NULL;
	pthread_mutex_lock(&queue->mutex);
	is_closed = queue->is_closed;
	is_full = is_bounded && queue->n >= queue->max;
	if (!is_closed && !is_full)
		put(queue, c);
	pthread_mutex_unlock(&queue->mutex);
	if (is_closed || is_full)
		httpd_refuse_job(c, is_full);
}

bool
workers_are_idle(struct job_queue *queue)
{
	bool idle;

	pthread_mutex_lock(&queue->mutex);
	idle = queue->n_idle > queue->n;
	pthread_mutex_unlock(&queue->mutex);
	return idle;
}

/* Waits; NULL: there is a new view, or *is_end. */
static struct connection *
queue_take(struct worker_thread *t, bool *is_end)
{
	struct job_queue *q = t->queue;
	struct connection *c;

	pthread_mutex_lock(&q->mutex);
	while (q->first == NULL && !q->is_closed &&
	    q->generation == t->generation) {
		q->n_idle++;
		pthread_cond_wait(&q->more, &q->mutex);
		q->n_idle--;
	}
	c = q->first;
	if (c != NULL) {
		q->first = c->next_job;
		q->n--;
	}
	*is_end = c == NULL && q->is_closed;
	pthread_mutex_unlock(&q->mutex);
	return c;
}

static bool
has_new_view(struct worker_thread *t)
{
	bool is_new;

	pthread_mutex_lock(&t->queue->mutex);
	is_new = t->generation != t->queue->generation;
	t->generation = t->queue->generation;
	pthread_mutex_unlock(&t->queue->mutex);
	return is_new;
}

/* --- threads --- */

static void
follow_view(struct worker_thread *t)
{
	struct view *v = httpd_keep_view(t->all->h);

	worker_keep_only(&t->worker, v->generation);
	if (t->queue == &t->all->work)
		worker_open_ahead(
		    &t->worker, t->all->h->o.statefd, v->generation);
	view_drop(v);
}

static void
run_job(struct worker_thread *t, struct connection *c)
{
	bool scans = t->queue == &t->all->scan && c->job == JOB_HANDLE;

	if (scans)
		t->all->n_scans++;
	httpd_run_job(c, &t->worker);
	if (scans)
		t->all->n_scans--;
}

static void *
run(void *arg)
{
	struct worker_thread *t = arg;
	struct connection *c;
	bool is_end = false;

	while (!is_end) {
		c = queue_take(t, &is_end);
		if (c != NULL)
			run_job(t, c);
		if (t->worker.arena.total > ARENA_KEEP_MAX)
			arena_cleanup(&t->worker.arena);
		else
			arena_reset(&t->worker.arena);
		if (has_new_view(t))
			follow_view(t);
	}
	worker_cleanup(&t->worker);
	return NULL;
}

static int
start_thread(struct worker_thread *t, struct err *e)
{
	/* the first view is followed as a new one */
	t->generation = t->queue->generation - 1;
	if (pthread_create(&t->thread, NULL, run, t) != 0)
		return err_system(e, "a worker's thread");
	t->is_running = true;
	return 0;
}

/* Of the worker of that number; see struct httpd_options. */
static struct job_queue *
queue_of(struct workers *w, size_t i)
{
	const struct httpd_options *o = &w->h->o;

	if (i < o->n_work)
		return &w->work;
	return i < o->n_work + o->n_scan ? &w->scan : &w->judge;
}

int
workers_start(struct workers *w, struct httpd *h, struct err *e)
{
	size_t n = h->o.n_work + h->o.n_scan + h->o.n_judge, i;

	*w = (struct workers){ .h = h, .n_threads = n };
	words_init();
	queue_init(&w->work, 0);
	queue_init(&w->scan, 0);
	queue_init(&w->judge, HTTPD_JUDGE_MAX);
	w->threads = xcalloc(n, sizeof(*w->threads));
	for (i = 0; i < n; i++) {
		struct worker_thread *t = &w->threads[i];

		t->all = w;
		t->queue = queue_of(w, i);
		t->worker.desk = h->o.desks == NULL ? NULL : h->o.desks[i];
	}
	for (i = 0; i < n; i++)
		if (start_thread(&w->threads[i], e) != 0)
			return -1;
	return 0;
}

static void
queue_close(struct job_queue *q)
{
	struct connection *c, *next;

	pthread_mutex_lock(&q->mutex);
	c = q->first;
	q->first = NULL;
	q->is_closed = true;
	pthread_cond_broadcast(&q->more);
	pthread_mutex_unlock(&q->mutex);
	for (; c != NULL; c = next) {
		next = c->next_job;
		httpd_refuse_job(c, false);
	}
}

void
workers_stop(struct workers *w)
{
	size_t i;

	if (w->threads == NULL)
		return;
	queue_close(&w->work);
	queue_close(&w->scan);
	queue_close(&w->judge);
	for (i = 0; i < w->n_threads; i++)
		if (w->threads[i].is_running)
			pthread_join(w->threads[i].thread, NULL);
	free(w->threads);
	w->threads = NULL;
}

void
workers_cleanup(struct workers *w)
{
	if (w->h == NULL)
		return;
	queue_cleanup(&w->work);
	queue_cleanup(&w->scan);
	queue_cleanup(&w->judge);
}

static void
queue_new_view(struct job_queue *q)
{
	pthread_mutex_lock(&q->mutex);
	q->generation++;
	pthread_cond_broadcast(&q->more);
	pthread_mutex_unlock(&q->mutex);
}

void
workers_new_view(struct workers *w)
{
	queue_new_view(&w->work);
	queue_new_view(&w->scan);
	queue_new_view(&w->judge);
}
