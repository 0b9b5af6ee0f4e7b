/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "syncd/control.h"
#include "syncd/daemon_parts.h"

#define ACCEPT_PAUSE_MS 100

void
daemon_clients_init(struct daemon *d)
{
	size_t i;

	for (i = 0; i < DAEMON_CLIENTS_MAX; i++)
		d->clients[i] = (struct daemon_client){ .fd = -1 };
}

static void
drop(struct daemon_client *c)
{
	close(c->fd);
	*c = (struct daemon_client){ .fd = -1 };
}

void
daemon_accept(struct daemon *d)
{
	int fd = accept4(d->listenfd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	size_t i;

	if (fd == -1) {
		/* Without descriptors it would come up again at once. */
		if (errno != EAGAIN)
			poll(NULL, 0, ACCEPT_PAUSE_MS);
		return;
	}
	for (i = 0; i < DAEMON_CLIENTS_MAX; i++)
		if (d->clients[i].fd == -1) {
			d->clients[i].fd = fd;
			d->clients[i].since_ms = clock_monotonic_ms();
			return;
		}
	control_send(fd, "refused too many ask at once");
	close(fd);
}

bool
daemon_clients_idle(struct daemon *d)
{
	int64_t now = clock_monotonic_ms();
	bool any = false;
	size_t i;

	for (i = 0; i < DAEMON_CLIENTS_MAX; i++) {
		struct daemon_client *c = &d->clients[i];

		if (c->fd == -1 || c->waiting || c->running)
			continue;
		if (now - c->since_ms >= DAEMON_CLIENT_IDLE_MS)
			drop(c);
		else
			any = true;
	}
	return any;
}

/* Marks the sources of "nvd kev"; NULL, or why not. */
static const char *
mark_named(const struct daemon *d, struct span names, bool *marks)
{
	const char *from = config_str(d->options.config, "sync.from");
	bool whole = d->options.from == NULL && from[0] == '\0';
	const struct source *s;
	size_t end;

	while (names.len > 0) {
		end = span_find(names, ' ');
		s = source_find(span_first(names, end));
		if (s == NULL)
			return "there is no such source";
		if (s->archive && whole)
			return "a source is named that is offered by no "
			       "upstream any more";
		marks[s - sources] = true;
		names = span_trim(span_from(names, end));
	}
	return NULL;
}

static const char *
mark_planned(const struct daemon *d, bool *marks)
{
	const char *why = "no source is asked on schedule: name one";
	size_t i;

	for (i = 0; i < n_sources; i++)
		if (d->plans[i].asked) {
			marks[i] = true;
			why = NULL;
		}
	return why;
}

/* "sync nvd kev": all that are asked on schedule, where none is named. */
static const char *
take_request(struct daemon *d, struct span text)
{
	bool *marks = xcalloc(n_sources, sizeof(*marks));
	struct span names = SPAN_NONE;
	const char *why;
	size_t i;

	if (span_has_prefix(text, "sync "))
		names = span_trim(span_from(text, strlen("sync ")));
	if (names.len == 0 && !span_is(text, "sync"))
		why = "it is no request";
	else if (names.len > 0)
		why = mark_named(d, names, marks);
	else
		why = mark_planned(d, marks);
	for (i = 0; why == NULL && i < n_sources; i++)
		d->requested[i] = d->requested[i] || marks[i];
	d->any_requested = d->any_requested || why == NULL;
	free(marks);
	return why;
}

void
daemon_listen_to(struct daemon *d, struct daemon_client *c)
{
	char text[CONTROL_TEXT_MAX + 1];
	const char *why = "one request at a time";

	/* Who goes away has asked all the same. */
	if (control_receive(c->fd, text) != 1) {
		drop(c);
		return;
	}
	if (!c->waiting && !c->running)
		why = take_request(d, span_of(text));
	if (why == NULL) {
		log_info("syncd: asked for a run request=\"%s\"", text);
		c->waiting = true;
		return;
	}
	control_send(c->fd, "refused %s", why);
	drop(c);
}

void
daemon_run_started(struct daemon *d)
{
	size_t i;

	for (i = 0; i < DAEMON_CLIENTS_MAX; i++) {
		struct daemon_client *c = &d->clients[i];

		if (c->fd == -1 || !c->waiting)
			continue;
		c->waiting = false;
		c->running = true;
		if (!control_send(c->fd, "started"))
			drop(c);
	}
}

void
daemon_run_ended(struct daemon *d, bool ok, uint64_t generation)
{
	size_t i;

	for (i = 0; i < DAEMON_CLIENTS_MAX; i++) {
		struct daemon_client *c = &d->clients[i];

		if (c->fd == -1 || !c->running)
			continue;
		control_send(c->fd, "ended %s %" PRIu64, ok ? "ok" : "failed",
		    generation);
		drop(c);
	}
}

void
daemon_clients_close(struct daemon *d)
{
	size_t i;

	for (i = 0; i < DAEMON_CLIENTS_MAX; i++)
		if (d->clients[i].fd != -1)
			drop(&d->clients[i]);
}
