/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "syncd/control.h"
#include "syncd/daemon_parts.h"

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
	int fd = accept4(d->listenfd, NULL, NULL, SOCK_CLOEXEC);
	size_t i;

	if (fd == -1)
		return;
	for (i = 0; i < DAEMON_CLIENTS_MAX; i++)
		if (d->clients[i].fd == -1) {
			d->clients[i].fd = fd;
			return;
		}
	control_send(fd, "refused too many ask at once");
	close(fd);
}

/* "sync nvd kev": all that are asked on schedule, where none is named. */
static bool
take_request(struct daemon *d, struct span text)
{
	bool named = false;
	size_t end, i;

	if (!span_has_prefix(text, "sync"))
		return false;
	text = span_trim(span_from(text, 4));
	while (text.len > 0) {
		const struct source *s;

		end = span_find(text, ' ');
		s = source_find(span_first(text, end));
		if (s == NULL)
			return false;
		d->requested[s - sources] = true;
		named = true;
		text = span_trim(span_from(text, end));
	}
	for (i = 0; !named && i < n_sources; i++) {
		struct schedule ignored;
		struct err e;
		bool asked;

		if (due_schedule(&sources[i], d->options.config, &ignored,
			&asked, &e) == 0 &&
		    asked)
			d->requested[i] = true;
	}
	d->any_requested = true;
	return true;
}

void
daemon_listen_to(struct daemon *d, struct daemon_client *c)
{
	char text[CONTROL_TEXT_MAX + 1];

	if (control_receive(c->fd, text) != 1) {
		drop(c);
	} else if (take_request(d, span_of(text))) {
		log_info("syncd: asked for a run request=\"%s\"", text);
		c->waiting = true;
	} else {
		control_send(c->fd, "refused there is no such source");
		drop(c);
	}
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
