/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP request as handlers see it: checked, decoded, and its body, if the
 * route takes one, received whole. All of it lives as long as the request.
 * Handlers never see a socket.
 */
#ifndef SERVER_REQUEST_H
#define SERVER_REQUEST_H

#include "base/arena.h"
#include "base/err.h"
#include "server/access.h"

/* Limits of what a client may send. */
#define REQUEST_TARGET_MAX 8192u /* bytes of path and query */
#define REQUEST_PARAMS_MAX 64u
#define REQUEST_CAPTURES_MAX 4u

enum verb {
	VERB_NONE = 0, /* none that we know */
	VERB_GET,
	VERB_HEAD,
	VERB_POST,
	VERB_PUT,
	VERB_DELETE,
	VERB_OPTIONS,
};

struct request_param {
	struct span name;
	struct span value; /* decoded; "+" is a blank, as forms write it */
};

struct route;
struct view;
struct worker;

struct request {
	struct arena arena;
	enum verb verb;
	struct span target; /* as it came */
	/*
	 * Decoded, begins with "/", UTF-8 without control characters; without
	 * empty, "." and ".." segments: what has them is refused before.
	 */
	struct span path;
	struct request_param *params; /* of the query, in its order */
	size_t n_params;
	struct span captures[REQUEST_CAPTURES_MAX]; /* the route's {names} */
	size_t n_captures;
	const struct route *route;
	struct view *view; /* the generation that answers; never NULL */
	struct access access;
	struct span peer; /* address, "unix" */
	struct span host; /* of the target or the Host header; or empty */
	struct request_param *headers; /* as they came, in their order */
	size_t n_headers;
	bool is_tls;           /* as the client sees it */
	struct span body_type; /* Content-Type, lower case, no parameters */
	int body_fd;           /* from its start; -1: none; the server's */
	uint64_t body_size;
	struct worker *worker; /* who runs it; NULL in ROUTE_FAST */
	int statefd;           /* of httpd_statefd() */
	void *connection;      /* of server/httpd*.c */
};

/*
 * Fills target, path, params and, where the target names one, host; the verb
 * stands. ERR_FORMAT: 400, ERR_LIMIT: 414. "*" is a path of its own, for
 * OPTIONS. The bytes of target must live as long as the request.
 */
int request_parse_target(struct request *q, struct span target, struct err *e);
/* Verbs are told by case; VERB_NONE for those that we do not know. */
enum verb verb_parse(struct span name);
const char *verb_name(enum verb v); /* "GET"; "" of VERB_NONE */

/* Of a header, the first of its lines: empty if there is none. */
struct span request_header(const struct request *q, const char *name);
/*
 * Of a header that is a list: all of its lines, with commas between (RFC 9110
 * §5.3). Lives as long as the request.
 */
struct span request_list(struct request *q, const char *name);
/* The first of that name; empty if there is none. */
struct span request_param(const struct request *q, const char *name);
bool request_has_param(const struct request *q, const char *name);
/* *out stays where there is none; false: it is no number up to max. */
bool request_uint(
    const struct request *q, const char *name, uint64_t max, uint64_t *out);

#endif
