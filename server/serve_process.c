/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/serve_parts.h"

#define DESK_STEADY_MS 1000 /* one that lives shorter is not hurried back */
#define DESK_PAUSE_MS 2000

/* --- desks --- */

struct desk_start {
	const struct serve_options *options;
	struct config *config;
};

/* In the process. */
static int
run_desk(struct ipc *ipc, void *ctx)
{
	const struct desk_start *start = ctx;
	struct desk_server d = { .state = { .dirfd = -1, .lockfd = -1 },
		.config = start->config,
		.hooks = start->options->hooks };
	struct err e = { 0 };
	int rc;

	proc_serve_be_child();
	rc = state_open(&d.state, start->options->state, STATE_READ, 0, &e);
	if (rc == 0)
		rc = desk_run(ipc, &d, &e);
	if (rc != 0)
		log_error("serve: desk: %s", e.msg);
	state_close(&d.state);
	return rc == 0 ? 0 : 1;
}

static int
start_desk(struct serving *p, struct serve *s, size_t i, struct err *e)
{
	struct desk_start ctx = { &s->options, p->settings->config };
	const struct proc_start start = { .role = ROLE_MAIN,
		.name = "desk",
		.run = run_desk,
		.ctx = &ctx,
		.bare = true };
	struct serve_desk *d = &p->desks[i];

	serve_watch_close(&s->watch);
	d->lost = false;
	d->started_ms = clock_monotonic_ms();
	return proc_spawn(&d->proc, &start, e);
}

/* --- the process --- */

/* The descriptors that it keeps, its sockets first; n_desks at the end. */
static int *
kept_descriptors(const struct serving *p, const struct serve *s, size_t *n)
{
	int *fds = xcalloc(s->listeners.n + 1 + p->n_desks, sizeof(*fds));
	size_t i;

	*n = 0;
	for (i = 0; i < s->listeners.n; i++)
		if (s->listeners.at[i].wanted)
			fds[(*n)++] = s->listeners.at[i].fd;
	fds[(*n)++] = s->state.dirfd;
	for (i = 0; i < p->n_desks; i++)
		fds[(*n)++] = p->desks[i].proc.ipc.fd;
	return fds;
}

static int
start_process(struct serving *p, struct serve *s, struct err *e)
{
	size_t n, n_listeners;
	int *fds = kept_descriptors(p, s, &n);
	struct proc_serve ctx = { .http = p->settings->http };
	const struct proc_start start = { .role = ROLE_SERVE,
		.run = proc_serve_run,
		.ctx = &ctx,
		.bare = true,
		.keep = fds,
		.n_keep = n };
	int rc;

	n_listeners = n - 1 - p->n_desks;
	ctx.http.listeners = fds;
	ctx.http.n_listeners = n_listeners;
	ctx.http.statefd = s->state.dirfd;
	ctx.desk_fds = fds + n_listeners + 1;
	serve_watch_close(&s->watch);
	rc = proc_spawn(&p->proc, &start, e);
	free(fds);
	return rc;
}

static int
start_all(struct serving *p, struct serve *s, struct err *e)
{
	size_t i;

	for (i = 0; i < p->n_desks; i++)
		if (start_desk(p, s, i, e) != 0)
			return -1;
	if (start_process(p, s, e) != 0)
		return -1;
	/* A desk is to end as soon as who asks it has. */
	for (i = 0; i < p->n_desks; i++)
		ipc_close(&p->desks[i].proc.ipc);
	return 0;
}

int
serving_start(struct serving **out, struct serve *s,
    struct serve_settings *settings, struct err *e)
{
	struct serving *p = xcalloc(1, sizeof(*p));
	size_t i;

	p->settings = settings;
	p->phase = SERVE_STARTING;
	p->since_ms = clock_monotonic_ms();
	p->proc.ipc.fd = -1;
	p->n_desks = settings->http.n_work + settings->http.n_scan +
	    settings->http.n_judge;
	p->desks = xcalloc(p->n_desks, sizeof(*p->desks));
	for (i = 0; i < p->n_desks; i++)
		p->desks[i].proc.ipc.fd = -1;
	if (start_all(p, s, e) != 0) {
		p->settings = NULL;
		serving_free(p);
		return -1;
	}
	serving_hand_over(p, &s->watch, 1U << SERVE_VIEW | 1U << SERVE_ACCESS);
	*out = p;
	return 0;
}

void
serving_hand_over(
    struct serving *p, const struct serve_watch *w, unsigned changed)
{
	struct err e = { 0 };
	int rc = 0;

