/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request made by hand, without a socket, and what its handler answers as
 * text: status, the fields that the handler chose, and the body.
 *
 *	struct server_world w;
 *
 *	server_world_init(&w, statefd, view);
 *	assert_string_equal(server_world_get(&w, "/v1/status"), "200\n…");
 *	server_world_cleanup(&w);
 *
 * view may be NULL: nothing is published. w.desk may be set before.
 */
#ifndef TESTS_UNIT_SERVER_WORLD_H
#define TESTS_UNIT_SERVER_WORLD_H

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/route.h"
#include "server/worker.h"
#include "server/worker_index.h"

struct server_world {
	int statefd;
	struct view *view; /* borrowed */
	struct view nothing;
	struct desk *desk; /* NULL: none */
	unsigned scopes;   /* of who asks; 1 << SCOPE_READ at first */
	struct request_param headers[8];
	size_t n_headers;
	int body_fd; /* of the next request; -1: none */
	uint64_t body_size;
	const char *body_type;
	struct worker worker;
	struct buf text; /* of the last answer */
	struct buf body; /* its body alone */
	unsigned status;
};

static inline void
server_world_init(struct server_world *w, int statefd, struct view *view)
{
	memset(w, 0, sizeof(*w));
	w->statefd = statefd;
	w->view = view != NULL ? view : &w->nothing;
	w->scopes = 1u << SCOPE_READ;
	w->body_fd = -1;
}

static inline void
server_world_cleanup(struct server_world *w)
{
	worker_cleanup(&w->worker);
	buf_cleanup(&w->text);
	buf_cleanup(&w->body);
}

/* Of all requests from now on; both live as long as the world. */
static inline void
server_world_header(struct server_world *w, const char *name, const char *value)
{
	w->headers[w->n_headers++] =
	    (struct request_param){ span_of(name), span_of(value) };
}

static inline void
server_world_add_file(struct server_world *w, struct response *s)
{
	char *p = xmalloc((size_t)s->size_bytes + 1);
	ssize_t n;

	if (s->fd == -1)
		s->fd = openat(w->statefd, s->file, O_RDONLY | O_CLOEXEC);
	n = pread(s->fd, p, (size_t)s->size_bytes, (off_t)s->offset);
	if (n < 0 || (uint64_t)n != s->size_bytes)
		abort();
	buf_add(&w->body, p, (size_t)n);
	free(p);
}

static inline void
server_world_add_stream(struct server_world *w, const struct response *s)
{
	struct err e = { 0 };
	char part[1000]; /* odd, so that parts do not fall together */
	size_t n = 0;

	do {
		if (s->read(s->ctx, part, sizeof(part), &n, &e) != 0) {
			buf_printf(&w->body, "[broken: %s]", e.msg);
			return;
		}
		buf_add(&w->body, part, n);
	} while (n > 0);
}

static inline void
server_world_print(struct server_world *w, struct response *s)
{
	size_t i;

	buf_reset(&w->text);
	buf_reset(&w->body);
	w->status = s->status;
	buf_printf(&w->text, "%u\n", s->status);
	if (s->type != NULL)
		buf_printf(&w->text, "Content-Type: %s\n", s->type);
	if (s->etag.len > 0)
		buf_printf(&w->text, "ETag: %.*s\n", SPAN_ARG(s->etag));
	if (s->modified.len > 0)
		buf_printf(
		    &w->text, "Last-Modified: %.*s\n", SPAN_ARG(s->modified));
	if (s->modified_at != 0)
		buf_printf(&w->text, "Last-Modified: @%lld\n",
		    (long long)s->modified_at);
	if (s->cache != NULL)
		buf_printf(&w->text, "Cache-Control: %s\n", s->cache);
	for (i = 0; i < s->n_headers; i++)
		buf_printf(&w->text, "%s: %.*s\n", s->headers[i].name,
		    SPAN_ARG(s->headers[i].value));
	if (s->body == RESPONSE_FILE)
		server_world_add_file(w, s);
	else if (s->body == RESPONSE_STREAM)
		server_world_add_stream(w, s);
	else
		buf_add_span(&w->body, buf_span(&s->out.buf));
	buf_add_char(&w->text, '\n');
	buf_add_span(&w->text, buf_span(&w->body));
}

/* Finds the route and runs it; problems as the server would tell them. */
static inline const char *
server_world_ask(struct server_world *w, enum verb verb, const char *target)
{
	struct request q = { .verb = verb, .body_fd = w->body_fd };
	struct response s;
	struct err e = { 0 };
	unsigned allowed = 0;

	response_init(&s);
	q.view = w->view;
	q.statefd = w->statefd;
	q.access.scopes = w->scopes;
	q.peer = SPAN_LIT("127.0.0.1");
	q.host = SPAN_LIT("localhost:8080");
	q.headers = w->headers;
	q.n_headers = w->n_headers;
	q.body_size = w->body_size;
	q.body_type = span_of(w->body_type);
	w->worker.desk = w->desk;
	q.worker = &w->worker;
	if (request_parse_target(&q, span_of(target), &e) != 0)
		problem(&s, 400, "bad-address", "%s", e.msg);
	else if (route_find(&q, &allowed) == NULL)
		problem(&s, allowed == 0 ? 404 : 405, "not-found",
		    "there is nothing at %.*s", SPAN_ARG(q.path));
	else if (!access_may(&q.access, q.route->scope))
		problem(&s, 403, "scope",
		    "this takes a token with the scope %s",
		    scope_name(q.route->scope));
	else if (q.route->handle(&q, &s, &e) != 0)
		problem_of(&s, &e);
	server_world_print(w, &s);
	response_cleanup(&s);
	arena_cleanup(&q.arena);
	arena_reset(&w->worker.arena);
	return buf_str(&w->text);
}

static inline const char *
server_world_get(struct server_world *w, const char *target)
{
	return server_world_ask(w, VERB_GET, target);
}

#endif
