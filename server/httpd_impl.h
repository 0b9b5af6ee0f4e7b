/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the HTTP engine share; nobody else includes it. */
#ifndef SERVER_HTTPD_IMPL_H
#define SERVER_HTTPD_IMPL_H

#include <netinet/in.h>
#include <pthread.h>

#include "server/deliver.h"
#include "server/httpd.h"
#include "server/libmicrohttpd.h"
#include "server/limits.h"
#include "server/pump.h"
#include "server/route.h"
#include "server/small_files.h"
#include "server/worker.h"

/*
 * What libmicrohttpd holds of one request: head, decoded fields, and the head
 * of the answer. Ours, for what the head alone may take, is below it, so that
 * we say what is wrong and not the library.
 */
#define HTTPD_MEMORY ((size_t)20 * 1024)
#define HTTPD_HEAD_MAX ((size_t)12 * 1024) /* bytes of a request's head */
#define HTTPD_HEADERS_MAX 100u
#define HTTPD_JUDGE_MAX 32u /* readers' questions that wait to be judged */
#define HTTPD_SHARDS 8u     /* of counters, so that threads do not wait */

/* Where a connection stands: what httpd_slow.c looks at. */
enum stage {
	STAGE_IDLE = 0, /* between requests, or in a request line */
	STAGE_HEAD,
	STAGE_BODY,
	STAGE_BUSY, /* the answer is made or sent */
	STAGE_GONE, /* too slow, it ends: nothing is to be answered */
};

/* What the library's next call is for. */
enum phase {
	PHASE_HEAD = 0, /* the head has come */
	PHASE_OPEN,     /* a place for the body was asked for */
	PHASE_BODY,     /* parts of it, then the end */
	PHASE_DONE,     /* the response is there */
};

enum job_kind {
	JOB_HANDLE = 0,
	JOB_OPEN, /* a place for the body */
};

/* A list of tokens that requests may hold after the next one came. */
struct access_keep {
	_Atomic unsigned n_users;
	struct access_list *list;
};

/* One client's connection, with the one request that it may have. */
struct connection {
	struct httpd *h;
	struct MHD_Connection *mhd;
	int fd;
	struct address *address; /* of its limits */
	struct connection *prev, *next;
	_Atomic int stage;
	_Atomic int64_t since_ms; /* it stands there */
	int64_t ended_ms;         /* since_ms when it was seen to have ended */
	_Atomic uint64_t n_body;  /* bytes of the body so far */
	uint64_t n_dropped;       /* … that nobody takes */
	_Atomic bool is_used;     /* had a request */
	char peer[INET6_ADDRSTRLEN];
	char client_name[ACCESS_NAME_MAX + 1]; /* of its certificate */
	bool is_named;                         /* that was looked at */

	/* the request */
	enum phase phase;
	struct request q;
	struct response s;
	struct access_keep *access;
	struct MHD_Response *answer;
	struct pump *begins; /* the answer's, until its first bytes are there */
	_Atomic unsigned status; /* the thread of slow ones, too */
	uint64_t n_bytes;        /* of the answer's body */
	int64_t begin_us;
	bool is_http_1_0;
	bool has_body;
	bool is_answered; /* past the library: only to be read to its end */
	bool is_full;     /* there was no place for the answer */
	/* to a worker */
	enum job_kind job;
	struct connection *next_job;
};

struct job_queue {
	pthread_mutex_t mutex;
	pthread_cond_t more;
	struct connection *first, *last;
	size_t n;      /* that wait */
	size_t n_idle; /* workers that wait for one */
	size_t max;    /* 0: any number of readers' may */
	bool is_closed;
	unsigned generation; /* grows with each view: idle workers look up */
};

struct workers {
	struct httpd *h;
	struct job_queue work;
	struct job_queue scan;
	struct job_queue judge;
	struct worker_thread *threads;
	size_t n_threads;
	_Atomic uint64_t n_scans; /* that run now */
};

struct counts_shard {
	_Atomic uint64_t n_requests[6];
	_Atomic uint64_t n_bytes;
	_Atomic uint64_t n_by_time[7];
	_Atomic uint64_t time_us;
	char apart[64]; /* from the next one's line of the cache */
};