	if (p->proc.ipc.fd == -1 || p->phase == SERVE_DRAINING)
		return;
	if ((changed & 1U << SERVE_VIEW) != 0)
		rc = proc_serve_send(
		    &p->proc.ipc, SERVE_VIEW, buf_span(&w->view), &e);
	if (rc == 0 && (changed & 1U << SERVE_ACCESS) != 0)
		rc = proc_serve_send(
		    &p->proc.ipc, SERVE_ACCESS, buf_span(&w->access), &e);
	/* It has ended, which is told when it is waited for. */
	if (rc != 0)
		log_debug("serve: %s", e.msg);
}

static void
enter(struct serving *p, enum serve_phase phase)
{
	p->phase = phase;
	p->since_ms = clock_monotonic_ms();
}

void
serving_listen_to(struct serving *p)
{
	struct ipc_message m = { .fd = -1 };
	struct err e = { 0 };

	if (ipc_recv(&p->proc.ipc, &m, &e) != 1)
		ipc_close(&p->proc.ipc);
	else if (m.type == SERVE_READY && p->phase == SERVE_STARTING)
		enter(p, SERVE_RUNNING);
	else if (m.type == SERVE_FAILED)
		snprintf(p->why, sizeof(p->why), "%.*s", SPAN_ARG(m.payload));
	if (m.fd != -1)
		close(m.fd);
	ipc_message_cleanup(&m);
}

static void
process_ended(struct serving *p, int status)
{
	struct err e = { 0 };

	p->lived_ms =
	    p->phase == SERVE_RUNNING ? clock_monotonic_ms() - p->since_ms : 0;
	/* What it said last may still be on its way. */
	while (p->proc.ipc.fd != -1)
		serving_listen_to(p);
	if (proc_ended(&p->proc, status, &e) != 0 && p->why[0] == '\0')
		snprintf(p->why, sizeof(p->why), "%s", e.msg);
	enter(p, SERVE_NONE);
	/* Its desks hear of it, and finish what they have accepted. */
	p->until_ms = p->since_ms + SERVE_DESK_END_MS;
}

static void
desk_ended(struct serve_desk *d, int status)
{
	int64_t now = clock_monotonic_ms();
	struct err e = { 0 };

	if (proc_ended(&d->proc, status, &e) != 0)
		log_error("serve: %s", e.msg);
	d->lost = true;
	d->retry_ms =
	    now - d->started_ms < DESK_STEADY_MS ? now + DESK_PAUSE_MS : now;
}

void
serving_reap(struct serving *p, pid_t pid, int status)
{
	size_t i;

	if (p == NULL)
		return;
	if (p->proc.pid == pid) {
		process_ended(p, status);
		return;
	}
	for (i = 0; i < p->n_desks; i++)
		if (p->desks[i].proc.pid == pid)
			desk_ended(&p->desks[i], status);
}

static void
mend_desk(struct serving *p, struct serve *s, size_t i)
{
	struct serve_desk *d = &p->desks[i];
	struct err e = { 0 };

	if (start_desk(p, s, i, &e) == 0) {
		proc_serve_send_desk(&p->proc.ipc, i, d->proc.ipc.fd, &e);
		ipc_close(&d->proc.ipc);
		return;
	}
	log_error("serve: %s", e.msg);
	d->lost = true;
	d->retry_ms = clock_monotonic_ms() + DESK_PAUSE_MS;
}

void
serving_mend(struct serving *p, struct serve *s)
{
	int64_t now = clock_monotonic_ms();
	size_t i;

	if (p->phase != SERVE_RUNNING || p->proc.ipc.fd == -1)
		return;
	for (i = 0; i < p->n_desks; i++)
		if (p->desks[i].lost && p->desks[i].retry_ms <= now)
			mend_desk(p, s, i);
}

void
serving_drain(struct serving *p)
{
	struct err e = { 0 };

	if (p->phase == SERVE_NONE || p->phase == SERVE_DRAINING)
		return;
	enter(p, SERVE_DRAINING);
	p->until_ms =
	    p->since_ms + (int64_t)p->settings->drain_s * 1000 + SERVE_END_MS;
	if (p->proc.ipc.fd != -1 &&
	    proc_serve_send_drain(&p->proc.ipc, p->settings->drain_s, &e) != 0)
		log_debug("serve: %s", e.msg);
}

void
serving_kill(const struct serving *p)
{
	if (p->proc.pid != 0)
		kill(p->proc.pid, SIGKILL);
}

bool
serving_ended(const struct serving *p)
{
	size_t i;

	if (p->proc.pid != 0)
		return false;
	for (i = 0; i < p->n_desks; i++)
		if (p->desks[i].proc.pid != 0)
			return false;
	return true;
}

void
serving_free(struct serving *p)
{
	size_t i;

	if (p == NULL)
		return;
	proc_kill(&p->proc);
	for (i = 0; i < p->n_desks; i++)
		proc_kill(&p->desks[i].proc);
	free(p->desks);
	serve_settings_free(p->settings);
	free(p);
}
