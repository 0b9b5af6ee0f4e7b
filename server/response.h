/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a handler answers. The server makes the rest of it: HEAD, conditional
 * requests, ranges (RFC 9110 §13, §14), content coding, Content-Length. A
 * handler for GET always answers as if it were asked for all of it.
 */
#ifndef SERVER_RESPONSE_H
#define SERVER_RESPONSE_H

#include "base/arena.h"
#include "base/json_out.h"

#define RESPONSE_HEADERS_MAX 16u
#define RESPONSE_IMMUTABLE "public, max-age=31536000, immutable"
/* The same where not everybody may read. */
#define RESPONSE_IMMUTABLE_PRIVATE "private, max-age=31536000, immutable"

enum response_body {
	RESPONSE_TEXT = 0, /* what is in out, which may be nothing */
	RESPONSE_FILE,     /* size_bytes of fd from offset on */
	RESPONSE_STREAM,   /* what read() gives; its length is not known */
};

struct response_header {
	const char *name;
	struct span value; /* lives as long as the request */
};

struct response {
	unsigned status;      /* 200 */
	const char *type;     /* Content-Type; NULL: no body */
	struct span etag;     /* without quotes; empty: none */
	struct span modified; /* Last-Modified, as upstream wrote it; or … */
	int64_t modified_at;  /* … seconds since 1970; 0: none */
	const char *cache;    /* Cache-Control; NULL: no-cache */
	/* The bytes are what was asked for: no content coding, ranges fine. */
	bool verbatim;
	struct response_header headers[RESPONSE_HEADERS_MAX];
	size_t n_headers;
	enum response_body body;
	struct out out; /* of fd -1 */
	int fd;         /* RESPONSE_FILE: the response's; -1: none */
	/* RESPONSE_FILE without fd: below the state directory, opened if any
	 * of its bytes are to be sent; lives as long as the request. */
	const char *file;
	uint64_t offset;
	uint64_t size_bytes;
	/* RESPONSE_STREAM: *n 0 is the end. By threads of pump.h, one at a
	 * time; the last call may be as the request has ended already, so
	 * nothing of that is used. */
	int (*read)(
	    void *ctx, char *ptr, size_t size, size_t *n, struct err *e);
	void (*close)(void *ctx);
	void *ctx;
};

/* 200, with nothing in it. */
void response_init(struct response *s);
/* Drops body and headers; the response may be filled anew. */
void response_cleanup(struct response *s);
/* "Not Found"; "Error" for those that the server never uses. */
const char *response_reason(unsigned status);
/* name and value live as long as the request. */
void response_header(struct response *s, const char *name, struct span value);
/* "303 See Other" and the like: an absolute path of this server, which lives
 * as long as the request. */
void response_redirect(struct response *s, unsigned status, struct span to);
/* Begins a JSON body: its writer, with white space as everywhere. */
void response_json(struct response *s, struct json_out *j);
/*
 * A problem (RFC 9457): type is the last part of its URI, /problems/<type>,
 * and stands in docs/api.md; the text is for the client's user. Whatever the
 * response held before is dropped. Returns 0, so that a handler may end with
 * it.
 */
int problem(struct response *s, unsigned status, const char *type,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The same of an error: MISSING 404, FORMAT and LIMIT 400, others 500, whose
 * text goes to the log and not to the client. */
int problem_of(struct response *s, const struct err *why);
/* 503 where nothing is published yet, and what publishes; returns 0. */
int problem_not_ready(struct response *s);

#endif