struct httpd {
	struct httpd_options o;
	struct MHD_Daemon **daemons; /* one a listener */
	size_t n_daemons;
	char *tls_cert; /* with NULs, as the library wants them */
	char *tls_key;
	char *client_ca;
	pthread_mutex_t mutex; /* view and access */
	struct view *view;
	struct access_keep *access;
	struct limits limits;
	struct small_files small_files;
	struct workers workers;
	struct pumps pumps;
	pthread_mutex_t connections_mutex;
	struct connection *connections;
	_Atomic uint64_t n_connections;
	_Atomic uint64_t n_limited;
	_Atomic uint64_t n_held; /* bytes of large answers, in memory */
	_Atomic bool is_draining;
	pthread_t slow; /* the thread of httpd_slow.c */
	bool has_slow;
	pthread_cond_t slow_cond;
	bool slow_ends;
	struct counts_shard shards[HTTPD_SHARDS];
};

/* --- httpd_exchange.c: what the library calls --- */

void *httpd_on_target(void *cls, const char *target, struct MHD_Connection *c);
enum MHD_Result httpd_on_request(void *cls, struct MHD_Connection *c,
    const char *url, const char *method, const char *version, const char *data,
    size_t *size, void **ctx);
void httpd_on_completed(void *cls, struct MHD_Connection *c, void **ctx,
    enum MHD_RequestTerminationCode code);
/* In a worker: the request's handler, or a place for its body. */
void httpd_run_job(struct connection *c, struct worker *w);
/* The job was not run: too many wait, or nobody is left who could. */
void httpd_refuse_job(struct connection *c, bool is_full);

/* --- httpd_connection.c --- */

void httpd_on_connection(void *cls, struct MHD_Connection *c, void **ctx,
    enum MHD_ConnectionNotificationCode code);
enum MHD_Result
httpd_on_accept(void *cls, const struct sockaddr *addr, socklen_t len);
/* The common name of a certificate that was proved; empty: none. */
struct span httpd_client_name(struct connection *c);

/* --- httpd_head.c --- */

/*
 * Reads the head into c->q, and says what is wrong with it: 0 or the status
 * of the problem that is in c->s then.
 */
unsigned httpd_read_head(struct connection *c, const char *url,
    const char *method, const char *version);

/* --- httpd_check.c --- */

/* May it be answered? 0, or the status of the problem that is in c->s then. */
unsigned httpd_check(struct connection *c);
/* Bytes of a body: what the route takes, and the operator; 0: none. */
uint64_t httpd_body_max(const struct connection *c);

/* --- httpd_answer.c --- */

/* Makes c->answer of c->s, which is empty afterwards. */
void httpd_answer(struct connection *c);
/*
 * Sends the problem that is in c->s within a body, where the library takes no
 * answer: the client sees it before it has sent all of it. What still comes is
 * to be dropped, for a socket that is closed before would take the answer
 * along. False: it cannot be, as with TLS.
 */
bool httpd_answer_past(struct connection *c);
/*
 * False: the first bytes of c->answer are not there yet, and the connection is
 * suspended until they are. Where they will never be, it is a problem now.
 */
bool httpd_await_stream(struct connection *c);

/* --- httpd_held.c --- */

#define HTTPD_LARGE ((size_t)64 * 1024) /* bytes of an answer that is held */

/* text is handed over. NULL: c->is_full, it was dropped. */
struct MHD_Response *
httpd_held_text(struct connection *c, char *text, size_t size);
/* The same of s->fd, if that is httpd_is_memory(). */
struct MHD_Response *httpd_held_file(
    struct connection *c, struct response *s, const struct delivery *d);
bool httpd_is_memory(int fd);
/* A file without a name, of the worker's desk. ERR_LIMIT: there is no room. */
int httpd_place(
    struct worker *w, uint64_t max, uint64_t size, int *fd, struct err *e);

/* --- httpd_counts.c --- */

void httpd_count(struct connection *c, int64_t time_us);

/* --- httpd_slow.c --- */

int httpd_slow_start(struct httpd *h, struct err *e);
void httpd_slow_stop(struct httpd *h);

/* --- worker.c --- */

int workers_start(struct workers *w, struct httpd *h, struct err *e);
/* Refuses what waits, and ends the threads. */
void workers_stop(struct workers *w);
/* Once no connection is left that could still add to them. */
void workers_cleanup(struct workers *w);
void
workers_add(struct workers *w, struct job_queue *queue, struct connection *c);
/* Has the queue a worker that would take one more at once? */
bool workers_are_idle(struct job_queue *queue);
/* There is a new view: what only older ones used is closed. */
void workers_new_view(struct workers *w);

/* The newest one; the caller drops it. */
struct view *httpd_keep_view(struct httpd *h);
void httpd_drop_access(struct access_keep *k); /* NULL is fine */

#endif
