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

/* Marks what a word names: "nvd", "accept:nvd"; NULL, or why not. */
static const char *
mark_word(
    const struct daemon *d, struct span word, struct daemon_request *marks)
{
	const char *from = config_str(d->options.config, "sync.from");
	bool accept = span_has_prefix(word, CONTROL_ACCEPT);
	const struct source *s;

	if (accept)
		word = span_from(word, strlen(CONTROL_ACCEPT));
	s = source_find(word);
	if (s == NULL)
		return "there is no such source";
	if (accept)
		marks[s - sources].accept = true;
	else
		marks[s - sources].sync = true;
	if (s->archive && d->options.from == NULL && from[0] == '\0')
		return "a source is named that is offered by no upstream any "
		       "more";
	return NULL;
}

/* All that are asked on schedule. */
static const char *
mark_planned(const struct daemon *d, struct daemon_request *marks)
{
	const char *why = "no source is asked on schedule: name one";
	size_t i;

	for (i = 0; i < n_sources; i++)
		if (d->plans[i].asked) {
			marks[i].sync = true;
			why = NULL;
		}
	return why;
}

static const char *
mark_all(
    const struct daemon *d, struct span words, struct daemon_request *marks)
{
	const char *why = NULL;
	bool named = false;
	struct span word;

	for (words = span_trim(words); words.len > 0 && why == NULL;
	     words = span_trim(span_from(words, word.len))) {
		word = span_first(words, span_find(words, ' '));
		why = mark_word(d, word, marks);
		named = named || !span_has_prefix(word, CONTROL_ACCEPT);
	}
	return why != NULL || named ? why : mark_planned(d, marks);
}

/* NULL: it is taken; or why not, and nothing of it is. */
static const char *
take_request(struct daemon *d, struct span text)
{
	struct daemon_request *marks;
	const char *why;
	size_t i;

	if (!span_is(text, "sync") && !span_has_prefix(text, "sync "))
		return "it is no request";
	marks = xcalloc(n_sources, sizeof(*marks));
	why = mark_all(d, span_from(text, strlen("sync")), marks);
	for (i = 0; why == NULL && i < n_sources; i++) {
		struct daemon_request *r = &d->requests[i];

		r->sync = r->sync || marks[i].sync;
		r->accept = r->accept || marks[i].accept;
	}
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
