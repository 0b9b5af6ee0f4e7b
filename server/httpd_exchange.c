/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/printable.h"
#include "server/httpd_impl.h"

#define DROPPED_MAX ((uint64_t)16 * 1024 * 1024) /* of a body, refused */
#define LOGGED_MAX 256u                          /* bytes of a target */
#define ARENA_KEEP_MAX ((size_t)64 * 1024)       /* bytes, between requests */

/* --- a request begins --- */

static void
set_stage(struct connection *c, enum stage from, enum stage to)
{
	int want = (int)from;

	c->since_ms = clock_monotonic_ms();
	atomic_compare_exchange_strong(&c->stage, &want, (int)to);
}

/* The library's own decoding of the target is not used: it would lose bytes. */
void *
httpd_on_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
	    libmicrohttpd.get_connection_info(
		mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct connection *c = info->socket_context;

	(void)cls;
	c->begin_us = clock_monotonic_us();
	c->is_used = true;
	c->phase = PHASE_HEAD;
	c->status = 0;
	c->n_bytes = 0;
	c->has_body = false;
	c->is_answered = false;
	c->is_full = false;
	c->n_body = 0;
	c->n_dropped = 0;
	c->q = (struct request){ .arena = c->q.arena,
		.body_fd = -1,
		.statefd = c->h->o.statefd,
		.peer = span_of(c->peer),
		.is_tls = c->h->tls_cert != NULL || c->h->o.behind_tls,
		.connection = c };
	c->q.target = arena_span(&c->q.arena, span_of(target));
	set_stage(c, STAGE_IDLE, STAGE_HEAD);
	return c;
}

static void
take_view(struct connection *c)
{
	struct httpd *h = c->h;

	pthread_mutex_lock(&h->mutex);
	c->q.view = view_keep(h->view);
	c->access = h->access;
	c->access->n_users++;
	pthread_mutex_unlock(&h->mutex);
}

/* --- what the library calls --- */

static enum MHD_Result
send_answer(struct connection *c)
{
	enum MHD_Result sent;

	if (c->answer == NULL)
		httpd_answer(c);
	if (!httpd_await_stream(c))
		return MHD_YES;
	sent = libmicrohttpd.queue_response(c->mhd, c->status, c->answer);
	libmicrohttpd.destroy_response(c->answer);
	c->answer = NULL;
	return sent;
}

/*
 * A place for what is to be scanned is given by a worker of scans that has
 * nothing to do: those that answer readers may all be busy.
 */
static struct job_queue *
queue_for(struct connection *c, enum job_kind kind)
{
	struct workers *w = &c->h->workers;
	enum route_kind route = route_kind_of(&c->q);

	if (route == ROUTE_SCAN &&
	    (kind == JOB_HANDLE || workers_are_idle(&w->scan)))
		return &w->scan;
	return route == ROUTE_JUDGE && kind == JOB_HANDLE ? &w->judge
							  : &w->work;
}

static void
hand_over(struct connection *c, enum job_kind kind)
{
	struct workers *w = &c->h->workers;
	struct job_queue *queue = queue_for(c, kind);

	set_stage(c, STAGE_HEAD, STAGE_BUSY);
	c->job = kind;
	libmicrohttpd.suspend_connection(c->mhd);
	workers_add(w, queue, c);
}

/*
 * The answer is known before the body has come. A client that waits for a word
 * gets it now; one that sends gets it behind its body, or in it if that is
 * large, for a socket that is closed while bytes still come would take the
 * answer along.
 */
static enum MHD_Result
refuse_body(struct connection *c)
{
	struct span expect = request_header(&c->q, "Expect");
	bool is_large = c->q.body_size > DROPPED_MAX;

	if ((expect.len > 0 && !c->is_http_1_0) ||
	    (is_large && c->h->tls_cert != NULL)) {
		c->phase = PHASE_DONE;
		return send_answer(c);
	}
	c->phase = PHASE_BODY;
	set_stage(c, STAGE_BUSY, STAGE_BODY);
	if (is_large)
		httpd_answer_past(c);
	return MHD_YES;
}

static enum MHD_Result
on_head(struct connection *c, const char *url, const char *method,
    const char *version)
{
	unsigned status;

	take_view(c);
	status = httpd_read_head(c, url, method, version);
	if (status != 0) {
		/* it may be of two minds about where it ends: no more of it */
		c->phase = PHASE_DONE;
		return send_answer(c);
	}
	status = httpd_check(c);
	if (status != 0 && c->has_body) {
		set_stage(c, STAGE_HEAD, STAGE_BUSY);
		return refuse_body(c);
	}
	if (c->has_body) {
		c->phase = PHASE_OPEN;
		hand_over(c, JOB_OPEN);
	} else {
		c->phase = status != 0 ? PHASE_DONE : PHASE_BODY;
		set_stage(c, STAGE_HEAD, STAGE_BUSY);
	}
	return MHD_YES;
}

/*
 * A client that reads sees the answer and ends; one that does not is not heard
 * for ever.
 */
static enum MHD_Result
drop(struct connection *c, size_t size)
{
	c->n_dropped += size;
	if (c->n_dropped <= DROPPED_MAX)
		return MHD_YES;
	if (c->is_answered || !httpd_answer_past(c))
		return MHD_NO;
	c->n_dropped = 0;
	return MHD_YES;
}

static void
end_body(struct connection *c)
{
	close(c->q.body_fd);
	c->q.body_fd = -1;
	httpd_answer_past(c);
}

