/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/catalog.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/signals.h"
#include "server/serve_parts.h"

#define TURN_MS 500 /* between two looks at what is published */
#define END_TURN_MS 20
#define START_MAX_MS 60000 /* for a process to be ready */
#define STEADY_MS 10000    /* one that lives shorter is not hurried back */
#define BACKOFF_MS 100
#define BACKOFF_MAX_MS 30000

/* --- start --- */

/* Made where there is none; what an older version left is brought up to date.
 */
static int
mend_state(const struct serve *s, struct err *e)
{
	struct db *catalog = NULL;
	struct state state;
	int rc;

	if (state_open(&state, s->options.state, STATE_WRITE, 0, e) != 0)
		return -1;
	rc = catalog_open(&catalog, &state, DB_WRITE, e);
	db_close(catalog);
	state_close(&state);
	return rc;
}

/* The process can be let into folders that are there, and no others. */
static void
make_folders(const struct serve *s)
{
	static const char *const folders[] = { "store", "index", "tuf",
		"bundles" };
	struct err e = { 0 };
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (!file_exists(s->state.dirfd, folders[i]) &&
		    file_make_dirs(s->state.dirfd, folders[i], &e) != 0)
			log_info("serve: %s", e.msg);
}

static int
open_state(struct serve *s, struct err *e)
{
	struct db *catalog = NULL;
	struct err why = { 0 };

	if (state_open(&s->state, s->options.state, STATE_READ, 0, &why) != 0) {
		if (mend_state(s, e) != 0 ||
		    state_open(&s->state, s->options.state, STATE_READ, 0, e) !=
			0)
			return -1;
	} else if (catalog_open(&catalog, &s->state, DB_READ, &why) != 0 &&
	    why.code != ERR_MISSING && mend_state(s, e) != 0) {
		return -1;
	}
	db_close(catalog);
	make_folders(s);
	return 0;
}

/* Sockets that are handed in stand in for those configured. */
static int
listen_on(struct serve *s, const struct serve_settings *settings, struct err *e)
{
	static const char *const none[] = { NULL };
	const char *const *words =
	    s->inherited && s->options.listen == NULL ? none : settings->listen;

	return serve_listeners_open(
	    &s->listeners, words, settings->unix_mode, e);
}

/* --- what is said --- */

static void
tell_addresses(const struct serve *s)
{
	const struct serve_settings *settings = s->current->settings;
	bool tls = settings->tls_cert.len > 0;
	struct buf text = { 0 };
	struct err ignored;
	size_t i;

	for (i = 0; i < s->listeners.n; i++) {
		buf_reset(&text);
		if (!s->options.quiet)
			buf_add_str(&text, "serving ");
		serve_listener_text(&s->listeners.at[i], tls, &text);
		buf_add_char(&text, '\n');
		/* At once: who waits for it reads a whole line. */
		if (s->options.quiet)
			log_info("serve: listens: %.*s", (int)text.len - 1,
			    text.ptr);
		else
			file_write_all(
			    STDERR_FILENO, buf_span(&text), &ignored);
	}
	buf_cleanup(&text);
}

static void
tell_status(const struct serve *s)
{
	if (s->stopping)
		notify("STATUS=Answering what was begun");
	else if (s->current->phase != SERVE_RUNNING)
		notify("STATUS=The serve process is started again: see the "
		       "log");
	else if (s->watch.generation == 0)
		notify("STATUS=Nothing is published yet");
	else
		notify("STATUS=Serving generation %llu",
		    (unsigned long long)s->watch.generation);
	if (notify_watchdog_ms() != 0)
		notify("WATCHDOG=1");
}

/* --- processes --- */

/* It finishes what it has begun; the eldest of too many does not. */
static void
retire(struct serve *s, struct serving *p)
{
	struct serving **place = &s->old[0];
	size_t i;

	for (i = 0; i < SERVE_OLD_MAX; i++) {
		if (s->old[i] == NULL) {
			place = &s->old[i];
			break;
		}
		if (s->old[i]->since_ms < (*place)->since_ms)
			place = &s->old[i];
	}
	serving_free(*place);
	*place = p;
	serving_drain(p);
}

static void
free_ended(struct serve *s)
{
	int64_t now = clock_monotonic_ms();
	size_t i;

	for (i = 0; i < SERVE_OLD_MAX; i++) {
		struct serving *p = s->old[i];

		if (p == NULL || (!serving_ended(p) && now < p->until_ms))
			continue;
		if (p->phase == SERVE_DRAINING)
			log_warn("serve: requests that took too long were "
				 "ended");
		serving_free(p);
		s->old[i] = NULL;
	}
}

/* The settings of a reload hold from here on. */
static void
promote(struct serve *s)
{
	struct serving *before = s->current;

	s->current = s->next;
	s->next = NULL;
	s->backoff_ms = 0;
	retire(s, before);
	serve_listeners_prune(&s->listeners);
	log_info("serve: configuration: read again");
	notify("READY=1");
}

