/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "indexer/generation.h"
#include "syncd/control.h"
#include "syncd/daemon_parts.h"
#include "syncd/notify.h"

#define TURN_MS 60000        /* the clock may be set meanwhile */
#define STOP_MS 4000         /* for a run to end, of 5 s for all */
#define CRASH_WAIT_MS 600000 /* before another run after one that fell over */

/* --- start --- */

static int
take_lock(struct daemon *d, struct err *e)
{
	char pid[16];
	int n, other;

	d->lockfd = openat(d->state.dirfd, DAEMON_LOCK_PATH,
	    O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (d->lockfd == -1)
		return err_system(e, "%s/%s", d->state.path, DAEMON_LOCK_PATH);
	if (flock(d->lockfd, LOCK_EX | LOCK_NB) != 0) {
		if (daemon_pid(d->state.dirfd, &other, e) != 0)
			return -1;
		return err_set(e, ERR_SYSTEM,
		    "%s: a daemon is running already, process %d",
		    d->state.path, other);
	}
	n = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (ftruncate(d->lockfd, 0) != 0 ||
	    pwrite(d->lockfd, pid, (size_t)n, 0) != n)
		return err_system(e, "%s/%s", d->state.path, DAEMON_LOCK_PATH);
	return 0;
}

int
daemon_pid(int statefd, int *pid, struct err *e)
{
	int fd = openat(statefd, DAEMON_LOCK_PATH, O_RDWR | O_CLOEXEC);
	struct buf text = { 0 };
	uint64_t number = 0;
	int rc = 0;

	*pid = 0;
	/* Not ours to look at, or none yet: then it is not ours either. */
	if (fd == -1)
		return 0;
	if (flock(fd, LOCK_SH | LOCK_NB) != 0) {
		rc = file_read_fd(fd, 32, &text, e);
		if (rc == 0 &&
		    parse_uint(span_trim(buf_span(&text)), INT32_MAX, &number))
			*pid = (int)number;
	}
	buf_cleanup(&text);
	close(fd);
	return rc;
}

static int
open_signals(struct daemon *d, struct err *e)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return err_system(e, "signals");
	d->signalfd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return d->signalfd == -1 ? err_system(e, "signals") : 0;
}

/* Makes the folder where it is missing, and is a reader from then on. */
static int
open_state(struct daemon *d, struct err *e)
{
	const char *path = d->options.state;

	if (state_open(&d->state, path, STATE_READ, 0, e) == 0)
		return 0;
	if (e->code != ERR_MISSING ||
	    state_open(&d->state, path, STATE_WRITE, 0, e) != 0)
		return -1;
	state_close(&d->state);
	return state_open(&d->state, path, STATE_READ, 0, e);
}

static int
open_daemon(struct daemon *d, struct err *e)
{
	const struct source **ignored = xcalloc(n_sources, sizeof(*ignored));
	int64_t next;
	size_t n;
	int rc = -1;

	if (open_state(d, e) == 0 && take_lock(d, e) == 0 &&
	    due_delay(d->state.dirfd,
		config_uint(d->options.config, "sync.random_delay_s"), true,
		&d->delay_s, e) == 0 &&
	    open_signals(d, e) == 0 &&
	    control_listen(d->state.dirfd, &d->listenfd, e) == 0)
		/* A schedule that is none is told at once. */
		rc = daemon_due(d, ignored, &n, &next, e);
	free(ignored);
	return rc;
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
	if (fresh == NULL) {
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
take_child(struct daemon *d)
{
	uint64_t generation = 0;
	struct err e = { 0 };
	int status;

	if (d->child == 0 || waitpid(d->child, &status, WNOHANG) != d->child)
		return;
	d->child = 0;
	if (generation_current(d->state.dirfd, &generation, &e) != 0)
		log_error("syncd: %s", e.msg);
	/* Whoever ends with a status has told of it in the catalog. */
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
		if (!d->stopping)
			log_error("syncd: run: ended by signal %d",
			    WIFSIGNALED(status) ? WTERMSIG(status) : 0);
		d->not_before = clock_monotonic_ms() + CRASH_WAIT_MS;
	}
	daemon_run_ended(
	    d, WIFEXITED(status) && WEXITSTATUS(status) == 0, generation);
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
			take_child(d);
			break;
		default:
			d->stopping = true;
		}
	}
}

/* Starts what is due; *next is when to look again, seconds since 1970. */
static int
start_due(struct daemon *d, int64_t *next, struct err *e)
{
	const struct source **run = xcalloc(n_sources + 1, sizeof(*run));
	size_t n = 0;
	int rc;

	rc = daemon_due(d, run, &n, next, e);
	if (rc == 0 && n > 0 &&
	    (d->any_requested || clock_monotonic_ms() >= d->not_before)) {
		rc = daemon_task_start(d, run, n, e);
		if (rc == 0)
			daemon_run_started(d);
	}
	free(run);
	return rc;
}

static void
tell_status(const struct daemon *d, int64_t next)
{
	char text[CLOCK_TEXT_SIZE];

	if (d->child != 0)
		notify("STATUS=Syncing since %s", clock_text(d->started, text));
	else if (next == SCHEDULE_NEVER)
		notify("STATUS=Nothing is due");
	else
		notify("STATUS=Next sync at %s", clock_text(next, text));
}

static int
wait_ms(const struct daemon *d, int64_t next)
{
	int64_t alive = notify_watchdog_ms(), ms = TURN_MS;
	int64_t left = next - clock_now();

	if (d->child == 0 && left * 1000 < ms)
		ms = left < 0 ? 0 : left * 1000;
	if (d->child == 0 && ms == 0)
		ms = 1000; /* due, but it must wait after a crash */
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
		if (fds[2 + i].fd != -1 && fds[2 + i].revents != 0)
			daemon_listen_to(d, &d->clients[i]);
	if (fds[1].revents != 0)
		daemon_accept(d);
}

static int
loop(struct daemon *d, struct err *e)
{
	int64_t next = SCHEDULE_NEVER;

	while (!d->stopping) {
		if (d->child == 0 && start_due(d, &next, e) != 0)
			return -1;
		tell_status(d, next);
		if (notify_watchdog_ms() != 0)
			notify("WATCHDOG=1");
		wait_for_events(d, wait_ms(d, next));
	}
	return 0;
}

/* A run that is stopped is one that was killed: nothing of it is lost. */
static void
stop_child(struct daemon *d)
{
	int64_t until = clock_monotonic_ms() + STOP_MS;

	if (d->child == 0)
		return;
	kill(d->child, SIGTERM);
	while (d->child != 0 && clock_monotonic_ms() < until) {
		poll(NULL, 0, 20);
		take_child(d);
	}
	if (d->child != 0) {
		kill(d->child, SIGKILL);
		waitpid(d->child, NULL, 0);
	}
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

	d.requested = xcalloc(n_sources, sizeof(*d.requested));
	daemon_clients_init(&d);
	rc = open_daemon(&d, e);
	if (rc == 0) {
		log_info("syncd: ready process=%d delay=%" PRId64,
		    (int)getpid(), d.delay_s);
		notify("READY=1\nMAINPID=%d", (int)getpid());
		rc = loop(&d, e);
		notify("STOPPING=1");
		stop_child(&d);
		unlinkat(d.state.dirfd, CONTROL_PATH, 0);
		log_info("syncd: ended");
	}
	daemon_clients_close(&d);
	close(d.listenfd);
	close(d.signalfd);
	close(d.lockfd);
	state_close(&d.state);
	free(d.requested);
	config_close(d.options.config);
	return rc;
}
