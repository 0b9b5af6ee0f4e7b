/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/notify.h"
#include "base/signals.h"
#include "syncd/control.h"
#include "syncd/daemon_parts.h"

#define TURN_MS 60000 /* the clock may be set meanwhile */
#define IDLE_TURN_MS 1000

/* --- start --- */

static int
open_daemon(struct daemon *d, struct err *e)
{
	/* Processes of a run that was killed are ours to wait for. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (daemon_open_state(d, e) != 0 || daemon_take_lock(d, e) != 0 ||
	    daemon_plan(d, d->options.config, e) != 0 ||
	    signals_open(&d->signalfd, e) != 0)
		return -1;
	return control_listen(d->state.dirfd, &d->listenfd, e);
}

/* --- the loop --- */

static void
reload(struct daemon *d)
{
	struct daemon_options *o = &d->options;
	struct timespec t;
	struct err e = { 0 };
	struct config *fresh;

	clock_gettime(CLOCK_MONOTONIC, &t);
	notify("RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000);
	fresh = o->reload(o->ctx, &e);
	if (fresh == NULL || daemon_plan(d, fresh, &e) != 0) {
		config_close(fresh);
		log_error("syncd: configuration: %s; what held before still "
			  "holds",
		    e.msg);
	} else {
		config_close(o->config);
		o->config = fresh;
		log_info("syncd: configuration: read again");
	}
	notify("READY=1");
}

static void
take_signals(struct daemon *d)
{
	struct signalfd_siginfo info;

	while (read(d->signalfd, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGHUP:
			reload(d);
			break;
		case SIGCHLD:
			daemon_task_reap(d);
			break;
		default:
			d->stopping = true;
		}
	}
}

/* Starts what is due or was asked for. */
static int
start_due(struct daemon *d, struct err *e)
{
	struct daemon_work w = { .run =
				     xcalloc(n_sources + 1, sizeof(*w.run)) };
	int64_t wait_ms = d->not_before_ms - clock_monotonic_ms();
	int rc;

	rc = daemon_due(d, &w, e);
	d->next = w.next;
	if (rc == 0 && w.n > 0 && (wait_ms <= 0 || d->any_requested)) {
		rc = daemon_task_start(d, w.run, w.n, e);
		if (rc == 0)
			daemon_run_started(d);
	} else if (rc == 0 && w.renew) {
		/* A run of sources does so by itself. */
		rc = daemon_task_renew(d, e);
	} else if (w.n > 0) {
		d->next = clock_now() + wait_ms / 1000 + 1;
	}
	free(w.run);
	return rc;
}

/* What goes wrong here is told and tried again: a daemon stays. */
static void
look(struct daemon *d)
{
	struct err e = { 0 };

	if (d->child != 0 || clock_monotonic_ms() < d->look_ms ||
	    start_due(d, &e) == 0)
		return;
	log_error("syncd: %s", e.msg);
	d->look_ms = clock_monotonic_ms() + TURN_MS;
	if (daemon_task_mend(d, &e) != 0)
		log_error("syncd: %s", e.msg);
}

static void
tell_status(const struct daemon *d)
{
	char text[CLOCK_TEXT_SIZE];

	if (d->look_ms > clock_monotonic_ms())
		notify("STATUS=Cannot tell what is due: see the log");
	else if (d->child != 0)
		notify("STATUS=Syncing since %s", clock_text(d->started, text));
	else if (d->next == SCHEDULE_NEVER)
		notify("STATUS=Nothing is due");
	else
		notify("STATUS=Next sync at %s", clock_text(d->next, text));
}

static int
wait_ms(struct daemon *d)
{
	int64_t alive = notify_watchdog_ms(), ms = TURN_MS;
	int64_t left_s = d->next - clock_now();

	if (d->child == 0 && clock_monotonic_ms() >= d->look_ms &&
	    left_s < TURN_MS / 1000)
		ms = left_s < 0 ? 0 : left_s * 1000;
	if (daemon_clients_idle(d) && ms > IDLE_TURN_MS)
		ms = IDLE_TURN_MS;
	return (int)(alive != 0 && alive < ms ? alive : ms);
}

static void
wait_for_events(struct daemon *d, int timeout_ms)
{
	struct pollfd fds[2 + DAEMON_CLIENTS_MAX] = {
		{ d->signalfd, POLLIN, 0 }, { d->listenfd, POLLIN, 0 }
	};
	size_t i;

	for (i = 0; i < DAEMON_CLIENTS_MAX; i++)
		fds[2 + i] = (struct pollfd){ d->clients[i].fd, POLLIN, 0 };
	if (poll(fds, 2 + DAEMON_CLIENTS_MAX, timeout_ms) <= 0)
		return;
	take_signals(d);
	for (i = 0; i < DAEMON_CLIENTS_MAX; i++)
		if (d->clients[i].fd != -1 && fds[2 + i].revents != 0)
			daemon_listen_to(d, &d->clients[i]);
	if (fds[1].revents != 0)
		daemon_accept(d);
}

static int
loop(struct daemon *d, struct err *e)
{
	while (!d->stopping) {
		if (!daemon_has_lock(d))
			return err_set(e, ERR_SYSTEM,
			    "%s: the state directory is not the one any more "
			    "that this daemon was started for",
			    d->state.path);
		look(d);
		daemon_task_check(d);
		tell_status(d);
		if (notify_watchdog_ms() != 0)
			notify("WATCHDOG=1");
		wait_for_events(d, wait_ms(d));
	}
	return 0;
}

static void
close_daemon(struct daemon *d)
{
	/* Before the lock goes: it may be the next daemon's after that. */
	if (d->listenfd != -1)
		unlinkat(d->state.dirfd, CONTROL_PATH, 0);
	daemon_clients_close(d);
	close(d->listenfd);
	close(d->signalfd);
	close(d->lockfd);
	state_close(&d->state);
	free(d->requests);
	free(d->plans);
	config_close(d->options.config);
}

int
daemon_run(const struct daemon_options *options, struct err *e)
{
	struct daemon d = { .options = *options,
		.state = { .dirfd = -1, .lockfd = -1 },
		.lockfd = -1,
		.signalfd = -1,
		.listenfd = -1 };
	int rc;

	d.requests = xcalloc(n_sources, sizeof(*d.requests));
	daemon_clients_init(&d);
	rc = open_daemon(&d, e);
	if (rc == 0) {
		log_info("syncd: ready process=%d delay=%" PRId64,
		    (int)getpid(), d.delay_s);
		notify("READY=1\nMAINPID=%d", (int)getpid());
		rc = loop(&d, e);
		notify("STOPPING=1");
		daemon_task_stop(&d);
		log_info("syncd: ended");
	}
	close_daemon(&d);
	return rc;
}
