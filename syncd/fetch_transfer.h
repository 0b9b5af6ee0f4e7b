/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file on its way: the curl handle, what was received, and what the end
 * of it means. Only for fetch*.c; fetch.c queues them.
 *
 *   fetch_transfer.c   a request and its bytes
 *   fetch_judge.c      what the end of a try means
 */
#ifndef SYNCD_FETCH_TRANSFER_H
#define SYNCD_FETCH_TRANSFER_H

#include "syncd/fetch.h"
#include "base/libcurl.h"

/* What the transfers of a run share. */
struct fetch_run {
	struct fetch_options options;
	struct fetch_sink sink;
	uint64_t received_bytes;
	bool bytes_spent; /* all that options.run_bytes_max allows */
};

/* What is done with the bytes of the answer that is coming in. */
enum body_use {
	BODY_UNSEEN = 0, /* its head was not looked at */
	BODY_KEEP,
	BODY_NOISE, /* counted and dropped */
	BODY_REFUSED,
};

enum retry {
	RETRY_NEVER = 0,
	RETRY_LATER,
	RETRY_AT_ONCE, /* redirected, or from the start: no failed try */
};

struct transfer {
	struct transfer *next;
	struct fetch_run *run;
	CURL *easy;
	struct curl_slist *headers;
	uint64_t id;
	unsigned group;
	unsigned interval_ms;
	char *first_url; /* that was asked for */
	char *first_host;
	char *url;  /* where redirects led */
	char *host; /* of url: scheme, host and port */
	unsigned redirects;
	char *secret; /* header for first_host, or NULL */
	char *etag;   /* that we know */
	char *last_modified;
	int fd;
	uint64_t size_max;

	char *validator;    /* of what fd holds, and told; NULL: none */
	uint64_t size;      /* bytes of the body in fd */
	uint64_t size_most; /* that it ever had */
	uint64_t total;     /* of the whole body; 0: not known */

	/* Of this try. */
	bool conditional; /* validators were sent: 304 is an answer */
	bool ranged;      /* Range was sent */
	bool complete;    /* all is there: 304 says that it is current */
	enum body_use use;
	bool waiting; /* for fetch_go() */
	uint64_t noise;
	bool too_large;
	uint64_t lacking; /* bytes that the disk has no room for, or 0 */
	uint64_t disk_free;
	int write_errno;        /* the disk's refusal, or 0 */
	enum retry retry;       /* set by transfer_judge() */
	unsigned retry_after_s; /* what the server asked for, or 0 */

	bool active;
	unsigned tries;
	unsigned failures;
	uint64_t received_bytes;
	int64_t not_before; /* monotonic ms */
	int64_t told;       /* monotonic ms of the last progress */
};

struct transfer *
transfer_new(const struct fetch_request *r, struct fetch_run *run);
/* Before its reply is sent: who reads that may rely on the file. */
void transfer_close(struct transfer *t);
/* The handle must not be in a multi any more. */
void transfer_free(struct transfer *t);
/* Another try: what the file holds is kept if it can go on. */
void transfer_begin(struct transfer *t);
/* After head() with wait. */
void transfer_go(struct transfer *t);
/* Nothing of what the file holds counts. */
void transfer_empty(struct transfer *t);
/* Decides what the body is good for; also where it has no byte. */
void transfer_head(struct transfer *t);
/* Empty if the answer has none, or one that is too long. */
struct span transfer_header(const struct transfer *t, const char *name);
/* As announced by the server; 0: it did not. */
uint64_t transfer_total(const struct transfer *t);
bool transfer_is_resumable(const struct transfer *t);
/* A redirect leads there; its secret stays with the first host. */
void transfer_move(struct transfer *t, const char *url);

/* What the end means. The reply's spans live as long as the transfer. */
void
transfer_judge(struct transfer *t, CURLcode code, struct fetch_reply *reply);

#endif
