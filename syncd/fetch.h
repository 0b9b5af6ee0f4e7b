/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetching over HTTP(S) with libcurl's multi interface: conditional requests,
 * one connection a host and several hosts at once, retries with backoff, and
 * what broke goes on where it was. Moves bytes into descriptors and knows
 * nothing of what they mean. Runs in the fetch process; see proc_fetch.h for
 * the messages.
 */
#ifndef SYNCD_FETCH_H
#define SYNCD_FETCH_H

#include "base/err.h"
#include "base/span.h"

/* Limits of what a server may send. */
#define FETCH_REDIRECTS_MAX 5
#define FETCH_VALIDATOR_MAX 1024 /* bytes of an ETag or a date */
#define FETCH_URL_MAX 4096
#define FETCH_NOISE_MAX 65536u /* bytes of a body that nobody wants */
#define FETCH_HOSTS_MAX 64     /* whose pace is remembered */
/* A body of unknown size ends where it would leave less than this free. */
#define FETCH_ROOM_MIN ((uint64_t)64 * 1024 * 1024)
#define FETCH_ROOM_STEP ((uint64_t)8 * 1024 * 1024) /* looked at so often */
/* A try that brought this much does not count as failed. */
#define FETCH_PROGRESS_BYTES ((uint64_t)1024 * 1024)

struct fetch;

struct fetch_options {
	const char *user_agent;
	const char *ca_file;     /* NULL: the system's */
	const char *proxy;       /* NULL: the environment's */
	unsigned retries;        /* after the first try */
	unsigned retry_delay_ms; /* doubled with each try, full jitter */
	unsigned retry_max_ms;   /* bounds that and Retry-After */
	unsigned connect_ms;     /* to connect */
	unsigned slow_s;         /* this long below slow_rate gives up */
	unsigned slow_rate;      /* bytes a second */
	unsigned host_transfers; /* to one host at a time */
	unsigned run_max_s;      /* of all transfers together; 0: no limit */
	uint64_t run_bytes_max;  /* of all bodies together; 0: no limit */
};

/* The defaults, DISTRIBUTION §5. */
extern const struct fetch_options fetch_defaults;

/*
 * What is there of a body. It goes on only under its validator: a strong
 * ETag or a date that counts as strong, see fetch_resume.h.
 */
struct fetch_part {
	struct span validator; /* empty: it cannot go on */
	uint64_t size;
	uint64_t total; /* of the whole body; 0: not known */
};

struct fetch_request {
	uint64_t id;
	unsigned group;   /* those of a group are given up together */
	struct span url;  /* its scheme is the only one that is followed */
	struct span etag; /* empty: none known */
	struct span last_modified; /* empty: none known */
	/* "Name: value", a secret: not told to another host, nor to a log. */
	struct span header;
	unsigned interval_ms; /* at least, since the host's last request */
	uint64_t size_max;
	struct fetch_part part; /* in fd */
	int fd;                 /* owned from now on */
};

enum fetch_result {
	FETCH_FAILED = 0,
	FETCH_BODY,
	FETCH_NOT_MODIFIED,
	FETCH_ABSENT, /* 404 or 410: upstream does not offer it */
};

/* Spans live during the call. */
struct fetch_reply {
	uint64_t id;
	enum fetch_result result;
	unsigned status;  /* of the last answer; 0: there was none */
	struct err error; /* FETCH_FAILED */
	struct span etag;
	struct span last_modified;
	struct span url; /* that answered, after redirects */
	uint64_t size_bytes;
	uint64_t received_bytes; /* over the network, all tries together */
	bool resumable; /* FETCH_FAILED: what the file holds can go on */
	unsigned tries;
};

struct fetch_sink {
	void *ctx;
	/* total is 0 where it is not known. */
	void (*progress)(void *ctx, uint64_t id, uint64_t done, uint64_t total);
	/*
	 * The body that begins has this validator. With wait the file is empty
	 * and stays so until fetch_go(): whoever remembers what it held before
	 * has the time to forget it.
	 */
	void (*head)(
	    void *ctx, uint64_t id, const struct fetch_part *head, bool wait);
	void (*done)(void *ctx, const struct fetch_reply *reply);
};

int fetch_open(struct fetch **out, const struct fetch_options *options,
    const struct fetch_sink *sink, struct err *e);
void fetch_close(struct fetch *f); /* NULL is fine */

/* Queues it; the reply comes from fetch_turn(). */
void fetch_add(struct fetch *f, const struct fetch_request *request);
/* What head() asked to wait for is done; one that has ended is fine. */
void fetch_go(struct fetch *f, uint64_t id);
/* Requests without a reply. The seam for tests. */
size_t fetch_open_requests(const struct fetch *f);
/*
 * Moves what can be moved, then waits until more can be, wake_fd (-1: none)
 * has something to read, or a retry is due.
 */
int fetch_turn(struct fetch *f, int wake_fd, struct err *e);

#endif
