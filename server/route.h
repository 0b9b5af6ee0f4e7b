/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which handler answers what. Each part of the server has a table of routes;
 * server/routes.c lists the tables. Of several routes that fit the one with
 * more literal segments answers; a path that fits with no fitting verb is 405.
 */
#ifndef SERVER_ROUTE_H
#define SERVER_ROUTE_H

#include "server/request.h"
#include "server/response.h"

enum route_kind {
	/* In the connection's thread: opens a file, writes a few lines. */
	ROUTE_FAST = 0,
	/* In a worker: asks the index, the desk. */
	ROUTE_WORK,
	/* In one of the few that run scans, which take their time. */
	ROUTE_SCAN,
	/* In one of the few that judge stored images anew, or compare, for
	 * readers: neither a scan nor a short question waits for them. */
	ROUTE_JUDGE,
	/* ROUTE_JUDGE for a request with a parameter, ROUTE_WORK without. */
	ROUTE_MAY_JUDGE,
};

struct route {
	enum verb verb; /* VERB_GET answers HEAD, too */
	/* "/v1/cves/{id}": a segment each; "/mirror/{*}": one or more. */
	const char *path;
	enum route_kind kind;
	enum scope scope;  /* that who asks must have */
	uint64_t body_max; /* bytes; 0: it takes none */
	/* -1: as problem_of(). Handlers run in several threads at a time. */
	int (*handle)(struct request *q, struct response *s, struct err *e);
};

/* Each ends with a row without a path. */
extern const struct route health_routes[];  /* server/health.c */
extern const struct route mirror_routes[];  /* server/mirror_routes.c */
extern const struct route nvd_api_routes[]; /* server/nvd_api.c */
extern const struct route oci_routes[];     /* server/oci.c */
extern const struct route api_routes[];     /* server/api.c */
extern const struct route scan_routes[];    /* server/api_scan.c */
extern const struct route page_routes[];    /* server/pages.c */

/* All of them, NULL at the end. */
extern const struct route *const route_tables[];

/*
 * The route of q->verb and q->path; captures are filled in. NULL: *allowed is
 * a bit for each verb (1 << VERB_GET) that the path knows; 0: no such path.
 * Verbs of patterns that fit the path less well are none of its own.
 */
const struct route *route_find(struct request *q, unsigned *allowed);
/* Where the request's route is handled: never ROUTE_MAY_JUDGE. */
enum route_kind route_kind_of(const struct request *q);

#endif
