/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "server/httpd_impl.h"
#include "server/session.h"

static unsigned
check_rate(struct connection *c)
{
	char text[16];
	unsigned wait_s =
	    limits_request(&c->h->limits, c->address, c->begin_us);

	if (wait_s == 0)
		return 0;
	c->h->n_limited++;
	problem(&c->s, 429, "too-many-requests",
	    "this address asks more than %u times a second: come again in %u "
	    "seconds",
	    c->h->o.rate, wait_s);
	snprintf(text, sizeof(text), "%u", wait_s);
	response_header(
	    &c->s, "Retry-After", arena_span(&c->q.arena, span_of(text)));
	return 429;
}

static struct span
allow_text(struct connection *c, unsigned allowed)
{
	struct span text;
	struct buf b = { 0 };
	unsigned v;

	for (v = VERB_GET; v <= VERB_OPTIONS; v++) {
		if ((allowed & 1u << v) == 0)
			continue;
		if (b.len > 0)
			buf_add_str(&b, ", ");
		buf_add_str(&b, verb_name((enum verb)v));
	}
	text = arena_span(&c->q.arena, buf_span(&b));
	buf_cleanup(&b);
	return text;
}

/* OPTIONS is answered for every path, "*" included. */
static unsigned
answer_options(struct connection *c, unsigned allowed)
{
	if (span_is(c->q.path, "*"))
		allowed = 1u << VERB_GET | 1u << VERB_HEAD | 1u << VERB_POST;
	c->s.status = 204;
	response_header(
	    &c->s, "Allow", allow_text(c, allowed | 1u << VERB_OPTIONS));
	return 204;
}

static unsigned
check_route(struct connection *c)
{
	struct request *q = &c->q;
	unsigned allowed = 0;

	if (q->verb == VERB_NONE) {
		problem(
		    &c->s, 501, "method", "the server knows no such method");
		return 501;
	}
	if (route_find(q, &allowed) != NULL)
		return 0;
	if (allowed == 0 && !span_is(q->path, "*")) {
		problem(&c->s, 404, "not-found", "there is nothing at %.*s",
		    SPAN_ARG(q->path));
		return 404;
	}
	if (q->verb == VERB_OPTIONS)
		return answer_options(c, allowed);
	problem(&c->s, 405, "method-not-allowed", "%s is not allowed here",
	    verb_name(q->verb));
	response_header(
	    &c->s, "Allow", allow_text(c, allowed | 1u << VERB_OPTIONS));
	return 405;
}

/*
 * Clients of NVD's API show a key in a header of NVD's own and can show nothing
 * else: a token there is as good as in Authorization. NVD's own keys are none.
 */
static struct span
shown(struct request *q)
{
	struct span word = request_header(q, "Authorization");
	struct span key = span_trim(request_header(q, "apiKey"));
	struct buf b = { 0 };

	if (word.len > 0 || !span_has_prefix(q->path, "/rest/json/") ||
	    !span_has_prefix(key, ACCESS_PREFIX))
		return word;
	buf_printf(&b, "Bearer %.*s", SPAN_ARG(key));
	word = arena_span(&q->arena, buf_span(&b));
	buf_cleanup(&b);
	return word;
}

/* What it shows, else what a browser keeps, else its certificate. */
static void
find_access(struct connection *c)
{
	struct request *q = &c->q;
	const struct access_list *list = c->access->list;
	struct span word = shown(q);
	struct span cookie = session_authorization(q);

	if (word.len == 0 && cookie.len > 0) {
		access_check(list, cookie, clock_now(), &q->access);
		if (!q->access.refused)
			return;
	}
	if (word.len == 0 && httpd_client_name(c).len > 0)
		access_certificate(
		    list, httpd_client_name(c), clock_now(), &q->access);
	else
		access_check(list, word, clock_now(), &q->access);
}

void
httpd_access(struct request *q, struct span authorization, struct access *out)
{
	const struct connection *c = q->connection;

	access_check(c->access->list, authorization, clock_now(), out);
}

/* A browser adds what it keeps to any site's request. */
static unsigned
check_origin(struct connection *c)
{
	enum verb verb = c->q.verb;

	if (verb == VERB_GET || verb == VERB_HEAD || session_same_origin(&c->q))
		return 0;
	problem(&c->s, 403, "cross-site",
	    "another site's page sent this: it is taken from this server's "
	    "own pages, and from programs");
	return 403;
}

static void
say_denied(struct connection *c, unsigned status)
{
	const char *scope = scope_name(c->q.route->scope);

	if (status == 401 && c->q.access.refused)
		problem(&c->s, 401, "token-needed",
		    "that token is not known here, or has expired");
	else if (status == 401)
		problem(&c->s, 401, "token-needed",
		    "this takes a token with the scope %s: `scapcache token "
		    "add NAME --scope %s` makes one",
		    scope, scope);
	else
		problem(&c->s, status, "scope",
		    "this takes a token with the scope %s", scope);
}

static unsigned
check_access(struct connection *c)
{
	struct request *q = &c->q;
	struct buf challenge = { 0 };
	unsigned status;

	find_access(c);
	status = access_status(&q->access, q->route->scope);
	if (status == 0)
		return 0;
	say_denied(c, status);
	access_challenge(&challenge, &q->access, q->route->scope, q->path);
	if (challenge.len > 0)
		response_header(&c->s, "WWW-Authenticate",
		    arena_span(&q->arena, buf_span(&challenge)));
	buf_cleanup(&challenge);
	return status;
}

uint64_t
httpd_body_max(const struct connection *c)
{
	uint64_t max = c->q.route == NULL ? 0 : c->q.route->body_max;
	uint64_t upload = c->h->o.upload_max;

	return upload > 0 && upload < max ? upload : max;
}

static unsigned
check_body(struct connection *c)
{
	uint64_t max = httpd_body_max(c);

	if (!c->has_body || (max > 0 && c->q.body_size <= max))
		return 0;
	if (max == 0)
		problem(&c->s, 413, "body", "this takes no body");
	else
		problem(&c->s, 413, "body",
		    "this takes a body of at most %" PRIu64 " bytes", max);
	return 413;
}

/* In the order in which a client would want to know. */
unsigned
httpd_check(struct connection *c)
{
	unsigned status = check_rate(c);

	if (status == 0)
		status = check_route(c);
	if (status == 0)
		status = check_origin(c);
	if (status == 0)
		status = check_access(c);
	if (status == 0)
		status = check_body(c);
	return status;
}