static void
give_up_next(struct serve *s, const char *why)
{
	struct err e = { 0 };

	log_error(
	    "serve: configuration: %s; what held before still holds", why);
	serving_free(s->next);
	s->next = NULL;
	/* Those of before are all open. */
	listen_on(s, s->current->settings, &e);
	serve_listeners_prune(&s->listeners);
	/* What was new meanwhile was told to the other one alone. */
	serve_watch_look(&s->watch, s->current->settings->anonymous);
	serving_hand_over(
	    s->current, &s->watch, 1U << SERVE_VIEW | 1U << SERVE_ACCESS);
	notify("READY=1");
}

static void
look_after_next(struct serve *s)
{
	struct serving *p = s->next;

	if (p == NULL)
		return;
	if (p->phase == SERVE_RUNNING)
		promote(s);
	else if (p->phase == SERVE_NONE)
		give_up_next(s, p->why);
	else if (clock_monotonic_ms() - p->since_ms >= START_MAX_MS)
		give_up_next(s, "the new process does not get ready");
}

/* Sets when the process that ended is to be started again. */
static void
plan_restart(struct serve *s)
{
	int64_t now = clock_monotonic_ms();

	if (s->current->lived_ms >= STEADY_MS)
		s->backoff_ms = 0;
	else if (s->backoff_ms == 0)
		s->backoff_ms = BACKOFF_MS;
	else if (s->backoff_ms < BACKOFF_MAX_MS)
		s->backoff_ms *= 2;
	s->restart_ms = now + s->backoff_ms;
	log_error("serve: %s; it is started again", s->current->why);
}

static void
restart(struct serve *s)
{
	struct serving *before = s->current;
	struct serve_settings *settings = before->settings;
	struct err e = { 0 };

	before->settings = NULL;
	if (serving_start(&s->current, s, settings, &e) == 0) {
		retire(s, before);
		return;
	}
	before->settings = settings;
	snprintf(before->why, sizeof(before->why), "%s", e.msg);
	plan_restart(s);
}

static void
look_after_current(struct serve *s)
{
	struct serving *p = s->current;
	int64_t now = clock_monotonic_ms();

	if (p->phase == SERVE_STARTING && now - p->since_ms >= START_MAX_MS)
		serving_kill(p);
	if (p->phase != SERVE_NONE) {
		s->restart_ms = 0;
		serving_mend(p, s);
	} else if (s->restart_ms == 0) {
		plan_restart(s);
	} else if (now >= s->restart_ms) {
		restart(s);
	}
}

static void
look_after_view(struct serve *s)
{
	const struct serving *newest = s->next != NULL ? s->next : s->current;
	unsigned changed =
	    serve_watch_look(&s->watch, newest->settings->anonymous);

	if (changed == 0)
		return;
	serving_hand_over(s->current, &s->watch, changed);
	if (s->next != NULL)
		serving_hand_over(s->next, &s->watch, changed);
	if ((changed & 1U << SERVE_VIEW) != 0)
		log_info("serve: generation: number=%llu",
		    (unsigned long long)s->watch.generation);
}

/* --- signals --- */

static int
start_next(struct serve *s, struct err *e)
{
	const struct serve_options *o = &s->options;
	struct serve_settings *settings = NULL;
	struct config *config = NULL;

	if (config_open(&config, o->config_path, o->source_names, e) != 0 ||
	    serve_settings_read(&settings, config, true, o->listen, e) != 0)
		return -1;
	if (listen_on(s, settings, e) != 0) {
		serve_settings_free(settings);
		return -1;
	}
	serve_watch_look(&s->watch, settings->anonymous);
	if (serving_start(&s->next, s, settings, e) == 0)
		return 0;
	serve_settings_free(settings);
	return -1;
}

static void
reload(struct serve *s)
{
	struct timespec t;
	struct err e = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	notify("RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000);
	serving_free(s->next);
	s->next = NULL;
	if (start_next(s, &e) != 0)
		give_up_next(s, e.msg);
}

static void
reap(struct serve *s)
{
	int status;
	pid_t pid;
	size_t i;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		serving_reap(s->current, pid, status);
		serving_reap(s->next, pid, status);
		for (i = 0; i < SERVE_OLD_MAX; i++)
			serving_reap(s->old[i], pid, status);
	}
}

static void
take_signals(struct serve *s)
{
	struct signalfd_siginfo info;

	while (read(s->signalfd, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGHUP:
			s->reload = true;
			break;
		case SIGCHLD:
			reap(s);
			break;
		default:
			s->hurry = s->stopping;
			s->stopping = true;
		}
	}
}

/* --- the loop --- */