static enum MHD_Result
on_body(struct connection *c, const char *data, size_t *size)
{
	uint64_t max = httpd_body_max(c);
	size_t n = *size;
	struct err e = { 0 };

	*size = 0;
	c->n_body += n;
	if (c->q.body_fd == -1)
		return drop(c, n);
	if (c->n_body > max) {
		problem(&c->s, 413, "body",
		    "this takes a body of at most %" PRIu64 " bytes", max);
		end_body(c);
	} else if (file_write_all(c->q.body_fd, span_make(data, n), &e) != 0) {
		log_error("serve: the body of a request: %s", e.msg);
		problem(
		    &c->s, 507, "no-space", "there is no room for the body");
		end_body(c);
	}
	return MHD_YES;
}

static enum MHD_Result
on_whole(struct connection *c)
{
	set_stage(c, STAGE_BODY, STAGE_BUSY);
	if (c->is_answered)
		return MHD_NO;
	if (c->has_body && c->q.body_fd == -1)
		return send_answer(c);
	c->q.body_size = c->n_body;
	if (c->q.body_fd != -1 && lseek(c->q.body_fd, 0, SEEK_SET) != 0)
		return MHD_NO;
	c->phase = PHASE_DONE;
	if (c->q.route->kind != ROUTE_FAST) {
		hand_over(c, JOB_HANDLE);
		return MHD_YES;
	}
	httpd_run_job(c, NULL);
	return send_answer(c);
}

enum MHD_Result /* NOLINTNEXTLINE(readability-function-size) */
httpd_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **ctx)
{
	struct connection *c = *ctx;

	(void)cls;
	(void)mhd;
	if (c == NULL || c->stage == STAGE_GONE)
		return MHD_NO;
	switch (c->phase) {
	case PHASE_HEAD:
		return on_head(c, url, method, version);
	case PHASE_OPEN:
		if (c->q.body_fd == -1)
			return refuse_body(c);
		set_stage(c, STAGE_BUSY, STAGE_BODY);
		c->phase = PHASE_BODY;
		return MHD_YES;
	case PHASE_BODY:
		return *size > 0 ? on_body(c, data, size) : on_whole(c);
	default:
		return send_answer(c);
	}
}

/* --- in a worker --- */

static void
handle(struct connection *c, struct worker *w)
{
	struct err e = { 0 };

	c->q.worker = w;
	if (c->q.route->handle(&c->q, &c->s, &e) != 0)
		problem_of(&c->s, &e);
	httpd_answer(c);
	c->q.worker = NULL;
}

static void
open_body(struct connection *c, struct worker *w)
{
	struct err e = { 0 };

	if (httpd_place(
		w, httpd_body_max(c), c->q.body_size, &c->q.body_fd, &e) == 0)
		return;
	if (e.code == ERR_LIMIT)
		problem(&c->s, 507, "no-space", "%s", e.msg);
	else
		problem_of(&c->s, &e);
}

void
httpd_run_job(struct connection *c, struct worker *w)
{
	if (w == NULL || c->job == JOB_HANDLE)
		handle(c, w);
	else
		open_body(c, w);
	if (w != NULL)
		libmicrohttpd.resume_connection(c->mhd);
}

void
httpd_refuse_job(struct connection *c, bool is_full)
{
	if (is_full) {
		problem(&c->s, 503, "busy",
		    "too many wait for what is judged anew: try again later");
		response_header(&c->s, "Retry-After", SPAN_LIT("5"));
	} else {
		problem(&c->s, 503, "ending", "the server ends");
	}
	libmicrohttpd.resume_connection(c->mhd);
}

/* --- a request ends --- */

static void
log_access(const struct connection *c, int64_t time_us)
{
	const struct request *q = &c->q;
	struct buf target = { 0 };

	if (log_get_level() < LOG_INFO)
		return;
	printable_add(&target, span_first(q->target, LOGGED_MAX));
	log_info("serve: %s: %s %s status=%u bytes=%" PRIu64 " ms=%" PRId64
		 "%s%.*s",
	    c->peer, q->verb == VERB_NONE ? "-" : verb_name(q->verb),
	    buf_str(&target), c->status, c->n_bytes, time_us / 1000,
	    q->access.name.len > 0 ? " name=" : "", SPAN_ARG(q->access.name));
	buf_cleanup(&target);
}

/* Of an answer that the library gave itself; 0: none was given. */
static unsigned
library_status(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
	    libmicrohttpd.get_connection_info(
		mhd, MHD_CONNECTION_INFO_HTTP_STATUS);

	return info == NULL ? 0 : info->http_status;
}

void
httpd_on_completed(void *cls, struct MHD_Connection *mhd, void **ctx,
    enum MHD_RequestTerminationCode code)
{
	struct connection *c = *ctx;
	int64_t time_us;

	(void)cls;
	(void)code;
	if (c == NULL)
		return;
	time_us = clock_monotonic_us() - c->begin_us;
	if (c->status == 0)
		c->status = library_status(mhd);
	httpd_count(c, time_us);
	log_access(c, time_us);
	response_cleanup(&c->s);
	if (c->answer != NULL)
		libmicrohttpd.destroy_response(c->answer);
	c->answer = NULL;
	c->begins = NULL;
	if (c->q.body_fd != -1)
		close(c->q.body_fd);
	c->q.body_fd = -1;
	if (c->q.view != NULL)
		view_drop(c->q.view);
	c->q.view = NULL;
	httpd_drop_access(c->access);
	c->access = NULL;
	if (c->q.arena.total > ARENA_KEEP_MAX)
		arena_cleanup(&c->q.arena);
	else
		arena_reset(&c->q.arena);
	c->since_ms = clock_monotonic_ms();
	if (c->stage != STAGE_GONE)
		c->stage = STAGE_IDLE;
	*ctx = NULL;
}
