/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/jitter.h"
#include "base/mem.h"
#include "syncd/fetch_hosts.h"
#include "syncd/fetch_transfer.h"

#define TURN_MS 1000    /* longest wait of one turn */
#define PROGRESS_MS 100 /* between two words about one transfer */
#define TRANSFERS_MAX 8 /* at a time, over all hosts */

const struct fetch_options fetch_defaults = {
	.user_agent = "scapcache/" SCAPCACHE_VERSION,
	.retries = 3,
	.retry_delay_ms = 6000,
	.retry_max_ms = 15 * 60 * 1000,
	.connect_ms = 30 * 1000,
	.slow_s = 60,
	.slow_rate = 1000,
	.host_transfers = 1,
};

/* Requests in the order in which they came. */
struct fetch {
	CURLM *multi;
	struct fetch_run run;
	struct fetch_hosts hosts;
	struct transfer *first;
	struct transfer **end;
	size_t n_open;
	size_t n_active;
	int64_t until; /* monotonic ms; 0: no limit */
};

int
fetch_open(struct fetch **out, const struct fetch_options *options,
    const struct fetch_sink *sink, struct err *e)
{
	struct fetch *f;

	if (libcurl_load(e) != 0)
		return -1;
	if (libcurl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(e, ERR_SYSTEM, "HTTP cannot be set up");
	f = xcalloc(1, sizeof(*f));
	f->run.options = *options;
	f->run.sink = *sink;
	if (options->run_max_s > 0)
		f->until =
		    clock_monotonic_ms() + (int64_t)options->run_max_s * 1000;
	f->end = &f->first;
	f->multi = libcurl.multi_init();
	if (f->multi == NULL)
		abort(); /* no memory */
	*out = f;
	return 0;
}

/* Unlinks and frees it. */
static void
drop(struct fetch *f, struct transfer **at)
{
	struct transfer *t = *at;

	if (t->active) {
		libcurl.multi_remove_handle(f->multi, t->easy);
		f->n_active--;
	}
	*at = t->next;
	if (f->end == &t->next)
		f->end = at;
	f->n_open--;
	transfer_free(t);
}

void
fetch_close(struct fetch *f)
{
	if (f == NULL)
		return;
	while (f->first != NULL)
		drop(f, &f->first);
	libcurl.multi_cleanup(f->multi);
	libcurl.global_cleanup();
	hosts_cleanup(&f->hosts);
	free(f);
}

void
fetch_add(struct fetch *f, const struct fetch_request *request)
{
	struct transfer *t = transfer_new(request, &f->run);

	*f->end = t;
	f->end = &t->next;
	f->n_open++;
}

size_t
fetch_open_requests(const struct fetch *f)
{
	return f->n_open;
}

/* Counted here: in libcurl's own queue the clocks of a transfer would run. */
static bool
host_is_busy(const struct fetch *f, const struct transfer *t)
{
	const struct transfer *i;
	unsigned n = 0;

	for (i = f->first; i != NULL; i = i->next)
		if (i->active && strcmp(i->host, t->host) == 0)
			n++;
	return n >= f->run.options.host_transfers;
}

/* Monotonic ms from which its next try may begin. */
static int64_t
due(const struct fetch *f, const struct transfer *t)
{
	int64_t host = hosts_due(&f->hosts, t->host, t->interval_ms);

	return host > t->not_before ? host : t->not_before;
}

static void
start(struct fetch *f, struct transfer *t, int64_t now)
{
	transfer_begin(t);
	hosts_asked(&f->hosts, t->host, now);
	if (libcurl.multi_add_handle(f->multi, t->easy) != CURLM_OK)
		abort(); /* no memory, or our mistake */
	t->active = true;
	f->n_active++;
}

static void
start_ready(struct fetch *f)
{
	int64_t now = clock_monotonic_ms();
	struct transfer *t;

	for (t = f->first; t != NULL && f->n_active < TRANSFERS_MAX;
	     t = t->next)
		if (!t->active && !host_is_busy(f, t) && due(f, t) <= now)
			start(f, t, now);
}

/* Doubled with each failure, all of it jitter; or what the host asks for. */
static int64_t
retry_delay(const struct fetch *f, const struct transfer *t)
{
	const struct fetch_options *o = &f->run.options;
	unsigned doublings = t->failures - 1 < 16 ? t->failures - 1 : 16;
	uint64_t bound = (uint64_t)o->retry_delay_ms << doublings;
	uint64_t wait = (uint64_t)t->retry_after_s * 1000;

	if (bound > o->retry_max_ms)
		bound = o->retry_max_ms;
	if (wait == 0)
		wait = jitter_up_to(bound);
	else
		wait += jitter_up_to(wait / 10);
	return (int64_t)(wait > o->retry_max_ms ? o->retry_max_ms : wait);
}

/* True if there will be another; what got further has not failed. */
static bool
will_retry(struct fetch *f, struct transfer *t)
{
	int64_t now = clock_monotonic_ms();

	if (t->retry == RETRY_AT_ONCE)
		return true;
	if (t->size >= t->size_most + FETCH_PROGRESS_BYTES)
		t->failures = 0;
	if (t->size > t->size_most)
		t->size_most = t->size;
	t->failures++;
	if (t->retry == RETRY_NEVER || f->run.bytes_spent ||
	    t->failures > f->run.options.retries)
		return false;
	t->not_before = now + retry_delay(f, t);
	hosts_rest(&f->hosts, t->host, t->not_before);
	return true;
}

/*
 * A host that does not answer one request after all its tries is not asked
 * for the rest of the group: the source is given up, not the run.
 */
static void
give_up_group(struct fetch *f, const struct transfer *failed,
    const struct fetch_reply *reply)
{
	struct fetch_reply same = { .status = reply->status,
		.error = reply->error };
	struct transfer **at = &f->first;

	while (*at != NULL) {
		struct transfer *t = *at;

		if (t == failed || t->active || t->group != failed->group ||
		    strcmp(t->host, failed->host) != 0) {
			at = &t->next;
			continue;
		}
		same.id = t->id;
		same.tries = t->tries;
		same.resumable = transfer_is_resumable(t);
		transfer_close(t);
		f->run.sink.done(f->run.sink.ctx, &same);
		drop(f, at);
	}
}

/* The transfer ended: its reply, or another try later. */
static void
finish(struct fetch *f, struct transfer *t, CURLcode code)
{
	struct fetch_reply reply;
	struct transfer **at;

	libcurl.multi_remove_handle(f->multi, t->easy);
	t->active = false;
	f->n_active--;
	transfer_judge(t, code, &reply);
	if (will_retry(f, t))
		return;
	if (t->retry == RETRY_LATER && !f->run.bytes_spent)
		give_up_group(f, t, &reply);
	transfer_close(t);
	f->run.sink.done(f->run.sink.ctx, &reply);
	for (at = &f->first; *at != t; at = &(*at)->next)
		;
	drop(f, at);
}

static void
finish_ended(struct fetch *f)
{
	struct transfer *t;
	CURLMsg *m;
	int left;

	while ((m = libcurl.multi_info_read(f->multi, &left)) != NULL) {
		if (m->msg != CURLMSG_DONE)
			continue;
		for (t = f->first; t->easy != m->easy_handle; t = t->next)
			;
		finish(f, t, m->data.result);
	}
}

static void
tell_progress(struct fetch *f)
{
	int64_t now = clock_monotonic_ms();
	struct transfer *t;

	for (t = f->first; t != NULL; t = t->next) {
		if (!t->active || now - t->told < PROGRESS_MS)
			continue;
		t->told = now;
		f->run.sink.progress(
		    f->run.sink.ctx, t->id, t->size, transfer_total(t));
	}
}

/* How long until something is to be done without a wake. */
static int
time_to_wait(const struct fetch *f)
{
	int64_t now = clock_monotonic_ms(), wait = TURN_MS;
	const struct transfer *t;

	for (t = f->first; t != NULL; t = t->next) {
		int64_t then = t->active ? now + PROGRESS_MS : due(f, t);

		if (then > now && then - now < wait)
			wait = then - now;
	}
	if (f->until > 0 && f->until - now < wait)
		wait = f->until > now ? f->until - now : 0;
	return (int)wait;
}

/* What the run may take is used up: all that is open ends. */
static void
end_all(struct fetch *f, const struct err *why)
{
	struct fetch_reply reply = { .error = *why };

	while (f->first != NULL) {
		struct transfer *t = f->first;

		reply.id = t->id;
		reply.tries = t->tries;
		reply.size_bytes = t->size;
		reply.received_bytes = t->received_bytes;
		reply.resumable = transfer_is_resumable(t);
		transfer_close(t);
		f->run.sink.done(f->run.sink.ctx, &reply);
		drop(f, &f->first);
	}
}

static void
end_what_is_spent(struct fetch *f)
{
	const struct fetch_options *o = &f->run.options;
	struct err why = { 0 };

	if (f->run.bytes_spent)
		err_set(&why, ERR_LIMIT,
		    "not fetched: a run may fetch %llu bytes",
		    (unsigned long long)o->run_bytes_max);
	else if (f->until > 0 && clock_monotonic_ms() >= f->until)
		err_set(&why, ERR_LIMIT,
		    "not fetched: a run may take %u seconds", o->run_max_s);
	if (why.code != ERR_NONE)
		end_all(f, &why);
}

void
fetch_go(struct fetch *f, uint64_t id)
{
	struct transfer *t;

	for (t = f->first; t != NULL; t = t->next)
		if (t->id == id && t->active)
			transfer_go(t);
}

int
fetch_turn(struct fetch *f, int wake_fd, struct err *e)
{
	struct curl_waitfd wake = { .fd = wake_fd, .events = CURL_WAIT_POLLIN };
	int running = 0;

	end_what_is_spent(f);
	start_ready(f);
	if (libcurl.multi_perform(f->multi, &running) != CURLM_OK)
		return err_set(e, ERR_SYSTEM, "HTTP transfers cannot go on");
	finish_ended(f);
	end_what_is_spent(f);
	tell_progress(f);
	start_ready(f);
	if (f->n_open == 0 && wake_fd == -1)
		return 0;
	if (libcurl.multi_poll(f->multi, &wake, wake_fd == -1 ? 0 : 1,
		time_to_wait(f), NULL) != CURLM_OK)
		return err_set(e, ERR_SYSTEM, "HTTP transfers cannot go on");
	return 0;
}