static int
turn_ms(const struct serve *s)
{
	int64_t alive = notify_watchdog_ms(), ms = TURN_MS;
	int64_t left = s->restart_ms - clock_monotonic_ms();

	if (s->restart_ms != 0 && left < ms)
		ms = left < 1 ? 1 : left;
	return (int)(alive != 0 && alive < ms ? alive : ms);
}

static void
wait_for_events(struct serve *s, int timeout_ms)
{
	struct serving *talk[] = { s->current, s->next };
	struct pollfd fds[3] = { { s->signalfd, POLLIN, 0 } };
	size_t i;

	for (i = 0; i < 2; i++)
		fds[1 + i] = (struct pollfd){
			talk[i] == NULL ? -1 : talk[i]->proc.ipc.fd, POLLIN, 0
		};
	if (poll(fds, 3, timeout_ms) <= 0)
		return;
	for (i = 0; i < 2; i++)
		if (fds[1 + i].revents != 0)
			serving_listen_to(talk[i]);
	take_signals(s);
}

/* The first process has to come up: what is wrong is told at once. */
static int
start_first(struct serve *s, struct serve_settings *settings, struct err *e)
{
	if (serving_start(&s->current, s, settings, e) != 0)
		return -1;
	while (s->current->phase == SERVE_STARTING && !s->stopping)
		wait_for_events(s, TURN_MS);
	if (s->current->phase == SERVE_NONE)
		return err_set(e, ERR_SYSTEM, "%s", s->current->why);
	return 0;
}

static void
loop(struct serve *s)
{
	while (!s->stopping) {
		if (s->reload) {
			s->reload = false;
			reload(s);
		}
		look_after_view(s);
		look_after_next(s);
		look_after_current(s);
		free_ended(s);
		tell_status(s);
		wait_for_events(s, turn_ms(s));
	}
}

/* Is there nobody left to wait for? */
static bool
all_ended(const struct serve *s)
{
	size_t i;

	for (i = 0; i < SERVE_OLD_MAX; i++)
		if (s->old[i] != NULL)
			return false;
	return true;
}

static void
drain(struct serve *s)
{
	int64_t until;

	notify("STOPPING=1");
	serve_listeners_close(&s->listeners);
	serving_free(s->next);
	s->next = NULL;
	until = clock_monotonic_ms() + SERVE_END_MS +
	    (int64_t)s->current->settings->drain_s * 1000;
	retire(s, s->current);
	s->current = NULL;
	free_ended(s);
	while (!all_ended(s) && !s->hurry && clock_monotonic_ms() < until) {
		struct pollfd fd = { s->signalfd, POLLIN, 0 };

		if (notify_watchdog_ms() != 0)
			notify("WATCHDOG=1");
		if (poll(&fd, 1, END_TURN_MS) > 0)
			take_signals(s);
		free_ended(s);
	}
}

static void
close_all(struct serve *s)
{
	size_t i;

	serving_free(s->current);
	serving_free(s->next);
	for (i = 0; i < SERVE_OLD_MAX; i++)
		serving_free(s->old[i]);
	serve_listeners_close(&s->listeners);
	serve_watch_cleanup(&s->watch);
	if (s->signalfd != -1)
		close(s->signalfd);
	state_close(&s->state);
}

static int
open_all(struct serve *s, struct serve_settings **settings, struct err *e)
{
	const struct serve_options *o = &s->options;
	if (serve_settings_read(settings, o->config, false, o->listen, e) !=
		0 ||
	    httpd_prepare(e) != 0 || open_state(s, e) != 0 ||
	    serve_listeners_inherit(&s->listeners, e) != 0)
		return -1;
	s->inherited = s->listeners.n > 0;
	if (listen_on(s, *settings, e) != 0)
		return -1;
	if (s->listeners.n == 0)
		return err_set(e, ERR_FORMAT,
		    "there is no address to listen on: see serve.listen");
	s->watch.state = &s->state;
	serve_watch_look(&s->watch, (*settings)->anonymous);
	return s->watch.read ? signals_open(&s->signalfd, e)
			     : err_set(e, ERR_SYSTEM, "%s", s->watch.said);
}

int
serve_run(const struct serve_options *o, struct err *e)
{
	struct serve s = { .options = *o,
		.state = { .dirfd = -1, .lockfd = -1 },
		.signalfd = -1 };
	struct serve_settings *settings = NULL;
	int rc;

	rc = open_all(&s, &settings, e);
	if (rc == 0)
		rc = start_first(&s, settings, e);
	if (s.current == NULL)
		serve_settings_free(settings);
	if (rc == 0) {
		tell_addresses(&s);
		log_info("serve: ready process=%d", (int)getpid());
		notify("READY=1\nMAINPID=%d", (int)getpid());
		loop(&s);
		drain(&s);
		log_info("serve: ended");
	}
	close_all(&s);
	return rc;
}
