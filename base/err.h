/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors of the second class: bad input, a missing thing, I/O. What can fail
 * returns 0 or -1 and takes a struct err on its caller's stack, last. Nothing
 * is global and nothing is to be freed. Our own mistakes abort() instead.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_code {
	ERR_NONE = 0,
	ERR_SYSTEM,    /* the kernel refused: errno stands in the message */
	ERR_NETWORK,   /* a peer did not answer, or not as it should */
	ERR_FORMAT,    /* bytes that are not what their format says */
	ERR_LIMIT,     /* input larger than a named limit */
	ERR_UNTRUSTED, /* a digest or a signature does not hold */
	ERR_MISSING,   /* a thing that was asked for is not there */
	ERR_REFUSED,   /* and above: by name, bundle/refusal.h */
};

#define ERR_MSG_SIZE 512

struct err {
	enum err_code code;
	char msg[ERR_MSG_SIZE];
};

/* Sets code and message, in the user's words; always returns -1. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set() with ERR_SYSTEM, and ": " and strerror(errno) appended. */
int err_system(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "<context>: " before the message; one call a layer. Returns -1. */
int err_context(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
