/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request over HTTP(S) at a time, with libcurl: the head of its answer is
 * told, its body goes to a descriptor as it comes. Redirects, tries after a
 * failure and going on where a body broke are done here; what the bytes mean
 * is not. TLS is verified, and used, but for the hosts that the options name.
 * Runs in a fetch process, proc_http.h. Mirrors of files, with validators and
 * many hosts at a time, are syncd/fetch.h.
 */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include "base/err.h"
#include "base/http_head.h"

#define HTTP_PIECES_MAX 64u /* of one upload */
/* Limits of what a server may send. */
#define HTTP_REDIRECTS_MAX 5
#define HTTP_NOISE_MAX 65536u /* bytes of a body that nobody wants */
/* A try that brought this much does not count as failed. */
#define HTTP_PROGRESS_BYTES ((uint64_t)1024 * 1024)

struct http_options {
	const char *user_agent;
	const char *proxy;           /* NULL: the environment's */
	const char *const *plain;    /* hosts spoken to without TLS */
	const char *const *insecure; /* whose certificate is not verified */
	struct span ca_pem;          /* authorities beside the system's; */
	const char *host;            /* for this "host:port" instead */
	struct span host_ca_pem;     /* these */
	unsigned retries;            /* after the first try */
	unsigned retry_delay_ms;     /* doubled with each try, full jitter */
	unsigned retry_max_ms; /* bounds that; Retry-After above gives up */
	unsigned connect_ms;   /* to connect */
	unsigned slow_s;       /* this long below slow_rate gives up */
	unsigned slow_rate;    /* bytes a second */
};

extern const struct http_options http_defaults;

enum http_method {
	HTTP_GET = 0, /* or POST, where there is a form */
	HTTP_HEAD,
	HTTP_POST, /* nothing: opens an upload */
	HTTP_PUT,  /* the pieces */
};

/* Of what is sent: bytes of a file that can be read anywhere. */
struct http_piece {
	int fd; /* stays the caller's */
	uint64_t offset;
	uint64_t size_bytes;
};

struct http_request {
	struct span url;
	enum http_method method;
	struct span accept;        /* empty: anything */
	struct span authorization; /* a secret: to the url's origin only */
	struct span form;          /* POST this, a secret; empty: GET */
	struct span content_type;  /* of the pieces */
	const struct http_piece *pieces; /* to PUT */
	size_t n_pieces;
	/* Hears now and then how many of their bytes went; may be NULL. */
	void (*sent)(void *ctx, uint64_t bytes);
	uint64_t offset;   /* the body is wanted from here on */
	uint64_t size_max; /* of the whole body, from its start */
	bool immutable;    /* the url always has the same bytes: goes on */
	int fd;            /* for a GET's body; stays the caller's; else -1 */
};

/* Spans live during the call. */
struct http_answer {
	unsigned status;  /* 0: there was none, see error */
	struct err error; /* status 0, or why there will be no better one */
	bool is_bare;     /* not of a GET: a body, if any, was dropped */
	bool has_size;
	uint64_t size_bytes;             /* of the whole body */
	struct span location;            /* of an upload, absolute; or empty */
	struct span content_digest;      /* Docker-Content-Digest */
	struct http_challenge challenge; /* of the url's own origin */
};

/* True if a body follows, to the descriptor. */
bool http_has_body(const struct http_answer *a);
/* True if what was not to be fetched was done: 2xx. */
bool http_is_done(const struct http_answer *a);

/* How the body ended. */
struct http_end {
	struct err error; /* code not 0: it is not whole; it may be that */
	unsigned status;  /* of an answer that refused the rest, or 0 */
	uint64_t offset;  /* of its first byte that did not come */
};

struct http;

int
http_open(struct http **out, const struct http_options *options, struct err *e);
void http_close(struct http *h); /* NULL is fine */
/*
 * Calls answer() once, before the first byte of the body; sent() with the same
 * ctx. end is of the body, where there is one. What is sent is sent again where
 * the host was busy, but not after it broke off: how much of it the host has,
 * only the caller knows to ask.
 */
void http_run(struct http *h, const struct http_request *r,
    void (*answer)(void *ctx, const struct http_answer *a), void *ctx,
    struct http_end *end);

#endif
