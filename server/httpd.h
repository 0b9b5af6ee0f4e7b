/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.1 through libmicrohttpd: connections, TLS, limits of time and size.
 * It turns what comes into a struct request, finds its route, checks access,
 * has a worker or this thread handle it, and sends the response as the
 * standard wants it. Runs in the serve process.
 */
#ifndef SERVER_HTTPD_H
#define SERVER_HTTPD_H

#include "server/access.h"
#include "server/desk.h"
#include "server/request.h"
#include "server/view.h"

struct httpd_options {
	const int *listeners; /* sockets that listen; stay the caller's */
	size_t n_listeners;
	/* PEM; tls_cert empty: plain HTTP. client_ca: certificates are asked
	 * for; their common names are names of tokens without a secret. */
	struct span tls_cert;
	struct span tls_key;
	struct span client_ca;
	bool behind_tls;          /* another server ends TLS for it */
	unsigned threads;         /* that wait for connections */
	unsigned connections_max; /* of all */
	unsigned address_max;     /* connections of one address; 0: any */
	unsigned rate;            /* requests a second of one address; 0: any */
	unsigned idle_s;          /* a connection without a request */
	unsigned request_s;       /* to send a request whole, without body */
	unsigned body_rate;       /* bytes a second below which it ends */
	uint64_t upload_max;      /* bytes of an image that is handed in */
	int statefd;              /* what is served lies below it */
	/* Those of the first request: nobody is answered without. Handed
	 * over, also where it does not start. */
	struct view *view;
	struct access_list *access;
	struct desk **desks; /* of workers: handed over */
	size_t n_work;       /* the first ones; */
	size_t n_scan;       /* those after them run scans; */
	size_t n_judge;      /* and those after these judge for readers */
};

struct httpd;

/*
 * Before the process is narrowed: the library is loaded, and what it reads of
 * the system is read. ERR_MISSING if it is not installed.
 */
int httpd_prepare(struct err *e);
/* ERR_FORMAT: certificate, key or authorities make no sense. */
int
httpd_start(struct httpd **out, const struct httpd_options *o, struct err *e);
/* The next request has them; handed over. Callable from one thread. */
void httpd_set_view(struct httpd *h, struct view *v);
void httpd_set_access(struct httpd *h, struct access_list *l);
/*
 * Accepts nothing any more and ends each connection with its answer. Returns
 * when all are done, or after that time.
 */
void httpd_drain(struct httpd *h, unsigned timeout_s);
void httpd_stop(struct httpd *h); /* NULL is fine */

/* For handlers: a descriptor of the state directory. */
int httpd_statefd(const struct request *q);
/* What "Bearer <token>" may here: for a form that asks for a token. */
void
httpd_access(struct request *q, struct span authorization, struct access *out);

/* A place of the few for what is made while it is sent: server/limits.h. */
struct httpd_slot {
	struct limits *limits; /* NULL: of a request without a connection */
	struct address *address;
};
/* false: all are taken, or those that its address may have. */
bool httpd_slot_take(const struct request *q, struct httpd_slot *out);
void httpd_slot_drop(const struct httpd_slot *s); /* by any thread */

/* For /metrics; counters grow. */
struct httpd_counts {
	uint64_t n_requests[6]; /* by hundreds of the status; 0: none */
	uint64_t n_bytes;       /* of bodies sent */
	uint64_t n_connections; /* now */
	uint64_t n_scans;       /* that run now */
	uint64_t n_limited;     /* turned away by rate or number */
	/* Requests by time: up to 1, 5, 25, 100, 500, 2500 ms, longer. */
	uint64_t n_by_time[7];
	uint64_t time_us; /* of all */
};
void httpd_counts(const struct request *q, struct httpd_counts *out);

#endif
